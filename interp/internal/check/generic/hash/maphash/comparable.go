// Package maphash is the generic part of the standard library's package hash/maphash.
package maphash

import (
	"hash/maphash"

	"github.com/rgo-project/rgo/interp/internal/check/generic/compiled"
)

// Comparable returns the hash of a value: equal values have the same one under the same seed.
func Comparable[T comparable](seed maphash.Seed, v T) uint64 {
	return compiled.HashComparable(seed, v)
}

// WriteComparable adds a value to what h hashes.
func WriteComparable[T comparable](h *maphash.Hash, x T) {
	compiled.WriteComparable(h, x)
}
