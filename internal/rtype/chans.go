package rtype

import (
	"reflect"
	"sync/atomic"
	"unsafe"
)

// ChanOf is reflect.ChanOf with a repair. Reflect makes a channel type by copying that of chan unsafe.Pointer, and copies with it where
// the linker has put the type of pointers to that one: a distance that means nothing in a record elsewhere. The runtime ends the program
// when it finds it.
func ChanOf(dir reflect.ChanDir, elem reflect.Type) reflect.Type {
	t := reflect.ChanOf(dir, elem)
	h, copied := headerOf(t), headerOf(reflect.TypeFor[chan unsafe.Pointer]())
	if p := (*int32)(&h.ptrToThis); h != copied && copied.ptrToThis != 0 && atomic.LoadInt32(p) == int32(copied.ptrToThis) {
		atomic.StoreInt32(p, 0)
	}
	return t
}
