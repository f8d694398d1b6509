package netproxy

import "reflect"

// staying is what is shared of v, which was found in an interface with methods: v itself, not a variable that holds it, for the methods are those of its type
// and it is what comes home again.
func staying(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Chan, reflect.Map:
		return v
	}
	return reflect.ValueOf(&object{v: v, boxed: true})
}
