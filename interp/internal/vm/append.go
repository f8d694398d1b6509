package vm

import (
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// appendOp is append(s, more...), where more may be a string.
func (c *compiler) appendOp(call *ssa.CallCommon, dst slot, pos int32) op {
	t, s := c.typeOf(call.Args[0]), c.slot(call.Args[0])
	if len(call.Args) == 1 {
		return c.move(dst, s, t)
	}
	more := call.Args[1]
	if kindOf(more.Type()) == reflect.String {
		b := c.slot(more)
		return func(fr *frame) {
			fr.pos = pos
			*at[[]byte](fr, dst) = append(*at[[]byte](fr, s), *at[string](fr, b)...)
		}
	}
	if array, n, ok := c.listed(more); ok {
		return shapeOf(t.Elem()).appendArray(dst, s, array, n, pos)
	}
	return shapeOf(t.Elem()).appendTo(dst, s, c.slot(more), pos)
}

// copyOp is copy(to, from), where from may be a string. Its result is the number of elements copied.
func (c *compiler) copyOp(call *ssa.CallCommon, dst slot) op {
	to, from := c.slot(call.Args[0]), c.slot(call.Args[1])
	if kindOf(call.Args[1].Type()) == reflect.String {
		return func(fr *frame) { *at[int](fr, dst) = copy(*at[[]byte](fr, to), *at[string](fr, from)) }
	}
	return shapeOf(c.typeOf(call.Args[0]).Elem()).copyTo(dst, to, from)
}

// listed returns the array in the frame that the elements of append(s, a, b, c) are put in, and their number.
func (c *compiler) listed(more ssa.Value) (array slot, n int, ok bool) {
	s, ok := more.(*ssa.Slice)
	if !ok {
		return 0, 0, false
	}
	a, ok := s.X.(*ssa.Alloc)
	if !ok || !isListed(a) {
		return 0, 0, false
	}
	array, ok = c.inFrame(a)
	n, _ = arrayLen(a.Type())
	return array, n, ok
}

// isListed tells whether an allocation is the array of the elements that append(s, a, b, c) lists. It is not used when they have been
// appended, so that it can be in the frame.
func isListed(a *ssa.Alloc) bool {
	if a.Comment != "varargs" || len(*a.Referrers()) == 0 {
		return false
	}
	for _, use := range *a.Referrers() {
		switch use := use.(type) {
		case *ssa.IndexAddr:
			if needed(use) {
				return false
			}
		case *ssa.Slice:
			if !isAppended(use) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// isAppended tells whether a slice is only used to append its elements to another.
func isAppended(s *ssa.Slice) bool {
	uses := *s.Referrers()
	if len(uses) != 1 {
		return false
	}
	call, ok := uses[0].(*ssa.Call)
	if !ok {
		return false
	}
	b, ok := call.Call.Value.(*ssa.Builtin)
	return ok && b.Name() == "append" && call.Call.Args[0] != ssa.Value(s)
}

//go:noinline
func (exact[T]) appendTo(dst, s, more slot, pos int32) op {
	return func(fr *frame) {
		fr.pos = pos
		*at[[]T](fr, dst) = append(*at[[]T](fr, s), *at[[]T](fr, more)...)
	}
}

//go:noinline
func (exact[T]) appendArray(dst, s, array slot, n int, pos int32) op {
	if n == 1 {
		return func(fr *frame) {
			fr.pos = pos
			*at[[]T](fr, dst) = append(*at[[]T](fr, s), *at[T](fr, array))
		}
	}
	return func(fr *frame) {
		fr.pos = pos
		*at[[]T](fr, dst) = append(*at[[]T](fr, s), unsafe.Slice(at[T](fr, array), n)...)
	}
}

//go:noinline
func (exact[T]) copyTo(dst, to, from slot) op {
	return func(fr *frame) { *at[int](fr, dst) = copy(*at[[]T](fr, to), *at[[]T](fr, from)) }
}

//go:noinline
func (exact[T]) clearAll(s slot) op {
	return func(fr *frame) { clear(*at[[]T](fr, s)) }
}

//go:noinline
func (o opaque) appendTo(dst, s, more slot, pos int32) op {
	return func(fr *frame) {
		fr.pos = pos
		*at[sliceHeader](fr, dst) = o.append(*at[sliceHeader](fr, s), *at[sliceHeader](fr, more))
	}
}

//go:noinline
func (o opaque) appendArray(dst, s, array slot, n int, pos int32) op {
	return func(fr *frame) {
		fr.pos = pos
		*at[sliceHeader](fr, dst) = o.append(*at[sliceHeader](fr, s), sliceHeader{addr(fr, array), n, n})
	}
}

func (o opaque) append(s, more sliceHeader) sliceHeader {
	if more.len == 0 {
		return s
	}
	end := s.len
	if n := end + more.len; uint(n) > uint(s.cap) {
		s = growslice(s.data, n, s.cap, more.len, o.word)
	} else {
		s.len = n
	}
	rest := sliceHeader{unsafe.Add(s.data, uintptr(end)*o.size), more.len, more.len}
	typedslicecopy(o.word, rest, more)
	return s
}

//go:noinline
func (o opaque) copyTo(dst, to, from slot) op {
	return func(fr *frame) {
		*at[int](fr, dst) = typedslicecopy(o.word, *at[sliceHeader](fr, to), *at[sliceHeader](fr, from))
	}
}

//go:noinline
func (o opaque) clearAll(s slot) op {
	return func(fr *frame) {
		list := at[sliceHeader](fr, s)
		typedarrayclear(o.word, list.data, list.len)
	}
}
