package conn_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
)

func object(t *testing.T, c *conn.Conn) *conn.Ref {
	t.Helper()
	return callRet(t, c, nil, "object", "").Body.Refs[0].(*conn.Ref)
}

func TestReferences(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		o := object(t, c)
		if got := call(t, c, o, "incr", ""); got != "1" {
			t.Errorf("incr: %s", got)
		}
		if again := callRet(t, c, o, "self", "").Body.Refs[0]; again != any(o) {
			t.Error("one object has two Refs")
		}
		if got := call(t, c, o, "same", "", o); got != "true" {
			t.Error("the object that came home is not the original")
		}
		made := 0
		for range 3 {
			if got := o.Attachment(func() any { made++; return "proxy" }); got != "proxy" || made != 1 {
				t.Errorf("attachment %v, made %d times", got, made)
			}
		}
		o.Release()
		o.Release()
		eventually(t, "the object is told", func() bool { return call(t, c, nil, "unreferenced", "") == "1" })
		if st := stats(t, c); st.Exports != 0 {
			t.Errorf("exports: %+v", st)
		}
	})
}

// What is called back is the very object that was handed over, however often it goes to and fro.
func TestCallbackToOwnObject(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		mine := &counter{home: &playground{}}
		for i := range 3 {
			got := call(t, c, nil, "call", "incr", conn.Export{Key: mine, Object: mine})
			if want := fmt.Sprint(i + 1); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
		eventually(t, "the other end drops it", func() bool {
			call(t, c, nil, "echo", "") // time passes there too
			runtime.GC()
			if stats(t, c).Imports == 0 {
				return true
			}
			call(t, c, nil, "objects", "1000") // work for its collector
			return false
		})
	})
}

func TestHundredThousandReferences(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{Bind: play}), quiet(conn.Config{Bind: play}))
	const rounds, each = 20, 5000
	for range rounds {
		refs := callRet(t, a, nil, "objects", fmt.Sprint(each)).Body.Refs
		if len(refs) != each {
			t.Fatal(len(refs))
		}
		for _, r := range refs[:each/2] {
			r.(*conn.Ref).Release()
		}
	}
	eventually(t, "both tables are empty", func() bool {
		runtime.GC()
		return a.Stats().Imports == 0 && b.Stats().Exports == 0
	})
	eventually(t, "each object was told once", func() bool {
		return call(t, a, nil, "unreferenced", "") == fmt.Sprint(rounds*each)
	})
	a.Close()
	over(t, a)
	over(t, b)
}

// References are dropped, collected and received again by many goroutines at once, all of one object, so that releases and receipts
// cross each other in every way.
func TestReleasesRaceWithReceipts(t *testing.T) {
	o := &counter{home: &playground{}}
	bind := func(*conn.Conn) conn.Handler {
		return conn.HandlerFunc(func(_ context.Context, in *conn.Inbound) conn.Reply {
			if in.Target == any(o) {
				return done("me")
			}
			if len(in.Body.Refs) == 1 && in.Body.Refs[0] != any(o) {
				return failed("another object came home: %v", in.Body.Refs[0])
			}
			return conn.Reply{Body: conn.Message{Refs: []any{conn.Export{Key: o, Object: o}}}}
		})
	}
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: bind}))
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 300 {
				ret, err := a.Call(t.Context(), &conn.Request{})
				if err != nil {
					t.Error(err)
					return
				}
				r := ret.Body.Refs[0].(*conn.Ref)
				ret, err = a.Call(t.Context(), &conn.Request{Target: r, Body: conn.Message{Refs: []any{r}}})
				var bad *conn.CallError // another goroutine may have released the shared Ref
				if err != nil && (!errors.As(err, &bad) || bad.Code != conn.CodeBadTarget) {
					t.Error(err)
					return
				}
				if ret.Failed {
					t.Errorf("%s", ret.Body.Data)
				}
				if (n+i)%3 == 0 {
					r.Release()
				}
				if n%50 == 0 {
					runtime.GC()
				}
			}
		})
	}
	all.Wait()
	eventually(t, "nothing is left", func() bool {
		runtime.GC()
		return a.Stats().Imports == 0 && b.Stats().Exports == 0
	})
	a.Close()
	over(t, a)
	if err := joined(t, b); err != nil {
		t.Error(err)
	}
}

// A Ref that is dropped right after it was sent home must not be released before the message that names it.
func TestDropRightAfterSending(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: play}))
	for range 500 {
		o := object(t, a)
		p := start(t, a, &conn.Request{Name: "kind", Body: conn.Message{Refs: []any{o}}})
		o.Release()
		ret, err := p.Wait(t.Context())
		if err != nil || string(ret.Body.Data) != "*conn_test.counter" {
			t.Fatalf("%s, %v", ret.Body.Data, err)
		}
	}
	eventually(t, "no exports", func() bool { return b.Stats().Exports == 0 })
	a.Close()
	over(t, a)
	over(t, b)
}

// The return of a call that was given up still carries references; they go back at once.
func TestLateReturnGivesReferencesBack(t *testing.T) {
	release := make(chan struct{})
	bind := func(*conn.Conn) conn.Handler {
		return conn.HandlerFunc(func(context.Context, *conn.Inbound) conn.Reply {
			<-release // deaf to its context
			return conn.Reply{Body: conn.Message{Data: make([]byte, 1<<20), Refs: []any{conn.Export{Object: 1}, conn.Export{Object: 2}}}}
		})
	}
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: bind}))
	p := start(t, a, &conn.Request{})
	eventually(t, "it runs", func() bool { return b.Stats().Served == 1 })
	p.Cancel(errors.New("changed my mind"))
	<-p.Done()
	close(release)
	eventually(t, "everything is given back", func() bool {
		sa, sb := a.Stats(), b.Stats()
		return sa.PendingOut == 0 && sa.Imports == 0 && sa.Streams == 0 && sb.Exports == 0 && sb.Streams == 0 && sb.PendingIn == 0
	})
	a.Close()
	over(t, a)
	over(t, b)
}

func TestPipelining(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		made := start(t, c, &conn.Request{Name: "object", Keep: true})
		self := start(t, c, &conn.Request{Target: made, Name: "self", Keep: true})
		incr := start(t, c, &conn.Request{Target: self, Name: "incr"})
		same := start(t, c, &conn.Request{Target: self, Name: "same", Body: conn.Message{Refs: []any{made}}})
		for p, want := range map[*conn.Pending]string{incr: "1", same: "true"} {
			ret, err := p.Wait(t.Context())
			if err != nil || string(ret.Body.Data) != want {
				t.Errorf("%s, %v, want %s", ret.Body.Data, err, want)
			}
		}
		// and when it has long returned
		if got := call(t, c, made, "incr", ""); got != "2" {
			t.Errorf("%s", got)
		}
		made.Release()
		self.Release()
		if _, err := c.Start(t.Context(), &conn.Request{Target: made}); err == nil {
			t.Error("a released result was called")
		}
		eventually(t, "no results are kept", func() bool { return stats(t, c).Results == 1 }) // the stats call itself
	})
}

func TestPipelinedOnFailure(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		bad := start(t, c, &conn.Request{Name: "fail", Body: text("first"), Keep: true})
		next := start(t, c, &conn.Request{Target: bad, Name: "incr", Keep: true})
		last := start(t, c, &conn.Request{Name: "kind", Body: conn.Message{Refs: []any{next}}})
		ret, err := last.Wait(t.Context())
		if err != nil || !ret.Failed || string(ret.Body.Data) != "it failed: first" {
			t.Errorf("%+v, %v", ret, err)
		}
		gone := start(t, c, &conn.Request{Name: "goexit", Keep: true})
		var refused *conn.CallError
		if _, err := c.Call(t.Context(), &conn.Request{Target: gone}); !errors.As(err, &refused) || refused.Code != conn.CodeNoReply {
			t.Errorf("on a call without a reply: %v", err)
		}
	})
}

// A kept result whose Pending nobody holds is dropped without anybody saying so.
func TestForgottenResults(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: play}))
	for range 100 {
		start(t, a, &conn.Request{Name: "object", Keep: true})
	}
	eventually(t, "nothing is kept", func() bool {
		runtime.GC()
		return b.Stats().Results == 0 && b.Stats().Exports == 0
	})
	a.Close()
	over(t, a)
	over(t, b)
}

// Ten dependent calls over a slow link are one round trip.
func TestPipelineIsOneRoundTrip(t *testing.T) {
	const each = 30 * time.Millisecond
	a, b := slowPair(t, each)
	call(t, a, nil, "echo", "")
	before := a.Stats().RoundTrips
	from := time.Now()
	p := start(t, a, &conn.Request{Name: "object", Keep: true})
	for range 8 {
		p = start(t, a, &conn.Request{Target: p, Name: "self", Keep: true})
	}
	ret, err := a.Call(t.Context(), &conn.Request{Target: p, Name: "incr"})
	took := time.Since(from)
	if err != nil || string(ret.Body.Data) != "1" {
		t.Fatalf("%s, %v", ret.Body.Data, err)
	}
	if trips := a.Stats().RoundTrips - before; trips != 1 {
		t.Errorf("%d waits", trips)
	}
	if took < 2*each || took > 6*2*each { // ten round trips would be 600 ms
		t.Errorf("took %v", took)
	}
	a.Close()
	over(t, a)
	over(t, b)
}
