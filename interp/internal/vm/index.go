package vm

import (
	"reflect"

	"golang.org/x/tools/go/ssa"
)

// index is the place of an index, a length or a bound: an integer of any kind.
type index struct {
	slot slot
	kind reflect.Kind
}

func (c *compiler) indexOf(v ssa.Value) index { return index{c.slot(v), kindOf(v.Type())} }

// plain tells whether the index is an int.
func (i index) plain() bool { return i.kind == reflect.Int64 }

// get reads the index. What no int can hold is negative, and so beyond every bound.
func (i index) get(fr *frame) int {
	if i.kind == reflect.Int64 { // as plain says; this way the compiler inlines it
		return *at[int](fr, i.slot)
	}
	return i.convert(fr)
}

//go:noinline
func (i index) convert(fr *frame) int {
	switch i.kind {
	case reflect.Int8:
		return int(*at[int8](fr, i.slot))
	case reflect.Int16:
		return int(*at[int16](fr, i.slot))
	case reflect.Int32:
		return int(*at[int32](fr, i.slot))
	case reflect.Uint8:
		return int(*at[uint8](fr, i.slot))
	case reflect.Uint16:
		return int(*at[uint16](fr, i.slot))
	case reflect.Uint32:
		return int(*at[uint32](fr, i.slot))
	}
	return *at[int](fr, i.slot)
}

// unsigned returns an index that get cannot return as it is.
func (i index) unsigned(fr *frame) (uint64, bool) {
	if i.kind != reflect.Uint64 {
		return 0, false
	}
	n := *at[uint64](fr, i.slot)
	return n, int(n) < 0
}

// outside raises a fault of the index, as the number it is, and a limit.
//
//go:noinline
func (i index) outside(fr *frame, pos int32, limit int, fault func(int, int), unsigned func(uint64, int)) {
	fr.pos = pos
	if u, ok := i.unsigned(fr); ok {
		unsigned(u, limit)
	}
	fault(i.get(fr), limit)
}

// fault is the fault of an index into n elements.
//
//go:noinline
func (i index) fault(fr *frame, n int, pos int32) {
	i.outside(fr, pos, n, faultIndex[int], faultIndex[uint64])
}
