package conn_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/conn"
)

// String makes counters known in dumps.
func (o *counter) String() string { return "a counter" }

// silent is an object whose description panics.
type silent struct{}

func (silent) String() string { panic("not a word") }

// leaky keeps all it is given.
type leaky struct {
	playground
	kept []any
}

func (l *leaky) Serve(ctx context.Context, in *conn.Inbound) conn.Reply {
	if in.Name == "keep" {
		l.kept = append(l.kept, in.Body.Refs...)
		return done("")
	}
	return l.playground.Serve(ctx, in)
}

func (l *leaky) OpName(op conn.Op) string { return fmt.Sprintf("Op%d", op) }

// forget sends references that the other end never gives back: the leak that the dump has to show.
func forget(t *testing.T, c *conn.Conn, n int) {
	for range n {
		o := conn.Export{Object: &counter{home: &playground{}}}
		if _, err := c.Call(t.Context(), &conn.Request{Name: "keep", Body: conn.Message{Refs: []any{o}}}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADumpShowsALeakAndWhereItCameFrom(t *testing.T) {
	l := &leaky{}
	bind := func(*conn.Conn) conn.Handler { return l }
	a, b := conn.Pipe(quiet(conn.Config{Name: "here", Origins: true, Bind: play}), quiet(conn.Config{Name: "there", Origins: true, Bind: bind}))
	l.c = b
	for range 50 { // what is given back is not in the way
		object(t, a).Release()
	}
	forget(t, a, 300)
	held := object(t, a)
	call(t, a, nil, "keep", "", conn.Export{Object: silent{}})
	eventually(t, "the releases are through", func() bool { return b.Stats().Exports == 1 })

	d := a.Dump()
	if len(d.Exports) != 301 || len(d.Imports) != 1 || d.Imports[0].ID != held.ID() {
		t.Fatalf("%d exports, imports %+v", len(d.Exports), d.Imports)
	}
	text := d.String()
	top := line(text, "300")
	for _, want := range []string{"a counter", `argument of our call op 0 "keep"`, "dump_test.go:", "conn_test.forget", "TestADumpShowsALeak"} {
		if !strings.Contains(top, want) {
			t.Errorf("the leak's line has no %q:\n%s", want, text)
		}
	}
	if !strings.Contains(text, "PANIC") || !strings.Contains(text, "result of our call") {
		t.Errorf("here:\n%s", text)
	}
	there := b.Dump().String()
	if top = line(there, "301"); !strings.Contains(top, `argument of the peer's call Op0 "keep"`) {
		t.Errorf("there:\n%s", there)
	}
	runtime.KeepAlive(held)
	shut(a)
	over(t, a)
	over(t, b)
}

// line returns the first line of a table that begins with a number.
func line(text, number string) string {
	for l := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(l), number+" ") {
			return l
		}
	}
	return ""
}

func TestADumpShowsWhatIsUnderWay(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		if d := c.Dump(); len(d.Exports)+len(d.Imports)+len(d.CallsOut)+len(d.CallsIn)+len(d.Results)+len(d.Held)+len(d.HeldThere)+len(d.Streams) != 0 {
			t.Errorf("a new connection has\n%s", d)
		}
		hang := start(t, c, &conn.Request{Name: "hang"})
		s, err := c.OpenStream(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		text := c.Dump().String()
		for _, want := range []string{"calls of ours under way: 1", `"hang"`, "under way", "streams: 1", "this side"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		hang.Cancel(nil)
		shut(s)
	})
	a, b, got := keeping(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := begun(t, ctx, a, 3)
	held := <-got
	here, there := a.Dump().String(), b.Dump().String()
	for _, want := range []string{"results that the peer keeps: 1", "kept: string", "contexts of the peer's calls in use here: 1", `"keep"`} {
		if !strings.Contains(there, want) {
			t.Errorf("no %q in\n%s", want, there)
		}
	}
	if !strings.Contains(here, "contexts of our calls in use there: 1") {
		t.Errorf("here:\n%s", here)
	}
	if held.Err() != nil {
		t.Error(held.Err())
	}
	p.Release()
}

// Dumps may be made while everything moves.
func TestDumpsWhileItWorks(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{Bind: play, Origins: true}), quiet(conn.Config{Bind: play}))
	stop := make(chan bool)
	dumped := make(chan int)
	go func() { // joined by the receive below
		n := 0
		for {
			select {
			case <-stop:
				dumped <- n
				return
			default:
				_ = a.Dump().String() + b.Dump().String()
				n++
			}
		}
	}()
	lane := a.NewLane()
	for i := range 300 {
		o := object(t, a)
		o.Attachment(func() any { return "proxy" })
		if _, err := a.Start(t.Context(), &conn.Request{Name: "echo", Lane: lane, Keep: i%2 == 0, Body: conn.Message{Refs: []any{o}}}); err != nil {
			t.Fatal(err)
		}
		call(t, a, nil, "down", "5")
	}
	close(stop)
	t.Logf("%d dumps", <-dumped)
	shut(a)
	over(t, a)
	over(t, b)
}
