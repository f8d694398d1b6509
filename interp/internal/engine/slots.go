package engine

import (
	"reflect"
	"unsafe"
)

// slots keeps room for package-level variables in the interpreter ahead of need. The interpreter itself makes room when it loads code, by putting
// a longer slice in the place of the old one, while code that runs reads that slice: a data race, though one that has always come out well.
// With room to spare it finds nothing to do. Its fields are not exported, so they are reached by their offsets.
type slots struct {
	data  *[]reflect.Value // of the interpreter's global frame
	types *[]reflect.Type  // of its universe: one for each variable
	made  int
}

const firstSlots = 4096

// newSlots finds the fields; nil if the interpreter is not as we know it, which then makes room by itself.
func newSlots(interpreter any) *slots {
	v := reflect.ValueOf(interpreter).Elem()
	frame, universe := v.FieldByName("frame"), v.FieldByName("universe")
	if !isStructPointer(frame) || !isStructPointer(universe) {
		return nil
	}
	data, types := frame.Elem().FieldByName("data"), universe.Elem().FieldByName("types")
	if !data.IsValid() || data.Type() != reflect.TypeFor[[]reflect.Value]() || !types.IsValid() || types.Type() != reflect.TypeFor[[]reflect.Type]() {
		return nil
	}
	return &slots{
		data:  (*[]reflect.Value)(unsafe.Pointer(data.UnsafeAddr())),
		types: (*[]reflect.Type)(unsafe.Pointer(types.UnsafeAddr())),
	}
}

func isStructPointer(v reflect.Value) bool {
	return v.IsValid() && v.Kind() == reflect.Pointer && !v.IsNil() && v.Elem().Kind() == reflect.Struct
}

// fill makes the variables that compiled code has added. It is called after each compilation, before the code is run.
func (s *slots) fill() {
	if s == nil {
		return
	}
	types := *s.types
	if len(types) > len(*s.data) {
		more := make([]reflect.Value, max(firstSlots, 2*len(types)))
		copy(more, *s.data)
		*s.data = more
	}
	for ; s.made < len(types); s.made++ {
		if !(*s.data)[s.made].IsValid() {
			(*s.data)[s.made] = reflect.New(types[s.made]).Elem()
		}
	}
}
