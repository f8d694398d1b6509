package conn

import (
	"runtime"
	"time"
)

// dispatch hands the peer's calls to the goroutines that run them, its workers. Guarded by the connection's mutex.
//
// A call that lacks nothing stands in a list. A worker takes the first, runs it, takes the next, and so on until the list is empty. A handler may block for as long as it
// likes, even for what another call in the list is to do. So whenever the mutex is free,
//
//	if the list is not empty, or replies are held back, a worker is on its way to the list:
//
// it is in no handler, and nothing but the mutex can stop it. Whoever puts a call into the list sends a worker if none is on its way. A worker that arrives takes
// one call, and if that leaves others in the list it sends the next worker. So there is never more than one on its way: a batch of short calls costs few wakes, and is
// run by as many workers as there are processors for them.
//
// Replies follow the same promise. A worker that goes on with another call leaves its reply in the writer's queue while somebody is on the way, who will have it written
// on arrival; so the replies of a batch share few writes, and none waits for a handler.
type dispatch struct {
	first, last *answer // the list, linked by behind
	coming      bool    // a worker is on its way

	held  bool          // replies are held back
	since time.Duration // the age of the connection since when

	idle    *worker // those that have nothing to do; the last to come goes first, its stack is warm
	idles   int
	fewest  int         // of idles, since the timer was set
	timer   *time.Timer // sees that they do not stay for ever; nil before the first
	ticking bool
}

// Replies are held back until there are so many bytes of them, or for so long if handlers take their time.
const (
	maxHeld  = 16 << 10
	holdTime = 50 * time.Microsecond
)

// Of the workers that are idle, so many are kept, whose stacks need not grow again; and all leave that were not needed for such a time, so that a connection
// which nobody uses has none.
const (
	maxIdle  = 64
	idleTime = 100 * time.Millisecond
)

// worker is a goroutine that runs calls.
type worker struct {
	wake chan bool // one slot: it is to come, or to leave
	next *worker   // in the list of those that are idle
}

// ready puts a call that lacks nothing into the list. The mutex is held.
func (c *Conn) ready(a *answer) {
	a.stage = stageListed
	if a.expire != nil {
		a.expire()
	}
	d := &c.s.dispatch
	if d.first == nil {
		d.first = a
	} else {
		d.last.behind = a
	}
	d.last = a
	if !d.coming {
		c.send()
	}
}

// send has a worker go to the list. The mutex is held.
func (c *Conn) send() {
	d := &c.s.dispatch
	d.coming = true
	w := d.idle
	if w == nil {
		c.spawn(c.work) // ends with a handler that calls runtime.Goexit, when it is sent away, or with the connection; joined by Wait
		return
	}
	d.idle = w.next
	d.idles--
	d.fewest = min(d.fewest, d.idles)
	w.wake <- true // has room for one
}

// work is the life of a worker. It begins on the way to the list.
func (c *Conn) work() {
	w := &worker{wake: make(chan bool, 1)}
	for here := true; here; here = <-w.wake {
		for a := c.arrive(w); a != nil; {
			a = c.serve(a, w)
		}
	}
}

// arrive ends the way of w to the list.
func (c *Conn) arrive(w *worker) *answer {
	c.mu.Lock()
	d := &c.s.dispatch
	d.coming = false
	a := c.next(w)
	held := d.held
	d.held = false
	c.mu.Unlock()
	if held {
		c.w.push(true)
	}
	return a
}

// next takes the next call from the list for w, which is idle if there is none. The mutex is held.
func (c *Conn) next(w *worker) *answer {
	d := &c.s.dispatch
	a := d.first
	if a == nil {
		c.rest(w)
		return nil
	}
	a.stage = stageRuns
	if d.first, a.behind = a.behind, nil; d.first == nil {
		d.last = nil
	} else if !d.coming {
		c.send()
	}
	return a
}

// serve runs a call in w, answers it, and returns the next one.
func (c *Conn) serve(a *answer, w *worker) (next *answer) {
	reply, refusal := a.run()
	return c.answer(a, reply, refusal, w)
}

// holds says whether a reply may be held back by a worker that goes on with next, if that is not nil. So many bytes are in the writer's queue. The mutex
// is held.
func (c *Conn) holds(next *answer, queued int) bool {
	d := &c.s.dispatch
	if next == nil || !d.coming || queued >= maxHeld {
		d.held = false
		return false
	}
	now := c.now()
	if !d.held {
		d.since = now
	}
	d.held = now-d.since < holdTime
	return d.held
}

// flush writes what is in the writer's queue, for a worker that has emptied the list. Who is about to add to it does so first, and shares the write.
func (c *Conn) flush(others bool) {
	if others {
		runtime.Gosched()
	}
	c.w.push(true)
}

// rest has w idle, or leave. The mutex is held.
func (c *Conn) rest(w *worker) {
	d := &c.s.dispatch
	if c.s.ended || d.idles >= maxIdle {
		w.wake <- false // has room for one
		return
	}
	w.next, d.idle = d.idle, w
	d.idles++
	switch {
	case d.ticking:
	case d.timer == nil:
		d.timer = time.AfterFunc(idleTime, c.sweep)
	default:
		d.timer.Reset(idleTime)
	}
	d.ticking = true
}

// sweep sends away the workers that were idle all the time since it was last called. It runs in a timer's goroutine, and does not wait.
func (c *Conn) sweep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := &c.s.dispatch
	d.leave(d.fewest)
	d.fewest = d.idles
	if d.ticking = d.idles > 0; d.ticking {
		d.timer.Reset(idleTime)
	}
}

// leave sends n idle workers away, those that have been idle longest.
func (d *dispatch) leave(n int) {
	d.idles -= n
	last := &d.idle
	for range d.idles {
		last = &(*last).next
	}
	for w := *last; w != nil; w = w.next {
		w.wake <- false // has room for one
	}
	*last = nil
}

// end sends all idle workers away: those that run a call leave when the list is empty. The mutex is held.
func (d *dispatch) end() {
	d.leave(d.idles)
	d.fewest = 0
	if d.timer != nil {
		d.timer.Stop()
	}
}
