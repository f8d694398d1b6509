package main

func main() {
	o := made("captured")
	n := 0
	f := func() { n++; use(o) }
	g := func() { show("in g") }
	f()
	g()
	f()
	show("f is dead")
	p := made("changed")
	h := func() { use(p); p = made("new") }
	h()
	show("in the variable")
	h()
	show("end")
}
