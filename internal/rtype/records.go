package rtype

import (
	"reflect"
	"unsafe"
)

//lint:file-ignore U1000 much of a record is only written by copying one that reflect made

// The records of types as the linker lays them out and package reflect reads them (internal/abi in Go's tree).

type header struct {
	size, ptrBytes    uintptr // ptrBytes: the prefix that may hold pointers
	hash              uint32
	flags             flags
	align, fieldAlign uint8
	kind              uint8
	equal             func(p, q unsafe.Pointer) bool // nil if not comparable
	gcdata            *byte                          // a bit per word, or where such a mask will be (onDemand)
	str, ptrToThis    offset
}

type flags uint8

const (
	hasUncommon   flags = 1 << 0
	extraStar     flags = 1 << 1 // the name has a * too many at its front
	isNamed       flags = 1 << 2
	regularMemory flags = 1 << 3 // == compares bytes
	maskOnDemand  flags = 1 << 4
	directIface   flags = 1 << 5 // the value is one pointer: it is the data word of an interface
)

// offset names a record from within another one: the distance in the program's own data, or a number that the runtime gave for a pointer.
type offset int32

type (
	arrayRecord struct {
		header
		elem, slice *header
		len         uintptr
	}
	chanRecord struct {
		header
		elem *header
		dir  int
	}
	funcRecord struct { // its params and results follow, after the uncommon record
		header
		in, out uint16 // the top bit of out says variadic
	}
	interfaceRecord struct {
		header
		pkgPath *byte
		methods []interfaceMethod
	}
	mapRecord struct {
		header
		key, elem, group             *header
		hasher                       func(unsafe.Pointer, uintptr) uintptr
		groupSize, slotSize, elemOff uintptr
		flags                        uint32
	}
	pointerRecord struct {
		header
		elem *header
	}
	sliceRecord struct {
		header
		elem *header
	}
	structRecord struct {
		header
		pkgPath *byte
		fields  []structField
	}
)

type structField struct {
	name   *byte
	typ    *header
	offset uintptr
}

type interfaceMethod struct{ name, typ offset }

// uncommon follows the record of a type that is defined or has methods.
type uncommon struct {
	pkgPath        offset
	mcount, xcount uint16
	moff           uint32 // from here to the methods
	_              uint32
}

type method struct{ name, mtyp, ifn, tfn offset }

// recordOf returns the size of a kind's record, and a type to make one in memory that the collector understands.
func recordOf(k reflect.Kind) reflect.Type {
	switch k {
	case reflect.Array:
		return reflect.TypeFor[arrayRecord]()
	case reflect.Chan:
		return reflect.TypeFor[chanRecord]()
	case reflect.Func:
		return reflect.TypeFor[funcRecord]()
	case reflect.Interface:
		return reflect.TypeFor[interfaceRecord]()
	case reflect.Map:
		return reflect.TypeFor[mapRecord]()
	case reflect.Pointer:
		return reflect.TypeFor[pointerRecord]()
	case reflect.Slice:
		return reflect.TypeFor[sliceRecord]()
	case reflect.Struct:
		return reflect.TypeFor[structRecord]()
	}
	return reflect.TypeFor[header]()
}

// record sees the record of a type as one of its kind.
func record[R any](h *header) *R { return (*R)(unsafe.Pointer(h)) }
