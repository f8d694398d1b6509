package vm

import (
	"go/types"
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
			p, n := *at[unsafe.Pointer](fr, p), n.get(fr)
			checkUnsafe(fr, "String", p, n, 1, pos)
			*at[stringHeader](fr, dst) = stringHeader{p, n}
		}
	case "SliceData", "StringData": // both have it first
		x := c.slot(call.Args[0])
		return func(fr *frame) { *at[unsafe.Pointer](fr, dst) = *at[unsafe.Pointer](fr, x) }
	case "Sizeof": // of a type parameter; others are constants
		return setInt(dst, int(c.typeOf(call.Args[0]).Size()))
	case "Alignof":
		return setInt(dst, c.typeOf(call.Args[0]).Align())
	case "Offsetof":
		if off, ok := c.offsetOf(call.Args[0]); ok {
			return setInt(dst, int(off))
		}
	}
	return nil
}

// offsetOf is the offset of a selected field. It does not know that of a field of an embedded one, for the instructions do not tell whether
// the source names that.
func (c *compiler) offsetOf(field ssa.Value) (uintptr, bool) {
	if ld, ok := field.(*ssa.UnOp); ok {
		field = ld.X
	}
	switch f := field.(type) {
	case *ssa.FieldAddr:
		return c.rtype(deref(f.X.Type())).Field(f.Field).Offset, !isEmbedded(f.X)
	case *ssa.Field:
		return c.typeOf(f.X).Field(f.Field).Offset, !isEmbedded(f.X)
	}
	return 0, false
}

func isEmbedded(v ssa.Value) bool {
	switch f := v.(type) {
	case *ssa.FieldAddr:
		return deref(f.X.Type()).Underlying().(*types.Struct).Field(f.Field).Embedded()
	case *ssa.Field:
		return f.X.Type().Underlying().(*types.Struct).Field(f.Field).Embedded()
	}
	return false
}

// unsafeSlice is unsafe.Slice(p, n).
func (c *compiler) unsafeSlice(call *ssa.CallCommon, dst slot, pos int32) op {
	p, n := c.slot(call.Args[0]), c.indexOf(call.Args[1])
	size := c.typeOf(call.Args[0]).Elem().Size()
	return func(fr *frame) {
		p, n := *at[unsafe.Pointer](fr, p), n.get(fr)
		checkUnsafe(fr, "Slice", p, n, size, pos)
		*at[sliceHeader](fr, dst) = sliceHeader{p, n, n}
	}
}

// checkUnsafe checks the arguments of unsafe.Slice and unsafe.String. It raises their faults itself: in compiled code that is built to check
// pointers, they end the process.
func checkUnsafe(fr *frame, fn string, p unsafe.Pointer, n int, size uintptr, pos int32) {
	switch {
	case n >= 0 && p == nil && n > 0:
		fr.pos = pos
		panic(runtimeError("unsafe." + fn + ": ptr is nil and len is not zero"))
	case n < 0, size > 0 && p != nil && uintptr(n) > -uintptr(p)/size:
		fr.pos = pos
		panic(runtimeError("unsafe." + fn + ": len out of range"))
	}
}
