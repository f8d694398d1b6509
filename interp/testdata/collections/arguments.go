package main

func callee(o *object) {
	show("in the callee")
	use(o)
	show("after its last use")
}

func main() {
	callee(made("x"))
	o := made("kept")
	callee(o)
	use(o)
}
