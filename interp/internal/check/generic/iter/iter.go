// Package iter is the generic part of the standard library's package iter.
package iter

import (
	"unsafe"

	"github.com/rgo-project/rgo/interp/internal/check/generic/compiled"
)

// Seq goes through a sequence of values: it calls yield with each of them, until yield returns false.
type Seq[V any] func(yield func(V) bool)

// Seq2 goes through a sequence of pairs of values.
type Seq2[K, V any] func(yield func(K, V) bool)

// Pull makes a sequence that is asked for its values one by one. stop ends it early.
func Pull[V any](seq Seq[V]) (next func() (V, bool), stop func()) {
	more, stop := compiled.Pull(func(yield func(unsafe.Pointer) bool) {
		seq(func(v V) bool { return yield(unsafe.Pointer(&v)) })
	})
	next = func() (v V, ok bool) {
		p, ok := more()
		if ok {
			v = *(*V)(p)
		}
		return v, ok
	}
	return next, stop
}

// Pull2 is Pull for pairs.
func Pull2[K, V any](seq Seq2[K, V]) (next func() (K, V, bool), stop func()) {
	type pair struct {
		k K
		v V
	}
	more, stop := compiled.Pull(func(yield func(unsafe.Pointer) bool) {
		seq(func(k K, v V) bool { return yield(unsafe.Pointer(&pair{k, v})) })
	})
	next = func() (k K, v V, ok bool) {
		p, ok := more()
		if ok {
			both := (*pair)(p)
			k, v = both.k, both.v
		}
		return k, v, ok
	}
	return next, stop
}
