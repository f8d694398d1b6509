package vm

import (
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/rgo-project/rgo/internal/rtype"
)

// compareEqual compiles == and != of values that are not basic: pointers, channels, interfaces, structs, arrays.
func (c *compiler) compareEqual(v *ssa.BinOp, want bool) predicate {
	x, y := c.slot(v.X), c.slot(v.Y)
	if pointing(v.X.Type()) {
		if want {
			return func(fr *frame) bool { return *at[unsafe.Pointer](fr, x) == *at[unsafe.Pointer](fr, y) }
		}
		return func(fr *frame) bool { return *at[unsafe.Pointer](fr, x) != *at[unsafe.Pointer](fr, y) }
	}
	same, pos := c.equal(v.X.Type()), c.pos(v.Pos())
	return func(fr *frame) bool {
		fr.pos = pos // values of interfaces may not be comparable
		return same(addr(fr, x), addr(fr, y)) == want
	}
}

// pointing tells whether a value of t is a pointer to what it stands for, and so equals another that is the same.
func pointing(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Pointer, *types.Chan, *types.Map, *types.Signature:
		return true
	case *types.Basic:
		return t.Kind() == types.UnsafePointer
	}
	return false
}

// equal returns how two values of t in memory are compared. It panics as == does where the values in interfaces are not comparable.
func (c *compiler) equal(t types.Type) func(x, y unsafe.Pointer) bool {
	if pointing(t) {
		return same[unsafe.Pointer]
	}
	if i, ok := t.Underlying().(*types.Interface); ok {
		if i.Empty() {
			return same[any]
		}
		return sameDynamic
	}
	switch kindOf(t) {
	case reflect.Bool, reflect.Int8, reflect.Uint8:
		return same[uint8]
	case reflect.Int16, reflect.Uint16:
		return same[uint16]
	case reflect.Int32, reflect.Uint32:
		return same[uint32]
	case reflect.Int64, reflect.Uint64:
		return same[uint64]
	case reflect.Float32:
		return same[float32]
	case reflect.Float64:
		return same[float64]
	case reflect.Complex64:
		return same[complex64]
	case reflect.Complex128:
		return same[complex128]
	case reflect.String:
		return same[string]
	}
	return sameBoxed(c.rtype(t))
}

func same[T comparable](x, y unsafe.Pointer) bool { return *(*T)(x) == *(*T)(y) }

// sameDynamic compares interfaces that have methods. Their tables say which interface they were made for, and equal values may be held by
// different interfaces with the same methods, so it is the types in the tables that are compared.
func sameDynamic(x, y unsafe.Pointer) bool {
	return withoutMethods(x) == withoutMethods(y)
}

// withoutMethods is the value of an interface with methods as one without.
func withoutMethods(i unsafe.Pointer) any {
	v := *(*ifaceHeader)(i)
	if v.tab != nil {
		v.tab = (*itab)(v.tab).dynamic
	}
	return *(*any)(unsafe.Pointer(&v))
}

// itab is how the runtime's tables of interfaces with methods begin.
type itab struct{ static, dynamic unsafe.Pointer }

// sameBoxed compares structs and arrays as the runtime compares them in interfaces, by the type's own func. An interface is made of the
// type and the place where the value is already, unless the type is one of those that interfaces hold themselves.
func sameBoxed(t reflect.Type) func(x, y unsafe.Pointer) bool {
	if rtype.Direct(t) {
		return same[unsafe.Pointer]
	}
	typ := rtype.Word(t)
	return func(x, y unsafe.Pointer) bool { return boxed(typ, x) == boxed(typ, y) }
}

func boxed(typ, data unsafe.Pointer) any {
	return *(*any)(unsafe.Pointer(&ifaceHeader{typ, data}))
}
