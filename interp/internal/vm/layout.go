package vm

import (
	"reflect"
	"unsafe"

	"github.com/rgo-project/rgo/internal/rtype"
)

const word = unsafe.Sizeof(uintptr(0))

// layout grows the memory of a frame: where the next slot is, and which words hold pointers.
type layout struct {
	size     uintptr
	pointers []bool // by word
	spare    map[reflect.Type][]slot
}

// newLayout is that of a frame with nothing but its header.
func newLayout() layout {
	var l layout
	l.add(reflect.TypeFor[frame]())
	l.spare = map[reflect.Type][]slot{}
	return l
}

// add makes room for a value of t.
func (l *layout) add(t reflect.Type) slot {
	if t.Size() == 0 {
		return 0 // anywhere but at the end: nothing may point past an object
	}
	align := uintptr(t.Align())
	l.size = (l.size + align - 1) &^ (align - 1)
	at := l.size
	l.size += t.Size()
	for words := (l.size + word - 1) / word; uintptr(len(l.pointers)) < words; {
		l.pointers = append(l.pointers, false)
	}
	eachPointer(t, at, func(off uintptr) { l.pointers[off/word] = true })
	return slot(at)
}

// whole is the type of the memory laid out so far.
func (l *layout) whole() reflect.Type { return rtype.Frame((l.size+word-1)/word*word, l.pointers) }

// take is add, of a place that was given back before, if there is one.
func (l *layout) take(t reflect.Type) slot {
	if free := l.spare[t]; len(free) > 0 {
		l.spare[t] = free[:len(free)-1]
		return free[len(free)-1]
	}
	return l.add(t)
}

// give lets a place be taken by another value of the same type.
func (l *layout) give(s slot, t reflect.Type) { l.spare[t] = append(l.spare[t], s) }

// eachPointer calls f with the offset of every word of t that holds a pointer, t being at offset base.
func eachPointer(t reflect.Type, base uintptr, f func(uintptr)) {
	switch t.Kind() {
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func, reflect.String, reflect.Slice:
		f(base)
	case reflect.Interface:
		f(base) // the table of an interface may be on the heap: types can be made at run time
		f(base + word)
	case reflect.Array:
		if t.Len() == 0 {
			return
		}
		before := 0
		eachPointer(t.Elem(), 0, func(uintptr) { before++ })
		if before == 0 {
			return
		}
		for i := range t.Len() {
			eachPointer(t.Elem(), base+uintptr(i)*t.Elem().Size(), f)
		}
	case reflect.Struct:
		for i := range t.NumField() {
			field := t.Field(i)
			eachPointer(field.Type, base+field.Offset, f)
		}
	}
}
