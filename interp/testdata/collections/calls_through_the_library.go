package main

import (
	"fmt"
	"time"
	"weak"
)

func main() {
	a, b := made("a"), made("b")
	t := time.AfterFunc(time.Hour, func() { use(a) })
	show("kept by a timer")
	t.Stop()
	t = nil
	fmt.Println(weak.Make(b).Value() == b)
	show("no timer")
}
