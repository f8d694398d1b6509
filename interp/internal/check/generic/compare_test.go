package generic_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
)

// outcome is all that can be seen of a call: what it returned, or what it panicked with.
func outcome(f func() []any) (what string) {
	defer func() {
		if p := recover(); p != nil {
			what = fmt.Sprintf("panic %T: %v", p, p)
		}
	}()
	for _, v := range f() {
		what += show(v) + "; "
	}
	return what
}

// show is a value with what %v does not tell: its type, whether it is nil, its capacity.
func show(v any) string {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Slice:
		return fmt.Sprintf("%T nil=%v cap=%d %v", v, r.IsNil(), r.Cap(), v)
	case reflect.Map:
		return fmt.Sprintf("%T nil=%v %v", v, r.IsNil(), v)
	}
	return fmt.Sprintf("%T %v", v, v)
}

// agree calls the library's func and ours.
func agree(t *testing.T, what string, theirs, ours func() []any) {
	t.Helper()
	if want, got := outcome(theirs), outcome(ours); got != want {
		t.Errorf("%s\nours:   %s\ntheirs: %s", what, got, want)
	}
}

// results gives the results of a call as a list.
func results(v ...any) []any { return v }

// randomly runs f with many sources of random numbers, each of which makes the same ones at every run.
func randomly(t *testing.T, f func(r *rand.Rand)) {
	t.Helper()
	for seed := range uint64(500) {
		f(rand.New(rand.NewPCG(seed, 1)))
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}
