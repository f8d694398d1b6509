package vm

import (
	"go/types"
	"reflect"
	"runtime"
	"sync/atomic"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/rgo-project/rgo/internal/rtype"
)

// typeAssert is x.(T), with or without ok.
func (c *compiler) typeAssert(in *ssa.TypeAssert) op {
	if types.IsInterface(in.AssertedType) {
		return c.assertInterface(in)
	}
	return c.assertConcrete(in)
}

// okOf is the place of the second result of an instruction with two of them.
func (c *compiler) okOf(in ssa.Value) slot { return c.slot(in) + slot(c.shape(in).Field(1).Offset) }

// assertConcrete is x.(T) where T is no interface: the value's type must be T itself.
func (c *compiler) assertConcrete(in *ssa.TypeAssert) op {
	static, t := c.typeOf(in.X), c.rtype(in.AssertedType)
	typeOf, is, get := dynamic(static), c.isType(t), unboxer(t)
	dst, x, pos := c.slot(in), c.slot(in.X), c.pos(in.Pos())
	if in.CommaOk {
		ok, clear := c.okOf(in), clearer(t)
		return func(fr *frame) {
			h := *at[ifaceHeader](fr, x)
			if *at[bool](fr, ok) = is(typeOf(h.tab)); *at[bool](fr, ok) {
				get(addr(fr, dst), h.data)
			} else {
				clear(addr(fr, dst))
			}
		}
	}
	return func(fr *frame) {
		h := *at[ifaceHeader](fr, x)
		if typ := typeOf(h.tab); !is(typ) {
			fr.pos = pos
			panic(assertionError(static, typ, t))
		}
		get(addr(fr, dst), h.data)
	}
}

// isType returns a func that tells whether a type's word is that of t. A type of the session that was given more methods had others before,
// which values may still have.
func (c *compiler) isType(t reflect.Type) func(w unsafe.Pointer) bool {
	want, all := rtype.Word(t), c.m.types
	if t.Name() != "" && t.PkgPath() == "" {
		return func(w unsafe.Pointer) bool { return w == want }
	}
	last := new(atomic.Pointer[comparison])
	return func(w unsafe.Pointer) bool {
		if w == want || w == nil {
			return w == want
		}
		known := last.Load()
		if known == nil || known.typ != w {
			u := rtype.Of(w)
			known = &comparison{w, u.Kind() == t.Kind() && u.String() == t.String() && all.Current(u) == all.Current(t)}
			last.Store(known)
		}
		return known.same
	}
}

// comparison is whether a type was found to be the one that a site asks for.
type comparison struct {
	typ  unsafe.Pointer
	same bool
}

// assertInterface is x.(I): the value must have the methods of I.
func (c *compiler) assertInterface(in *ssa.TypeAssert) op {
	to := c.rtype(in.AssertedType)
	typeOf, tabs := dynamic(c.typeOf(in.X)), &tables{iface: to}
	dst, x, pos := c.slot(in), c.slot(in.X), c.pos(in.Pos())
	if in.CommaOk {
		ok := c.okOf(in)
		return func(fr *frame) {
			h := *at[ifaceHeader](fr, x)
			if h.tab != nil {
				h.tab = tabs.of(typeOf(h.tab))
			}
			if h.tab == nil {
				h.data = nil
			}
			*at[ifaceHeader](fr, dst), *at[bool](fr, ok) = h, h.tab != nil
		}
	}
	return func(fr *frame) {
		h := *at[ifaceHeader](fr, x)
		typ := typeOf(h.tab)
		if typ != nil {
			h.tab = tabs.of(typ)
		}
		if h.tab == nil {
			fr.pos = pos
			faultAssert(typ, h.data, to)
		}
		*at[ifaceHeader](fr, dst) = h
	}
}

// faultAssert is the fault of x.(I), where typ, of the value of x, lacks a method of I, or is nil.
func faultAssert(typ, data unsafe.Pointer, to reflect.Type) {
	if typ == nil {
		panic(assertionError(nil, nil, to))
	}
	var dst [2]unsafe.Pointer
	ifaceE2I(rtype.Word(to), *(*any)(unsafe.Pointer(&ifaceHeader{typ, data})), unsafe.Pointer(&dst))
}

// assertionError is the runtime's own error for x.(T), where x is of the interface type static and holds a value of another type, or is nil.
func assertionError(static reflect.Type, typ unsafe.Pointer, to reflect.Type) error {
	err := new(runtime.TypeAssertionError)
	v := (*assertionFailure)(unsafe.Pointer(err))
	v.concrete, v.asserted = typ, rtype.Word(to)
	if static != nil {
		v.static = rtype.Word(static)
	}
	return err
}

// assertionFailure is what a runtime.TypeAssertionError is made of.
type assertionFailure struct {
	static, concrete, asserted unsafe.Pointer
	missing                    string
}
