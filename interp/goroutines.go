package interp

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/rgo-project/rgo/interp/internal/engine"
)

// execution is one Run: the goroutine that executes the input and those that it has started.
type execution struct {
	parent *execution    // of a Run that a callback makes while another waits for it
	strict bool          // a panic in any goroutine ends it
	exited chan struct{} // closed when there is a verdict
	ended  chan struct{} // closed when there is a cause

	mu      sync.Mutex
	cause   error     // why it is to end; nil while it may go on
	since   time.Time // when that was said
	verdict error     // what Run is to return, whatever becomes of the goroutine that it waits for: *ExitError, or *PanicError of another one
	alive   int       // goroutines
	where   string    // the input's name
}

func newExecution(parent *execution, where string) *execution {
	return &execution{parent: parent, exited: make(chan struct{}), ended: make(chan struct{}), where: where}
}

// end says that the execution is to end. It is effective at the next poll of each of its goroutines. The first verdict counts.
func (e *execution) end(cause, verdict error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.cause == nil {
		e.cause, e.since = cause, time.Now()
		close(e.ended)
	}
	if verdict != nil && e.verdict == nil {
		e.verdict = verdict
		close(e.exited)
	}
}

// ending tells whether the execution, or one that waits for it, is to end, and since when.
func (e *execution) ending() (since time.Time, ok bool) {
	for ; e != nil; e = e.parent {
		e.mu.Lock()
		since, ok = e.since, e.cause != nil
		e.mu.Unlock()
		if ok {
			return since, true
		}
	}
	return time.Time{}, false
}

// reason is why the execution, or one that waits for it, is to end.
func (e *execution) reason() error {
	for ; e != nil; e = e.parent {
		e.mu.Lock()
		cause := e.cause
		e.mu.Unlock()
		if cause != nil {
			return cause
		}
	}
	return context.Canceled
}

func (e *execution) said() (verdict error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.verdict
}

// exiting tells whether the execution ends because it called os.Exit.
func (e *execution) exiting() bool {
	_, is := e.said().(*ExitError) //nolint:errorlint // it is never wrapped
	return is
}

// unwind is the panic that ends a goroutine whose execution is to end. User code cannot recover it.
type unwind struct{ exit bool }

func (unwind) Error() string { return "interp: this run has ended" }

// goroutine is what a session knows of a goroutine that runs interpreted code.
type goroutine struct {
	of      *execution // nil: the goroutine belongs to compiled code, which called a closure
	defers  []*Defers  // whose deferred calls are running, innermost last
	line    int        // of the last call of panic
	leaving bool       // it unwinds because its execution is to end
}

// roster knows the goroutines of a session by their numbers, and holds the flags that make interpreted code look at it.
type roster struct {
	mu      sync.Mutex
	of      map[uint64]*goroutine
	ending  map[*execution]bool // to end, with goroutines alive
	pulsing bool
	closed  chan struct{}
	pulses  sync.WaitGroup

	stop  *bool            // polled by loops
	flags map[string]*bool // polled by funcs on entry
	moved map[string]bool  // flags that stay up: the func was declared anew
}

func newRoster() *roster {
	return &roster{
		of: map[uint64]*goroutine{}, ending: map[*execution]bool{}, closed: make(chan struct{}),
		stop: new(bool), flags: map[string]*bool{}, moved: map[string]bool{},
	}
}

// enter makes the current goroutine one of an execution; leave ends that.
func (r *roster) enter(e *execution) (leave func()) {
	id := engine.Goroutine()
	r.mu.Lock()
	defer r.mu.Unlock()
	outer := r.of[id]
	r.of[id] = &goroutine{of: e}
	e.mu.Lock()
	e.alive++
	e.mu.Unlock()
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if outer != nil {
			r.of[id] = outer
		} else {
			delete(r.of, id)
		}
		e.mu.Lock()
		e.alive--
		gone := e.alive == 0
		e.mu.Unlock()
		if gone {
			delete(r.ending, e)
		}
	}
}

// current returns what is known of the current goroutine, nil if nothing is.
func (r *roster) current() *goroutine {
	id := engine.Goroutine()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.of[id]
}

// at notes the line of a call of panic, and returns what it is to panic with.
func (r *roster) at(line int, v any) any {
	if g := r.current(); g != nil {
		g.line = line
	}
	return v
}

// panicLine returns the line of the last call of panic in this goroutine and forgets it; 0 if there was none.
func (r *roster) panicLine() int {
	g := r.current()
	if g == nil {
		return 0
	}
	line := g.line
	g.line = 0
	return line
}

// execution returns the execution that the current goroutine belongs to, or nil.
func (r *roster) execution() *execution {
	if g := r.current(); g != nil {
		return g.of
	}
	return nil
}

const (
	// grace is how long an interrupted execution may take to unwind before its Run returns without it.
	grace = 300 * time.Millisecond
	// A goroutine that is blocked in compiled code cannot be ended before it comes back. As long as there is one, the flags go up
	// for a moment now and then: were they up all the time, all code of the session would be slow.
	pulseEvery, pulseFor = 200 * time.Millisecond, 2 * time.Millisecond
	// deferredFor is how long the deferred calls of an interrupted execution may take.
	deferredFor = time.Second
)

// interrupt raises the flags until all goroutines of the execution are gone.
func (r *roster) interrupt(e *execution) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.mu.Lock()
	alive := e.alive > 0
	e.mu.Unlock()
	if !alive && len(r.ending) == 0 {
		return
	}
	r.ending[e] = true
	raise(r.stop, r.flags)
	if !r.pulsing {
		r.pulsing = true
		r.pulses.Add(1)
		go r.pulse() // ends when no execution is ending, or with the session: close waits for it
	}
}

func (r *roster) pulse() {
	defer r.pulses.Done()
	for begin := time.Now(); ; {
		wait := pulseFor
		r.mu.Lock()
		switch {
		case len(r.ending) == 0:
			drop(r.stop, r.flags, r.moved)
			r.pulsing = false
			r.mu.Unlock()
			return
		case time.Since(begin) < 2*grace, !*r.stop:
			raise(r.stop, r.flags)
		default:
			drop(r.stop, r.flags, r.moved)
			wait = pulseEvery
		}
		r.mu.Unlock()
		select {
		case <-time.After(wait):
		case <-r.closed:
			return
		}
	}
}

// addFlag makes the flag that a func polls on entry.
func (r *roster) addFlag(name string) *bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := new(bool)
	*f = *r.stop
	r.flags[name] = f
	return f
}

// keepUp has a flag stay up: the func that polls it has a later definition.
func (r *roster) keepUp(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.moved[name] = true
	raise(nil, map[string]*bool{name: r.flags[name]})
}

// raise and drop write flags that interpreted code reads with no synchronisation at all, because any would cost it more than all else that
// it does in a loop. That is safe: a flag is one byte, and whoever sees it late looks again. The race detector is not to be told.

//go:norace
func raise(stop *bool, flags map[string]*bool) {
	if stop != nil {
		*stop = true
	}
	for _, f := range flags {
		*f = true
	}
}

//go:norace
func drop(stop *bool, flags map[string]*bool, moved map[string]bool) {
	*stop = false
	for name, f := range flags {
		*f = moved[name]
	}
}

// poll ends the current goroutine if its execution is to end.
func (r *roster) poll() {
	g := r.current()
	if g == nil || g.of == nil {
		return
	}
	since, ok := g.of.ending()
	if !ok {
		return
	}
	if g.leaving && time.Since(since) < deferredFor {
		return // let deferred calls do their work
	}
	g.leaving = true
	panic(unwind{exit: g.of.exiting()})
}

// newExecution is one for an input, made by the current goroutine.
func (r *roster) newExecution(name string) *execution {
	return newExecution(r.execution(), name)
}

// exit ends the current goroutine's execution with a code. It does not return.
func (r *roster) exit(code int) {
	e := r.execution()
	if e == nil {
		runtime.Goexit() // compiled code's goroutine, that no run waits for
	}
	e.end(context.Canceled, &ExitError{Code: code})
	r.interrupt(e)
	g := r.current()
	g.leaving = true
	panic(unwind{exit: true})
}

// endAll ends every execution that has a goroutine.
func (r *roster) endAll(cause error) {
	r.mu.Lock()
	var all []*execution
	for _, g := range r.of {
		if g.of != nil {
			all = append(all, g.of)
		}
	}
	r.mu.Unlock()
	for _, e := range all {
		e.end(cause, nil)
		r.interrupt(e)
	}
}

func (r *roster) close() {
	close(r.closed)
	r.pulses.Wait()
}

// describe is a goroutine's uncaught panic as its session's stderr shows it.
func describe(e *PanicError, where string) string {
	return fmt.Sprintf("%s\n\n[in a goroutine started by %s; the session goes on]\n", e.Trace(), where)
}
