package main

import (
	"fmt"
	"runtime"
	"time"
	"weak"
)

// object is what the programs make. Some of them wait until the collector finds it.
type object struct {
	name string
	pad  [4]int
	next *object
}

var (
	names    []string
	pointers []weak.Pointer[object]
)

func made(name string) *object {
	o := &object{name: name}
	names, pointers = append(names, name), append(pointers, weak.Make(o))
	return o
}

// show prints the objects that the collector has not found to be garbage.
func show(at string) {
	runtime.GC()
	fmt.Print(at, ":")
	for i, p := range pointers {
		if o := p.Value(); o != nil {
			fmt.Print(" ", names[i])
		}
	}
	fmt.Println()
}

func fresh() { names, pointers = nil, nil }

func use(o *object) {
	if o != nil && o.name == "" {
		panic("no name")
	}
}

func wait(done chan bool) {
	for {
		runtime.GC()
		select {
		case <-done:
			return
		case <-time.After(time.Millisecond):
		}
	}
}
