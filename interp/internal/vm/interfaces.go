package vm

import (
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/rgo-project/rgo/internal/rtype"
)

// makeInterface puts a value into an interface.
func (c *compiler) makeInterface(in *ssa.MakeInterface) op {
	iface, t := c.typeOf(in), c.typeOf(in.X)
	tab, ok := rtype.Itab(iface, t)
	if !ok {
		c.unsupported(in.Pos(), "%v does not implement %v", in.X.Type(), in.Type())
	}
	dst, box := c.slot(in), boxer(t)
	if k, ok := in.X.(*ssa.Const); ok { // what an interface holds never changes: all of them can hold the same
		v := reflect.New(t)
		v.Elem().Set(c.constValue(k).Convert(t))
		data := box(v.UnsafePointer())
		return func(fr *frame) { *at[ifaceHeader](fr, dst) = ifaceHeader{tab, data} }
	}
	x := c.slot(in.X)
	return func(fr *frame) { *at[ifaceHeader](fr, dst) = ifaceHeader{tab, box(addr(fr, x))} }
}

// boxer returns a func that makes the data word of an interface that holds a value of t.
func boxer(t reflect.Type) func(v unsafe.Pointer) unsafe.Pointer {
	if rtype.Direct(t) {
		return func(v unsafe.Pointer) unsafe.Pointer { return *(*unsafe.Pointer)(v) }
	}
	switch shapeOf(t).(type) {
	case exact[uint8]:
		return box[uint8]
	case exact[uint16]:
		return box[uint16]
	case exact[uint32]:
		return box[uint32]
	case exact[uint64]:
		return box[uint64]
	case exact[string]:
		if t.Kind() == reflect.String { // of a struct like it, with no length there may still be a pointer
			return box[string]
		}
	case exact[[]byte]:
		if t.Kind() == reflect.Slice {
			return box[[]byte]
		}
	}
	shape, w := shapeOf(t), rtype.Word(t)
	return func(v unsafe.Pointer) unsafe.Pointer {
		p := unsafeNew(w)
		shape.copy(p, v)
		return p
	}
}

// box has compiled code make the data word: it allocates nothing for many small values.
func box[T any](v unsafe.Pointer) unsafe.Pointer {
	held := any(*(*T)(v))
	return (*ifaceHeader)(unsafe.Pointer(&held)).data
}

// dynamicType returns the word of the type of the value in an interface, nil if there is none.
func dynamicType(first unsafe.Pointer, methods bool) unsafe.Pointer {
	if methods && first != nil {
		return (*itab)(first).dynamic
	}
	return first
}

// dynamic returns dynamicType for interfaces of a type.
func dynamic(iface reflect.Type) func(first unsafe.Pointer) unsafe.Pointer {
	methods := iface.NumMethod() > 0
	return func(first unsafe.Pointer) unsafe.Pointer { return dynamicType(first, methods) }
}

// tables finds the first words of interfaces of one type by the types they hold.
type tables struct {
	iface reflect.Type
	known typeCache
}

// of returns nil if values of typ do not implement the interface.
func (t *tables) of(typ unsafe.Pointer) unsafe.Pointer { return t.known.of(typ, t.find) }

func (t *tables) find(typ unsafe.Pointer) unsafe.Pointer {
	tab, _ := rtype.Itab(t.iface, rtype.Of(typ))
	return tab
}

// changeInterface makes an interface of another that has its methods and maybe more.
func (c *compiler) changeInterface(in *ssa.ChangeInterface) op {
	from, to := c.typeOf(in.X), c.typeOf(in)
	dst, x := c.slot(in), c.slot(in.X)
	if from == to || from.NumMethod() == 0 && to.NumMethod() == 0 {
		return c.move(dst, x, to)
	}
	methods := from.NumMethod() > 0
	if to.NumMethod() == 0 {
		return func(fr *frame) {
			h := *at[ifaceHeader](fr, x)
			*at[ifaceHeader](fr, dst) = ifaceHeader{dynamicType(h.tab, methods), h.data}
		}
	}
	tabs := &tables{iface: to}
	return func(fr *frame) {
		h := *at[ifaceHeader](fr, x)
		if h.tab != nil {
			h.tab = tabs.of(dynamicType(h.tab, methods))
		}
		*at[ifaceHeader](fr, dst) = h
	}
}
