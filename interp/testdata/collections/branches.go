package main

func choose(yes bool) {
	a, b := made("a"), made("b")
	show("before")
	if yes {
		show("yes")
		use(a)
	} else {
		show("no")
		use(b)
	}
	show("after")
}
func main() { choose(true); choose(false) }
