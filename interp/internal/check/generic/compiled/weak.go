package compiled

import (
	"unsafe"
	"weak"
)

// Weak returns the one word that a weak pointer to an address is.
func Weak(p unsafe.Pointer) unsafe.Pointer {
	w := weak.Make((*byte)(p))
	return *(*unsafe.Pointer)(unsafe.Pointer(&w))
}

// Strong returns the address that the word of a weak pointer stands for, nil if its object is gone.
func Strong(word unsafe.Pointer) unsafe.Pointer {
	w := *(*weak.Pointer[byte])(unsafe.Pointer(&word))
	return unsafe.Pointer(w.Value())
}
