// Package unique is the generic part of the standard library's package unique.
package unique

import "github.com/rgo-project/rgo/interp/internal/check/generic/compiled"

// A Handle stands for a value: handles are equal when the values are that they were made of.
type Handle[T comparable] struct {
	value *T
}

// Value returns the value that the handle was made of.
func (h Handle[T]) Value() T { return *h.value }

// Make returns the handle of a value.
func Make[T comparable](value T) Handle[T] {
	return Handle[T]{(*T)(compiled.Unique(&value))}
}
