package async

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
)

// Awaited is what can be waited for: a *Result, whose T is any, or a *Promise[T].
type Awaited[T any] interface {
	waiter
	Await(ctx context.Context) (T, error)
	Cancel()
}

// Outcome is what an operation has come to.
type Outcome[T any] struct {
	Value T
	Err   error
}

// All waits for all results and returns their values in the same order. The first error cancels the operations still under way and
// is returned, with the values that were there by then; so does the end of ctx.
func All[T any, R Awaited[T]](ctx context.Context, results ...R) ([]T, error) {
	values := make([]T, len(results))
	var failed error
	for i, out := range arrivals[T](ctx, results) {
		values[i] = out.Value
		if failed = out.Err; failed != nil {
			break
		}
	}
	if failed == nil {
		failed = incomplete(ctx, results)
	}
	if failed != nil {
		cancel[T](results)
	}
	return values, failed
}

// Settle waits for all results, also after errors, and returns what each has come to, in the same order. The end of ctx cancels those
// still under way; their error is its cause.
func Settle[T any, R Awaited[T]](ctx context.Context, results ...R) []Outcome[T] {
	all := make([]Outcome[T], len(results))
	there := make([]bool, len(results))
	for i, out := range arrivals[T](ctx, results) {
		all[i], there[i] = out, true
	}
	for i, r := range results {
		if !there[i] {
			r.Cancel()
			all[i].Err = context.Cause(ctx)
		}
	}
	return all
}

// Any waits for the first result that is a success, returns its value and its place, and cancels the other operations. If all fail, the error joins
// theirs.
func Any[T any, R Awaited[T]](ctx context.Context, results ...R) (value T, which int, err error) {
	defer cancel[T](results)
	var none T
	errs := make([]error, len(results))
	for i, out := range arrivals[T](ctx, results) {
		if out.Err == nil {
			return out.Value, i, nil
		}
		errs[i] = out.Err
	}
	if len(results) == 0 {
		return none, -1, errors.New("async: Any of no results")
	}
	if err := incomplete(ctx, results); err != nil {
		return none, -1, err
	}
	return none, -1, errors.Join(errs...)
}

// AsReady yields the places of results and what they have come to, each as it becomes ready. It ends with the last of them, or with
// ctx. Who leaves the loop early leaves the other operations under way.
func AsReady[T any, R Awaited[T]](ctx context.Context, results ...R) iter.Seq2[int, Outcome[T]] {
	return arrivals[T](ctx, results)
}

// incomplete is the cause of the end of ctx, if that came before the results.
func incomplete[R interface{ Done() <-chan struct{} }](ctx context.Context, results []R) error {
	if ctx.Err() == nil {
		return nil
	}
	for _, r := range results {
		select {
		case <-r.Done():
		default:
			return context.Cause(ctx)
		}
	}
	return nil
}

// cancel ends what is still under way.
func cancel[T any, R Awaited[T]](results []R) {
	for _, r := range results {
		r.Cancel()
	}
}

// arrivals yields outcomes as they come, until ctx ends.
func arrivals[T any, R Awaited[T]](ctx context.Context, results []R) iter.Seq2[int, Outcome[T]] {
	return func(yield func(int, Outcome[T]) bool) {
		w := newWatch(ctx, len(results))
		defer w.stop()
		for i, r := range results {
			w.await(i, r)
		}
		for range results {
			i, ok := w.next()
			if !ok || !yield(i, outcome[T](ctx, results[i])) {
				return
			}
		}
	}
}

// outcome is what r, which is ready, has come to.
func outcome[T any](ctx context.Context, r Awaited[T]) Outcome[T] {
	v, err := r.Await(ctx)
	return Outcome[T]{v, err}
}

// watch waits for many at once.
type watch struct {
	ctx  context.Context
	stop context.CancelFunc
	came chan int // with room for all: no goroutine waits for a reader
}

func newWatch(ctx context.Context, room int) *watch {
	w := &watch{came: make(chan int, room)}
	pcs := make([]uintptr, 32)
	ctx = context.WithValue(ctx, CallerKey{}, pcs[:runtime.Callers(3, pcs)])
	w.ctx, w.stop = context.WithCancel(ctx)
	return w
}

// CallerKey is the key under which the contexts that All, Each and the others wait with have the stack, a []uintptr, of who has called them: they wait in
// goroutines of their own.
type CallerKey struct{}

// await has i come when what it stands for is ready.
func (w *watch) await(i int, r waiter) {
	select {
	case <-r.Done():
		w.came <- i
		return
	default:
	}
	// Started here; stopped by stop at the latest; nothing needs to join it, since it touches nothing but came.
	go func() {
		if r.wait(w.ctx) == nil {
			w.came <- i
		}
	}()
}

// waiter is a *Result or a *Promise.
type waiter interface {
	Done() <-chan struct{}
	wait(ctx context.Context) error
}

// next is what comes next. It reports false when the context has ended.
func (w *watch) next() (int, bool) {
	select {
	case i := <-w.came: // what is there counts, also if the context has ended
		return i, true
	default:
	}
	select {
	case i := <-w.came:
		return i, true
	case <-w.ctx.Done():
		return -1, false
	}
}

// ItemError says which item an operation of Each failed for.
type ItemError struct {
	Index int
	Err   error
}

func (e *ItemError) Error() string { return fmt.Sprintf("item %d: %v", e.Index, e.Err) }

// Unwrap returns the error of the operation.
func (e *ItemError) Unwrap() error { return e.Err }
