package main

import "fmt"

func main() {
	var last *object
	for i := range 4 {
		next := made(fmt.Sprint(i))
		show("made")
		if last != nil {
			use(last)
		}
		last = next
	}
	show("behind the loop")
	use(last)
	show("end")
	var list *object
	for i := range 3 {
		list = &object{name: "node", next: list}
		if i == 1 {
			list.next = made("in the list")
		}
	}
	show("listed")
	for ; list != nil; list = list.next {
		use(list)
		show("walking")
	}
}
