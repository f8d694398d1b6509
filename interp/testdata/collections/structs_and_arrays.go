package main

import "fmt"

type pair struct{ a, b *object }

func (p pair) both() string   { show("in the method"); return p.a.name + p.b.name }
func (p *pair) set(o *object) { p.b = o }
func main() {
	p := pair{made("a"), made("b")}
	show("pair")
	fmt.Println(p.both())
	show("used")
	q := pair{a: made("c")}
	q.set(made("d"))
	use(q.a)
	use(q.b)
	show("set")
	var list [3]*object
	for i := range list {
		list[i] = made(fmt.Sprint("l", i))
	}
	show("array")
	for _, o := range list {
		use(o)
	}
	show("end")
}
