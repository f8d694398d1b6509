package netproxy_test

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// Mill makes things.
type Mill struct {
	made    atomic.Int64
	stopped atomic.Int64
}

type Flour struct{ bag int }

func (m *Mill) Grind() *Flour { return &Flour{int(m.made.Add(1))} }
func (m *Mill) Bags(n int) (all []*Flour) {
	for range n {
		all = append(all, m.Grind())
	}
	return all
}

func (m *Mill) Visit(n int, f func(*Flour)) {
	for range n {
		f(m.Grind())
	}
}

func (m *Mill) Funcs(n int, f func(func() int)) {
	for i := range n {
		f(func() int { return i })
	}
}

func (m *Mill) Endless() iter.Seq[int] {
	return func(yield func(int) bool) {
		defer m.stopped.Add(1)
		for i := 0; yield(i); i++ {
		}
	}
}

func (m *Mill) Pairs() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for i, s := range []string{"a", "b", "c"} {
			if !yield(s, i) {
				return
			}
		}
	}
}
func (m *Mill) Numbers(n int) []int { return make([]int, n) }

// settle waits until what check says holds, with a garbage collection before each look.
func settle(t testing.TB, check func() bool) bool {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if runtime.GC(); check() {
			return true
		}
	}
	return false
}

func TestDroppedProxiesBringBothTablesBack(t *testing.T) {
	n := 100_000
	if testing.Short() {
		n = 5_000
	}
	mill := &Mill{}
	left, right := conn.Pipe(conn.Config{Name: "here"}, conn.Config{Name: "there", Bind: netproxy.Serve(mill)})
	defer shut(t, left, right)
	root := netproxy.Root(left)
	ctx := deadline(t)
	for done := 0; done < n; done += 1000 {
		all, err := netproxy.Call[[]*netproxy.Proxy](ctx, root, "Bags", 1000)
		if err != nil || len(all) != 1000 || all[0] == all[1] {
			t.Fatalf("Bags: %d, %v", len(all), err)
		}
		if done == 0 && (left.Stats().Imports != 1000 || right.Stats().Exports != 1000) {
			t.Errorf("1000 held: %d imports, %d exports", left.Stats().Imports, right.Stats().Exports)
		}
	}
	// and the other way: callbacks get references, and funcs
	if _, err := root.Call(ctx, "Visit", 2000, func(*netproxy.Proxy) {}); err != nil {
		t.Fatal(err)
	}
	if _, err := root.Call(ctx, "Funcs", 500, func(f func() int) { f() }); err != nil {
		t.Fatal(err)
	}
	ok := settle(t, func() bool {
		l, r := left.Stats(), right.Stats()
		return l.Imports+l.Exports+r.Imports+r.Exports+r.Results == 0
	})
	if !ok {
		t.Errorf("left over here: %+v\nthere: %+v", left.Stats(), right.Stats())
	}
}

// Lamp wants to know when it may be put out.
type Lamp struct{ out chan struct{} }

func (l *Lamp) Unreferenced() { close(l.out) }

// Hall has one lamp.
type Hall struct{ lamp *Lamp }

func (h *Hall) Lamp() *Lamp { return h.lamp }

func TestAnObjectIsToldWhenNobodyHoldsItAnyMore(t *testing.T) {
	hall := &Hall{&Lamp{make(chan struct{})}}
	root := pair(t, hall)
	ctx := deadline(t)
	must[*netproxy.Proxy](t)(root.Call(ctx, "Lamp")).Release()
	select {
	case <-hall.lamp.out:
	case <-ctx.Done():
		t.Error("it was not told")
	}
}

func TestReleaseGivesBackAtOnce(t *testing.T) {
	root := pair(t, &Mill{})
	ctx := deadline(t)
	f := must[*netproxy.Proxy](t)(root.Call(ctx, "Grind"))
	f.Release()
	f.Release()
	if n := root.Conn().Stats().Imports; n != 0 {
		t.Errorf("%d imports after Release", n)
	}
	if _, err := f.Get(ctx, "x"); err == nil {
		t.Error("a released proxy works")
	}
}

func TestIterationInPages(t *testing.T) {
	eachWay(t, func() any { return &Mill{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		before := root.Conn().Stats().RoundTrips
		n := 0
		for _, err := range must[*netproxy.Proxy](t)(root.Call(ctx, "Numbers", 2500)).All(ctx) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if trips := root.Conn().Stats().RoundTrips - before; n != 2500 || trips > 5 {
			t.Errorf("%d elements in %d round trips", n, trips)
		}
		var keys []string
		for item, err := range must[*netproxy.Proxy](t)(root.Call(ctx, "Pairs")).All(ctx) {
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, must[string](t)(netproxy.Value[string](ctx, item.Key)))
		}
		if !slices.Equal(keys, []string{"a", "b", "c"}) {
			t.Errorf("Pairs: %q", keys)
		}
		_, err := root.Get(ctx, "Grind")
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range root.All(ctx) {
			if !errors.Is(err, netproxy.ErrUnsupported) {
				t.Errorf("All of a struct: %v", err)
			}
		}
	})
}

func TestLeavingALoopStopsTheProducer(t *testing.T) {
	mill := &Mill{}
	root := pair(t, mill)
	ctx := deadline(t)
	seq := must[*netproxy.Proxy](t)(root.Call(ctx, "Endless"))
	n := 0
	for item, err := range seq.All(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if got := item.Value.Interface(); got != n {
			t.Fatalf("step %d is %v", n, got)
		}
		if n++; n == 30 {
			break
		}
	}
	if !settle(t, func() bool { return mill.stopped.Load() == 1 }) {
		t.Error("the producer goes on")
	}
	for _, err := range seq.All(ctx) { // the connection ends while this one is under way
		if err != nil {
			t.Error(err)
		}
		break
	}
}

// Broker is in the middle of three.
type Broker struct{ far *netproxy.Proxy }

func (b *Broker) Far() *netproxy.Proxy        { return b.far }
func (b *Broker) Same(p *netproxy.Proxy) bool { return p == b.far }

func TestAProxyIsHandedOn(t *testing.T) {
	player := &Player{"C"}
	far := pair(t, player)
	near := pair(t, &Broker{must[*netproxy.Proxy](t)(far.Call(deadline(t), "Node"))})
	ctx := deadline(t)
	node := must[*netproxy.Proxy](t)(near.Call(ctx, "Far"))
	if n, err := netproxy.Call[int](ctx, must[*netproxy.Proxy](t)(node.Call(ctx, "Next")), "Depth"); n != 1 || err != nil {
		t.Errorf("through the middle: %d, %v", n, err)
	}
	if _, err := node.Call(ctx, "Bad"); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("an error through the middle: %v", err)
	}
	if same, err := netproxy.Call[bool](ctx, near, "Same", node); !same || err != nil {
		t.Errorf("it did not come home to the middle: %v", err)
	}
	if again := must[*netproxy.Proxy](t)(near.Call(ctx, "Far")); again != node {
		t.Error("the same object through the middle is two proxies")
	}
}
