package main

func main() {
	a, b := made("a"), made("b")
	show("both")
	use(a)
	show("b")
	use(b)
	show("none")
}
