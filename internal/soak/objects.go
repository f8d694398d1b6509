package soak

import (
	"context"
	"runtime"
	"sync/atomic"

	"github.com/rgo-project/rgo/netproxy"
)

func object(w *worker, ctx context.Context) {
	n := w.call()
	p, err := w.root.Call(ctx, "Open", n)
	if !w.ended(ctx, n, err) {
		return
	}
	for i := range w.rnd.Uint64N(4) {
		m := w.call()
		got, err := netproxy.Call[uint64](ctx, p, "Use", m)
		if !w.ended(ctx, m, err) {
			return
		}
		same(w, got, i+1)
	}
	if w.rnd.IntN(2) == 0 {
		return // dropped
	}
	p.Release()
	m := w.call()
	_, err = p.Call(ctx, "Use", m)
	w.fails(ctx, m, err, is(netproxy.ErrReleased))
}

// keepObject holds some objects across acts.
func keepObject(w *worker, ctx context.Context) {
	n := w.call()
	u, err := netproxy.Call[user](ctx, w.root, "Open", n)
	if w.ended(ctx, n, err) {
		w.kept = append(w.kept, u)
	}
	if len(w.kept) > 0 {
		m := w.call()
		_, err := w.kept[w.rnd.IntN(len(w.kept))].Use(ctx, m)
		w.ended(ctx, m, err)
	}
	if len(w.kept) > 20 {
		w.kept = nil
		runtime.GC()
	}
}

func scope(w *worker, ctx context.Context) {
	in, end := netproxy.Scope(ctx)
	defer end()
	n, k := w.call(), w.call()
	dropped, err := w.root.Call(in, "Open", n)
	if !w.ended(ctx, n, err) {
		return
	}
	kept, err := w.root.Call(in, "Open", k)
	if !w.ended(ctx, k, err) {
		return
	}
	netproxy.Keep(kept)
	end()
	n, k = w.call(), w.call()
	_, err = dropped.Call(ctx, "Use", n)
	w.fails(ctx, n, err, is(netproxy.ErrReleased))
	_, err = kept.Call(ctx, "Use", k)
	w.ended(ctx, k, err)
}

func facet(w *worker, ctx context.Context) {
	grant, err := netproxy.Func[func(context.Context, uint64) (*netproxy.Proxy, func(context.Context) error, error)](ctx, w.root, "Grant")
	if !w.fine(ctx, err) {
		return
	}
	n := w.call()
	p, revoke, err := grant(ctx, n)
	if !w.ended(ctx, n, err) {
		return
	}
	n = w.call()
	_, err = p.Call(ctx, "Use", n)
	w.ended(ctx, n, err)
	if w.fine(ctx, revoke(ctx)) {
		n = w.call()
		_, err = p.Call(ctx, "Use", n)
		w.fails(ctx, n, err, is(netproxy.ErrRevoked))
	}
}

// stash gives the other side an object of this one to keep.
func stash(w *worker, ctx context.Context) {
	n := w.call()
	w.led.hand(1, 0)
	x := &token{led: w.led}
	_, err := netproxy.Call[struct{}](ctx, w.root, "Stash", n, netproxy.OnRelease(x, x.released))
	w.ended(ctx, n, err)
}

// token is an object that is given out.
type token struct {
	led  *ledger
	told atomic.Int64
}

func (t *token) Use(n uint64) uint64 { t.led.ran(n); return n }

// released is called when the other side does not hold it any more.
func (t *token) released() {
	if t.told.Add(1) > 1 {
		t.led.wrongf("OnRelease has called its func twice")
	}
	t.led.hand(0, 1)
}
