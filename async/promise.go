package async

import (
	"context"
	"fmt"
	"reflect"
	"runtime"
)

// Promise is a Result whose value will be a T: that is asked for with the operation, so that also what would come as a reference, such as a slice, comes
// by value in the same reply. It is the end of a chain: nothing can be begun on it.
type Promise[T any] struct {
	r Result
	v T // what there is, if r says so
}

// Call begins to call a member, as Handle.Call does, for a result that is a T. For a callee without results, T is struct{}.
func Call[T any](on Subject, name string, args ...any) *Promise[T] {
	return promised[T](on, Operation{Op: OpCall, Name: name, Args: args})
}

// Get begins to fetch a member as a T.
func Get[T any](on Subject, name string) *Promise[T] {
	return promised[T](on, Operation{Op: OpGet, Name: name})
}

// Index begins to fetch an element as a T.
func Index[T any](on Subject, key any) *Promise[T] {
	return promised[T](on, Operation{Op: OpIndex, Args: []any{key}})
}

// Recv begins to receive a T from a channel.
func Recv[T any](on Subject) *Promise[T] { return promised[T](on, Operation{Op: OpRecv}) }

func promised[T any](on Subject, op Operation) *Promise[T] {
	op.Type = reflect.TypeFor[T]()
	p := new(Promise[T])
	p.r.into = &p.v
	on.begin(&p.r, op)
	return p
}

// Done is closed when the value is there, or the operation has failed.
func (p *Promise[T]) Done() <-chan struct{} { return p.r.Done() }

// Ready says whether it is.
func (p *Promise[T]) Ready() bool { return p.r.Ready() }

// Await waits for the value. If ctx ends first, the operation goes on.
func (p *Promise[T]) Await(ctx context.Context) (T, error) {
	got, err := p.r.Await(ctx)
	if p.r.there && err == nil {
		return p.v, nil
	}
	if v, ok := got.(T); ok {
		return v, err
	}
	var none T
	if err != nil || got == nil && tellsNil(reflect.TypeFor[T]()) {
		return none, err
	}
	return none, fmt.Errorf("%w: %T, asked for was %v", ErrMismatch, got, reflect.TypeFor[T]())
}

func (p *Promise[T]) wait(ctx context.Context) error { return p.r.wait(ctx) }

// Err is the error that the operation ended with, or nil: also while it is under way.
func (p *Promise[T]) Err() error { return p.r.Err() }

// Cancel ends the operation if it is still under way, as Result.Cancel does.
func (p *Promise[T]) Cancel() { p.r.Cancel() }

// OnReady has f called with p exactly once, when p is ready, as Result.OnReady does.
func (p *Promise[T]) OnReady(f func(*Promise[T])) { p.r.OnReady(func(*Result) { f(p) }) }

// Go runs f in a goroutine of its own and promises what it returns, so that work of any kind can stand beside operations, in All or in Each. Cancel
// ends the context that f is given; the end of ctx does, too.
func Go[T any](ctx context.Context, f func(ctx context.Context) (T, error)) *Promise[T] {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &work{done: make(chan struct{}), cancel: cancel}
	go func() { // started here; ends with f; joined by who waits for the promise
		defer cancel(nil)
		defer close(w.done)
		w.err = fmt.Errorf("async: the func given to Go left without returning: runtime.Goexit was called")
		defer func() {
			if p := recover(); p != nil {
				buf := make([]byte, 16<<10)
				w.err = fmt.Errorf("async: panic in a func given to Go: %v\n%s", p, buf[:runtime.Stack(buf, false)])
			}
		}()
		w.value, w.err = f(ctx)
	}()
	p := new(Promise[T])
	p.r.of(w, operations{ctx: context.Background()})
	return p
}

// work is what Go runs.
type work struct {
	done   chan struct{}
	cancel context.CancelCauseFunc

	value any // these are final once done is closed
	err   error
}

func (w *work) Done() <-chan struct{} { return w.done }

func (w *work) Wait(ctx context.Context) error {
	select {
	case <-w.done:
		return nil
	default:
	}
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (w *work) Outcome() (any, error) { return w.value, w.err }
func (w *work) Cancel(cause error)    { w.cancel(cause) }

func (w *work) Line() Line {
	return failed{fmt.Errorf("async: what a func given to Go returns has no operations: await it first")}
}
