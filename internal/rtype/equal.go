package rtype

import (
	"reflect"
	"unsafe"
)

// equality is the func that compares two values of the type; like says how values of its layout compare.
func (d *Draft) equality(like func(p, q unsafe.Pointer) bool) func(p, q unsafe.Pointer) bool {
	kind := d.spec.Layout.Kind()
	switch {
	case like == nil || kind != reflect.Struct && kind != reflect.Array:
		return like
	case d.head.flags&regularMemory != 0:
		return equalBytes(d.head.size)
	case kind == reflect.Struct:
		return equalFields(record[structRecord](d.head))
	default:
		return equalElems(record[arrayRecord](d.head))
	}
}

func equalBytes(size uintptr) func(p, q unsafe.Pointer) bool {
	return func(p, q unsafe.Pointer) bool {
		return unsafe.String((*byte)(p), size) == unsafe.String((*byte)(q), size)
	}
}

// equalFields compares in the order of the source. It reads the fields when it is called: a declared struct has none yet.
func equalFields(t *structRecord) func(p, q unsafe.Pointer) bool {
	return func(p, q unsafe.Pointer) bool {
		for i := range t.fields {
			f := &t.fields[i]
			if decode(f.name) != "_" && !f.typ.equal(unsafe.Add(p, f.offset), unsafe.Add(q, f.offset)) {
				return false
			}
		}
		return true
	}
}

func equalElems(t *arrayRecord) func(p, q unsafe.Pointer) bool {
	return func(p, q unsafe.Pointer) bool {
		for i := range t.len {
			if at := i * t.elem.size; !t.elem.equal(unsafe.Add(p, at), unsafe.Add(q, at)) {
				return false
			}
		}
		return true
	}
}
