package soak

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"

	"github.com/rgo-project/rgo/netproxy"
)

func channelFrom(w *worker, ctx context.Context) {
	n, k := w.call(), w.rnd.IntN(300)
	enough := k
	if w.rnd.IntN(3) == 0 {
		enough = w.rnd.IntN(k + 1)
	}
	ch, err := netproxy.Call[<-chan int](ctx, w.root, "Count", n, k)
	if !w.ended(ctx, n, err) {
		return
	}
	for i := range enough {
		x, ok := <-ch
		if !ok {
			if _, timed := ctx.Deadline(); !timed && ctx.Err() == nil && w.r.end != shutdown && !soon(func() bool { return w.c.Context().Err() != nil }) { // the callee's clock may be first
				w.led.wrongf("%s: closed after %d of %d values", w.now, i, k)
			}
			return
		}
		same(w, x, i)
	}
}

func channelTo(w *worker, ctx context.Context) {
	n, k := w.call(), w.rnd.IntN(300)
	ch := make(chan int, w.rnd.IntN(3))
	over, end := context.WithCancel(ctx)
	fed := make(chan struct{})
	go func() { // ends when all are sent, or with the call; joined below
		defer close(fed)
		defer close(ch)
		for i := range k {
			select {
			case ch <- i:
			case <-over.Done():
				return
			}
		}
	}()
	got, err := netproxy.Call[int](ctx, w.root, "Sum", n, (<-chan int)(ch))
	end()
	<-fed
	if w.ended(ctx, n, err) && ctx.Err() == nil {
		same(w, got, k*(k-1)/2)
	}
}

func sequence(w *worker, ctx context.Context) {
	n, k := w.call(), w.rnd.IntN(300)
	enough := k
	if w.rnd.IntN(3) == 0 {
		enough = w.rnd.IntN(k + 1)
	}
	seq, err := netproxy.Call[iter.Seq[int]](ctx, w.root, "Seq", n, k)
	if !w.ended(ctx, n, err) {
		return
	}
	i := 0
	err = caught(func() {
		for x := range seq {
			if i == enough {
				break
			}
			same(w, x, i)
			i++
		}
	})
	if w.fine(ctx, err) {
		same(w, i, enough)
	}
}

func all(w *worker, ctx context.Context) {
	n, k := w.call(), w.rnd.IntN(300)
	p, err := w.root.Call(ctx, "Seq", n, k)
	if !w.ended(ctx, n, err) {
		return
	}
	i, enough := 0, w.rnd.IntN(k+1)
	for item, err := range p.All(ctx) {
		if err != nil {
			w.fine(ctx, err)
			return
		}
		if i == enough {
			return
		}
		same(w, item.Key.Interface(), any(i))
		i++
	}
	same(w, i, k)
}

func copyFrom(w *worker, ctx context.Context) {
	n, size := w.call(), w.rnd.IntN(1<<20)
	r, err := netproxy.Call[io.Reader](ctx, w.root, "Source", n, size)
	if !w.ended(ctx, n, err) {
		return
	}
	h := crc32.NewIEEE()
	if w.rnd.IntN(4) == 0 {
		part := w.rnd.IntN(size + 1)
		got, err := io.CopyN(h, r, int64(part))
		if w.fine(ctx, err) {
			same(w, fmt.Sprint(got, h.Sum32()), fmt.Sprint(part, sumOf(part)))
		}
		return
	}
	got, err := io.Copy(h, r)
	if w.fine(ctx, err) {
		same(w, fmt.Sprint(got, h.Sum32()), fmt.Sprint(size, sumOf(size)))
	}
}

func copyTo(w *worker, ctx context.Context) {
	n, size := w.call(), w.rnd.IntN(1<<20)
	to, err := netproxy.Call[interface {
		io.Writer
		Written() string
	}](ctx, w.root, "Sink", n)
	if !w.ended(ctx, n, err) {
		return
	}
	if w.rnd.IntN(4) == 0 { // the source fails
		_, err := io.Copy(to, io.MultiReader(&pattern{size: size}, broken{}))
		if !errors.Is(err, errHere) {
			w.fine(ctx, err)
		}
		return
	}
	got, err := io.Copy(to, &pattern{size: size})
	if !w.fine(ctx, err) {
		return
	}
	same(w, got, int64(size))
	var written string
	if w.fine(ctx, caught(func() { written = to.Written() })) {
		same(w, written, fmt.Sprintf("%d %x", size, sumOf(size)))
	}
}

// broken is a reader that fails.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errHere }
