package netproxy

import "reflect"

type (
	sharing struct{ v reflect.Value }
	copying struct{ v reflect.Value }
)

// Share makes an argument, or a result, that crosses by reference although it would be copied: a slice, a map, a struct. The other
// side gets a *Proxy of it, or, if it already is one of its own objects, that object.
//
// Pointers to variables are shared without being asked; Share(x) of anything else shares a new variable that holds x.
func Share(x any) any {
	v := reflect.ValueOf(x)
	if !v.IsValid() {
		return nil
	}
	return &sharing{v}
}

// Copy makes an argument, or a result, that crosses by value with all that it points to, although its pointers would be shared. Pointers in it
// that are the same arrive as the same, so that lists, trees and rings keep their shape, and so does a map that stands in two places. What has unexported state is
// shared nevertheless.
func Copy(x any) any {
	v := reflect.ValueOf(x)
	if !v.IsValid() {
		return nil
	}
	return &copying{v}
}
