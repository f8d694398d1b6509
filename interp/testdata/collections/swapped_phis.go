package main

import "fmt"

func main() {
	a, b := made("a"), made("b")
	for i := range 3 {
		use(a)
		a, b = b, a
		show(fmt.Sprint(i, a.name))
	}
	use(b)
	show("one")
}
