// Package atomic is the generic part of the standard library's package sync/atomic.
package atomic

import (
	"sync/atomic"
	"unsafe"
)

// noCopy is what vet knows a type by that must not be copied.
type noCopy struct{}

// A Pointer is a *T that is loaded and stored atomically. In memory it is what the compiled one is.
type Pointer[T any] struct {
	_ [0]*T // pointers to different types cannot be converted into each other
	_ noCopy
	v unsafe.Pointer
}

// Load returns the pointer.
func (x *Pointer[T]) Load() *T { return (*T)(atomic.LoadPointer(&x.v)) }

// Store sets the pointer.
func (x *Pointer[T]) Store(val *T) { atomic.StorePointer(&x.v, unsafe.Pointer(val)) }

// Swap sets the pointer and returns what it was.
func (x *Pointer[T]) Swap(new *T) (old *T) {
	return (*T)(atomic.SwapPointer(&x.v, unsafe.Pointer(new)))
}

// CompareAndSwap sets the pointer if it is old.
func (x *Pointer[T]) CompareAndSwap(old, new *T) (swapped bool) {
	return atomic.CompareAndSwapPointer(&x.v, unsafe.Pointer(old), unsafe.Pointer(new))
}
