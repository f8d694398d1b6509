// Package reflect is the generic part of the standard library's package reflect.
package reflect

import "reflect"

// TypeFor returns the reflect.Type of its type argument.
func TypeFor[T any]() reflect.Type {
	return reflect.TypeOf((*T)(nil)).Elem()
}

// TypeAssert is v.Interface().(T) with a second result.
func TypeAssert[T any](v reflect.Value) (T, bool) {
	switch {
	case !v.IsValid():
		panic(&reflect.ValueError{Method: "reflect.TypeAssert", Kind: reflect.Invalid})
	case !v.CanInterface():
		panic("reflect.TypeAssert: cannot return value obtained from unexported field or method")
	}
	x, ok := v.Interface().(T)
	return x, ok
}
