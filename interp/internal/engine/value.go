package engine

import (
	"reflect"
	"unsafe"
)

// Unwrap returns the value itself of one that came out of interpreted code as an any: values of interpreted types are held there
// together with their type, in a struct of the interpreter's own.
func Unwrap(v reflect.Value) reflect.Value {
	for v.IsValid() {
		if v.Kind() == reflect.Interface {
			v = v.Elem()
			continue
		}
		t := v.Type()
		if t.Kind() != reflect.Struct || t.PkgPath() != "github.com/traefik/yaegi/interp" || t.Name() != "valueInterface" {
			return v
		}
		inner, ok := t.FieldByName("value")
		if !ok || inner.Type != reflect.TypeFor[reflect.Value]() {
			return reflect.Value{}
		}
		box := reflect.New(t)
		box.Elem().Set(v)
		// The field is not exported: only its memory can be read.
		v = *(*reflect.Value)(unsafe.Add(box.UnsafePointer(), inner.Offset))
	}
	return v
}
