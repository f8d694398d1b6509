package main

func two() (*object, *object) { return made("one"), made("two") }
func main() {
	a, b := two()
	show("both")
	use(a)
	show("two")
	use(b)
	for range 2 {
		c, d := two()
		use(d)
		show("again")
		use(c)
	}
	show("end")
}
