package vm

import (
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/rgo-project/rgo/internal/rtype"
)

// makeMap is make(map[K]V, n).
func (c *compiler) makeMap(in *ssa.MakeMap) op {
	dst, w := c.slot(in), rtype.Word(c.typeOf(in))
	if in.Reserve == nil {
		return func(fr *frame) { *at[unsafe.Pointer](fr, dst) = makemap(w, 0) }
	}
	n := c.indexOf(in.Reserve)
	return func(fr *frame) { *at[unsafe.Pointer](fr, dst) = makemap(w, n.get(fr)) }
}

// lookup is m[k], with or without ok.
func (c *compiler) lookup(in *ssa.Lookup) op {
	t := c.typeOf(in.X)
	find := finder(t, c.slot(in.X), c.slot(in.Index))
	dst, elem, pos := c.slot(in), shapeOf(t.Elem()), c.pos(in.Pos())
	if !in.CommaOk {
		return func(fr *frame) {
			fr.pos = pos // keys may not be hashable
			if p := find(fr); p != nil {
				elem.copy(addr(fr, dst), p)
			} else {
				elem.clear(addr(fr, dst))
			}
		}
	}
	ok := c.okOf(in)
	return func(fr *frame) {
		fr.pos = pos
		p := find(fr)
		if p != nil {
			elem.copy(addr(fr, dst), p)
		} else {
			elem.clear(addr(fr, dst))
		}
		*at[bool](fr, ok) = p != nil
	}
}

// mapUpdate is m[k] = v.
func (c *compiler) mapUpdate(in *ssa.MapUpdate) op {
	t := c.typeOf(in.Map)
	place := inserter(t, c.slot(in.Map), c.slot(in.Key))
	src, set, pos := c.slot(in.Value), copier(t.Elem()), c.pos(in.Pos())
	return func(fr *frame) {
		fr.pos = pos // the map may be nil
		set(place(fr), addr(fr, src))
	}
}

// quickElem is the size up to which the runtime's funcs for maps with common keys work: they expect elements beside their keys.
const quickElem = 128

// quickKey is the kind of key that the runtime has funcs of their own for, as far as they serve for maps of type t.
func quickKey(t reflect.Type) reflect.Kind {
	if t.Elem().Size() > quickElem {
		return reflect.Invalid
	}
	switch k := t.Key().Kind(); k {
	case reflect.Int32, reflect.Uint32:
		return reflect.Uint32
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr:
		if t.Key().Size() == 8 {
			return reflect.Uint64
		}
	case reflect.String:
		return k
	}
	return reflect.Invalid
}

// finder returns a func that finds the element of a key, nil if the map has none.
func finder(t reflect.Type, m, key slot) func(fr *frame) unsafe.Pointer {
	w := rtype.Word(t)
	switch quickKey(t) {
	case reflect.Uint32:
		return func(fr *frame) unsafe.Pointer {
			return present(mapaccess32(w, *at[unsafe.Pointer](fr, m), *at[uint32](fr, key)))
		}
	case reflect.Uint64:
		return func(fr *frame) unsafe.Pointer {
			return present(mapaccess64(w, *at[unsafe.Pointer](fr, m), *at[uint64](fr, key)))
		}
	case reflect.String:
		return func(fr *frame) unsafe.Pointer {
			return present(mapaccessString(w, *at[unsafe.Pointer](fr, m), *at[string](fr, key)))
		}
	}
	return func(fr *frame) unsafe.Pointer { return mapaccess(w, *at[unsafe.Pointer](fr, m), addr(fr, key)) }
}

func present(elem unsafe.Pointer, ok bool) unsafe.Pointer {
	if !ok {
		return nil
	}
	return elem
}

// inserter returns a func that makes the place for the element of a key, if the map has none, and returns it.
func inserter(t reflect.Type, m, key slot) func(fr *frame) unsafe.Pointer {
	w := rtype.Word(t)
	switch quickKey(t) {
	case reflect.Uint32:
		return func(fr *frame) unsafe.Pointer {
			return mapassign32(w, *at[unsafe.Pointer](fr, m), *at[uint32](fr, key))
		}
	case reflect.Uint64:
		return func(fr *frame) unsafe.Pointer {
			return mapassign64(w, *at[unsafe.Pointer](fr, m), *at[uint64](fr, key))
		}
	case reflect.String:
		return func(fr *frame) unsafe.Pointer {
			return mapassignString(w, *at[unsafe.Pointer](fr, m), *at[string](fr, key))
		}
	}
	return func(fr *frame) unsafe.Pointer { return mapassign(w, *at[unsafe.Pointer](fr, m), addr(fr, key)) }
}

// deleteOp is delete(m, k).
func (c *compiler) deleteOp(call *ssa.CallCommon, pos int32) op {
	w, m, key := rtype.Word(c.typeOf(call.Args[0])), c.slot(call.Args[0]), c.slot(call.Args[1])
	return func(fr *frame) {
		fr.pos = pos
		mapdelete(w, *at[unsafe.Pointer](fr, m), addr(fr, key))
	}
}

// clearOp is clear(x), of a map or a slice.
func (c *compiler) clearOp(call *ssa.CallCommon) op {
	t, x := c.typeOf(call.Args[0]), c.slot(call.Args[0])
	if t.Kind() == reflect.Slice {
		return shapeOf(t.Elem()).clearAll(x)
	}
	w := rtype.Word(t)
	return func(fr *frame) { mapclear(w, *at[unsafe.Pointer](fr, x)) }
}
