package slices

import (
	"math/bits"
	"unsafe"

	"github.com/rgo-project/rgo/interp/internal/check/generic/compiled"
)

// Insert returns s with v between what was before i and the rest. It writes into s where there is room.
func Insert[S ~[]E, E any](s S, i int, v ...E) S {
	rest := s[i:]
	switch {
	case len(v) == 0:
		return s
	case len(rest) == 0:
		return append(s, v...)
	case len(s)+len(v) > cap(s):
		return splice(s[:i], v, rest)
	}
	s = s[:len(s)+len(v)]
	v = apart(v, s[i:])
	copy(s[i+len(v):], rest)
	copy(s[i:], v)
	return s
}

// Replace returns s with v in place of s[i:j]. It writes into s where there is room.
func Replace[S ~[]E, E any](s S, i, j int, v ...E) S {
	_ = s[i:j]
	rest := s[j:]
	switch {
	case i == j:
		return Insert(s, i, v...)
	case len(rest) == 0:
		r := append(s[:i], v...)
		if len(r) < len(s) {
			clear(s[len(r):])
		}
		return r
	}
	size := i + len(v) + len(rest)
	if size > cap(s) {
		return splice(s[:i], v, rest)
	}
	v = apart(v, s[i:cap(s)])
	r := s[:size]
	copy(r[i+len(v):], rest)
	copy(r[i:], v)
	if size < len(s) {
		clear(s[size:])
	}
	return r
}

// apart returns v, or a copy of it if elements of it are in the memory of moving.
func apart[E any](v, moving []E) []E {
	if len(v) == 0 || len(moving) == 0 || address(v, len(v)-1) < address(moving, 0) || address(moving, len(moving)-1) < address(v, 0) {
		return v
	}
	return Clone(v)
}

func address[E any](s []E, i int) uintptr { return uintptr(unsafe.Pointer(&s[i])) }

// splice joins three slices in new memory, of the capacity that appending to the first one gives.
func splice[S ~[]E, E any](head S, v []E, rest S) S {
	r := Grow(head, len(v)+len(rest))[:len(head)+len(v)+len(rest)]
	copy(r[len(head):], v)
	copy(r[len(head)+len(v):], rest)
	return r
}

// Delete returns s without s[i:j]. It moves the rest down, and clears what is left over at the end.
func Delete[S ~[]E, E any](s S, i, j int) S {
	_ = s[i:j:len(s)]
	if i == j {
		return s
	}
	kept := append(s[:i], s[j:]...)
	clear(s[len(kept):])
	return kept
}

// DeleteFunc returns s without the elements that del is true of. It works in place, as Delete does.
func DeleteFunc[S ~[]E, E any](s S, del func(E) bool) S {
	n := IndexFunc(s, del)
	if n < 0 {
		return s
	}
	for i := n + 1; i < len(s); i++ {
		if v := s[i]; !del(v) {
			s[n] = v
			n++
		}
	}
	clear(s[n:])
	return s[:n]
}

// Compact returns s with one element of each run of equal ones. It works in place, as Delete does.
func Compact[S ~[]E, E comparable](s S) S {
	return CompactFunc(s, func(a, b E) bool { return a == b })
}

// CompactFunc is Compact with elements compared by eq.
func CompactFunc[S ~[]E, E any](s S, eq func(E, E) bool) S {
	if len(s) < 2 {
		return s
	}
	n := 1
	for n < len(s) && !eq(s[n], s[n-1]) {
		n++
	}
	if n == len(s) {
		return s
	}
	// An element is compared with the one before it, kept or not: the gap trails behind the comparisons.
	for i := n + 1; i < len(s); i++ {
		if !eq(s[i], s[i-1]) {
			s[n] = s[i]
			n++
		}
	}
	clear(s[n:])
	return s[:n]
}

// Clone returns a copy of a slice, nil of nil.
func Clone[S ~[]E, E any](s S) S {
	if s == nil {
		return nil
	}
	return append(S{}, s...)
}

// Grow returns s with room for n more elements.
func Grow[S ~[]E, E any](s S, n int) S {
	if n < 0 {
		panic("cannot be negative")
	}
	if n > cap(s)-len(s) {
		compiled.Grow(&s, n)
	}
	return s
}

// Clip returns s without the room behind its elements.
func Clip[S ~[]E, E any](s S) S {
	return s[:len(s):len(s)]
}

// Reverse turns a slice around in place.
func Reverse[S ~[]E, E any](s S) {
	for i, j := 0, len(s)-1; i < j; i, j = i+1, j-1 {
		s[i], s[j] = s[j], s[i]
	}
}

// Concat returns a new slice of all elements of the given ones.
func Concat[S ~[]E, E any](slices ...S) S {
	size := 0
	for _, s := range slices {
		size += len(s)
		if size < 0 {
			panic("len out of range")
		}
	}
	joined := Grow(S(nil), size)
	for _, s := range slices {
		joined = append(joined, s...)
	}
	return joined
}

// Repeat returns a new slice of count times the elements of x.
func Repeat[S ~[]E, E any](x S, count int) S {
	if count < 0 {
		panic("cannot be negative")
	}
	high, low := bits.Mul(uint(len(x)), uint(count))
	size := int(low)
	if high > 0 || size < 0 {
		panic("the result of (len(x) * count) overflows")
	}
	repeated := make(S, size)
	for n := copy(repeated, x); n < size; {
		n += copy(repeated[n:], repeated[:n])
	}
	return repeated
}
