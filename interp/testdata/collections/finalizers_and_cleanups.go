package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"time"
)

func main() {
	done := make(chan bool, 4)
	o := made("finalized")
	runtime.SetFinalizer(o, func(o *object) { use(o); done <- true })
	runtime.KeepAlive(o)
	wait(done)
	p := made("cleaned")
	runtime.AddCleanup(p, func(n int) { done <- n == 7 }, 7)
	use(p)
	wait(done)
	q := made("given back")
	runtime.SetFinalizer(q, func(o *object) { done <- true })
	use(q)
	for len(done) == 0 {
		debug.FreeOSMemory()
		time.Sleep(time.Millisecond)
	}
	fmt.Println("done")
}
