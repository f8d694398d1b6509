package main

func deferring() {
	a, b := made("a"), made("b")
	defer func() {
		show("deferred")
		use(b)
	}()
	defer use(b)
	use(a)
	show("before the end")
}
func main() { deferring(); show("after") }
