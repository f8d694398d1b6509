package rtype

import (
	"reflect"
	"unsafe"
)

type words struct{ first, data unsafe.Pointer }

// typeWords is how reflect.Type, an interface that only one type satisfies, looks in memory.
var typeWords = func() words {
	t := reflect.TypeFor[int]()
	return *(*words)(unsafe.Pointer(&t))
}()

// Word returns the first word of an empty interface that holds a value of type t.
func Word(t reflect.Type) unsafe.Pointer { return (*words)(unsafe.Pointer(&t)).data }

// Of returns the type whose Word w is; nil for nil.
func Of(w unsafe.Pointer) (t reflect.Type) {
	if w != nil {
		*(*words)(unsafe.Pointer(&t)) = words{typeWords.first, w}
	}
	return t
}

// OfItab returns the type of the value in an interface with methods whose first word itab is; nil for nil.
func OfItab(itab unsafe.Pointer) reflect.Type {
	if itab == nil {
		return nil
	}
	return Of((*words)(itab).data) // the interface's type, then the value's
}

// Itab returns the first word of an interface of type iface that holds a value of type concrete: its Word if iface has no methods.
// It reports false if concrete does not implement iface.
func Itab(iface, concrete reflect.Type) (unsafe.Pointer, bool) {
	if iface.NumMethod() == 0 {
		return Word(concrete), true
	}
	itab := getitab(Word(iface), Word(concrete), true)
	return itab, itab != nil
}

// Direct reports whether a value of type t is itself the data word of an interface. It is a pointer then, whatever its kind.
func Direct(t reflect.Type) bool { return headerOf(t).flags&directIface != 0 }

// Pointers reports whether values of type t hold pointers.
func Pointers(t reflect.Type) bool { return headerOf(t).ptrBytes != 0 }

// New allocates a zeroed t.
func New(t reflect.Type) unsafe.Pointer { return unsafeNew(Word(t)) }

// NewArray allocates n zeroed values of type t, one after the other.
func NewArray(t reflect.Type, n int) unsafe.Pointer { return unsafeNewArray(Word(t), n) }

// Copy copies a t, with the barriers the collector needs.
func Copy(t reflect.Type, dst, src unsafe.Pointer) { typedmemmove(Word(t), dst, src) }

// Compiled returns the unnamed types of the program that are written so; interfaces are not among them.
func Compiled(name string) []reflect.Type {
	headers := typesByString(name)
	list := make([]reflect.Type, len(headers))
	for i, h := range headers {
		list[i] = h.typ()
	}
	return list
}

func headerOf(t reflect.Type) *header { return (*header)(Word(t)) }

func (h *header) typ() reflect.Type { return Of(unsafe.Pointer(h)) }

// What follows is reached by name: these funcs are kept for packages like this one.

//go:linkname addReflectOff reflect.addReflectOff
func addReflectOff(p unsafe.Pointer) offset // must not be declared noescape: the runtime keeps p

//go:linkname typesByString reflect.typesByString
func typesByString(s string) []*header

//go:linkname getitab runtime.getitab
func getitab(iface, concrete unsafe.Pointer, canFail bool) unsafe.Pointer

//go:linkname unsafeNew reflect.unsafe_New
func unsafeNew(t unsafe.Pointer) unsafe.Pointer

//go:linkname unsafeNewArray reflect.unsafe_NewArray
func unsafeNewArray(t unsafe.Pointer, n int) unsafe.Pointer

//go:linkname typedmemmove reflect.typedmemmove
func typedmemmove(t, dst, src unsafe.Pointer)
