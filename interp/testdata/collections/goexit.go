package main

import "runtime"

func main() {
	done := make(chan bool)
	go func() {
		defer close(done)
		o := made("o")
		defer func() { show("deferred") }()
		use(o)
		runtime.Goexit()
	}()
	<-done
	show("end")
}
