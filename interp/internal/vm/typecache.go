package vm

import (
	"sync/atomic"
	"unsafe"
)

// A typeCache keeps what a site has found out about types, by their words: a pointer each. It may be used by many goroutines at once.
type typeCache [typeCacheSize]atomic.Pointer[aboutType]

const typeCacheSize = 8 // a power of two; more than most type switches have cases

type aboutType struct{ typ, fact unsafe.Pointer }

// of returns what find has said about a type.
func (c *typeCache) of(typ unsafe.Pointer, find func(typ unsafe.Pointer) unsafe.Pointer) unsafe.Pointer {
	place := &c[uint64(uintptr(typ))*0x9e3779b97f4a7c15>>32%typeCacheSize]
	if known := place.Load(); known != nil && known.typ == typ {
		return known.fact
	}
	fact := find(typ)
	place.Store(&aboutType{typ, fact})
	return fact
}
