package vm

import (
	"go/token"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/rgo-project/rgo/internal/rtype"
)

// faultNilAt is the fault of using what a nil pointer refers to.
//
//go:noinline
func (fr *frame) faultNilAt(pos int32) {
	fr.pos = pos
	faultNil()
}

// A location is memory that an address refers to: in the frame itself, or some bytes after what a pointer in the frame refers to.
type location struct {
	inFrame bool
	slot    slot // the memory in the frame, or the pointer
	off     uintptr
	pos     token.Pos // of a fault
}

// locate returns what an address refers to.
func (c *compiler) locate(addr ssa.Value, pos token.Pos) location {
	if s, ok := c.inside(addr); ok {
		return location{inFrame: true, slot: s}
	}
	return location{slot: c.slot(addr), pos: pos}
}

// inside returns where an address is in the frame: that of a variable there, of its fields, and of its elements with constant indexes.
func (c *compiler) inside(addr ssa.Value) (slot, bool) {
	switch addr := addr.(type) {
	case *ssa.Alloc:
		return c.inFrame(addr)
	case *ssa.FieldAddr:
		s, ok := c.inside(addr.X)
		return s + slot(c.rtype(deref(addr.X.Type())).Field(addr.Field).Offset), ok
	case *ssa.IndexAddr:
		if off, ok := c.constantOffset(addr); ok {
			s, ok := c.inside(addr.X)
			return s + slot(off), ok
		}
	}
	return 0, false
}

// needed tells whether something uses an address in the frame in another way than those that know where it is.
func needed(addr ssa.Value) bool {
	for _, use := range *addr.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef, *ssa.UnOp:
		case *ssa.Store:
			if use.Val == addr {
				return true
			}
		case *ssa.FieldAddr:
			if needed(use) {
				return true
			}
		case *ssa.IndexAddr:
			if _, ok := use.Index.(*ssa.Const); !ok || needed(use) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// at is the location off bytes further.
func (l location) at(off uintptr) location {
	if l.inFrame {
		l.slot += slot(off)
	} else {
		l.off += off
	}
	return l
}

func (c *compiler) loadFrom(l location, dst slot, t reflect.Type) op {
	if l.inFrame {
		return c.move(dst, l.slot, t)
	}
	return shapeOf(t).load(dst, l.slot, l.off, c.pos(l.pos))
}

func (c *compiler) storeTo(l location, src slot, t reflect.Type) op {
	if l.inFrame {
		return c.move(l.slot, src, t)
	}
	return shapeOf(t).store(l.slot, l.off, src, c.pos(l.pos))
}

// load is *p.
func (c *compiler) load(in *ssa.UnOp) op {
	return c.loadFrom(c.locate(in.X, in.Pos()), c.slot(in), c.typeOf(in))
}

// store is *p = v.
func (c *compiler) store(in *ssa.Store) op {
	return c.storeTo(c.locate(in.Addr, in.Pos()), c.slot(in.Val), c.typeOf(in.Val))
}

// variable is the key in compiler.slots of a variable in the frame; the allocation itself is that of its address.
type variable struct{ *ssa.Alloc }

// inFrame returns the memory of a variable that is in the frame, because no pointer to it is left when the function returns, or when the
// variable is made again.
func (c *compiler) inFrame(a *ssa.Alloc) (slot, bool) {
	if s, ok := c.slots[variable{a}]; ok {
		return s, true
	}
	if a.Heap && leaks(a) && !isListed(a) || isMakeSlice(a) {
		return 0, false
	}
	t := c.rtype(deref(a.Type()))
	if t.Size() > maxInFrame || rtype.Pointers(t) && t.Size() > maxPointers {
		return 0, false
	}
	s := c.plan.add(t)
	c.slots[variable{a}] = s
	return s, true
}

// leaks tells whether something may keep an address, or compare it.
func leaks(addr ssa.Value) bool {
	for _, use := range *addr.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef, *ssa.UnOp:
		case *ssa.Store:
			if use.Val == addr {
				return true
			}
		case *ssa.FieldAddr:
			if leaks(use) {
				return true
			}
		case *ssa.IndexAddr:
			if leaks(use) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// Larger variables are not put in frames: frames are kept for later calls, and have their pointers cleared when they are left.
const (
	maxInFrame  = 1024
	maxPointers = 256
)

// alloc makes a variable: a new one each time, or, where no pointer to it can be left when the function returns, one in the frame.
func (c *compiler) alloc(in *ssa.Alloc) op {
	if isMakeSlice(in) {
		return nil
	}
	t := c.rtype(deref(in.Type()))
	dst := c.slot(in)
	if s, ok := c.inFrame(in); ok {
		if isListed(in) {
			return nil // all of it is set before it is read
		}
		clear := c.zero(s, t)
		if !needed(in) {
			return clear
		}
		return func(fr *frame) {
			clear(fr)
			*at[unsafe.Pointer](fr, dst) = addr(fr, s)
		}
	}
	w := rtype.Word(t)
	return func(fr *frame) { *at[unsafe.Pointer](fr, dst) = unsafeNew(w) }
}

// fieldAddr is &p.f.
func (c *compiler) fieldAddr(in *ssa.FieldAddr) op {
	dst, l := c.slot(in), c.fieldOf(in)
	if l.inFrame {
		return c.addressOf(in, l.slot)
	}
	p, off, pos := l.slot, l.off, c.pos(l.pos)
	return func(fr *frame) {
		if q := *at[unsafe.Pointer](fr, p); q != nil {
			*at[unsafe.Pointer](fr, dst) = unsafe.Add(q, off)
		} else {
			fr.faultNilAt(pos)
		}
	}
}

// addressOf makes an address in the frame, if it is needed.
func (c *compiler) addressOf(in ssa.Value, s slot) op {
	if !needed(in) {
		return nil
	}
	dst := c.slot(in)
	return func(fr *frame) { *at[unsafe.Pointer](fr, dst) = addr(fr, s) }
}

// fieldOf is the location of a field.
func (c *compiler) fieldOf(in *ssa.FieldAddr) location {
	struc := c.rtype(deref(in.X.Type()))
	return c.locate(in.X, in.Pos()).at(struc.Field(in.Field).Offset)
}

// loadField is p.f.
func (c *compiler) loadField(in *ssa.FieldAddr, ld *ssa.UnOp) op {
	return c.loadFrom(c.fieldOf(in), c.slot(ld), c.typeOf(ld))
}

// storeField is p.f = v.
func (c *compiler) storeField(in *ssa.FieldAddr, st *ssa.Store) op {
	return c.storeTo(c.fieldOf(in), c.slot(st.Val), c.typeOf(st.Val))
}

// field is v.f, of a struct that is no variable.
func (c *compiler) field(in *ssa.Field) op {
	off := c.typeOf(in.X).Field(in.Field).Offset
	return c.move(c.slot(in), c.slot(in.X)+slot(off), c.typeOf(in))
}

// deref is the type that values of a pointer type refer to.
func deref(t types.Type) types.Type { return t.Underlying().(*types.Pointer).Elem() }

//go:noinline
func (exact[T]) load(dst, p slot, off uintptr, pos int32) op {
	if off == 0 {
		return func(fr *frame) {
			if q := *at[*T](fr, p); q != nil {
				*at[T](fr, dst) = *q
			} else {
				fr.faultNilAt(pos)
			}
		}
	}
	return func(fr *frame) {
		if q := *at[unsafe.Pointer](fr, p); q != nil {
			*at[T](fr, dst) = *(*T)(unsafe.Add(q, off))
		} else {
			fr.faultNilAt(pos)
		}
	}
}

//go:noinline
func (exact[T]) store(p slot, off uintptr, src slot, pos int32) op {
	if off == 0 {
		return func(fr *frame) {
			if q := *at[*T](fr, p); q != nil {
				*q = *at[T](fr, src)
			} else {
				fr.faultNilAt(pos)
			}
		}
	}
	return func(fr *frame) {
		if q := *at[unsafe.Pointer](fr, p); q != nil {
			*(*T)(unsafe.Add(q, off)) = *at[T](fr, src)
		} else {
			fr.faultNilAt(pos)
		}
	}
}

//go:noinline
func (o opaque) load(dst, p slot, off uintptr, pos int32) op {
	return func(fr *frame) {
		q := *at[unsafe.Pointer](fr, p)
		if q == nil {
			fr.faultNilAt(pos)
		}
		typedmemmove(o.word, addr(fr, dst), unsafe.Add(q, off))
	}
}

//go:noinline
func (o opaque) store(p slot, off uintptr, src slot, pos int32) op {
	return func(fr *frame) {
		q := *at[unsafe.Pointer](fr, p)
		if q == nil {
			fr.faultNilAt(pos)
		}
		typedmemmove(o.word, unsafe.Add(q, off), addr(fr, src))
	}
}
