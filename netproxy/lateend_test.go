package netproxy_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// feeder takes what it is fed.
type feeder struct{}

// Sum adds up what comes. hold keeps its caller busy, and for longer.
func (*feeder) Sum(in <-chan int, hold func() error) int {
	go func() { _ = hold() }() // ends with the test's release, or with the connection
	sum := 0
	for x := range in {
		sum += x
	}
	return sum
}

// A caller that takes no new calls goes on to give its callee what is in a channel that it has passed: that is part of the call.
func TestChannelsOfACallWhileItsCallerShutsDown(t *testing.T) {
	f := &feeder{}
	here, there := conn.Pipe(conn.Config{Name: "here", Bind: netproxy.Serve(f)}, conn.Config{Name: "there", Bind: netproxy.Serve(f)})
	t.Cleanup(func() { shut(t, here, there) })
	ctx := deadline(t)
	values, release, holding := make(chan int), make(chan struct{}), make(chan struct{})
	free := sync.OnceFunc(func() { close(release) })
	t.Cleanup(free)
	type result struct {
		sum int
		err error
	}
	over := make(chan result, 1)
	go func() { // ends with the call; joined by the receive below
		sum, err := netproxy.Call[int](ctx, netproxy.Root(here), "Sum", (<-chan int)(values), func() error { close(holding); <-release; return nil })
		over <- result{sum, err}
	}()
	<-holding
	down := make(chan error, 1)
	go func() { down <- here.Shutdown(ctx) }() // joined below
	for refused := (*conn.CallError)(nil); refused == nil; time.Sleep(time.Millisecond) {
		if _, err := netproxy.Root(there).Call(ctx, "Missing"); errors.As(err, &refused) && refused.Code != conn.CodeDraining {
			t.Fatal(err)
		}
	}
	for i := 1; i <= 10; i++ {
		select {
		case values <- i:
		case r := <-over:
			t.Fatalf("the call is over: %d, %v", r.sum, r.err)
		}
	}
	close(values)
	if r := <-over; r.err != nil || r.sum != 55 {
		t.Errorf("%d, %v", r.sum, r.err)
	}
	free()
	if err := <-down; err != nil {
		t.Error(err)
	}
}

// valve is a link that takes nothing while it is locked.
type valve struct {
	net.Conn
	sync.Mutex
}

func (v *valve) Write(p []byte) (int, error) {
	v.Lock()
	defer v.Unlock()
	return v.Conn.Write(p)
}

// Giver gives out an object once it may.
type Giver struct{ called, give chan struct{} }

func (g *Giver) Give() any { close(g.called); <-g.give; return &Given{} }
func (g *Giver) Nothing()  {}

// Given is an object with methods.
type Given struct{}

func (*Given) First() int  { return 1 }
func (*Given) Second() int { return 2 }

// A call whose callee has run may have run, also where it fails since what its result can do could not be asked any more.
func TestACallGivenUpWhileItsResultIsAskedAbout(t *testing.T) {
	for name, end := range map[string]func(cancel context.CancelFunc, here *conn.Conn){
		"cancelled": func(cancel context.CancelFunc, _ *conn.Conn) { cancel() },
		"closed":    func(_ context.CancelFunc, here *conn.Conn) { here.Abort("enough") },
	} {
		t.Run(name, func(t *testing.T) {
			g := &Giver{make(chan struct{}), make(chan struct{})}
			x, y := net.Pipe()
			link := &valve{Conn: x}
			var there *conn.Conn
			var accepted sync.WaitGroup
			accepted.Go(func() { there, _ = conn.Accept(context.Background(), y, conn.Config{Bind: netproxy.Serve(g)}) })
			here, err := conn.Client(context.Background(), link, conn.Config{})
			if accepted.Wait(); err != nil || there == nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { shut(t, here, there) })
			ctx, cancel := context.WithCancel(deadline(t))
			defer cancel()
			failed := make(chan error, 1)
			go func() { // ends with the call; joined by the receive below
				_, err := netproxy.Call[interface{ First() int }](ctx, netproxy.Root(here), "Give")
				failed <- err
			}()
			<-g.called
			link.Lock()
			frames, calls := here.Stats().FramesOut, here.Stats().Started
			if err := netproxy.Root(here).Notify(ctx, "Nothing"); err != nil { // keeps the writer at work
				t.Fatal(err)
			}
			until(t, func() bool { return here.Stats().FramesOut > frames })
			close(g.give)
			until(t, func() bool { return here.Stats().Started == calls+2 })
			end(cancel, here)
			err = <-failed
			link.Unlock()
			var given *conn.CanceledError
			var lost *conn.LostError
			if !(errors.As(err, &given) && given.MayHaveRun) && !(errors.As(err, &lost) && lost.MayHaveRun) {
				t.Errorf("%T %v", err, err)
			}
		})
	}
}

// until waits for what has to become true without anybody saying when.
func until(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not within 10 s")
		}
	}
}
