package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// What users of remote objects in other languages take for granted, as programs that know nothing but the package docs.

// Base is embedded, as others inherit.
type Base struct{ Kind string }

func (b *Base) Who() string        { return "base " + b.Kind }
func (b *Base) Overridden() string { return "base" }

// Derived has what Base has, and more.
type Derived struct {
	Base
	Extra map[string][]int
	plain int
	Func  func(int) int
	Next  *Derived
	Any   any
	Grid  [2][3]int
}

func (d *Derived) Overridden() string                 { return "derived, not " + d.Base.Overridden() }
func (d *Derived) Sum(first int, more ...int) (n int) { return first + sum(more) }
func (d *Derived) DivMod(a, b int) (q, r int, err error) {
	if b == 0 {
		return 0, 0, errZero
	}
	return a / b, a % b, nil
}
func (d *Derived) Equal(o *Derived) bool { return d == o }
func (d *Derived) Visit(each func(key string, list []int) error) error {
	for _, k := range slices.Sorted(maps.Keys(d.Extra)) {
		if err := each(k, d.Extra[k]); err != nil {
			return fmt.Errorf("at %s: %w", k, err)
		}
	}
	return nil
}

var errZero = errors.New("division by zero")

func sum(list []int) (n int) {
	for _, i := range list {
		n += i
	}
	return n
}

func newDerived() *Derived {
	return &Derived{
		Base: Base{"one"}, Extra: map[string][]int{"a": {1}, "b": {2, 3}}, plain: 1,
		Func: func(n int) int { return 2 * n }, Next: &Derived{Base: Base{"two"}}, Any: Base{"any"},
	}
}

func TestAttributes(t *testing.T) {
	var d *Derived
	eachWay(t, func() any { d = newDerived(); return d }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		for name, want := range map[string]string{"Who": "base one", "Overridden": "derived, not base"} {
			if got, err := netproxy.Call[string](ctx, root, name); got != want || err != nil {
				t.Errorf("%s: %q, %v", name, got, err)
			}
		}
		if err := root.Set(ctx, "Kind", "other"); err != nil || d.Kind != "other" {
			t.Errorf("a field of the embedded struct: %v, %q", err, d.Kind)
		}
		base := must[*netproxy.Proxy](t)(root.Get(ctx, "Next"))
		if err := base.Set(ctx, "Kind", "deep"); err != nil || d.Next.Kind != "deep" {
			t.Errorf("a field behind a pointer: %v, %q", err, d.Next.Kind)
		}
		if err := root.Set(ctx, "Next", base); err != nil || must[bool](t)(netproxy.Call[bool](ctx, base, "Equal", must[*netproxy.Proxy](t)(root.Get(ctx, "Next")))) != true {
			t.Errorf("an object assigned to where it was is another one: %v", err)
		}
		if err := root.Set(ctx, "Next", nil); err != nil {
			t.Errorf("Set to nil: %v", err)
		}
		if s, err := netproxy.Call[string](ctx, base, "Who"); s != "base deep" || err != nil {
			t.Errorf("an object is another one when the field that it was in is: %q, %v", s, err)
		}
		for _, name := range []string{"plain", "Missing", "who", "", "Kind.x", "\x00"} {
			_, err := root.Get(ctx, name)
			if !errors.Is(err, netproxy.ErrMember) {
				t.Errorf("Get %q: %v", name, err)
			}
			if err := root.Set(ctx, name, 1); !errors.Is(err, netproxy.ErrMember) {
				t.Errorf("Set %q: %v", name, err)
			}
		}
		if err := root.Set(ctx, "Kind", 5); !errors.Is(err, netproxy.ErrArgument) || d.Kind != "other" {
			t.Errorf("a number for a string: %v", err)
		}
		if err := root.Set(ctx, "Who", "x"); err == nil {
			t.Error("a method was assigned to")
		}
		if err := root.Set(ctx, "Func", func(n int) int { return n + 1 }); err != nil || d.Func(1) != 2 {
			t.Errorf("a func of ours in a field: %v", err)
		}
		if n, err := netproxy.Call[int](ctx, root, "Func", 41); n != 42 || err != nil {
			t.Errorf("and called by way of it: %d, %v", n, err)
		}
	})
}

func TestCallingConventions(t *testing.T) {
	eachWay(t, func() any { return newDerived() }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		for _, args := range [][]any{{6}, {1, 5}, {1, 2, 3}} {
			if n, err := netproxy.Call[int](ctx, root, "Sum", args...); n != 6 || err != nil {
				t.Errorf("Sum%v: %d, %v", args, n, err)
			}
		}
		for _, args := range [][]any{{}, {"x"}, {1, "x"}, {1.5}, {nil}} {
			if n, err := netproxy.Call[int](ctx, root, "Sum", args...); !errors.Is(err, netproxy.ErrArgument) {
				t.Errorf("Sum%v: %d, %v", args, n, err)
			}
		}
		divMod := must[func(int, int) (int, int, error)](t)(netproxy.Func[func(int, int) (int, int, error)](ctx, root, "DivMod"))
		if q, r, err := divMod(17, 5); q != 3 || r != 2 || err != nil {
			t.Errorf("DivMod: %d, %d, %v", q, r, err)
		}
		if _, _, err := divMod(1, 0); err == nil || err.Error() != "division by zero" {
			t.Errorf("DivMod by 0: %v", err)
		}
		if _, err := netproxy.Func[func(string) int](ctx, root, "DivMod"); err == nil || !strings.Contains(err.Error(), "func(int, int) (int, int, error)") {
			t.Errorf("a signature that does not fit: %v", err)
		}
		both := must[*netproxy.Proxy](t)(root.Call(ctx, "DivMod", 17, 5)).Results()
		if len(both) != 2 || both[0].Interface() != 3 || both[1].Interface() != 2 {
			t.Errorf("two results: %v", both)
		}
	})
}

func TestCallbacksThatFailAndStop(t *testing.T) {
	eachWay(t, func() any { return newDerived() }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		seen := map[string]int{}
		visit := func(key string, list []int) error { seen[key] = sum(list); return nil }
		if _, err := root.Call(ctx, "Visit", visit); err != nil || !maps.Equal(seen, map[string]int{"a": 1, "b": 5}) {
			t.Errorf("visited %v, %v", seen, err)
		}
		_, err := root.Call(ctx, "Visit", func(string, []int) error { return io.ErrShortWrite })
		if !errors.Is(err, io.ErrShortWrite) || err.Error() != "at a: short write" {
			t.Errorf("a callback's error comes back as %v", err)
		}
		_, err = root.Call(ctx, "Visit", func(string, []int) error { panic("no more") })
		var panicked *netproxy.PanicError
		if !errors.As(err, &panicked) || panicked.Value != "no more" {
			t.Errorf("a callback's panic comes back as %v", err)
		}
		if _, err := root.Call(ctx, "Visit", visit); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// Crowd is used by many at once.
type Crowd struct {
	mu    sync.Mutex
	n     int
	gates map[int]chan struct{}
}

func (c *Crowd) Add(n int) int { c.mu.Lock(); defer c.mu.Unlock(); c.n += n; return c.n }
func (c *Crowd) gate(i int) chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gates == nil {
		c.gates = make(map[int]chan struct{})
	}
	if c.gates[i] == nil {
		c.gates[i] = make(chan struct{})
	}
	return c.gates[i]
}
func (c *Crowd) Wait(i int) int { <-c.gate(i); return i }
func (c *Crowd) Open(i int)     { close(c.gate(i)) }
func (c *Crowd) Call(f func(int) int, n int) int {
	return f(n)
}

func TestOneProxyInManyGoroutines(t *testing.T) {
	var c *Crowd
	eachWay(t, func() any { c = &Crowd{}; return c }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		var all sync.WaitGroup
		var failed atomic.Int32
		for g := range 16 {
			all.Go(func() {
				for i := range 40 {
					n, err := netproxy.Call[int](ctx, root, "Call", func(n int) int {
						got, err := netproxy.Call[int](ctx, root, "Add", 1) // from inside of a callback
						if err != nil || got == 0 {
							failed.Add(1)
						}
						return n * 2
					}, g*100+i)
					if n != 2*(g*100+i) || err != nil {
						failed.Add(1)
					}
				}
			})
		}
		all.Wait()
		if failed.Load() != 0 || c.Add(0) != 16*40 {
			t.Errorf("%d failed, %d were counted", failed.Load(), c.Add(0))
		}
	})
}

func TestACallThatWaitsHoldsUpNoOther(t *testing.T) {
	eachWay(t, func() any { return &Crowd{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		var order []int
		var mu sync.Mutex
		var waiting []*async.Result
		for i := range 8 {
			r := async.Of(root).Call("Wait", i)
			r.OnReady(func(r *async.Result) {
				mu.Lock()
				defer mu.Unlock()
				n, _ := r.Await(ctx)
				order = append(order, n.(int))
			})
			waiting = append(waiting, r)
		}
		// Calls of one async.Of(root) keep their order; each of these has a line of its own.
		for i := 7; i >= 0; i-- {
			if _, err := root.Call(ctx, "Open", i); err != nil {
				t.Fatal(err)
			}
			if _, err := waiting[i].Await(ctx); err != nil {
				t.Fatal(err)
			}
			if !settle(t, func() bool { mu.Lock(); defer mu.Unlock(); return len(order) == 8-i && order[7-i] == i }) {
				t.Fatalf("when %d was ready: %v", i, order)
			}
		}
	})
}

// Porch notes who comes and goes.
type Porch struct {
	mu    sync.Mutex
	notes []string
}

func (d *Porch) note(s string) { d.mu.Lock(); defer d.mu.Unlock(); d.notes = append(d.notes, s) }
func (d *Porch) all() string   { d.mu.Lock(); defer d.mu.Unlock(); return strings.Join(d.notes, " ") }

// visitor is the root of one peer.
type visitor struct {
	porch *Porch
	name  string
}

func (v *visitor) Name() string { return v.name }

func TestAServiceForEachPeer(t *testing.T) {
	porch := &Porch{}
	offer := netproxy.Options{Root: func(c *conn.Conn) any {
		v := &visitor{porch, c.Peer().Name}
		porch.note("+" + v.name)
		context.AfterFunc(c.Context(), func() { porch.note("-" + v.name) })
		return v
	}}
	ctx := deadline(t)
	for _, name := range []string{"x", "y"} {
		here, there := conn.Pipe(conn.Config{Name: name}, conn.Config{Bind: offer.Bind})
		for range 2 {
			if got, err := netproxy.Call[string](ctx, netproxy.Root(here), "Name"); got != name || err != nil {
				t.Errorf("%q, %v", got, err)
			}
		}
		shut(t, here, there)
		if !settle(t, func() bool { return strings.HasSuffix(porch.all(), "-"+name) }) {
			t.Errorf("noted: %s", porch.all())
		}
	}
	if got := porch.all(); got != "+x -x +y -y" {
		t.Errorf("noted: %s", got)
	}
}

func TestObjectsAreKeptWhileTheyAreHeldAndNoLonger(t *testing.T) {
	bank := newBank()
	root := pair(t, bank)
	ctx := deadline(t)
	one := must[*netproxy.Proxy](t)(root.Call(ctx, "Grant"))
	two := must[*netproxy.Proxy](t)(root.Call(ctx, "Grant"))
	if one != two || root.Conn().Stats().Imports != 1 {
		t.Error("one object is two proxies")
	}
	keep := map[*netproxy.Proxy]string{one: "the key of a map"}
	if keep[two] == "" {
		t.Error("as the key of a map it is another one")
	}
	two.Release()
	select {
	case <-bank.vault.gone:
	case <-ctx.Done():
		t.Error("it is kept")
	}
	if _, err := one.Call(ctx, "Read", 1); !errors.Is(err, netproxy.ErrReleased) {
		t.Errorf("after Release: %v", err)
	}
}

func TestWhatIsNotReadyExpires(t *testing.T) {
	eachWay(t, func() any { return &Crowd{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
		defer cancel()
		r := async.Of(root).Call("Wait", 1)
		if r.Ready() {
			t.Error("it is ready")
		}
		if _, err := r.Await(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting for a while: %v", err)
		}
		if _, err := root.Call(ctx, "Open", 1); err != nil {
			t.Fatal(err)
		}
		if n, err := r.Await(ctx); n != 1 || err != nil || !r.Ready() {
			t.Errorf("waiting again: %v, %v", n, err)
		}
	})
}

func TestProxiesPrint(t *testing.T) {
	eachWay(t, func() any { return newDerived() }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		next := must[*netproxy.Proxy](t)(root.Get(ctx, "Next"))
		if s := fmt.Sprint(next); !strings.Contains(s, "*netproxy_test.Derived at ") {
			t.Errorf("printed it is %q", s)
		}
		if names := must[[]string](t)(next.Names(ctx)); !slices.Contains(names, "Who") || !slices.Contains(names, "Kind") || slices.Contains(names, "plain") {
			t.Errorf("its members: %q", names)
		}
		if next.Type() != "*netproxy_test.Derived" {
			t.Errorf("its type: %q", next.Type())
		}
	})
}

func TestPeersOnIPv6(t *testing.T) {
	ctx := deadline(t)
	ln, err := conn.Listen("tcp://[::1]:0")
	if err != nil {
		t.Skip("there is no IPv6 here: ", err)
	}
	serving, stop := context.WithCancel(ctx)
	var served sync.WaitGroup
	srv := &conn.Server{Config: conn.Config{Bind: netproxy.Serve(newDerived())}, Insecure: true}
	served.Go(func() { _ = srv.Serve(serving, ln) })
	c := must[*conn.Conn](t)(conn.Dial(ctx, "tcp://"+ln.Addr().String()))
	if s, err := netproxy.Call[string](ctx, netproxy.Root(c), "Who"); s != "base one" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
	shut(t, c)
	stop()
	served.Wait()
}
