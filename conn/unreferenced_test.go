package conn_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// wary counts how often it is told.
type wary struct {
	told   atomic.Int64
	joined atomic.Int64 // guarded by the connection's lock, and read here
}

func (w *wary) Unreferenced() { w.told.Add(1) }
func (w *wary) Join(any)      { w.joined.Add(1) }

func (w *wary) export() conn.Export { return conn.Export{Key: w, Object: w} }

// An object that was given out is told once that nobody holds it, whatever happened on the way.
func TestUnreferencedIsCalledOnce(t *testing.T) {
	send := func(name string, o *wary) *conn.Request {
		return &conn.Request{Name: name, Body: conn.Message{Refs: []any{o.export()}}}
	}
	for name, give := range map[string]func(t *testing.T, a *conn.Conn, o *wary){
		"sent and given back": func(t *testing.T, a *conn.Conn, o *wary) {
			if _, err := a.Call(t.Context(), send("release", o)); err != nil {
				t.Error(err)
			}
		},
		"sent twice in one message": func(t *testing.T, a *conn.Conn, o *wary) {
			if _, err := a.Call(t.Context(), &conn.Request{Name: "release", Body: conn.Message{Refs: []any{o.export(), o.export()}}}); err != nil {
				t.Error(err)
			}
		},
		"sent and kept until the end": func(t *testing.T, a *conn.Conn, o *wary) {
			if _, err := a.Call(t.Context(), send("keep", o)); err != nil {
				t.Error(err)
			}
			shut(a)
		},
		"sent when the connection has ended": func(t *testing.T, a *conn.Conn, o *wary) {
			shut(a)
			over(t, a)
			var lost *conn.LostError
			if _, err := a.Call(t.Context(), send("keep", o)); !errors.As(err, &lost) || lost.MayHaveRun {
				t.Error(err)
			}
		},
		"the context had ended": func(t *testing.T, a *conn.Conn, o *wary) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := a.Call(ctx, send("keep", o)); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		},
		"beside a reference that is none": func(t *testing.T, a *conn.Conn, o *wary) {
			refs := []any{o.export(), 42, o.export()}
			if _, err := a.Call(t.Context(), &conn.Request{Name: "keep", Body: conn.Message{Refs: refs}}); err == nil {
				t.Error("a number is no reference")
			}
		},
		"to a target that is none": func(t *testing.T, a *conn.Conn, o *wary) {
			if _, err := a.Call(t.Context(), &conn.Request{Target: 42, Body: conn.Message{Refs: []any{o.export(), o.export()}}}); err == nil {
				t.Error("a number is no target")
			}
		},
		"in too much": func(t *testing.T, a *conn.Conn, o *wary) {
			if _, err := a.Call(t.Context(), &conn.Request{Body: conn.Message{Data: make([]byte, 300<<20), Refs: []any{o.export()}}}); err == nil {
				t.Error("300 MiB are sent")
			}
		},
		"with too long a name": func(t *testing.T, a *conn.Conn, o *wary) {
			if _, err := a.Call(t.Context(), send(strings.Repeat("x", 1<<16), o)); err == nil {
				t.Error("64 KiB of name are sent")
			}
		},
		"given up right after it was started": func(t *testing.T, a *conn.Conn, o *wary) {
			p := start(t, a, send("release", o))
			p.Cancel(nil)
			<-p.Done()
		},
		"refused there": func(t *testing.T, a *conn.Conn, o *wary) {
			r := callRet(t, a, nil, "object", "").Body.Refs[0].(*conn.Ref)
			shut2 := start(t, a, &conn.Request{Name: "hang", Keep: true})
			shut2.Cancel(nil)
			req := send("x", o)
			req.Target = r
			r.Release() // behind it, if it goes out at all
			if _, err := a.Call(t.Context(), req); err == nil {
				t.Error("a released reference is a target")
			}
		},
		"in a one-way call": func(t *testing.T, a *conn.Conn, o *wary) {
			if err := a.Notify(t.Context(), send("release", o)); err != nil {
				t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			kept := &leaky{}
			a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: func(c *conn.Conn) conn.Handler {
				kept.c = c
				return conn.HandlerFunc(func(ctx context.Context, in *conn.Inbound) conn.Reply {
					if in.Name == "release" {
						for _, r := range in.Body.Refs {
							r.(*conn.Ref).Release()
						}
						return done("")
					}
					return kept.Serve(ctx, in)
				})
			}}))
			o := &wary{}
			give(t, a, o)
			eventually(t, "it is told", func() bool { return o.told.Load() > 0 })
			shut(a)
			over(t, a)
			over(t, b)
			if n := o.told.Load(); n != 1 {
				t.Errorf("told %d times", n)
			}
		})
	}
}

// The same for what a handler replies with.
func TestUnreferencedOfReplies(t *testing.T) {
	for name, take := range map[string]func(t *testing.T, a *conn.Conn, hold chan bool){
		"given back": func(t *testing.T, a *conn.Conn, hold chan bool) {
			close(hold)
			callRet(t, a, nil, "", "").Body.Refs[0].(*conn.Ref).Release()
		},
		"a call given up": func(t *testing.T, a *conn.Conn, hold chan bool) {
			p := start(t, a, &conn.Request{})
			eventually(t, "it is under way", func() bool { return a.Stats().FramesOut > 0 })
			p.Cancel(nil)
			close(hold)
		},
		"a one-way call": func(t *testing.T, a *conn.Conn, hold chan bool) {
			close(hold)
			if err := a.Notify(t.Context(), &conn.Request{}); err != nil {
				t.Error(err)
			}
		},
		"the connection ends before it": func(t *testing.T, a *conn.Conn, hold chan bool) {
			start(t, a, &conn.Request{})
			eventually(t, "it is under way", func() bool { return a.Stats().FramesOut > 0 })
			shut(a)
			close(hold)
		},
		"the connection ends after it": func(t *testing.T, a *conn.Conn, hold chan bool) {
			close(hold)
			callRet(t, a, nil, "", "")
			shut(a)
		},
		"too much": func(t *testing.T, a *conn.Conn, hold chan bool) {
			close(hold)
			var bad *conn.CallError
			if _, err := a.Call(t.Context(), &conn.Request{Name: "much"}); !errors.As(err, &bad) || bad.Code != conn.CodeBadReply {
				t.Error(err)
			}
		},
		"beside what is no reference": func(t *testing.T, a *conn.Conn, hold chan bool) {
			close(hold)
			if _, err := a.Call(t.Context(), &conn.Request{Name: "bad"}); err == nil {
				t.Error("a number is no reference")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := &wary{}
			hold := make(chan bool)
			bind := func(*conn.Conn) conn.Handler {
				return conn.HandlerFunc(func(_ context.Context, in *conn.Inbound) conn.Reply {
					<-hold // deaf to its context
					body := conn.Message{Refs: []any{o.export()}}
					switch in.Name {
					case "much":
						body.Data = make([]byte, 300<<20)
					case "bad":
						body.Refs = append(body.Refs, 42)
					}
					return conn.Reply{Body: body, Value: o}
				})
			}
			a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: bind}))
			take(t, a, hold)
			if name != "the connection ends before it" {
				eventually(t, "it is told", func() bool { return o.told.Load() > 0 })
			}
			shut(a)
			over(t, a)
			over(t, b)
			if n := o.told.Load(); n != 1 {
				t.Errorf("told %d times", n)
			}
		})
	}
}

// A peer that gives back too much ends the connection; everything it held is told once, also what it gave back rightly in the same frame.
func TestUnreferencedWhenThePeerCheats(t *testing.T) {
	p, served := hostile(t, conn.Limits{})
	p.send(&wire.Call{ID: 1, Name: "objects", Body: wire.Body{Inline: []byte("3")}})
	p.next()
	p.send(&wire.Release{Counts: []wire.Count{{ID: 1, N: 1}, {ID: 2, N: 1}, {ID: 2, N: 1}, {ID: 3, N: 1}}})
	home := served.Attach(nil).(*playground)
	over(t, served)
	if n := home.unreferenced.Load(); n != 3 {
		t.Errorf("%d of 3 were told", n)
	}
}

func TestJoin(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: func(*conn.Conn) conn.Handler { return &leaky{} }}))
	first, second := &wary{}, &wary{}
	for i, o := range []*wary{first, second, second} {
		call(t, a, nil, "keep", "", conn.Export{Key: "one", Object: o})
		if n := first.joined.Load(); n != int64(i) {
			t.Errorf("%d joined", n)
		}
	}
	a.Discard([]any{conn.Export{Key: "one", Object: second}, conn.Export{Key: "two", Object: second}, 42})
	if first.joined.Load() != 3 || second.told.Load() != 1 {
		t.Errorf("discarded: %d joined, %d told", first.joined.Load(), second.told.Load())
	}
	shut(a)
	over(t, a)
	over(t, b)
	if first.told.Load() != 1 || second.told.Load() != 1 {
		t.Errorf("told %d and %d times", first.told.Load(), second.told.Load())
	}
}
