package async

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
)

// Source is an operation under way as its maker knows it. It must be safe for concurrent use.
type Source interface {
	// Done is closed when the operation has ended.
	Done() <-chan struct{}
	// Wait waits until the operation has ended. It returns an error only if ctx ends first.
	Wait(ctx context.Context) error
	// Outcome is what the operation came to. It is asked for once, after it has ended.
	Outcome() (any, error)
	// Cancel ends the operation, if it has not ended yet. It does not wait.
	Cancel(cause error)
	// Line carries out operations on the result, which need not be there yet. It is asked for once.
	Line() Line
}

// Typed is a Source of an operation that was begun with a Type. It is asked for its outcome in this way instead.
type Typed interface {
	// OutcomeInto stores the outcome in what target, a pointer to the Type, points to.
	OutcomeInto(target any) error
}

// Result is the result of an operation that may still be under way. Its operations are begun at once, on the result to come.
type Result struct {
	operations
	src Source

	asked sync.Once // for the outcome
	value any
	err   error
	into  any  // of a Promise: where the value goes, if its maker can put it there
	there bool // it is there

	lined sync.Once // its is made
	its   Line

	mu      sync.Mutex
	ready   []func(*Result) // to be called, in this order
	running bool            // a goroutine calls what is in ready, or waits to
}

// NewResult makes the result of the operation that src is.
func NewResult(src Source) *Result {
	r := new(Result)
	r.of(src, operations{ctx: context.Background()})
	return r
}

// of makes r the result of an operation that was begun with on, whose bounds hold for what is begun on the result.
func (r *Result) of(src Source, on operations) {
	r.operations, r.src = on, src
	r.line = (*resultLine)(r)
}

// outcome asks for the outcome, once.
func (r *Result) outcome() (any, error) {
	r.asked.Do(func() {
		r.err = errPanicked // unless it returns
		if src, ok := r.src.(Typed); ok && r.into != nil {
			r.err = src.OutcomeInto(r.into)
			r.there = r.err == nil
			return
		}
		r.value, r.err = r.src.Outcome()
	})
	return r.value, r.err
}

// resultLine is the line of a Result: that of its source, asked for when something is begun on it.
type resultLine Result

func (l *resultLine) Begin(ctx context.Context, op Operation) Source { return l.own().Begin(ctx, op) }

func (l *resultLine) Notify(ctx context.Context, op Operation) error { return l.own().Notify(ctx, op) }

func (l *resultLine) own() Line {
	l.lined.Do(func() {
		l.its = failed{errPanicked}.Line()
		l.its = l.src.Line()
	})
	return l.its
}

var errPanicked = errors.New("async: the operation's maker panicked when it was asked what it came to")

// Failed makes a result that has failed already, and on which all operations fail.
func Failed(err error) *Result { return NewResult(failed{err}) }

// FailedSource is the Source of such a result.
func FailedSource(err error) Source { return failed{err} }

// Source is what the result was made with, for its maker.
func (r *Result) Source() Source { return r.src }

// Done is closed when the result is ready.
func (r *Result) Done() <-chan struct{} { return r.src.Done() }

// Ready says whether the result is there.
func (r *Result) Ready() bool {
	select {
	case <-r.src.Done():
		return true
	default:
		return false
	}
}

// Await waits for the result. If ctx ends first, the operation goes on.
func (r *Result) Await(ctx context.Context) (any, error) {
	if err := r.src.Wait(ctx); err != nil {
		return nil, err
	}
	return r.outcome()
}

func (r *Result) wait(ctx context.Context) error { return r.src.Wait(ctx) }

// Err is the error that the operation ended with, or nil: also while it is under way.
func (r *Result) Err() error {
	if !r.Ready() {
		return nil
	}
	_, err := r.outcome()
	return err
}

// Cancel ends the operation if it is still under way. It does not wait; the result becomes ready with an error soon.
func (r *Result) Cancel() { r.src.Cancel(context.Canceled) }

// OnReady has f called with r exactly once, when r is ready, also if it is ready now. It returns at once. The functions given to
// one Result are called in the order given, one after the other, by a goroutine of that Result that is there only while functions wait; a
// panic of one is logged and does not keep the next from being called.
func (r *Result) OnReady(f func(*Result)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ready = append(r.ready, f)
	if !r.running {
		r.running = true
		// Started here; ends when nothing is left to call, which is after the operation has ended, and every operation ends.
		go r.callReady()
	}
}

func (r *Result) callReady() {
	<-r.src.Done()
	for {
		r.mu.Lock()
		if len(r.ready) == 0 {
			r.running = false
			r.mu.Unlock()
			return
		}
		f := r.ready[0]
		r.ready = r.ready[1:]
		r.mu.Unlock()
		r.guarded(f)
	}
}

// guarded calls f and outlives its panics.
func (r *Result) guarded(f func(*Result)) {
	returned := false
	defer func() {
		if returned {
			return
		}
		if p := recover(); p != nil {
			slog.Error("async: panic in a function given to OnReady", "panic", p, "stack", string(debug.Stack()))
			return
		}
		go r.callReady() // f ended this goroutine (runtime.Goexit); the rest is for another
	}()
	f(r)
	returned = true
}

// failed is an operation that could not even be begun.
type failed struct{ err error }

var closed = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

func (f failed) Done() <-chan struct{}                   { return closed }
func (f failed) Wait(context.Context) error              { return nil }
func (f failed) Outcome() (any, error)                   { return nil, f.err }
func (f failed) Cancel(error)                            {}
func (f failed) Line() Line                              { return f }
func (f failed) Begin(context.Context, Operation) Source { return f }
func (f failed) Notify(context.Context, Operation) error { return f.err }
