package soak

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// worker calls the other side, one act after the other.
type worker struct {
	r    *round
	led  *ledger
	rnd  *rand.Rand
	c    *conn.Conn
	me   *peer // of this side
	root *netproxy.Proxy
	stop <-chan struct{}
	now  string // the act

	kept []user // objects of the other side that are held for a while
}

func newWorker(r *round, side, i int, stop <-chan struct{}) *worker {
	return &worker{
		r: r, led: r.led, rnd: rand.New(rand.NewPCG(r.seed, uint64(2*i+side))), c: r.ends[side], me: r.peers[side],
		root: netproxy.Root(r.ends[side]), stop: stop,
	}
}

// work does acts until it is told to stop, or the connection is over.
func (w *worker) work() {
	for {
		select {
		case <-w.stop:
			return
		case <-w.c.Context().Done():
			if w.rnd.IntN(3) == 0 {
				w.act() // on what is dead
			}
			return
		default:
			w.act()
		}
	}
}

func (w *worker) act() {
	a := acts[w.rnd.IntN(len(acts))]
	w.now = a.name
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel() // ends what still produces
	switch w.rnd.IntN(10) {
	case 0: // given up at some time
		timer := time.AfterFunc(time.Duration(w.rnd.Int64N(int64(3*time.Millisecond))), cancel)
		defer timer.Stop()
	case 1:
		var end context.CancelFunc
		ctx, end = context.WithTimeout(ctx, time.Duration(w.rnd.Int64N(int64(3*time.Millisecond))))
		defer end()
	}
	a.do(w, ctx)
}

// call issues a number for a call that is about to be made.
func (w *worker) call() uint64 { return w.led.issue(w.now) }

// ended records how call n has ended, and reports whether it has succeeded.
func (w *worker) ended(ctx context.Context, n uint64, err error) bool {
	w.led.settle(n, verdictOf(err), err)
	return w.fine(ctx, err)
}

// fine is ended for what has no number.
func (w *worker) fine(ctx context.Context, err error) bool {
	if err == nil {
		w.r.tally.count("")
		return true
	}
	name := fate(ctx, w.c, err)
	if name == "" {
		w.led.wrongf("%s: a %T that cannot be, while ctx has %v and the connection %v: %w", w.now, err, ctx.Err(), w.c.Context().Err(), err)
	}
	w.r.tally.count(name)
	if name == "draining" {
		time.Sleep(time.Millisecond) // it will be so for a while
	}
	return false
}

// fails records how a call has ended that has to fail in its own way.
func (w *worker) fails(ctx context.Context, n uint64, err error, well func(error) bool) {
	if err == nil {
		w.led.wrongf("%s: no error", w.now)
		return
	}
	if !well(err) {
		w.ended(ctx, n, err)
		return
	}
	w.led.settle(n, maybe, err)
	w.r.tally.count(kind(err))
}

// same compares a result with what it has to be.
func same[T comparable](w *worker, got, want T) {
	if got != want {
		w.led.wrongf("%s: got %v, want %v", w.now, got, want)
	}
}

// is is a kind of error, for fails.
func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

// caught runs f, which panics with its error, as things do that have no error to return.
func caught(f func()) (err error) {
	defer func() {
		if x := recover(); x != nil {
			var ok bool
			if err, ok = x.(error); !ok {
				err = fmt.Errorf("panic with a %T: %v", x, x)
			}
		}
	}()
	f()
	return nil
}
