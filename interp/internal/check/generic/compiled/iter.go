package compiled

import (
	"iter"
	"unsafe"
)

// Pull is iter.Pull of a sequence of addresses.
func Pull(seq func(yield func(unsafe.Pointer) bool)) (next func() (unsafe.Pointer, bool), stop func()) {
	return iter.Pull(seq)
}
