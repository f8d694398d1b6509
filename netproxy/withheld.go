package netproxy

import (
	"reflect"
	"sync"
)

// withheld says whether a field of t, which may stand in an embedded struct, is none for peers: it, or the embedded struct, has the tag `rgo:"-"`. It is
// neither there for them, nor copied to them or from them.
func withheld(t reflect.Type, index []int) bool {
	for _, i := range index {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		f := t.Field(i)
		if f.Tag.Get("rgo") == "-" {
			return true
		}
		t = f.Type
	}
	return false
}

// hiding remembers which types have hidden fields: it is a function of the type.
var hiding sync.Map // reflect.Type -> bool

// hides says whether there are hidden fields in values of type t, as far as the type tells, so that they are not for printing.
func hides(t reflect.Type) bool {
	if known, ok := hiding.Load(t); ok {
		return known.(bool)
	}
	is := hidesIn(t, make(map[reflect.Type]bool))
	hiding.Store(t, is)
	return is
}

func hidesIn(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return hidesIn(t.Elem(), seen)
	case reflect.Map:
		return hidesIn(t.Key(), seen) || hidesIn(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if withheld(t, []int{i}) || hidesIn(t.Field(i).Type, seen) {
				return true
			}
		}
	}
	return false
}
