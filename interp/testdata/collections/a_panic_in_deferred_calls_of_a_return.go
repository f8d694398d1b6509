package main

import "fmt"

func returning(o *object) (s string) {
	defer show("last deferred")
	defer func() { recover() }()
	defer func() { panic("deferred") }()
	kept := o
	return kept.name
}

func unnamed(o *object) (string, *object) {
	defer func() { recover() }()
	defer func() { show("panicking"); panic("deferred") }()
	return o.name, o
}

func main() {
	fmt.Println(returning(made("a")))
	s, o := unnamed(made("b"))
	show("back")
	fmt.Println(s, o.name)
}
