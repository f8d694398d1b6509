package async

import (
	"context"
	"errors"
	"fmt"
	"reflect"
)

// ErrMismatch is wrapped by the error of Value for a value that is not of the type asked for.
var ErrMismatch = errors.New("async: the result is of another type")

// Assigner is a value that can turn itself into values of other types. A *netproxy.Proxy can. A Source that is one is asked before its outcome is
// there, so that it can have the value sent as what it is to be.
type Assigner interface {
	// AssignTo stores the value in what target, a non-nil pointer, points to.
	AssignTo(ctx context.Context, target any) error
}

// Value waits for r and returns its value as a T. No value, and nil, is the zero T of those types that can say so. Where it is known from the
// beginning that the value is all that is wanted, Call, Get and Index ask for it with the operation.
func Value[T any](ctx context.Context, r *Result) (T, error) {
	var v T
	if a, ok := r.src.(Assigner); ok {
		err := a.AssignTo(ctx, &v)
		return v, err
	}
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
