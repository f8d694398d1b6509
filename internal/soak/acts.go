package soak

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/netproxy"
)

// acts are what a worker does, one as often as the other.
var acts = []struct {
	name string
	do   func(w *worker, ctx context.Context)
}{
	{"typed call", addTyped},
	{"func", addByFunc},
	{"dynamic call", echoDynamic},
	{"large bytes", largeBytes},
	{"async bytes", asyncBytes},
	{"structs", structs},
	{"one-way call", note},
	{"async chain", asyncChain},
	{"async line", asyncLine},
	{"async each", asyncEach},
	{"cancelled result", cancelResult},
	{"pipelined", pipelined},
	{"bounce", bounce},
	{"callbacks", callbacks},
	{"failing callback", failingCallback},
	{"sort", sortThere},
	{"change", changeThere},
	{"error", failThere},
	{"panic", panicThere},
	{"goexit", quitThere},
	{"no member", noMember},
	{"nap", nap},
	{"object", object},
	{"object kept", keepObject},
	{"scope", scope},
	{"facet", facet},
	{"stash", stash},
	{"wrapper", wrapper},
	{"channel from there", channelFrom},
	{"channel to there", channelTo},
	{"sequence", sequence},
	{"all", all},
	{"copy from there", copyFrom},
	{"copy to there", copyTo},
}

func addTyped(w *worker, ctx context.Context) {
	n, a := w.call(), w.rnd.IntN(1000)
	got, err := netproxy.Call[int](ctx, w.root, "Add", n, a, 1)
	if w.ended(ctx, n, err) {
		same(w, got, a+1)
	}
}

func addByFunc(w *worker, ctx context.Context) {
	add, err := netproxy.Func[func(context.Context, uint64, int, int) (int, error)](ctx, w.root, "Add")
	if !w.fine(ctx, err) {
		return
	}
	for range w.rnd.IntN(5) {
		n, a := w.call(), w.rnd.IntN(1000)
		got, err := add(ctx, n, a, 1)
		if w.ended(ctx, n, err) {
			same(w, got, a+1)
		}
	}
}

func echoDynamic(w *worker, ctx context.Context) {
	text := strings.Repeat("x", w.rnd.IntN(5000))
	n := w.call()
	p, err := w.root.Call(ctx, "Echo", n, text)
	if w.ended(ctx, n, err) {
		same(w, p.Interface() == any(text), true)
	}
}

func largeBytes(w *worker, ctx context.Context) {
	data := make([]byte, w.rnd.IntN(300<<10))
	n := w.call()
	draw(data, n)
	got, err := netproxy.Call[[]byte](ctx, w.root, "Bytes", n, data)
	if w.ended(ctx, n, err) {
		same(w, drawn(got, n), true) // which are data themselves, for they have come home
	}
	clear(data) // they are ours again, however the call has ended
}

// asyncBytes changes what it has passed as soon as the call is begun.
func asyncBytes(w *worker, ctx context.Context) {
	data := make([]byte, w.rnd.IntN(300<<10))
	var calls [3]uint64
	var promises [3]*async.Promise[[]byte]
	for i := range promises {
		calls[i] = w.call()
		draw(data, calls[i])
		promises[i] = async.Call[[]byte](async.Of(w.root).With(ctx), "Bytes", calls[i], data)
	}
	clear(data)
	for i, o := range async.Settle(ctx, promises[:]...) {
		if w.ended(ctx, calls[i], o.Err) {
			same(w, drawn(o.Value, calls[i]), true)
		}
	}
}

// draw fills b with bytes that are those of call n.
func draw(b []byte, n uint64) {
	for i := range b {
		b[i] = byte(uint64(i)*7 + n + uint64(i)>>12)
	}
}

func drawn(b []byte, n uint64) bool {
	want := make([]byte, len(b))
	draw(want, n)
	return bytes.Equal(b, want)
}

func structs(w *worker, ctx context.Context) {
	n, k := w.call(), w.rnd.IntN(2000)
	got, err := netproxy.Call[[]point](ctx, w.root, "Points", n, k)
	if w.ended(ctx, n, err) {
		same(w, len(got), k)
		same(w, !slices.ContainsFunc(got, func(p point) bool { return p.X != int(n) }), true)
	}
}

func note(w *worker, ctx context.Context) {
	n := w.call()
	err := w.root.Notify(ctx, "Note", n)
	if _, timed := ctx.Deadline(); err == nil && !timed {
		w.led.settle(n, onceIfCalm, nil)
	} else if err != nil {
		w.led.settle(n, never, err) // it says why it could not be begun
	}
	w.fine(ctx, err)
}

func asyncChain(w *worker, ctx context.Context) {
	n, m := w.call(), w.call()
	use := async.Of(w.root).With(ctx).Call("Open", n).Call("Use", m)
	got, err := async.Value[uint64](ctx, use)
	if w.ended(ctx, m, err) {
		same(w, got, 1)
	}
}

func asyncLine(w *worker, ctx context.Context) {
	n := w.call()
	p, err := w.root.Call(ctx, "Open", n)
	if !w.ended(ctx, n, err) {
		return
	}
	line := async.Of(p).With(ctx)
	k := w.rnd.IntN(20)
	calls, promises := make([]uint64, k), make([]*async.Promise[uint64], k)
	for i := range k {
		calls[i] = w.call()
		promises[i] = async.Call[uint64](line, "Use", calls[i])
	}
	var last, failed uint64
	for i, o := range async.Settle(ctx, promises...) {
		if !w.ended(ctx, calls[i], o.Err) {
			failed++ // it may have run, or not
			continue
		}
		same(w, last < o.Value && uint64(i+1)-failed <= o.Value && o.Value <= uint64(i+1), true) // in their order
		last = o.Value
	}
}

func asyncEach(w *worker, ctx context.Context) {
	items := make([]uint64, w.rnd.IntN(50))
	for i := range items {
		items[i] = w.call()
	}
	got, err := async.Each(ctx, 10, items, func(n uint64) *async.Promise[int] {
		return async.Call[int](async.Of(w.root), "Add", n, int(n), 1)
	})
	if !w.fine(ctx, err) {
		return
	}
	for i, n := range items {
		w.led.settle(n, once, nil)
		same(w, got[i], int(n)+1)
	}
}

func cancelResult(w *worker, ctx context.Context) {
	n := w.call()
	r := async.Of(w.root).Call("Nap", n, 50*time.Millisecond)
	time.Sleep(time.Duration(w.rnd.Int64N(int64(time.Millisecond))))
	r.Cancel()
	ctx, cancel := context.WithCancel(ctx)
	cancel() // Cancel is as good as the end of a context
	select {
	case <-r.Done():
		w.ended(ctx, n, r.Err())
	case <-time.After(patience):
		w.led.wrongf("%s: a result that was cancelled is not ready after %v", w.now, patience)
	}
}

func pipelined(w *worker, ctx context.Context) {
	n, m := w.call(), w.call()
	p, err := netproxy.Pipelined(ctx, w.root, "Open", n).Call(ctx, "Use", m)
	if w.ended(ctx, m, err) {
		same(w, p.Interface(), any(uint64(1)))
	}
}

func bounce(w *worker, ctx context.Context) {
	n, depth := w.call(), w.rnd.IntN(12)
	got, err := netproxy.Call[int](ctx, w.root, "Bounce", n, depth, w.me)
	w.led.settle(n, bounced(err), err)
	if w.fine(ctx, err) {
		same(w, got, depth)
	}
}

func callbacks(w *worker, ctx context.Context) {
	n, k := w.call(), w.rnd.IntN(8)
	got, err := netproxy.Call[int](ctx, w.root, "Each", n, k, func(m uint64, i int) (int, error) {
		w.led.ran(m)
		return i, nil
	})
	if w.ended(ctx, n, err) {
		same(w, got, k*(k-1)/2)
	}
}

var errHere = errors.New("an error of here")

func failingCallback(w *worker, ctx context.Context) {
	n, panics := w.call(), w.rnd.IntN(2) == 0
	_, err := netproxy.Call[int](ctx, w.root, "Each", n, 1, func(m uint64, i int) (int, error) {
		w.led.ran(m)
		if panics {
			panic(errHere)
		}
		return 0, errHere
	})
	w.fails(ctx, n, err, is(errHere))
}

func sortThere(w *worker, ctx context.Context) {
	xs := w.rnd.Perm(w.rnd.IntN(200))
	n := w.call()
	_, err := netproxy.Call[struct{}](ctx, w.root, "Sort", n, xs)
	if w.ended(ctx, n, err) {
		same(w, slices.IsSorted(xs), true)
	}
}

func changeThere(w *worker, ctx context.Context) {
	pt, m := &point{Name: "p", Next: &point{}}, map[string]int{"old": 1, "kept": 2}
	n := w.call()
	_, err := netproxy.Call[struct{}](ctx, w.root, "Change", n, pt, m)
	if w.ended(ctx, n, err) {
		same(w, *pt.Next, point{Y: int(n)})
		same(w, pt.X == int(n) && m["n"] == int(n) && m["kept"] == 2 && len(m) == 2, true)
	}
}

func failThere(w *worker, ctx context.Context) {
	n := w.call()
	_, err := w.root.Call(ctx, "Fail", n, "f")
	w.fails(ctx, n, err, func(err error) bool {
		var path *fs.PathError
		return errors.Is(err, fs.ErrNotExist) && errors.As(err, &path) && path.Path == "f"
	})
}

func panicThere(w *worker, ctx context.Context) {
	n := w.call()
	_, err := w.root.Call(ctx, "Panic", n, "alas")
	w.fails(ctx, n, err, func(err error) bool {
		var p *netproxy.PanicError
		return errors.As(err, &p) && p.Value == any("alas")
	})
}

func quitThere(w *worker, ctx context.Context) {
	n := w.call()
	_, err := w.root.Call(ctx, "Quit", n)
	w.fails(ctx, n, err, is(netproxy.ErrGoexit))
}

func noMember(w *worker, ctx context.Context) {
	n := w.call()
	_, err := w.root.Call(ctx, "Missing", n)
	w.fails(ctx, n, err, is(netproxy.ErrMember))
}

func nap(w *worker, ctx context.Context) {
	n := w.call()
	_, err := netproxy.Call[struct{}](ctx, w.root, "Nap", n, time.Duration(w.rnd.Int64N(int64(4*time.Millisecond))))
	w.ended(ctx, n, err)
}

func wrapper(w *worker, ctx context.Context) {
	far, err := netproxy.As[interface {
		Add(ctx context.Context, n uint64, a, b int) (int, error)
		Fail(n uint64, text string) error
	}](ctx, w.root)
	if !w.fine(ctx, err) {
		return
	}
	n, m := w.call(), w.call()
	got, err := far.Add(ctx, n, 1, 2)
	if w.ended(ctx, n, err) {
		same(w, got, 3)
	}
	w.fails(ctx, m, far.Fail(m, "f"), is(fs.ErrNotExist))
}
