package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// Player passes a ball to and fro.
type Player struct{ name string }

// Toss calls back, giving a func to be called back in turn, n times.
func (p *Player) Toss(n int, pass func(n int, back func(int) (string, error)) (string, error)) (string, error) {
	if n == 0 {
		return p.name, nil
	}
	s, err := pass(n-1, func(m int) (string, error) {
		return p.Toss(m, pass)
	})
	return p.name + s, err
}

// Run calls f.
func (p *Player) Run(f func()) string                                             { f(); return "ran" }
func (p *Player) Try(f func() error) error                                        { return f() }
func (p *Player) TryCtx(ctx context.Context, f func(context.Context) error) error { return f(ctx) }
func (p *Player) Hang(ctx context.Context) error                                  { <-ctx.Done(); return context.Cause(ctx) }
func (p *Player) Panic(x any)                                                     { panic(x) }
func (p *Player) Goexit()                                                         { runtime.Goexit() }

func (p *Player) Open(name string) (*os.File, error) { return os.Open(name) }
func (p *Player) EOF() error                         { return io.EOF }
func (p *Player) Errors() error {
	return errors.Join(fmt.Errorf("first: %w", os.ErrPermission), &custom{7})
}
func (p *Player) Node() *Node                 { return &Node{} }
func (p *Player) Parse(s string) (int, error) { return strconv.Atoi(s) }
func (p *Player) Partial() (int, error)       { return 5, io.ErrUnexpectedEOF }

type custom struct{ code int }

func (c *custom) Error() string { return fmt.Sprintf("code %d", c.code) }

// Node is a link of a chain.
type Node struct{ depth int }

func (n *Node) Next() *Node          { return &Node{n.depth + 1} }
func (n *Node) Depth() int           { return n.depth }
func (n *Node) Take(other *Node) int { return other.depth }
func (n *Node) Bad() (*Node, error)  { return nil, fs.ErrClosed }

func TestCallbacksNestToAndFro(t *testing.T) {
	eachWay(t, func() any { return &Player{"B"} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		here := &Player{"A"}
		pass := func(n int, back func(int) (string, error)) (string, error) {
			if n == 0 {
				return here.name, nil
			}
			s, err := back(n - 1)
			return here.name + s, err
		}
		for _, n := range []int{1, 3, 8, 40} {
			got, err := netproxy.Call[string](ctx, root, "Toss", n, pass)
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.Repeat("BA", n+1)[:n+1]; got != want {
				t.Errorf("%d deep: %s, want %s", n, got, want)
			}
		}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if got, err := netproxy.Call[string](ctx, root, "Toss", 9, pass); len(got) != 10 || err != nil {
					t.Errorf("at the same time: %q, %v", got, err)
				}
			})
		}
		wg.Wait()
	})
}

func TestErrorsKeepTheirIdentity(t *testing.T) {
	eachWay(t, func() any { return &Player{"B"} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		_, err := root.Call(ctx, "Open", "/no/such/file")
		_, local := os.Open("/no/such/file")
		if !errors.Is(err, fs.ErrNotExist) || err.Error() != local.Error() {
			t.Errorf("Open: %v", err)
		}
		var remote *netproxy.RemoteError
		if !errors.As(err, &remote) || remote.Type != "*fs.PathError" || remote.Peer == "" {
			t.Errorf("Open: %#v", err)
		}
		if !strings.Contains(remote.Stack, "(*Player).Open\n\t") || !strings.Contains(remote.Stack, "nest_test.go:") {
			t.Errorf("the stack of Open: %q", remote.Stack)
		}
		var path *fs.PathError
		if !errors.As(err, &path) || path.Op != "open" || path.Path != "/no/such/file" || !errors.Is(path.Err, fs.ErrNotExist) {
			t.Errorf("the PathError: %+v", path)
		}
		if errors.Is(err, fs.ErrExist) {
			t.Error("it is everything")
		}
		if _, err := root.Call(ctx, "EOF"); err != io.EOF { //nolint:errorlint // the very error
			t.Errorf("EOF: %v", err)
		}
		_, err = root.Call(ctx, "Errors")
		if !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "code 7") {
			t.Errorf("Errors: %v", err)
		}
		var num *strconv.NumError
		if _, err = root.Call(ctx, "Parse", "x"); !errors.As(err, &num) || num.Func != "Atoi" || !errors.Is(err, strconv.ErrSyntax) {
			t.Errorf("Parse: %v", err)
		}
		partial, err := netproxy.Func[func() (int, error)](ctx, root, "Partial")
		if err != nil {
			t.Fatal(err)
		}
		if n, err := partial(); n != 5 || err != io.ErrUnexpectedEOF { //nolint:errorlint // the very error
			t.Errorf("Partial = %d, %v", n, err)
		}
		// an error of ours that goes there and comes back
		mine := &custom{1}
		if _, err := root.Call(ctx, "Try", func() error { return mine }); err != error(mine) { //nolint:errorlint // the very error
			t.Errorf("our own error came back as %#v", err)
		}
		wrapped := fmt.Errorf("wrapped: %w", mine)
		if _, err := root.Call(ctx, "Try", func() error { return wrapped }); !errors.Is(err, mine) {
			t.Errorf("our own wrapped error came back as %#v", err)
		}
	})
}

func TestPanics(t *testing.T) {
	eachWay(t, func() any { return &Player{"B"} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		_, err := root.Call(ctx, "Panic", "ouch")
		var p *netproxy.PanicError
		if !errors.As(err, &p) || p.Value != "ouch" || !strings.Contains(p.Stack, "(*Player).Panic") {
			t.Errorf("Panic: %#v", err)
		}
		if _, err := root.Call(ctx, "Panic", fs.ErrExist); !errors.Is(err, fs.ErrExist) {
			t.Errorf("Panic with an error: %v", err)
		}
		_, err = root.Call(ctx, "Run", func() { panic("here") })
		if !errors.As(err, &p) || !strings.Contains(err.Error(), "here") {
			t.Errorf("a panic in a callback: %v", err)
		}
		_, err = root.Call(ctx, "Try", func() error { panic("here") })
		if !errors.As(err, &p) || p.Value != "here" || !strings.Contains(p.Stack, "TestPanics") {
			t.Errorf("a panic in a callback that may fail: %#v", err)
		}
	})
}

func TestGoexitEndsTheCall(t *testing.T) {
	eachWay(t, func() any { return &Player{"B"} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		if _, err := root.Call(ctx, "Goexit"); !errors.Is(err, netproxy.ErrGoexit) {
			t.Errorf("Goexit: %v", err)
		}
		if _, err := root.Call(ctx, "Try", func() error { runtime.Goexit(); return nil }); !errors.Is(err, netproxy.ErrGoexit) {
			t.Errorf("Goexit in a callback: %v", err)
		}
	})
}

func TestCancellationAndDeadlinesReachTheCallee(t *testing.T) {
	eachWay(t, func() any { return &Player{"B"} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		defer cancel()
		if _, err := root.Call(short, "Hang"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Hang: %v", err)
		}
		// through a callback: the context of the outer call ends the inner one
		began, ended := make(chan struct{}), make(chan struct{})
		outer, stop := context.WithCancelCause(ctx)
		go func() { // ends when the callback has begun, or with the test
			select {
			case <-began:
			case <-ctx.Done():
			}
			stop(context.DeadlineExceeded)
		}()
		_, err := root.Call(outer, "TryCtx", func(ctx context.Context) error {
			close(began)
			<-ctx.Done()
			close(ended)
			return ctx.Err()
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("TryCtx: %v", err)
		}
		select {
		case <-ended:
		case <-ctx.Done():
			t.Error("the callback's context did not end")
		}
	})
}

func TestAChainIsOneRoundTrip(t *testing.T) {
	eachWay(t, func() any { return &Player{"B"} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		before := root.Conn().Stats().RoundTrips
		r := async.Of(root).Call("Node")
		for range 8 {
			r = r.Call("Next")
		}
		n, err := async.Value[int](ctx, r.Call("Depth"))
		if n != 8 || err != nil {
			t.Errorf("Depth = %d, %v", n, err)
		}
		if trips := root.Conn().Stats().RoundTrips - before; trips != 1 {
			t.Errorf("a chain of ten took %d round trips", trips)
		}
		before = root.Conn().Stats().RoundTrips
		node := netproxy.Pipelined(ctx, root, "Node")
		next := netproxy.Pipelined(ctx, node, "Next")
		if n, err := netproxy.Call[int](ctx, node, "Take", next); n != 1 || err != nil {
			t.Errorf("Take = %d, %v", n, err)
		}
		if trips := root.Conn().Stats().RoundTrips - before; trips != 1 {
			t.Errorf("a result as an argument took %d round trips", trips)
		}
		bad := netproxy.Pipelined(ctx, node, "Bad")
		if _, err := bad.Call(ctx, "Depth"); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("on a result that failed: %v", err)
		}
		if err := bad.Wait(ctx); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("Wait of it: %v", err)
		}
		if s := async.Of(root).Call("Parse", "12"); must[any](t)(s.Await(ctx)) != 12 {
			t.Error("Parse")
		}
	})
}

func TestOperationsOfAHandleStartInOrder(t *testing.T) {
	shelf := newShelf()
	root := pair(t, shelf)
	ctx := deadline(t)
	h := async.Of(must[*netproxy.Proxy](t)(root.Get(ctx, "Books")))
	var all []*async.Result
	for i := range 500 {
		all = append(all, h.Append(Book{Pages: i}))
	}
	if _, err := async.All(ctx, all...); err != nil {
		t.Fatal(err)
	}
	for i, b := range shelf.Books[2:] {
		if b.Pages != i {
			t.Fatalf("book %d has %d pages", i, b.Pages)
		}
	}
	results := []*async.Result{h.Index(0).Get("Name"), h.Len(), async.Of(root).Set("Title", "x")}
	got, err := async.All(ctx, results...)
	if err != nil || got[0] != "Emma" || got[1] != 502 || shelf.Title != "x" {
		t.Errorf("All = %v, %v", got, err)
	}
}

func TestLostConnection(t *testing.T) {
	root := pair(t, &Player{"B"})
	ctx := deadline(t)
	started := make(chan struct{})
	errs := make(chan error, 1)
	go func() { // ends with the connection; joined below
		_, err := root.Call(ctx, "TryCtx", func(ctx context.Context) error { close(started); <-ctx.Done(); return ctx.Err() })
		errs <- err
	}()
	<-started
	node := must[*netproxy.Proxy](t)(root.Call(ctx, "Node"))
	shut(t, root.Conn())
	var lost *conn.LostError
	if err := <-errs; !errors.As(err, &lost) || !lost.MayHaveRun || !errors.Is(err, conn.ErrClosed) {
		t.Errorf("the call under way: %v", err)
	}
	if _, err := node.Call(ctx, "Depth"); !errors.As(err, &lost) || lost.MayHaveRun {
		t.Errorf("a call afterwards: %v", err)
	}
}
