package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// Depot is at the end of a row of peers. It keeps what it is given.
type Depot struct {
	mu    sync.Mutex
	kept  any
	order []int
	ended chan error // causes of Hang
	gate  chan struct{}
	Inner *Node
}

func newDepot() *Depot {
	return &Depot{ended: make(chan error, 8), gate: make(chan struct{}), Inner: &Node{depth: 3}}
}

func (d *Depot) Keep(x any)     { d.mu.Lock(); defer d.mu.Unlock(); d.kept = x }
func (d *Depot) Kept() any      { d.mu.Lock(); defer d.mu.Unlock(); return d.kept }
func (d *Depot) Echo(x any) any { return x }
func (d *Depot) Node() *Node    { return d.Inner }
func (d *Depot) Note(n int)     { d.mu.Lock(); defer d.mu.Unlock(); d.order = append(d.order, n) }
func (d *Depot) Gate() *Node    { <-d.gate; return d.Inner }

func (d *Depot) IsMe(x *Depot) bool { return x == d }

func (d *Depot) Fail() error { return errors.New("failed") }

func (d *Depot) Order() []int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.order)
}

func (d *Depot) Hang(ctx context.Context) error {
	<-ctx.Done()
	d.ended <- context.Cause(ctx)
	return context.Cause(ctx)
}

// Watch keeps the context of the call.
func (d *Depot) Watch(ctx context.Context) {
	context.AfterFunc(ctx, func() { d.ended <- context.Cause(ctx) })
}

func (d *Depot) Deadline(ctx context.Context) time.Duration {
	at, _ := ctx.Deadline()
	return time.Until(at)
}
func (d *Depot) Apply(f func(any) any, x any) any { return f(x) }
func (d *Depot) With(ctx context.Context, f func(context.Context, *Depot) (int, error)) (int, error) {
	return f(ctx, d)
}

func (d *Depot) Maker() func(func() int) func() int {
	return func(f func() int) func() int { return func() int { return f() + 1 } }
}

// Middle stands between, with something of its own.
type Middle struct {
	Far  *netproxy.Proxy
	Mine *Node
}

func (m *Middle) IsMe(x any) bool {
	if list, ok := x.([]any); ok {
		x = list[0]
	}
	return x == any(m)
}
func (m *Middle) IsMine(n *Node) bool { return n == m.Mine }
func (m *Middle) Depth(n any) (int, error) {
	switch n := n.(type) {
	case *Node:
		return n.depth, nil
	case *netproxy.Proxy:
		return netproxy.Call[int](context.Background(), n, "Depth")
	}
	return 0, fmt.Errorf("a %T", n)
}

// row is three peers in a row.
type row struct {
	first, before, after, last *conn.Conn // the ends of both connections, from left to right
	middle                     *Middle
	depot                      *Depot
	root, far                  *netproxy.Proxy // of the middle, and of the last, as the first has them
}

func newRow(t testing.TB) *row {
	t.Helper()
	r := &row{depot: newDepot(), middle: &Middle{Mine: &Node{depth: 7}}}
	r.after, r.last = conn.Pipe(conn.Config{Name: "middle"}, conn.Config{Name: "last", Bind: netproxy.Serve(r.depot)})
	r.middle.Far = netproxy.Root(r.after)
	r.first, r.before = conn.Pipe(conn.Config{Name: "first"}, conn.Config{Name: "middle", Bind: netproxy.Serve(r.middle)})
	t.Cleanup(func() { shut(t, r.first, r.before, r.after, r.last) })
	r.root = netproxy.Root(r.first)
	r.far = must[*netproxy.Proxy](t)(r.root.Get(deadline(t), "Far"))
	return r
}

func TestIdentityAcrossThreePeers(t *testing.T) {
	r, ctx := newRow(t), deadline(t)
	mine := &Node{depth: 1}
	ask := func(x any) any {
		t.Helper()
		return must[*netproxy.Proxy](t)(r.far.Call(ctx, "Echo", x)).Interface()
	}
	same := func(what string, got any) {
		t.Helper()
		if got != any(mine) {
			t.Errorf("%s: %T %v, not the original", what, got, got)
		}
	}
	same("a pointer", ask(mine))
	if _, err := r.far.Call(ctx, "Keep", mine); err != nil {
		t.Fatal(err)
	}
	same("kept and asked for later", must[*netproxy.Proxy](t)(r.far.Call(ctx, "Kept")).Interface())
	same("typed", must[*Node](t)(netproxy.Call[*Node](ctx, r.far, "Kept")))
	same("in a slice", must[[]any](t)(netproxy.Call[[]any](ctx, r.far, "Echo", []any{1, mine}))[1])
	same("in a map", must[map[string]*Node](t)(netproxy.Call[map[string]*Node](ctx, r.far, "Echo", map[string]*Node{"x": mine}))["x"])
	type box struct{ It *Node }
	same("in a struct", must[box](t)(netproxy.Call[box](ctx, r.far, "Echo", box{mine})).It)
	got, err := r.far.Call(ctx, "Apply", func(x any) any { same("a func's argument", x); return x }, mine)
	same("a func's result", must[*netproxy.Proxy](t)(got, err).Interface())

	theirs := must[*netproxy.Proxy](t)(r.far.Call(ctx, "Node"))
	for range 2 {
		if again := must[*netproxy.Proxy](t)(r.far.Call(ctx, "Node")); again != theirs {
			t.Error("one object at the end of the row is two proxies")
		}
		if ask(theirs) != any(theirs) {
			t.Error("an object at the end of the row came back as something else")
		}
	}
	if back := must[*netproxy.Proxy](t)(r.far.Call(ctx, "Apply", func(x *netproxy.Proxy) any { return x == theirs }, theirs)); back.Interface() != true {
		t.Error("as a func's argument it is another proxy")
	}
	middles := must[*netproxy.Proxy](t)(r.root.Get(ctx, "Mine"))
	echoed := ask(middles)
	if echoed != any(middles) {
		t.Error("an object of the middle came back from the end as something else")
	}
	if !must[bool](t)(netproxy.Call[bool](ctx, r.root, "IsMine", echoed)) {
		t.Error("an object of the middle that was at the end did not come home")
	}
}

func TestRootsComeHome(t *testing.T) {
	r, ctx := newRow(t), deadline(t)
	for what, is := range map[string]func() (bool, error){
		"to the middle":           func() (bool, error) { return netproxy.Call[bool](ctx, r.root, "IsMe", r.root) },
		"to the middle, in data":  func() (bool, error) { return netproxy.Call[bool](ctx, r.root, "IsMe", []any{r.root}) },
		"to the end":              func() (bool, error) { return netproxy.Call[bool](ctx, r.far, "IsMe", r.far) },
		"by way of the end":       func() (bool, error) { return netproxy.Call[bool](ctx, r.root, "IsMe", echo(ctx, r.far, r.root)) },
		"as what the end returns": func() (bool, error) { return echo(ctx, r.far, r.root) == any(echo(ctx, r.far, r.root)), nil },
	} {
		if ok, err := is(); !ok || err != nil {
			t.Errorf("a root that comes home %s: %t, %v", what, ok, err)
		}
	}
	if netproxy.Root(r.first) != r.root {
		t.Error("one root is two proxies")
	}
}

func echo(ctx context.Context, p *netproxy.Proxy, x any) any {
	got, err := p.Call(ctx, "Echo", x)
	if err != nil {
		return err
	}
	return got.Interface()
}

func TestFuncsThroughAHop(t *testing.T) {
	r, ctx := newRow(t), deadline(t)
	maker := must[func(func() int) func() int](t)(netproxy.Call[func(func() int) func() int](ctx, r.far, "Maker"))
	if n := maker(maker(func() int { return 40 }))(); n != 42 {
		t.Errorf("funcs of funcs: %d", n)
	}
	depth := must[func() (int, error)](t)(netproxy.Func[func() (int, error)](ctx, must[*netproxy.Proxy](t)(r.far.Get(ctx, "Inner")), "Depth"))
	if n, err := depth(); n != 3 || err != nil {
		t.Errorf("a method value: %d, %v", n, err)
	}
	fails := must[func() error](t)(netproxy.Func[func() error](ctx, r.far, "Fail"))
	if err := fails(); err == nil || !strings.Contains(fmt.Sprintf("%+v", err), "(*Depot).Fail") {
		t.Errorf("where the error of a method value comes from: %+v", err)
	}
}

func TestAChainThroughAHopCostsOneRoundTripPerLeg(t *testing.T) {
	r, ctx := newRow(t), deadline(t)
	trips := r.first.Stats().RoundTrips
	p := netproxy.Pipelined(ctx, r.far, "Gate")
	for range 10 {
		p = netproxy.Pipelined(ctx, p, "Next")
	}
	if !settle(t, func() bool { return r.last.Stats().PendingIn == 11 }) {
		t.Errorf("only %d calls are at the end before the first has returned", r.last.Stats().PendingIn)
	}
	close(r.depot.gate)
	if n, err := netproxy.Call[int](ctx, p, "Depth"); n != 13 || err != nil {
		t.Fatalf("the chain ends at %d, %v", n, err)
	}
	if trips = r.first.Stats().RoundTrips - trips; trips != 1 {
		t.Errorf("%d round trips", trips)
	}
	if n, err := async.Value[int](ctx, async.Of(r.root).Get("Far").Call("Node").Call("Depth")); n != 3 || err != nil {
		t.Errorf("a chain that begins in the middle: %d, %v", n, err)
	}
	broken := netproxy.Pipelined(ctx, netproxy.Pipelined(ctx, r.far, "Missing"), "Next")
	if _, err := netproxy.Call[int](ctx, broken, "Depth"); !errors.Is(err, netproxy.ErrMember) || !strings.Contains(err.Error(), "Missing") {
		t.Errorf("a chain on a call that fails: %v", err)
	}
}

func TestPromisesCrossHops(t *testing.T) {
	r, ctx := newRow(t), deadline(t)
	node := netproxy.Pipelined(ctx, r.far, "Node")
	for what, get := range map[string]func() (int, error){
		"of the end, at the end":       func() (int, error) { return netproxy.Call[int](ctx, node, "Take", node) },
		"of the end, in the middle":    func() (int, error) { return netproxy.Call[int](ctx, r.root, "Depth", node) },
		"of the middle, at the end":    func() (int, error) { return depthOf(ctx, netproxy.Pipelined(ctx, r.far, "Echo", get(ctx, r, "Mine"))) },
		"of the middle, in the middle": func() (int, error) { return netproxy.Call[int](ctx, r.root, "Depth", get(ctx, r, "Mine")) },
	} {
		n, err := get()
		if want := map[bool]int{true: 7, false: 3}[strings.HasPrefix(what, "of the middle")]; n != want || err != nil {
			t.Errorf("a promise %s: %d, %v", what, n, err)
		}
	}
	if _, err := r.root.Call(ctx, "Depth", netproxy.Pipelined(ctx, r.far, "Missing")); !errors.Is(err, netproxy.ErrMember) || !strings.Contains(err.Error(), "Missing") {
		t.Errorf("a broken promise: %v", err)
	}
}

func get(ctx context.Context, r *row, name string) *async.Result {
	return async.Of(r.root).Get(name)
}

func depthOf(ctx context.Context, p *netproxy.Proxy) (int, error) {
	return netproxy.Call[int](ctx, p, "Depth")
}

func TestLanesKeepTheirOrderThroughHops(t *testing.T) {
	r, ctx := newRow(t), deadline(t)
	h := async.Of(r.far)
	var all []*async.Result
	var want []int
	for i := range 300 {
		all, want = append(all, h.Call("Note", i)), append(want, i)
	}
	if _, err := async.All(ctx, all...); err != nil {
		t.Fatal(err)
	}
	if got := must[[]int](t)(netproxy.Call[[]int](ctx, r.far, "Order")); !slices.Equal(got, want) {
		t.Errorf("order: %v", got)
	}
}

func TestCancellationThroughAHop(t *testing.T) {
	r, ctx := newRow(t), deadline(t)
	why := errors.New("the user has left")
	calling, cancel := context.WithCancelCause(ctx)
	time.AfterFunc(200*time.Millisecond, func() { cancel(why) }) // when the call has long arrived
	if _, err := r.far.Call(calling, "Hang"); !errors.Is(err, why) {
		t.Errorf("here: %v", err)
	}
	select {
	case cause := <-r.depot.ended:
		if !errors.Is(cause, context.Canceled) || strings.Count(cause.Error(), "given up") != 1 || !strings.Contains(cause.Error(), why.Error()) {
			t.Errorf("over there: %v", cause)
		}
	case <-ctx.Done():
		t.Fatal("the callee was not told")
	}
	calling, stop := context.WithTimeout(ctx, 5*time.Second)
	defer stop()
	if left, err := netproxy.Call[time.Duration](calling, r.far, "Deadline"); left <= 0 || left > 5*time.Second || err != nil {
		t.Errorf("the deadline over there: in %v, %v", left, err)
	}
}

func TestAContextThatIsKeptAtTheEndOfTheRowGoesOnAndEnds(t *testing.T) {
	r, ctx := newRow(t), deadline(t)
	why := errors.New("no longer wanted")
	calling, cancel := context.WithCancelCause(ctx)
	if _, err := r.far.Call(calling, "Watch"); err != nil {
		t.Fatal(err)
	}
	select {
	case cause := <-r.depot.ended:
		t.Errorf("it has ended with the call: %v", cause)
	case <-time.After(50 * time.Millisecond):
	}
	cancel(why)
	select {
	case cause := <-r.depot.ended:
		if !errors.Is(cause, context.Canceled) || !strings.Contains(cause.Error(), why.Error()) {
			t.Errorf("it has ended with %v", cause)
		}
	case <-ctx.Done():
		t.Error("it has not ended")
	}
}

func TestOneWayCallsGoThroughHops(t *testing.T) {
	r, ctx := newRow(t), deadline(t)
	for i := range 10 {
		if err := r.far.Notify(ctx, "Note", i); err != nil {
			t.Fatal(err)
		}
	}
	if !settle(t, func() bool { return len(r.depot.Order()) == 10 }) {
		t.Errorf("arrived: %v", r.depot.Order())
	}
	if err := r.far.Notify(ctx, "Missing"); err != nil {
		t.Fatal(err)
	}
	if !settle(t, func() bool { return r.last.Stats().OneWayFailed == 1 }) || r.before.Stats().OneWayFailed != 0 {
		t.Errorf("failed: %d at the end, %d in the middle", r.last.Stats().OneWayFailed, r.before.Stats().OneWayFailed)
	}
}

func TestEndsOfTheRowThatAreLost(t *testing.T) {
	t.Run("last", func(t *testing.T) {
		r, ctx := newRow(t), deadline(t)
		node := must[*netproxy.Proxy](t)(r.far.Call(ctx, "Node"))
		time.AfterFunc(20*time.Millisecond, func() { _ = r.last.Close() })
		_, err := r.far.Call(ctx, "Hang")
		if err == nil || !strings.Contains(err.Error(), "handed on to last") || !strings.Contains(err.Error(), "may have run") {
			t.Errorf("a call under way: %v", err)
		}
		if _, err = node.Call(ctx, "Next"); err == nil || !strings.Contains(err.Error(), "not sent") {
			t.Errorf("a call afterwards: %v", err)
		}
		if must[bool](t)(netproxy.Call[bool](ctx, r.root, "IsMine", must[*netproxy.Proxy](t)(r.root.Get(ctx, "Mine")))) != true {
			t.Error("the middle is there no more")
		}
	})
	t.Run("middle", func(t *testing.T) {
		r, ctx := newRow(t), deadline(t)
		must[*netproxy.Proxy](t)(r.far.Call(ctx, "Node"))
		time.AfterFunc(20*time.Millisecond, func() { _ = r.before.Close(); _ = r.after.Close() })
		_, err := r.far.Call(ctx, "Hang")
		var lost *conn.LostError
		if !errors.As(err, &lost) || !lost.MayHaveRun {
			t.Errorf("a call under way: %v", err)
		}
		if cause := <-r.depot.ended; cause == nil {
			t.Error("the callee was not told")
		}
		if !settle(t, func() bool { return r.last.Stats().Exports == 0 }) {
			t.Errorf("the end still holds %+v", r.last.Stats())
		}
	})
	t.Run("first", func(t *testing.T) {
		r, ctx := newRow(t), deadline(t)
		node := must[*netproxy.Proxy](t)(r.far.Call(ctx, "Node"))
		calling, cancel := context.WithCancel(ctx)
		defer cancel()
		go func() { _, _ = r.far.Call(calling, "Hang") }() // ends with the connection
		time.AfterFunc(20*time.Millisecond, func() { _ = r.first.Close() })
		select {
		case <-r.depot.ended:
		case <-ctx.Done():
			t.Error("the callee was not told that nobody waits any more")
		}
		if !settle(t, func() bool { return r.last.Stats().Exports == 0 && r.after.Stats().Imports == 0 }) {
			t.Errorf("the end still holds %+v", r.last.Stats())
		}
		_ = node
	})
}

func TestReleaseThroughAHop(t *testing.T) {
	r, ctx := newRow(t), deadline(t)
	func() {
		var all []*netproxy.Proxy
		for p := must[*netproxy.Proxy](t)(r.far.Call(ctx, "Node")); len(all) < 200; p = must[*netproxy.Proxy](t)(p.Call(ctx, "Next")) {
			all = append(all, p)
		}
		if n := r.last.Stats().Exports; n < 200 {
			t.Errorf("the end exports %d objects", n)
		}
		for i := range 100 {
			if _, err := r.far.Call(ctx, "Keep", &Node{depth: i}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.far.Call(ctx, "Keep", nil); err != nil {
			t.Fatal(err)
		}
		p := netproxy.Pipelined(ctx, r.far, "Node")
		if _, err := netproxy.Call[int](ctx, netproxy.Pipelined(ctx, p, "Next"), "Depth"); err != nil {
			t.Fatal(err)
		}
	}()
	ok := settle(t, func() bool {
		l, m := r.last.Stats(), r.after.Stats()
		f, b := r.first.Stats(), r.before.Stats()
		return l.Exports+l.Imports+l.Results+m.Exports+m.Imports+f.Exports == 0 && f.Imports == 1 && b.Exports == 1 && b.Results == 0 // Far itself
	})
	if !ok {
		t.Errorf("left over\nfirst:  %+v\nmiddle: %+v\n        %+v\nlast:   %+v", r.first.Stats(), r.before.Stats(), r.after.Stats(), r.last.Stats())
	}
}

// Ring passes a call on to the next of its peers.
type Ring struct {
	name string
	next *netproxy.Proxy
}

func (r *Ring) Around(ctx context.Context, n int, so string, home func(string) string) (string, error) {
	if n == 0 {
		return home(so + r.name), nil
	}
	return netproxy.Call[string](ctx, r.next, "Around", n-1, so+r.name, home)
}

func TestCallsGoAroundARing(t *testing.T) {
	ctx := deadline(t)
	var peers [3]*Ring
	for i := range peers {
		peers[i] = &Ring{name: string(rune('A' + i))}
	}
	for i, p := range peers {
		next := peers[(i+1)%3]
		left, right := conn.Pipe(conn.Config{Name: p.name}, conn.Config{Name: next.name, Bind: netproxy.Serve(next)})
		t.Cleanup(func() { shut(t, left, right) })
		p.next = netproxy.Root(left)
	}
	for _, n := range []int{1, 2, 3, 7, 30} {
		got, err := peers[0].Around(ctx, n, "", func(s string) string { return "home:" + s })
		if want := "home:" + strings.Repeat("ABC", n)[:n+1]; got != want || err != nil {
			t.Errorf("%d times: %q, %v", n, got, err)
		}
	}
}

func TestCallbacksThroughAHopAreNested(t *testing.T) {
	r, ctx := newRow(t), deadline(t)
	var draining sync.WaitGroup
	draining.Add(1)
	until := ctx
	got, err := netproxy.Call[int](ctx, r.far, "With", func(ctx context.Context, d *netproxy.Proxy) (int, error) {
		go func() { // ends with the call that is under way; joined below
			defer draining.Done()
			_ = r.before.Shutdown(until)
		}()
		time.Sleep(20 * time.Millisecond) // the middle takes no new calls now, but nested ones
		return netproxy.Call[int](ctx, d, "Apply", func(x any) any { return x.(int) + 1 }, 41)
	})
	draining.Wait()
	if got != 42 || err != nil {
		t.Errorf("%d, %v", got, err)
	}
}
