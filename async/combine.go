package async

import (
	"context"
	"errors"
	"fmt"
	"reflect"
)

// ErrMismatch is wrapped by the error of Value for a value that is not of the type asked for.
var ErrMismatch = errors.New("async: the result is of another type")

// Assigner is a value that can turn itself into values of other types. A *netproxy.Proxy can.
type Assigner interface {
	// AssignTo stores the value in what target, a non-nil pointer, points to.
	AssignTo(ctx context.Context, target any) error
}

// Converter may be implemented by a Source whose values fit more types than assignment allows.
type Converter interface {
	// Convert stores value, an outcome of the Source, in what target, a non-nil pointer, points to.
	Convert(value, target any) error
}

// Value waits for r and returns its value as a T. No value, and nil, is the zero T of those types that can say so.
func Value[T any](ctx context.Context, r *Result) (T, error) {
	var v T
	got, err := r.Await(ctx)
	if err != nil {
		return v, err
	}
	if same, ok := got.(T); ok {
		return same, nil
	}
	if got == nil && tellsNil(reflect.TypeFor[T]()) {
		return v, nil
	}
	if a, ok := got.(Assigner); ok {
		err := a.AssignTo(ctx, &v)
		return v, err
	}
	if c, ok := r.src.(Converter); ok {
		err := c.Convert(got, &v)
		return v, err
	}
	return v, fmt.Errorf("%w: %T, asked for was %v", ErrMismatch, got, reflect.TypeFor[T]())
}

// tellsNil says whether the zero value of t means that there is nothing.
func tellsNil(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan, reflect.Interface:
		return true
	}
	return t.Kind() == reflect.Struct && t.NumField() == 0
}

// All waits for all results and returns their values in the same order. The first error cancels the operations still under way and
// is returned, with the values that were there by then; so does the end of ctx.
func All(ctx context.Context, results ...*Result) ([]any, error) {
	values := make([]any, len(results))
	ended, stop := watch(results)
	defer stop()
	for range results {
		i, err := next(ctx, ended)
		if err == nil {
			values[i], err = results[i].Await(ctx)
		}
		if err != nil {
			cancel(results)
			return values, err
		}
	}
	return values, nil
}

// Any waits for the first result that is a success, returns its value and its place, and cancels the other operations. If all fail, the error joins
// theirs.
func Any(ctx context.Context, results ...*Result) (value any, which int, err error) {
	ended, stop := watch(results)
	defer stop()
	defer cancel(results)
	errs := make([]error, len(results))
	for range results {
		i, err := next(ctx, ended)
		if err != nil {
			return nil, -1, err
		}
		if value, errs[i] = results[i].Await(ctx); errs[i] == nil {
			return value, i, nil
		}
	}
	if len(results) == 0 {
		return nil, -1, errors.New("async: Any of no results")
	}
	return nil, -1, errors.Join(errs...)
}

// cancel ends what is still under way.
func cancel(results []*Result) {
	for _, r := range results {
		r.Cancel()
	}
}

// watch tells the places of results as they become ready.
func watch(results []*Result) (ended <-chan int, stop func()) {
	c := make(chan int, len(results)) // room for all: no goroutine waits for a reader
	quit := make(chan struct{})
	for i, r := range results {
		// Started here; stopped by stop at the latest; nothing needs to join it, since it touches nothing but c.
		go func() {
			select {
			case <-r.Done():
				c <- i
			case <-quit:
			}
		}()
	}
	return c, func() { close(quit) }
}

func next(ctx context.Context, ended <-chan int) (int, error) {
	select {
	case i := <-ended:
		return i, nil
	case <-ctx.Done():
		return -1, context.Cause(ctx)
	}
}
