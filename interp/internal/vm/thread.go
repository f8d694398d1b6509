package vm

import (
	"context"
	"errors"
	"maps"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// thread is a goroutine that runs interpreted code.
type thread struct {
	m     *Machine
	run   *Run
	cur   *frame // the innermost one of interpreted code
	depth int32
	free  [cached]freeFrames

	reason  *frame // what recover asks in the function that a deferred call of compiled code leads to
	started bool   // by a go statement
	leaving bool   // it unwinds because its run was ended
	trace   trace
}

// freeFrames keeps frames of one function for its next calls.
type freeFrames struct {
	fn   *Func
	list *frame
}

const cached = 32 // a power of two

// Run is one execution: the goroutine that a Call is made in, and those that its code starts.
type Run struct {
	Owner any // the embedder's own; set before the run is used

	m      *Machine
	parent *Run
	stop   atomic.Bool // polled by loops and calls
	ended  chan struct{}
	late   chan struct{} // closed when deferred calls have had their time

	mu       sync.Mutex
	cause    error
	aborted  bool // its deferred calls are not made
	since    time.Time
	alive    int
	idle     chan struct{} // closed when no goroutine of it is left; made anew by the first
	children map[*Run]bool
}

// ErrEnded is what a Call returns whose run was ended.
var ErrEnded = errors.New("vm: the run was ended")

// NewRun makes a run. When parent is not nil, it ends with that.
func (m *Machine) NewRun(parent *Run) *Run {
	r := &Run{m: m, parent: parent, ended: make(chan struct{}), late: make(chan struct{}), idle: make(chan struct{}), children: map[*Run]bool{}}
	close(r.idle)
	if parent == nil {
		return r
	}
	parent.mu.Lock()
	parent.children[r] = true
	cause, aborted := parent.cause, parent.aborted
	parent.mu.Unlock()
	if cause != nil {
		r.end(cause, aborted)
	}
	return r
}

// End has every goroutine of the run unwind at its next poll: at loops, calls, and blocked channel operations. The first cause counts.
func (r *Run) End(cause error) { r.end(cause, false) }

// Abort is End without the deferred calls: what os.Exit does.
func (r *Run) Abort(cause error) { r.end(cause, true) }

func (r *Run) end(cause error, abort bool) {
	r.mu.Lock()
	r.aborted = r.aborted || abort
	if r.cause == nil {
		if cause == nil {
			cause = context.Canceled
		}
		r.cause, r.since = cause, time.Now()
		r.stop.Store(true)
		close(r.ended)
		time.AfterFunc(deferredFor, func() { close(r.late) })
	} else if !abort {
		r.mu.Unlock()
		return
	}
	children := maps.Clone(r.children)
	r.mu.Unlock()
	for c := range children {
		c.end(cause, abort)
	}
}

// Cause is why the run was ended, nil if it was not.
func (r *Run) Cause() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cause
}

// Ended is closed when the run is ended.
func (r *Run) Ended() <-chan struct{} { return r.ended }

// Idle is closed while no goroutine runs code of the run.
func (r *Run) Idle() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.idle
}

func (r *Run) enter() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.alive == 0 {
		r.idle = make(chan struct{})
	}
	r.alive++
}

func (r *Run) leave() {
	r.mu.Lock()
	r.alive--
	last := r.alive == 0
	if last {
		close(r.idle)
	}
	parent := r.parent
	r.mu.Unlock()
	if last && parent != nil {
		parent.mu.Lock()
		delete(parent.children, r)
		parent.mu.Unlock()
	}
}

// Current is the run that the calling goroutine belongs to, nil if it runs no interpreted code.
func (m *Machine) Current() *Run {
	if th := m.thread(); th != nil {
		return th.run
	}
	return nil
}

// thread is that of the calling goroutine, nil if it has none.
func (m *Machine) thread() *thread {
	if th, ok := m.threads.Load(getg()); ok {
		return th.(*thread)
	}
	return nil
}

// attach makes the calling goroutine a thread of a run until detach.
func (m *Machine) attach(r *Run) (th *thread, detach func()) {
	g := getg()
	outer, nested := m.threads.Load(g)
	th = &thread{m: m, run: r}
	if nested {
		th.depth = outer.(*thread).depth
	} else {
		m.goroutines.Add(1)
	}
	m.threads.Store(g, th)
	r.enter()
	return th, func() {
		if nested {
			m.threads.Store(g, outer)
		} else {
			m.threads.Delete(g)
			m.goroutines.Add(-1)
		}
		r.leave()
	}
}

// stopped is the panic that ends a goroutine whose run was ended. Interpreted code cannot recover it.
type stopped struct {
	run   *Run
	abort bool
}

func (stopped) Error() string { return ErrEnded.Error() }

// deferredFor is how long the deferred calls of an ended run may take.
const deferredFor = time.Second

// cancel is closed when what the thread does is to end: for operations that block.
func (th *thread) cancel() <-chan struct{} {
	if th.leaving {
		return th.run.late
	}
	return th.run.ended
}

// unwind ends the thread's run in this goroutine. It returns if deferred calls of an ended run still have time to work.
func (th *thread) unwind() {
	r := th.run
	r.mu.Lock()
	since, aborted := r.since, r.aborted
	r.mu.Unlock()
	if th.leaving && !aborted && time.Since(since) < deferredFor {
		return
	}
	th.leaving = true
	panic(stopped{r, aborted})
}

// Exit aborts the run of the calling goroutine. It does not return.
func (m *Machine) Exit(cause error) {
	th := m.thread()
	if th == nil {
		runtime.Goexit() // compiled code's goroutine, which no run waits for
	}
	th.run.Abort(cause)
	th.unwind()
}

// Background is the run of what compiled code calls when the run that made it has ended.
func (m *Machine) Background() *Run { return m.background }
