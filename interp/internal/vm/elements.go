package vm

import (
	"go/constant"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// indexAddr is &s[i], of a slice or of an array that a pointer refers to.
func (c *compiler) indexAddr(in *ssa.IndexAddr) op {
	if s, ok := c.inside(in); ok {
		return c.addressOf(in, s)
	}
	dst, x, pos := c.slot(in), c.slot(in.X), c.pos(in.Pos())
	size := c.rtype(deref(in.Type())).Size()
	i := c.indexOf(in.Index)
	if n, ok := arrayLen(in.X.Type()); ok {
		return func(fr *frame) {
			*at[unsafe.Pointer](fr, dst) = elementOfArray(fr, x, i, n, size, pos)
		}
	}
	return func(fr *frame) {
		if s, n := at[sliceHeader](fr, x), i.get(fr); uint(n) < uint(s.len) {
			*at[unsafe.Pointer](fr, dst) = unsafe.Add(s.data, uintptr(n)*size)
		} else {
			i.fault(fr, s.len, pos)
		}
	}
}

// elementOfArray is the address of an element of the array of n elements that p refers to.
func elementOfArray(fr *frame, p slot, i index, n int, size uintptr, pos int32) unsafe.Pointer {
	q := *at[unsafe.Pointer](fr, p)
	if q == nil {
		fr.faultNilAt(pos)
	}
	at := i.get(fr)
	if uint(at) >= uint(n) {
		i.fault(fr, n, pos)
	}
	return unsafe.Add(q, uintptr(at)*size)
}

// arrayLen returns the length of the array that values of a pointer type refer to.
func arrayLen(t types.Type) (int, bool) {
	p, ok := t.Underlying().(*types.Pointer)
	if !ok {
		return 0, false
	}
	a, ok := p.Elem().Underlying().(*types.Array)
	if !ok {
		return 0, false
	}
	return int(a.Len()), true
}

// constantOffset is how far the element at a constant index is from the beginning of its array.
func (c *compiler) constantOffset(in *ssa.IndexAddr) (uintptr, bool) {
	k, ok := in.Index.(*ssa.Const)
	if _, array := arrayLen(in.X.Type()); !ok || !array {
		return 0, false
	}
	n, ok := constant.Uint64Val(constant.ToInt(k.Value))
	return uintptr(n) * c.rtype(deref(in.Type())).Size(), ok
}

// loadElem is s[i], of a slice or of an array that a pointer refers to.
func (c *compiler) loadElem(in *ssa.IndexAddr, ld *ssa.UnOp) op {
	dst, t := c.slot(ld), c.typeOf(ld)
	n, array := arrayLen(in.X.Type())
	if !array {
		return shapeOf(t).loadElem(dst, c.slot(in.X), c.indexOf(in.Index), c.pos(in.Pos()))
	}
	if off, ok := c.constantOffset(in); ok {
		return c.loadFrom(c.locate(in.X, in.Pos()).at(off), dst, t)
	}
	x, i, size, pos, set := c.slot(in.X), c.indexOf(in.Index), t.Size(), c.pos(in.Pos()), copier(t)
	return func(fr *frame) { set(addr(fr, dst), elementOfArray(fr, x, i, n, size, pos)) }
}

// storeElem is s[i] = v, of a slice or of an array that a pointer refers to.
func (c *compiler) storeElem(in *ssa.IndexAddr, st *ssa.Store) op {
	src, t := c.slot(st.Val), c.typeOf(st.Val)
	n, array := arrayLen(in.X.Type())
	if !array {
		return shapeOf(t).storeElem(c.slot(in.X), c.indexOf(in.Index), src, c.pos(in.Pos()))
	}
	if off, ok := c.constantOffset(in); ok {
		return c.storeTo(c.locate(in.X, in.Pos()).at(off), src, t)
	}
	x, i, size, pos, set := c.slot(in.X), c.indexOf(in.Index), t.Size(), c.pos(in.Pos()), copier(t)
	return func(fr *frame) { set(elementOfArray(fr, x, i, n, size, pos), addr(fr, src)) }
}

// index is v[i], of a string, or of an array that is no variable.
func (c *compiler) index(in *ssa.Index) op {
	dst, x, i, pos := c.slot(in), c.slot(in.X), c.indexOf(in.Index), c.pos(in.Pos())
	t := c.typeOf(in.X)
	switch t.Kind() {
	case reflect.String:
		return func(fr *frame) {
			if s, n := *at[string](fr, x), i.get(fr); uint(n) < uint(len(s)) {
				*at[uint8](fr, dst) = s[n]
			} else {
				i.fault(fr, len(s), pos)
			}
		}
	case reflect.Slice:
		return shapeOf(t.Elem()).loadElem(dst, x, i, pos)
	case reflect.Array:
		n, size, set := t.Len(), t.Elem().Size(), copier(t.Elem())
		return func(fr *frame) {
			k := i.get(fr)
			if uint(k) >= uint(n) {
				i.fault(fr, n, pos)
			}
			set(addr(fr, dst), unsafe.Add(addr(fr, x), uintptr(k)*size))
		}
	}
	c.unsupported(in.Pos(), "an index into %v", in.X.Type())
	return nil
}

//go:noinline
func (exact[T]) loadElem(dst, s slot, i index, pos int32) op {
	if !i.plain() {
		return func(fr *frame) {
			if s, n := *at[[]T](fr, s), i.get(fr); uint(n) < uint(len(s)) {
				*at[T](fr, dst) = s[n]
			} else {
				i.fault(fr, len(s), pos)
			}
		}
	}
	return func(fr *frame) {
		if s, n := *at[[]T](fr, s), *at[int](fr, i.slot); uint(n) < uint(len(s)) {
			*at[T](fr, dst) = s[n]
		} else {
			i.fault(fr, len(s), pos)
		}
	}
}

//go:noinline
func (exact[T]) storeElem(s slot, i index, src slot, pos int32) op {
	if !i.plain() {
		return func(fr *frame) {
			if s, n := *at[[]T](fr, s), i.get(fr); uint(n) < uint(len(s)) {
				s[n] = *at[T](fr, src)
			} else {
				i.fault(fr, len(s), pos)
			}
		}
	}
	return func(fr *frame) {
		if s, n := *at[[]T](fr, s), *at[int](fr, i.slot); uint(n) < uint(len(s)) {
			s[n] = *at[T](fr, src)
		} else {
			i.fault(fr, len(s), pos)
		}
	}
}

//go:noinline
func (o opaque) loadElem(dst, s slot, i index, pos int32) op {
	return func(fr *frame) { typedmemmove(o.word, addr(fr, dst), o.element(fr, s, i, pos)) }
}

//go:noinline
func (o opaque) storeElem(s slot, i index, src slot, pos int32) op {
	return func(fr *frame) { typedmemmove(o.word, o.element(fr, s, i, pos), addr(fr, src)) }
}

func (o opaque) element(fr *frame, s slot, i index, pos int32) unsafe.Pointer {
	list, n := at[sliceHeader](fr, s), i.get(fr)
	if uint(n) >= uint(list.len) {
		i.fault(fr, list.len, pos)
	}
	return unsafe.Add(list.data, uintptr(n)*o.size)
}
