package main

import "fmt"

func down(n int, o *object) {
	if n == 0 {
		show("at the bottom")
		return
	}
	mine := made(fmt.Sprint(n))
	down(n-1, o)
	if n%2 == 0 {
		use(mine)
	}
	use(o)
}
func main() { down(4, made("top")); show("back") }
