package engine

import (
	"reflect"
	"unsafe"
)

// slots keeps compiling from what runs meanwhile. The interpreter has one global frame, with all package-level variables in a slice; whenever it
// loads code it writes to the frame, and puts a longer slice in the place of the old one, while code that runs reads both: a data race. So each
// load gets a global frame of its own, which nobody writes to once code runs with it; all of them share one slice with room to spare.
// The interpreter's fields are not exported, so they are reached by their offsets.
type slots struct {
	frame *unsafe.Pointer // the interpreter's global frame
	typ   reflect.Type    // of the frame
	data  uintptr         // offsets in it
	root  uintptr
	types *[]reflect.Type // of the interpreter's universe: one for each variable
	made  int
}

const firstSlots = 8192

// newSlots finds the fields; nil if the interpreter is not as we know it, which then does all by itself.
func newSlots(interpreter any) *slots {
	v := reflect.ValueOf(interpreter).Elem()
	frame, universe := v.FieldByName("frame"), v.FieldByName("universe")
	if !isStructPointer(frame) || !isStructPointer(universe) {
		return nil
	}
	t := frame.Type().Elem()
	data, okData := t.FieldByName("data")
	root, okRoot := t.FieldByName("root")
	types := universe.Elem().FieldByName("types")
	if !okData || data.Type != reflect.TypeFor[[]reflect.Value]() || !okRoot || root.Type != frame.Type() ||
		!types.IsValid() || types.Type() != reflect.TypeFor[[]reflect.Type]() {
		return nil
	}
	return &slots{
		frame: (*unsafe.Pointer)(unsafe.Pointer(frame.UnsafeAddr())), typ: t, data: data.Offset, root: root.Offset,
		types: (*[]reflect.Type)(unsafe.Pointer(types.UnsafeAddr())),
	}
}

func isStructPointer(v reflect.Value) bool {
	return v.IsValid() && v.Kind() == reflect.Pointer && !v.IsNil() && v.Elem().Kind() == reflect.Struct
}

// fill gives the code that has just been compiled, and will be loaded next, its frame, and makes the variables that it adds.
func (s *slots) fill() {
	if s == nil {
		return
	}
	types := *s.types
	all := *(*[]reflect.Value)(unsafe.Add(*s.frame, s.data))
	if len(types) > len(all) {
		more := make([]reflect.Value, max(firstSlots, 2*len(types)))
		copy(more, all)
		all = more
	}
	for ; s.made < len(types); s.made++ {
		if !all[s.made].IsValid() {
			all[s.made] = reflect.New(types[s.made]).Elem()
		}
	}
	fresh := reflect.New(s.typ).UnsafePointer() // its other fields are the interpreter's to set when it loads
	*(*[]reflect.Value)(unsafe.Add(fresh, s.data)) = all
	*(*unsafe.Pointer)(unsafe.Add(fresh, s.root)) = fresh
	*s.frame = fresh
}
