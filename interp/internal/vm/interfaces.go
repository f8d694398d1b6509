package vm

import (
	"reflect"
	"sync/atomic"
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
	switch shape := shapeOf(t).(type) {
	case exact[uint8]:
		return box[uint8]
	case exact[uint16]:
		return box[uint16]
	case exact[uint32]:
		return box[uint32]
	case exact[uint64]:
		return box[uint64]
	case exact[string]:
		return box[string]
	case exact[[]byte]:
		return box[[]byte]
	default:
		w := rtype.Word(t)
		return func(v unsafe.Pointer) unsafe.Pointer {
			p := unsafeNew(w)
			shape.copy(p, v)
			return p
		}
	}
}

// box has compiled code make the data word: it allocates nothing for many small values.
func box[T any](v unsafe.Pointer) unsafe.Pointer {
	held := any(*(*T)(v))
	return (*ifaceHeader)(unsafe.Pointer(&held)).data
}

// unboxer returns a func that copies the value of type t that an interface holds.
func unboxer(t reflect.Type) func(dst, data unsafe.Pointer) {
	if rtype.Direct(t) {
		return func(dst, data unsafe.Pointer) { *(*unsafe.Pointer)(dst) = data }
	}
	return copier(t)
}

// dynamic returns a func that tells the type of the value in an interface of type iface, as its word, by the interface's first word.
func dynamic(iface reflect.Type) func(tab unsafe.Pointer) unsafe.Pointer {
	if iface.NumMethod() == 0 {
		return func(tab unsafe.Pointer) unsafe.Pointer { return tab }
	}
	return func(tab unsafe.Pointer) unsafe.Pointer {
		if tab == nil {
			return nil
		}
		return (*itab)(tab).dynamic
	}
}

// tables finds the first words of interfaces of one type by the types they hold. It remembers the type it was asked for last.
type tables struct {
	iface reflect.Type
	last  atomic.Pointer[table]
}

type table struct{ typ, tab unsafe.Pointer }

// of returns nil if values of typ do not implement the interface.
func (t *tables) of(typ unsafe.Pointer) unsafe.Pointer {
	last := t.last.Load()
	if last == nil || last.typ != typ {
		tab, _ := rtype.Itab(t.iface, rtype.Of(typ))
		last = &table{typ, tab}
		t.last.Store(last)
	}
	return last.tab
}

// changeInterface makes an interface of another that has its methods and maybe more.
func (c *compiler) changeInterface(in *ssa.ChangeInterface) op {
	from, to := c.typeOf(in.X), c.typeOf(in)
	dst, x := c.slot(in), c.slot(in.X)
	if from == to || from.NumMethod() == 0 && to.NumMethod() == 0 {
		return c.move(dst, x, to)
	}
	typeOf := dynamic(from)
	if to.NumMethod() == 0 {
		return func(fr *frame) {
			h := *at[ifaceHeader](fr, x)
			*at[ifaceHeader](fr, dst) = ifaceHeader{typeOf(h.tab), h.data}
		}
	}
	tabs := &tables{iface: to}
	return func(fr *frame) {
		h := *at[ifaceHeader](fr, x)
		if h.tab != nil {
			h.tab = tabs.of(typeOf(h.tab))
		}
		*at[ifaceHeader](fr, dst) = h
	}
}
