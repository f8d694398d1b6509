package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// Press produces sequences.
type Press struct {
	made    atomic.Int64
	seen    atomic.Int64
	stopped atomic.Int64
	leaves  []*Leaf
}

type Leaf struct{ n int }

func (l *Leaf) N() int { return l.n }

func newPress() *Press {
	p := &Press{}
	for i := range 50 {
		p.leaves = append(p.leaves, &Leaf{i})
	}
	return p
}

func (p *Press) Made() int { return int(p.made.Load()) }

func (p *Press) Stopped() int { return int(p.stopped.Load()) }

// Count yields 0, 1, … n-1; for ever if n < 0.
func (p *Press) Count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer p.stopped.Add(1)
		for i := 0; i != n; i++ {
			p.made.Add(1)
			if !yield(i) {
				return
			}
		}
	}
}

func (p *Press) Words() iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		_ = yield("a", 0) && yield("b", 1) && yield("c", 2)
	}
}

func (p *Press) Leaves() iter.Seq[*Leaf] { return slices.Values(p.leaves) }

// Reused yields one buffer again and again.
func (p *Press) Reused(n int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		buf := make([]int, 2)
		for i := range n {
			buf[0], buf[1] = i, -i
			if !yield(buf) {
				return
			}
		}
	}
}

func (p *Press) Pointers(n int) iter.Seq[*Point] {
	return func(yield func(*Point) bool) {
		var at Point
		for i := range n {
			at.X = i
			if !yield(&at) {
				return
			}
		}
	}
}

type Point struct{ X int }

func (p *Press) Bad(after int, how string) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range after {
			if !yield(i) {
				return
			}
		}
		switch how {
		case "panic":
			panic(errors.ErrUnsupported)
		case "goexit":
			runtime.Goexit()
		}
	}
}

func (p *Press) Unsendable() iter.Seq[any] {
	return func(yield func(any) bool) {
		_ = yield(1) && yield(2) && yield(context.Background()) && yield(3)
	}
}

// Careful yields a value only when the one before has been seen.
func (p *Press) Careful(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
			for p.seen.Load() < int64(i) {
				time.Sleep(100 * time.Microsecond)
			}
		}
	}
}

// Total adds up what comes from the other side.
func (p *Press) Total(seq iter.Seq[int], most int) (sum int) {
	for v := range seq {
		sum += v
		if v == most {
			break
		}
	}
	return sum
}

func (p *Press) Later(seq iter.Seq[int]) func() int {
	return func() int { return p.Total(seq, -1) }
}

func TestSequences(t *testing.T) {
	eachWay(t, func() any { return newPress() }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		count := must[func(int) (iter.Seq[int], error)](t)(netproxy.Func[func(int) (iter.Seq[int], error)](ctx, root, "Count"))
		seq := must[iter.Seq[int]](t)(count(5000))
		for range 2 { // anew each time
			var got []int
			for v := range seq {
				got = append(got, v)
			}
			if len(got) != 5000 || !slices.IsSorted(got) || got[4999] != 4999 {
				t.Errorf("%d elements", len(got))
			}
		}
		before := root.Conn().Stats().Started
		for range seq {
		}
		if calls := root.Conn().Stats().Started - before; calls > 5000/20 {
			t.Errorf("%d calls for 5000 elements", calls)
		}
		n := 0
		for a := range seq { // nested, and endless
			for b := range must[iter.Seq[int]](t)(count(-1)) {
				if n++; b == a {
					break
				}
			}
			if a == 9 {
				break
			}
		}
		if n != 55 {
			t.Errorf("%d steps", n)
		}
		if none := must[iter.Seq[int]](t)(count(0)); len(slices.Collect(none)) != 0 {
			t.Error("elements of nothing")
		}
		var together sync.WaitGroup
		for range 8 {
			together.Go(func() {
				if got := slices.Collect(seq); len(got) != 5000 {
					t.Errorf("%d elements", len(got))
				}
			})
		}
		together.Wait()
		var words []string
		for w, n := range must[iter.Seq2[string, int]](t)(netproxy.Call[iter.Seq2[string, int]](ctx, root, "Words")) {
			words = append(words, fmt.Sprint(w, n))
		}
		if !slices.Equal(words, []string{"a0", "b1", "c2"}) {
			t.Error(words)
		}
		idle(t, root)
	})
}

func TestWhatAProducerReusesIsSentAsItWas(t *testing.T) {
	eachWay(t, func() any { return newPress() }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		i := 0
		for v := range must[iter.Seq[[]int]](t)(netproxy.Call[iter.Seq[[]int]](ctx, root, "Reused", 300)) {
			if !slices.Equal(v, []int{i, -i}) {
				t.Fatal(i, v)
			}
			i++
		}
		i = 0
		for v := range must[iter.Seq[Point]](t)(netproxy.Call[iter.Seq[Point]](ctx, root, "Pointers", 300)) {
			if v.X != i {
				t.Fatal(i, v)
			}
			i++
		}
		if i != 300 {
			t.Error(i)
		}
	})
}

func TestLeavingARangeStopsTheProducer(t *testing.T) {
	eachWay(t, func() any { return newPress() }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		seq := must[iter.Seq[int]](t)(netproxy.Call[iter.Seq[int]](ctx, root, "Count", -1))
		for range seq {
			break
		}
		if made := must[int](t)(netproxy.Call[int](ctx, root, "Made")); made != 1 {
			t.Errorf("%d elements were made for one", made)
		}
		if stopped := must[int](t)(netproxy.Call[int](ctx, root, "Stopped")); stopped != 1 {
			t.Error("its defers have not run")
		}
		for v := range seq {
			if v == 3000 {
				break
			}
		}
		func() {
			defer func() {
				if p := recover(); p != "body" {
					t.Error(p)
				}
			}()
			for v := range seq {
				if v == 100 {
					panic("body")
				}
			}
		}()
		if stopped := must[int](t)(netproxy.Call[int](ctx, root, "Stopped")); stopped != 3 {
			t.Errorf("%d of 3 have ended", stopped)
		}
		if made := must[int](t)(netproxy.Call[int](ctx, root, "Made")); made > 1+3000+3*1000+100+3*400 {
			t.Errorf("%d elements were made", made)
		}
		idle(t, root)
	})
}

func TestProducersThatFail(t *testing.T) {
	eachWay(t, func() any { return newPress() }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		for _, after := range []int{0, 1, 5, 77} {
			for _, how := range []string{"panic", "goexit"} {
				n, err := collected(must[iter.Seq[int]](t)(netproxy.Call[iter.Seq[int]](ctx, root, "Bad", after, how)))
				want := netproxy.ErrGoexit
				if how == "panic" {
					want = errors.ErrUnsupported
					var p *netproxy.PanicError
					if !errors.As(err, &p) || p.Stack == "" {
						t.Errorf("%T %v", err, err)
					}
				}
				if n != after || !errors.Is(err, want) {
					t.Errorf("%s after %d: %d elements, %v", how, after, n, err)
				}
			}
		}
		if n, err := collected(must[iter.Seq[any]](t)(netproxy.Call[iter.Seq[any]](ctx, root, "Unsendable"))); n != 2 || !errors.Is(err, netproxy.ErrUnsupported) {
			t.Errorf("%d elements, %v", n, err)
		}
		if _, err := netproxy.Call[iter.Seq[string]](ctx, root, "Count", 1); !errors.Is(err, netproxy.ErrArgument) {
			t.Error(err)
		}
		if _, err := netproxy.Call[iter.Seq2[int, int]](ctx, root, "Count", 1); !errors.Is(err, netproxy.ErrArgument) {
			t.Error(err)
		}
		idle(t, root)
	})
}

// collected counts elements, and catches what a range panics with.
func collected[V any](seq iter.Seq[V]) (n int, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = p.(error)
		}
	}()
	for range seq {
		n++
	}
	return n, nil
}

// A page that waited until it is full would wait for ever.
func TestAPageDoesNotWaitForASlowProducer(t *testing.T) {
	press := newPress()
	root := pair(t, press)
	n := 0
	for v := range must[iter.Seq[int]](t)(netproxy.Call[iter.Seq[int]](deadline(t), root, "Careful", 100)) {
		press.seen.Store(int64(v))
		n++
	}
	if n != 100 {
		t.Error(n)
	}
}

func TestSequencesOfReferences(t *testing.T) {
	press := newPress()
	eachWay(t, func() any { return press }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		var all []*netproxy.Proxy
		for leaf := range must[iter.Seq[*netproxy.Proxy]](t)(netproxy.Call[iter.Seq[*netproxy.Proxy]](ctx, root, "Leaves")) {
			all = append(all, leaf)
		}
		if len(all) != 50 {
			t.Fatal(len(all))
		}
		if n := must[int](t)(netproxy.Call[int](ctx, all[49], "N")); n != 49 {
			t.Error(n)
		}
	})
}

func TestSequencesGoTheOtherWay(t *testing.T) {
	eachWay(t, func() any { return newPress() }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		mine := newPress()
		if sum, err := netproxy.Call[int](ctx, root, "Total", mine.Count(1000), -1); sum != 499500 || err != nil {
			t.Error(sum, err)
		}
		if sum, err := netproxy.Call[int](ctx, root, "Total", mine.Count(-1), 10); sum != 55 || err != nil {
			t.Error(sum, err)
		}
		if !settle(t, func() bool { return mine.stopped.Load() == 2 }) {
			t.Error("a producer still runs")
		}
		later := must[*netproxy.Proxy](t)(root.Call(ctx, "Later", mine.Count(10)))
		if sum, err := netproxy.Call[int](ctx, later, ""); sum != 45 || err != nil {
			t.Error(sum, err)
		}
		home := must[iter.Seq[int]](t)(netproxy.Call[iter.Seq[int]](ctx, root, "Count", 10))
		before := root.Conn().Stats().Served
		if sum, err := netproxy.Call[int](ctx, root, "Total", home, -1); sum != 45 || err != nil {
			t.Error(sum, err)
		}
		if served := root.Conn().Stats().Served - before; served != 0 {
			t.Errorf("a sequence that comes home was iterated over through here: %d calls", served)
		}
	})
}

func TestASequenceOfALostPeer(t *testing.T) {
	left, right := conn.Pipe(conn.Config{}, conn.Config{Bind: netproxy.Serve(newPress())})
	defer shut(t, left, right)
	seq := must[iter.Seq[int]](t)(netproxy.Call[iter.Seq[int]](deadline(t), netproxy.Root(left), "Count", -1))
	defer func() {
		err, _ := recover().(error)
		var lost *conn.LostError
		if !errors.As(err, &lost) {
			t.Errorf("%v", err)
		}
	}()
	for v := range seq {
		if v == 500 {
			right.Abort("gone")
		}
	}
	t.Error("it has ended")
}

func TestAllOfAChannelTakesNothingThatItDoesNotDeliver(t *testing.T) {
	c := make(chan int, 100)
	for i := range 100 {
		c <- i
	}
	eachWay(t, func() any { return &struct{ C chan int }{c} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		before := len(c)
		p := must[*netproxy.Proxy](t)(root.Get(ctx, "C"))
		n := 0
		for it, err := range p.All(ctx) {
			if err != nil || it.Value.Interface() != 100-before+n {
				t.Fatal(it, err)
			}
			if n++; n == 10 {
				break
			}
		}
		if got := before - len(c); got != 10 {
			t.Errorf("%d values were taken for 10", got)
		}
	})
}

func TestAThousandElementsAreOnePage(t *testing.T) {
	root := pair(t, &struct{ N []int }{make([]int, 1000)})
	ctx := deadline(t)
	p := must[*netproxy.Proxy](t)(root.Get(ctx, "N"))
	before := root.Conn().Stats().Started
	n := 0
	for _, err := range p.All(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if calls := root.Conn().Stats().Started - before; n != 1000 || calls != 1 {
		t.Errorf("%d elements in %d calls", n, calls)
	}
}

func TestTooManyIterations(t *testing.T) {
	root := pair(t, newPress())
	ctx := deadline(t)
	p := must[*netproxy.Proxy](t)(root.Call(ctx, "Count", -1))
	var stops []func()
	defer func() {
		for _, stop := range stops {
			stop()
		}
	}()
	for i := 0; ; i++ {
		if i == 10_000 {
			t.Fatal("no bound")
		}
		next, stop := iter.Pull2(p.All(ctx))
		stops = append(stops, stop)
		if _, err, _ := next(); err != nil {
			if !errors.Is(err, netproxy.ErrUnsupported) {
				t.Error(err)
			}
			return
		}
	}
}

func BenchmarkSeq(b *testing.B) {
	root := benchWith(b, newPress())
	ctx := context.Background()
	b.Run("typed", func(b *testing.B) {
		seq, err := netproxy.Call[iter.Seq[int]](ctx, root, "Count", -1)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		b.ReportAllocs()
		for range seq {
			if n++; n > b.N {
				break
			}
		}
	})
	b.Run("callback", func(b *testing.B) { // as it would be without pages
		seq, err := netproxy.Call[func(func(int) bool)](ctx, root, "Count", -1)
		if err != nil {
			b.Skip(err)
		}
		n := 0
		for range seq {
			if n++; n > b.N {
				break
			}
		}
	})
}
