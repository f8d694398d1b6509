package vm

import (
	"go/types"
	"reflect"
	"runtime"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/rgo-project/rgo/internal/rtype"
	"github.com/rgo-project/rgo/interp/internal/reify"
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
	static, t := c.typeOf(in.X), c.typeTest(c.rtype(in.AssertedType))
	methods, direct, set := static.NumMethod() > 0, rtype.Direct(t.typ), copier(t.typ)
	dst, x, pos := c.slot(in), c.slot(in.X), c.pos(in.Pos())
	get := func(fr *frame, data unsafe.Pointer) {
		if direct {
			*at[unsafe.Pointer](fr, dst) = data
		} else {
			set(addr(fr, dst), data)
		}
	}
	if in.CommaOk {
		ok, clear := c.okOf(in), clearer(t.typ)
		return func(fr *frame) {
			h := at[ifaceHeader](fr, x)
			is := t.is(dynamicType(h.tab, methods))
			if *at[bool](fr, ok) = is; is {
				get(fr, h.data)
			} else {
				clear(addr(fr, dst))
			}
		}
	}
	return func(fr *frame) {
		h := at[ifaceHeader](fr, x)
		if typ := dynamicType(h.tab, methods); !t.is(typ) {
			fr.pos = pos
			panic(assertionError(static, typ, t.typ))
		}
		get(fr, h.data)
	}
}

// typeTest tells whether types are one type of the session, or were it: a type that was given more methods had others before, which values may
// still have.
type typeTest struct {
	word  unsafe.Pointer
	typ   reflect.Type
	fixed bool // the type was never another
	types *reify.Types
	known typeCache
}

func (c *compiler) typeTest(t reflect.Type) *typeTest {
	return &typeTest{word: rtype.Word(t), typ: t, fixed: t.Name() != "" && t.PkgPath() == "", types: c.m.types}
}

func (t *typeTest) is(w unsafe.Pointer) bool {
	return w == t.word || !t.fixed && w != nil && t.known.of(w, t.was) != nil
}

// was returns w if that is an earlier or a later form of the type.
func (t *typeTest) was(w unsafe.Pointer) unsafe.Pointer {
	u := rtype.Of(w)
	if u.Kind() != t.typ.Kind() || u.String() != t.typ.String() || t.types.Current(u) != t.types.Current(t.typ) {
		return nil
	}
	return w
}

// assertInterface is x.(I): the value must have the methods of I.
func (c *compiler) assertInterface(in *ssa.TypeAssert) op {
	to := c.rtype(in.AssertedType)
	methods, tabs := c.typeOf(in.X).NumMethod() > 0, &tables{iface: to}
	dst, x, pos := c.slot(in), c.slot(in.X), c.pos(in.Pos())
	if in.CommaOk {
		ok := c.okOf(in)
		return func(fr *frame) {
			h := *at[ifaceHeader](fr, x)
			if h.tab != nil {
				h.tab = tabs.of(dynamicType(h.tab, methods))
			}
			if h.tab == nil {
				h.data = nil
			}
			*at[ifaceHeader](fr, dst), *at[bool](fr, ok) = h, h.tab != nil
		}
	}
	return func(fr *frame) {
		h := *at[ifaceHeader](fr, x)
		typ := dynamicType(h.tab, methods)
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
