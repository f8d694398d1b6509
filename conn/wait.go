package conn

import (
	"context"
	"sync/atomic"
	"time"
)

// Wait is a time for which somebody of this side waited for the peer, as Watch tells of it.
type Wait struct {
	Context context.Context // of the wait

	Op     Op
	Name   string
	Target any // of the request: nil for the root, a *Ref, or a *Pending
	Sent   int // bytes of the request's body
	Return Return
	Err    error // as Call or Pending.Wait has returned it, with a zero Return
	Took   time.Duration
}

// Watch has f called after each wait for the peer, by the goroutine that has waited, before it goes on: the stack of that goroutine says what the
// wait was for. It costs nothing while nobody watches. f must be quick, and must not wait for the peer itself. stop ends it.
func (c *Conn) Watch(f func(Wait)) (stop func()) {
	w := &watcher{f}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watching(func(all []*watcher) []*watcher { return append(all, w) })
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.watching(func(all []*watcher) (others []*watcher) {
			for _, other := range all {
				if other != w {
					others = append(others, other)
				}
			}
			return others
		})
	}
}

type watcher struct{ told func(Wait) }

// watching changes who watches. The mutex is held; those who read the list do so without it, so each list is a new one.
func (c *Conn) watching(change func([]*watcher) []*watcher) {
	var all []*watcher
	if now := c.watchers.Load(); now != nil {
		all = append(all, *now...)
	}
	if all = change(all); len(all) == 0 {
		c.watchers.Store(nil)
		return
	}
	c.watchers.Store(&all)
}

// watched is what a Pending remembers for those who watch.
type watched struct {
	op     Op
	target any
	sent   int
}

// seen returns what is to be remembered of a call: nil while nobody watches.
func (c *Conn) seen(req *Request) *watched {
	if c.watchers.Load() == nil {
		return nil
	}
	return &watched{req.Op, req.Target, req.Body.size()}
}

// waiting begins a wait for p, which waited ends.
func (p *Pending) waiting() (began time.Time) {
	p.c.counts.waits.Add(1)
	if p.c.watchers.Load() != nil && p.seen != nil {
		began = time.Now()
	}
	return began
}

// waited ends a wait that waiting has begun. p has settled.
func (p *Pending) waited(ctx context.Context, began time.Time) {
	if began.IsZero() {
		return
	}
	all := p.c.watchers.Load()
	if all == nil {
		return
	}
	w := Wait{
		Context: ctx,
		Op:      p.seen.op, Name: p.name, Target: p.seen.target, Sent: p.seen.sent,
		Return: p.ret, Err: p.err, Took: time.Since(began),
	}
	for _, watcher := range *all {
		watcher.told(w)
	}
}

// looked notes that somebody knows what came of p: what is begun from now on is a round trip later than p.
func (p *Pending) looked() { raise(&p.c.counts.trips, p.level+1) }

// raise makes n at least to.
func raise(n *atomic.Uint64, to uint64) {
	for {
		was := n.Load()
		if was >= to || n.CompareAndSwap(was, to) {
			return
		}
	}
}
