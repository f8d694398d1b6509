package main

import "fmt"

func recovering() (o *object, err error) {
	defer func() {
		show("deferred")
		err = fmt.Errorf("%v", recover())
		show("recovered")
	}()
	o = made("result")
	gone := made("gone")
	use(gone)
	var p *object
	show("before the fault")
	p.name = "fault"
	return nil, nil
}

func main() {
	o, err := recovering()
	show("returned")
	fmt.Println(o.name, err)
	show("end")
}
