// Package cmp is the generic part of the standard library's package cmp.
package cmp

// Ordered permits the types whose values < can order.
type Ordered interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 |
		~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr |
		~float32 | ~float64 | ~string
}

// Less reports whether x comes before y. NaN comes before all other floats.
func Less[T Ordered](x, y T) bool {
	return x < y || isNaN(x) && !isNaN(y)
}

// Compare returns -1, 0 or +1 as x comes before y, with it, or after it.
func Compare[T Ordered](x, y T) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return +1
	case x == y:
		return 0
	}
	// One of them is NaN at least: nothing else is neither less, nor more, nor equal.
	switch {
	case !isNaN(y):
		return -1
	case !isNaN(x):
		return +1
	}
	return 0
}

// Or returns the first of its arguments that is not zero, and zero if there is none.
func Or[T comparable](vals ...T) (zero T) {
	for _, v := range vals {
		if v != zero {
			return v
		}
	}
	return zero
}

// isNaN tells by the one thing that sets NaN apart: it differs from itself.
func isNaN[T Ordered](x T) bool {
	y := x
	return x != y
}
