package vm

import (
	"reflect"
	"unsafe"

	"github.com/rgo-project/rgo/internal/rtype"
)

// A shape is how values of one memory layout are moved: it makes the ops that only move values. All types of the same layout have the same one.
type shape interface {
	copy(dst, src unsafe.Pointer)
	clear(p unsafe.Pointer)
	move(dst, src slot) op
	zero(dst slot) op

	// Of what a pointer refers to, off bytes further.
	load(dst, p slot, off uintptr, pos int32) op
	store(p slot, off uintptr, src slot, pos int32) op

	// Of an element of a slice.
	loadElem(dst, s slot, i index, pos int32) op
	storeElem(s slot, i index, src slot, pos int32) op
	appendTo(dst, s, more slot, pos int32) op
	appendArray(dst, s, array slot, n int, pos int32) op
	copyTo(dst, to, from slot) op
	clearAll(s slot) op

	send(ch, v slot, pos int32) op
	recv(dst, ch slot, pos int32) op
	recvOk(dst, ok, ch slot, pos int32) op
}

// Funcs that do nothing but make an op must not be inlined: the compiler would make the op a second time then, and inline nothing into that.

// exact is the shape of types that are laid out as T is.
type exact[T any] struct{}

// opaque is the shape of a type that has no exact one: the runtime moves it.
type opaque struct {
	word unsafe.Pointer // the type's
	size uintptr
}

// shapeOf returns the shape of a type.
func shapeOf(t reflect.Type) shape {
	switch size := t.Size(); {
	case size == 0:
		return exact[struct{}]{}
	case t.Kind() == reflect.Interface:
		return exact[any]{}
	case size%word == 0 && size <= 4*word:
		if s, ok := shapes[words(t)]; ok {
			return s
		}
	case size == 1:
		return exact[uint8]{}
	case size == 2:
		return exact[uint16]{}
	case size == 4:
		return exact[uint32]{}
	}
	return opaque{rtype.Word(t), t.Size()}
}

// shapes are the exact ones, by what their words hold. No code may have the type *chan unsafe.Pointer, as the shape of unsafe.Pointer would:
// reflect.ChanOf makes its channels after the model of chan unsafe.Pointer, and takes over the pointer to that.
var shapes = map[string]shape{
	"s":  exact[uint64]{},
	"p":  exact[*byte]{},
	"ss": exact[[2]uint64]{},
	"ps": exact[string]{},
	"sp": exact[struct {
		s uint64
		p unsafe.Pointer
	}]{},
	"pp":  exact[[2]unsafe.Pointer]{},
	"sss": exact[[3]uint64]{},
	"pss": exact[[]byte]{},
	"sps": exact[struct {
		s uint64
		p string
	}]{},
	"ssp": exact[struct {
		s [2]uint64
		p unsafe.Pointer
	}]{},
	"ssss": exact[[4]uint64]{},
	"psps": exact[[2]string]{},
}

// words tells what the words of a type's memory hold: p for pointers, s for others.
func words(t reflect.Type) string {
	list := make([]byte, t.Size()/word)
	for i := range list {
		list[i] = 's'
	}
	eachPointer(t, 0, func(off uintptr) { list[off/word] = 'p' })
	return string(list)
}

// copier returns a func that copies values of t.
func copier(t reflect.Type) func(dst, src unsafe.Pointer) { return shapeOf(t).copy }

// clearer returns a func that sets values of t to zero.
func clearer(t reflect.Type) func(p unsafe.Pointer) { return shapeOf(t).clear }

// move copies a value of t from slot to slot.
func (c *compiler) move(dst, src slot, t reflect.Type) op { return shapeOf(t).move(dst, src) }

// zero sets a slot to the zero value of t.
func (c *compiler) zero(dst slot, t reflect.Type) op { return shapeOf(t).zero(dst) }

func (exact[T]) copy(dst, src unsafe.Pointer) { *(*T)(dst) = *(*T)(src) }

func (exact[T]) clear(p unsafe.Pointer) {
	var zero T
	*(*T)(p) = zero
}

//go:noinline
func (exact[T]) move(dst, src slot) op {
	return func(fr *frame) { *at[T](fr, dst) = *at[T](fr, src) }
}

//go:noinline
func (exact[T]) zero(dst slot) op {
	return func(fr *frame) {
		var zero T
		*at[T](fr, dst) = zero
	}
}

func (o opaque) copy(dst, src unsafe.Pointer) { typedmemmove(o.word, dst, src) }
func (o opaque) clear(p unsafe.Pointer)       { typedmemclr(o.word, p) }

//go:noinline
func (o opaque) move(dst, src slot) op {
	return func(fr *frame) { typedmemmove(o.word, addr(fr, dst), addr(fr, src)) }
}

//go:noinline
func (o opaque) zero(dst slot) op {
	return func(fr *frame) { typedmemclr(o.word, addr(fr, dst)) }
}
