package conn_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
)

func TestCalls(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		if got := call(t, c, nil, "echo", "hello"); got != "hello" {
			t.Errorf("echo: %q", got)
		}
		ret, err := c.Call(t.Context(), &conn.Request{Name: "fail", Body: text("x")})
		if err != nil || !ret.Failed || string(ret.Body.Data) != "it failed: x" {
			t.Errorf("fail: %+v, %v", ret, err)
		}
		for _, name := range []string{"panic", "goexit"} {
			var refused *conn.CallError
			if _, err := c.Call(t.Context(), &conn.Request{Name: name}); !errors.As(err, &refused) || refused.Code != conn.CodeNoReply {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := call(t, c, nil, "echo", "still here"); got != "still here" {
			t.Errorf("after a panic: %q", got)
		}
		if p := c.Peer(); p.Name != "there" && p.Name != "child" || p.Version != conn.Version {
			t.Errorf("peer: %+v", p)
		}
	})
}

func TestLargeBodies(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		for _, n := range []int{0, 1, 64 << 10, 64<<10 + 1, 1 << 20, 9<<20 + 17} {
			data := bytes.Repeat([]byte("0123456789abcdef"), n/16+1)[:n]
			ret, err := c.Call(t.Context(), &conn.Request{Name: "echo", Body: conn.Message{Data: data}})
			if err != nil || !bytes.Equal(ret.Body.Data, data) {
				t.Fatalf("%d bytes: %d came back, %v", n, len(ret.Body.Data), err)
			}
		}
		eventually(t, "streams close", func() bool { return c.Stats().Streams == 0 })
	})
}

func TestManyCallersAtOnce(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				want := strings.Repeat(fmt.Sprint(i, " "), 1+i*i)
				ret, err := c.Call(t.Context(), &conn.Request{Name: "echo", Body: text(want)})
				if err != nil || string(ret.Body.Data) != want {
					t.Errorf("caller %d: %d bytes, %v", i, len(ret.Body.Data), err)
				}
			})
		}
		all.Wait()
		if st := c.Stats(); st.PendingOut != 0 || st.Started != 200 {
			t.Errorf("%+v", st)
		}
	})
}

func TestNestedCallbacks(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		for _, depth := range []string{"1", "3", "100"} {
			if got := call(t, c, nil, "down", depth); got != "bottom" {
				t.Errorf("depth %s: %q", depth, got)
			}
		}
		var refused *conn.CallError
		ret, err := c.Call(t.Context(), &conn.Request{Name: "down", Body: text("2000")})
		if err == nil && !(ret.Failed && strings.Contains(string(ret.Body.Data), "nested")) || err != nil && !errors.As(err, &refused) {
			t.Errorf("without a bottom: %s, %v", ret.Body.Data, err)
		}
	})
}

// A limit on calls must not be able to deadlock callbacks: those that serve a call go past it.
func TestNestedCallsGoPastTheLimit(t *testing.T) {
	narrow := quiet(conn.Config{Bind: play, Limits: conn.Limits{MaxCalls: 2}})
	a, b := conn.Pipe(narrow, narrow)
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			if got := call(t, a, nil, "down", "4"); got != "bottom" {
				t.Errorf("%q", got)
			}
		})
	}
	all.Wait()
	hung := start(t, a, &conn.Request{Name: "hang"})
	hung2 := start(t, a, &conn.Request{Name: "hang"})
	var refused *conn.CallError
	if _, err := a.Call(t.Context(), &conn.Request{Name: "echo"}); !errors.As(err, &refused) || refused.Code != conn.CodeTooMany {
		t.Errorf("the third call: %v", err)
	}
	hung.Cancel(nil)
	hung2.Cancel(nil)
	a.Close()
	over(t, a)
	over(t, b)
}

func start(t *testing.T, c *conn.Conn, req *conn.Request) *conn.Pending {
	t.Helper()
	p, err := c.Start(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLanesKeepOrder(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		slow := start(t, c, &conn.Request{Name: "hang", Lane: c.NewLane()})
		lane := c.NewLane()
		var last *conn.Pending
		for i := range 50 {
			name, data := "note", fmt.Sprint(i)
			if i%10 == 3 {
				name, data = "sleep", "3ms"
			}
			last = start(t, c, &conn.Request{Name: name, Body: text(data), Lane: lane})
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		if _, err := last.Wait(ctx); err != nil {
			t.Fatalf("one lane waited for another: %v", err)
		}
		var notes []string
		if err := json.Unmarshal([]byte(call(t, c, nil, "notes", "")), &notes); err != nil {
			t.Fatal(err)
		}
		want := 0
		for _, n := range notes {
			if want%10 == 3 {
				want++
			}
			if n != fmt.Sprint(want) {
				t.Fatalf("out of order: %v", notes)
			}
			want++
		}
		if want != 50 {
			t.Errorf("not all are there: %v", notes)
		}
		slow.Cancel(nil)
	})
}

// A call given up while it waits in its lane must not let the next one overtake those before it.
func TestLaneSurvivesCancel(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: play}))
	lane := a.NewLane()
	ahead := start(t, a, &conn.Request{Name: "hang", Lane: lane})
	start(t, a, &conn.Request{Name: "note", Body: text("first"), Lane: lane})
	given := start(t, a, &conn.Request{Name: "note", Body: text("second"), Lane: lane})
	after := start(t, a, &conn.Request{Name: "notes", Lane: lane})
	eventually(t, "all are sent", func() bool { return b.Stats().PendingIn == 4 })
	given.Cancel(nil)
	ahead.Cancel(nil)
	ret, err := after.Wait(t.Context())
	if notes := string(ret.Body.Data); err != nil || strings.Contains(notes, "second") || !strings.HasSuffix(notes, `"first"]`) {
		t.Errorf("%s, %v", ret.Body.Data, err)
	}
	a.Close()
	over(t, a)
	over(t, b)
}

func TestOneWay(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		p := start(t, c, &conn.Request{Name: "echo", Body: text("into the void"), OneWay: true})
		ret, err := p.Wait(t.Context())
		if err != nil || len(ret.Body.Data) != 0 {
			t.Errorf("%q, %v", ret.Body.Data, err)
		}
	})
}

func TestDeadlineCrosses(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		ret, err := c.Call(ctx, &conn.Request{Name: "deadline"})
		if err != nil || string(ret.Body.Data) != "true 1h0m0s" {
			t.Errorf("%s, %v", ret.Body.Data, err)
		}
	})
}

func TestNothingOffered(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{}))
	var refused *conn.CallError
	if _, err := a.Call(t.Context(), &conn.Request{Name: "x"}); !errors.As(err, &refused) || refused.Code != conn.CodeNothing {
		t.Error(err)
	}
	made := 0
	for range 3 {
		b.Attach(func() conn.Handler { made++; return &playground{c: b} })
	}
	if got := call(t, a, nil, "echo", "now"); got != "now" || made != 1 {
		t.Errorf("%q, made %d times", got, made)
	}
	b.Close()
	over(t, a)
	over(t, b)
}

func TestFromContext(t *testing.T) {
	if c := conn.FromContext(t.Context()); c != nil {
		t.Error("a connection out of nowhere")
	}
	seen := make(chan *conn.Conn, 1)
	bind := func(*conn.Conn) conn.Handler {
		return conn.HandlerFunc(func(ctx context.Context, _ *conn.Inbound) conn.Reply {
			seen <- conn.FromContext(ctx)
			return conn.Reply{}
		})
	}
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: bind}))
	call(t, a, nil, "", "")
	if <-seen != b {
		t.Error("not the connection that the call came in on")
	}
	a.Close()
	over(t, a)
	over(t, b)
}

func TestBadRequests(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{Bind: play}), quiet(conn.Config{Bind: play}))
	other := callRet(t, b, nil, "object", "").Body.Refs[0]
	mine := callRet(t, a, nil, "object", "").Body.Refs[0].(*conn.Ref)
	unkept := start(t, a, &conn.Request{Name: "object"})
	mine.Release()
	for name, req := range map[string]*conn.Request{
		"a target of no known kind":     {Target: 7},
		"a ref of another connection":   {Target: other},
		"a released ref":                {Target: mine},
		"a released ref in the body":    {Body: conn.Message{Refs: []any{mine}}},
		"a call without keep":           {Target: unkept},
		"something else as a reference": {Body: conn.Message{Refs: []any{"x"}}},
		"a key that is not comparable":  {Body: conn.Message{Refs: []any{conn.Export{Key: []int{1}}}}},
		"a nil ref":                     {Target: (*conn.Ref)(nil)},
		"a nil pending":                 {Target: (*conn.Pending)(nil)},
		"a long name":                   {Name: strings.Repeat("x", 5000)},
		"too many references":           {Body: conn.Message{Refs: make([]any, 1<<15)}},
	} {
		var refused *conn.CallError
		if _, err := a.Start(t.Context(), req); !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		} else {
			t.Logf("%s: %v", name, err)
		}
	}
	if n := a.Stats().Exports; n != 1 { // the object that b holds
		t.Errorf("%d exports are left of requests that were never sent", n)
	}
	a.Close()
	over(t, a)
	over(t, b)
}

// Many replies at once, far more than the queue holds, are no reason to think that the peer does not read.
func TestManyMiddlingReplies(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: play}))
	var all sync.WaitGroup
	for range 600 {
		all.Go(func() {
			ret, err := a.Call(t.Context(), &conn.Request{Name: "echo", Body: conn.Message{Data: make([]byte, 60<<10)}})
			if err != nil || len(ret.Body.Data) != 60<<10 {
				t.Error(len(ret.Body.Data), err)
			}
		})
	}
	all.Wait()
	shut(a)
	over(t, a)
	over(t, b)
}
