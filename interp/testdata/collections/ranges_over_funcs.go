package main

import "fmt"

func objects(yield func(*object) bool) {
	for i := range 3 {
		o := made(fmt.Sprint("o", i))
		if !yield(o) {
			show("stopped")
			return
		}
		show("yielded")
		use(o)
	}
}

func first(outer *object) *object {
	defer show("deferred")
	for o := range objects {
		use(outer)
		if o.name == "o1" {
			return o
		}
		show("in the body")
	}
	return nil
}

func main() {
	o := first(made("outer"))
	show("found")
	use(o)
	fresh()
	for o := range objects {
		defer use(o)
	}
	show("end")
}
