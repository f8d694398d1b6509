package main

import "fmt"

type namer interface{ called() string }

func (o *object) called() string { show("called"); return o.name }
func main() {
	var n namer = made("interface")
	show("as an interface")
	fmt.Println(n.called())
	show("gone")
	m := map[string]*object{"k": made("in the map")}
	for k, o := range m {
		show("ranging " + k)
		use(o)
	}
	use(m["k"])
	show("no map")
	s := append([]*object(nil), made("s0"), made("s1"))
	show("slice")
	use(s[1])
	show("no slice")
	c := make(chan *object, 1)
	c <- made("sent")
	show("in the channel")
	o, ok := <-c
	show(fmt.Sprint(ok))
	use(o)
	show("end")
}
