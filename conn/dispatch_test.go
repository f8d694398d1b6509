package conn_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// hall is a handler whose calls wait for each other.
type hall struct {
	playground
	all     int           // how many have to come
	here    atomic.Int64  // how many have
	open    chan struct{} // closed when all have
	release chan struct{} // closed by the test
}

func newHall(all int) *hall {
	return &hall{all: all, open: make(chan struct{}), release: make(chan struct{})}
}

func (h *hall) Serve(ctx context.Context, in *conn.Inbound) conn.Reply {
	switch in.Name {
	case "meet": // returns when all are here
		if h.here.Add(1) == int64(h.all) {
			close(h.open)
		}
		return h.until(ctx, h.open)
	case "block":
		return h.until(ctx, h.release)
	case "meet, and leave":
		if h.here.Add(1) == int64(h.all) {
			close(h.open)
		}
		_ = h.until(ctx, h.open)
		runtime.Goexit()
	case "meet there": // all callers' handlers at both sides are blocked until the last one is there
		ret, err := h.c.Call(ctx, &conn.Request{Name: "meet"})
		if err != nil {
			return failed("%v", err)
		}
		return conn.Reply{Body: ret.Body, Failed: ret.Failed}
	case "large":
		return conn.Reply{Body: conn.Message{Data: make([]byte, 1<<20)}}
	case "largest":
		ret, err := h.c.Call(ctx, &conn.Request{Name: "large", Body: conn.Message{Data: make([]byte, 1<<20)}})
		if err != nil {
			return failed("%v", err)
		}
		return conn.Reply{Body: ret.Body}
	}
	return h.playground.Serve(ctx, in)
}

func (h *hall) until(ctx context.Context, what <-chan struct{}) conn.Reply {
	select {
	case <-what:
		return done("")
	case <-ctx.Done():
		return failed("%v", context.Cause(ctx))
	}
}

// halls are two ends that both serve a hall, over each kind of transport.
func halls(t *testing.T, all int, f func(t *testing.T, c *conn.Conn, here, there *hall)) {
	kinds := map[string]func(*testing.T) (left, right *conn.Conn){
		"pipe": func(*testing.T) (*conn.Conn, *conn.Conn) {
			return conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{}))
		},
		"tcp": func(t *testing.T) (*conn.Conn, *conn.Conn) {
			got := make(chan *conn.Conn, 1)
			addr := serve(t, &conn.Server{Config: quiet(conn.Config{Bind: func(c *conn.Conn) conn.Handler { got <- c; return nil }}), Insecure: true}, "tcp://127.0.0.1:0")
			c, err := (&conn.Dialer{Config: quiet(conn.Config{})}).Dial(t.Context(), addr)
			if err != nil {
				t.Fatal(err)
			}
			return c, <-got
		},
	}
	for name, connect := range kinds {
		for _, cpus := range []int{1, 2, 4} {
			t.Run(fmt.Sprint(name, " ", cpus), func(t *testing.T) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cpus))
				a, b := connect(t)
				here, there := newHall(all), newHall(all)
				here.c, there.c = a, b
				a.Attach(func() conn.Handler { return here })
				b.Attach(func() conn.Handler { return there })
				looked := look(t, a, b)
				f(t, a, here, there)
				looked()
				shut(a)
				over(t, a)
				over(t, b)
			})
		}
	}
}

// look looks at the dispatch of connections all the time, until it is told to stop.
func look(t *testing.T, all ...*conn.Conn) (stop func()) {
	stopped, joined := make(chan struct{}), make(chan struct{})
	go func() { // joined by stop
		defer close(joined)
		for {
			for _, c := range all {
				if _, err := c.Workers(); err != nil {
					t.Error(err)
					return
				}
			}
			select {
			case <-stopped:
				return
			default:
				runtime.Gosched()
			}
		}
	}()
	return func() {
		close(stopped)
		<-joined
	}
}

// calls begins n calls at once and waits for all, which takes for ever if handlers hold each other up.
func calls(t *testing.T, c *conn.Conn, n int, name func(i int) string, ok func(ret conn.Return, err error) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	all := make([]*conn.Pending, n)
	for i := range all {
		all[i] = start(t, c, &conn.Request{Name: name(i)})
	}
	for i, p := range all {
		if ret, err := p.Wait(ctx); !ok(ret, err) {
			t.Fatalf("%s: %s, %v", name(i), ret.Body.Data, err)
		}
	}
}

func returned(ret conn.Return, err error) bool { return err == nil && !ret.Failed }

func TestHandlersThatWaitForEachOther(t *testing.T) {
	const n = 200
	same := func(name string) func(int) string { return func(int) string { return name } }
	for _, test := range []struct {
		what string
		name func(int) string
		ok   func(conn.Return, error) bool
	}{
		{"all wait for the last", same("meet"), returned},
		{"all wait for the last at the other side", same("meet there"), returned},
		{"both sides have much to write", same("largest"), returned},
		{"and leave, with their goroutines", same("meet, and leave"), func(_ conn.Return, err error) bool {
			var refused *conn.CallError
			return errors.As(err, &refused) && refused.Code == conn.CodeNoReply
		}},
		{"among others that are short, panic, and leave", func(i int) string {
			return []string{"echo", "meet", "panic", "meet", "goexit"}[i%5]
		}, nil},
	} {
		t.Run(test.what, func(t *testing.T) {
			n, all := n, n
			if test.ok == nil {
				all = n / 5 * 2
				test.ok = func(ret conn.Return, err error) bool { return err != nil || !ret.Failed }
			}
			if strings.Contains(test.what, "much") {
				n = 16
			}
			halls(t, all, func(t *testing.T, c *conn.Conn, here, there *hall) { calls(t, c, n, test.name, test.ok) })
		})
	}
}

// Calls that come in one write are one batch for the dispatch; none may wait for another's handler, nor its reply.
func TestAReplyDoesNotWaitForTheNextHandler(t *testing.T) {
	for _, cpus := range []int{1, 2} {
		for _, short := range []int{1, 2, 50} {
			t.Run(fmt.Sprint(cpus, " ", short), func(t *testing.T) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cpus))
				p, served := hostile(t, conn.Limits{})
				var batch []byte
				for i := range short {
					batch = wire.AppendFrame(batch, &wire.Call{ID: uint64(i + 1), Name: "echo"})
				}
				batch = wire.AppendFrame(batch, &wire.Call{ID: uint64(short + 1), Name: "hang"})
				if _, err := p.Conn.Write(batch); err != nil {
					t.Fatal(err)
				}
				got := make(map[uint64]bool)
				for range short {
					ret, ok := p.next().(*wire.Return)
					if !ok || got[ret.ID] || ret.ID > uint64(short) {
						t.Fatalf("%+v", ret)
					}
					got[ret.ID] = true
				}
				p.send(&wire.Finish{ID: uint64(short + 1)})
				if ret, ok := p.next().(*wire.Return); !ok || ret.ID != uint64(short+1) {
					t.Errorf("%+v", ret)
				}
				shut(p.mux)
				over(t, served)
			})
		}
	}
}

// A call that is given up, or whose deadline passes, while it waits for what it needs is answered at once, and never run.
func TestACallThatWaitsIsGivenUpAtOnce(t *testing.T) {
	h := newHall(1)
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: func(c *conn.Conn) conn.Handler { h.c = c; return h }}))
	lane := a.NewLane()
	first := start(t, a, &conn.Request{Name: "block", Lane: lane, Keep: true})
	eventually(t, "the first has come", func() bool { return b.Stats().PendingIn == 1 })
	for what, req := range map[string]*conn.Request{
		"its turn":             {Name: "note", Lane: lane},
		"a promised result":    {Name: "note", Body: conn.Message{Refs: []any{first}}},
		"a promised target":    {Name: "note", Target: first},
		"all of these, to end": {Name: "note", Target: first, Lane: lane, Body: conn.Message{Refs: []any{first}}},
	} {
		given := start(t, a, req)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		late, err := a.Start(ctx, &conn.Request{Name: req.Name, Lane: req.Lane, Target: req.Target, Body: req.Body})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, what+": both have come", func() bool { return b.Stats().PendingIn > 1 })
		given.Cancel(nil)
		if _, err := late.Wait(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", what, err)
		}
		cancel()
		eventually(t, what+": both are answered", func() bool { return b.Stats().PendingIn == 1 && a.Stats().PendingOut == 1 })
	}
	close(h.release)
	if notes := call(t, a, nil, "notes", ""); notes != "null" {
		t.Errorf("run: %s", notes)
	}
	shut(a)
	over(t, a)
	over(t, b)
}

// A deadline that only the callee's clock sees ends the wait, too.
func TestTheCalleeSeesTheDeadlineOfACallThatWaits(t *testing.T) {
	p, served := hostile(t, conn.Limits{})
	p.send(&wire.Call{ID: 1, Name: "hang", Lane: 1}, &wire.Call{ID: 2, Name: "note", Lane: 1, Timeout: time.Millisecond})
	if ret, ok := p.next().(*wire.Return); !ok || ret.ID != 2 || ret.Status != wire.StatusRefused {
		t.Errorf("%+v", ret)
	}
	shut(p.mux)
	over(t, served)
}

// The calls that wait when the connection ends are over then, the one-way ones are told of, and nothing is left.
func TestCallsThatWaitEndWithTheConnection(t *testing.T) {
	for _, end := range []func(a, b *conn.Conn){
		func(a, b *conn.Conn) { shut(a) },
		func(a, b *conn.Conn) { shut(b) },
	} {
		a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: play}))
		lane := a.NewLane()
		first := start(t, a, &conn.Request{Name: "hang", Lane: lane, Keep: true})
		for range 20 {
			start(t, a, &conn.Request{Name: "note", Lane: lane})
			start(t, a, &conn.Request{Name: "note", Target: first})
			if err := a.Notify(t.Context(), &conn.Request{Name: "note", Lane: lane}); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "all have come", func() bool { return b.Stats().PendingIn == 61 })
		end(a, b)
		over(t, a)
		over(t, b)
		eventually(t, "the one-way calls are told of", func() bool { return b.Stats().OneWayFailed == 20 })
		if idle, err := b.Workers(); idle != 0 || err != nil {
			t.Errorf("%d workers, %v", idle, err)
		}
	}
}

// Random calls of all kinds, both ways, while the promises of the dispatch are looked at.
func TestDispatchAgainstItsPromises(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{Bind: play}), quiet(conn.Config{Bind: play}))
	stop := look(t, a, b)
	var all sync.WaitGroup
	for who := range 8 {
		all.Go(func() {
			c, rnd := a, rand.New(rand.NewPCG(uint64(who), 5))
			if who%2 == 1 {
				c = b
			}
			var last *conn.Pending
			lane := c.NewLane()
			for range 150 {
				req := &conn.Request{Name: []string{"echo", "down", "note", "panic", "goexit", "sleep", "hang", "fail"}[rnd.IntN(8)], Keep: rnd.IntN(3) == 0}
				req.Body = text([]string{"1", "3", "10"}[rnd.IntN(3)])
				if req.Name == "sleep" {
					req.Body = text("200us")
				}
				if rnd.IntN(2) == 0 {
					req.Lane = lane
				}
				if last != nil && rnd.IntN(3) == 0 {
					req.Body.Refs = []any{last}
				}
				ctx, cancel := context.WithCancel(t.Context())
				if req.Name == "hang" || rnd.IntN(10) == 0 {
					time.AfterFunc(time.Duration(rnd.IntN(500))*time.Microsecond, cancel)
				}
				p, err := c.Start(ctx, req)
				if err != nil {
					cancel()
					continue
				}
				if rnd.IntN(3) == 0 {
					_, _ = p.Wait(t.Context())
				}
				if last = nil; req.Keep {
					last = p
				}
				t.Cleanup(cancel)
			}
		})
	}
	all.Wait()
	eventually(t, "all calls are over", func() bool {
		return a.Stats().PendingIn+b.Stats().PendingIn+a.Stats().PendingOut+b.Stats().PendingOut == 0
	})
	stop()
	shut(a)
	over(t, a)
	over(t, b)
}

// An idle connection has no goroutines that wait for calls.
func TestWorkersLeaveWhenTheyAreNotNeeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(100)
		a, b := conn.Pipe(quiet(conn.Config{KeepAlive: -1}), quiet(conn.Config{KeepAlive: -1, Bind: func(c *conn.Conn) conn.Handler { h.c = c; return h }}))
		check := func(least, most int) {
			t.Helper()
			synctest.Wait()
			if idle, err := b.Workers(); idle < least || idle > most || err != nil {
				t.Errorf("%d workers are idle, %v; meant are %d to %d", idle, err, least, most)
			}
		}
		check(0, 0)
		calls(t, a, 100, func(int) string { return "meet" }, returned)
		check(2, 64)
		for range 10 { // one is enough
			time.Sleep(50 * time.Millisecond)
			call(t, a, nil, "echo", "x")
		}
		check(1, 1)
		if !a.Writes() || !b.Writes() { // an in-memory pipe is written by nobody else
			t.Error("nobody writes")
		}
		time.Sleep(3 * time.Second)
		check(0, 0)
		if a.Writes() || b.Writes() {
			t.Error("an idle connection has a goroutine that writes")
		}
		call(t, a, nil, "echo", "x")
		check(1, 1)
		shut(a)
		over(t, a)
		over(t, b)
		check(0, 0)
	})
}
