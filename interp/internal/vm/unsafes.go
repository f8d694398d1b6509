package vm

import (
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// unsafeOp compiles the calls of the funcs of package unsafe. It returns nil for others.
func (c *compiler) unsafeOp(call *ssa.CallCommon, dst slot, pos int32) op {
	switch call.Value.Name() {
	case "Add":
		p, n := c.slot(call.Args[0]), c.indexOf(call.Args[1])
		return func(fr *frame) { *at[unsafe.Pointer](fr, dst) = unsafe.Add(*at[unsafe.Pointer](fr, p), n.get(fr)) }
	case "Slice":
		return c.unsafeSlice(call, dst, pos)
	case "String":
		p, n := c.slot(call.Args[0]), c.indexOf(call.Args[1])
		return func(fr *frame) {
			fr.pos = pos
			*at[string](fr, dst) = unsafe.String(*at[*byte](fr, p), n.get(fr))
		}
	case "SliceData", "StringData": // both have it first
		x := c.slot(call.Args[0])
		return func(fr *frame) { *at[unsafe.Pointer](fr, dst) = *at[unsafe.Pointer](fr, x) }
	case "Sizeof": // of a type parameter; others are constants
		return setInt(dst, int(c.typeOf(call.Args[0]).Size()))
	case "Alignof":
		return setInt(dst, c.typeOf(call.Args[0]).Align())
	}
	return nil
}

// unsafeSlice is unsafe.Slice(p, n).
func (c *compiler) unsafeSlice(call *ssa.CallCommon, dst slot, pos int32) op {
	p, n := c.slot(call.Args[0]), c.indexOf(call.Args[1])
	size := c.typeOf(call.Args[0]).Elem().Size()
	return func(fr *frame) {
		p, n := *at[unsafe.Pointer](fr, p), n.get(fr)
		if n < 0 || n > 0 && p == nil || size > 0 && p != nil && uintptr(n) > -uintptr(p)/size {
			fr.pos = pos
			faultUnsafeSlice(p, n)
		}
		*at[sliceHeader](fr, dst) = sliceHeader{p, n, n}
	}
}

// faultUnsafeSlice is the fault of unsafe.Slice(p, n) where p is nil, or n negative or too large.
func faultUnsafeSlice(p unsafe.Pointer, n int) {
	if p != nil {
		n = -1 // for bytes n may be right
	}
	_ = unsafe.Slice((*byte)(p), n)
}
