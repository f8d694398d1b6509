// Package weak is the generic part of the standard library's package weak.
package weak

import (
	"unsafe"

	"github.com/rgo-project/rgo/interp/internal/check/generic/compiled"
)

// A Pointer does not keep alive what it points to. In memory it is what the compiled one is.
type Pointer[T any] struct {
	_ [0]*T // pointers to different types cannot be converted into each other
	u unsafe.Pointer
}

// Make makes a weak pointer of a pointer.
func Make[T any](ptr *T) Pointer[T] {
	return Pointer[T]{u: compiled.Weak(unsafe.Pointer(ptr))}
}

// Value returns the pointer, nil if its object is gone.
func (p Pointer[T]) Value() *T { return (*T)(compiled.Strong(p.u)) }
