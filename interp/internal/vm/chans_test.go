package vm

import (
	"errors"
	"testing"
	"time"
)

// TestEndWhileBlocked ends runs that are blocked in an operation on channels.
func TestEndWhileBlocked(t *testing.T) {
	for _, op := range []string{
		`ch := make(chan int); ch <- 1`,
		`ch := make(chan string); <-ch`,
		`var ch chan int; ch <- 1`,
		`var ch chan int; <-ch`,
		`ch := make(chan [50]int); ch <- [50]int{}`,
		`ch := make(chan [50]int); v, ok := <-ch; println(v[0], ok)`,
		`var ch chan [50]int; <-ch`,
		`for range make(chan bool) {}`,
		`select {}`,
		`a, b := make(chan int), make(chan string); select { case <-a: case b <- "": }`,
		`a := make(chan [3]int, 1); a <- [3]int{}; a <- [3]int{}`,
		`done := make(chan bool); go func() { select {} }(); go func() { for { time.Sleep(0) } }(); <-done`,
		`for { select { case <-time.After(time.Hour): default: } }`,
	} {
		t.Run(op, func(t *testing.T) {
			m, p, main, _ := program(t, `package main
import "time"
var started = make(chan bool, 1)
func wait() { <-started }
func main() { _ = time.Now; started <- true; `+op+`; panic("went on") }`)
			run, waiting := m.NewRun(nil), m.NewRun(nil)
			if _, err := p.Call(run, main.Func("init")); err != nil {
				t.Fatal(err)
			}
			result := make(chan error)
			go func() {
				_, err := p.Call(run, main.Func("main"))
				result <- err
			}()
			if _, err := p.Call(waiting, main.Func("wait")); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Millisecond)
			run.End(nil)
			if err := <-result; !errors.Is(err, ErrEnded) {
				t.Errorf("ended with %v", err)
			}
			<-run.Idle()
		})
	}
}

// TestEndedSend checks that nothing is received from a sender that was ended.
func TestEndedSend(t *testing.T) {
	m, p, main, _ := program(t, `package main
var ch = make(chan int)
func send() { ch <- 1 }
func receive() int { select { case v := <-ch: return v; default: return 0 } }`)
	run := m.NewRun(nil)
	if _, err := p.Call(run, main.Func("init")); err != nil {
		t.Fatal(err)
	}
	result := make(chan error)
	go func() {
		_, err := p.Call(run, main.Func("send"))
		result <- err
	}()
	time.Sleep(2 * time.Millisecond)
	run.End(nil)
	<-result
	got, err := p.Call(m.NewRun(nil), main.Func("receive"))
	if err != nil || got[0].Int() != 0 {
		t.Error(got, err)
	}
}
