package netproxy

import (
	"reflect"

	"github.com/rgo-project/rgo/internal/wire"
)

// A callee that wants methods, for a parameter that is an interface or a *Proxy, can do nothing with a copy of a value whose type it does not know. It then
// refuses the call, before anything has run, and asks for its arguments by reference: the reply is a failed one whose error is nil, and behind that
// stands the error for those who do not ask again. A caller that waits makes the call once more, and shares those of its arguments that have methods.

// wantedByReference is the error of a call whose callee asks for arguments by reference.
type wantedByReference struct{ why error }

func (w *wantedByReference) Error() string { return w.why.Error() }
func (w *wantedByReference) Unwrap() error { return w.why }

// wantsMethods says whether a value of type t is wanted for its methods.
func wantsMethods(t reflect.Type) bool {
	return t == proxyType || t.Kind() == reflect.Interface && t.NumMethod() > 0 && t != errorType
}

// isCopy says whether what comes next is a value, or lent, rather than a reference or nil.
func (d *decoder) isCopy() bool {
	switch d.r.Kind() {
	case wire.KindNil:
		return false
	case wire.KindTag:
		peek := d.r
		tag, err := peek.Tag()
		return err == nil && tag != tagRef && tag != tagError
	}
	return true
}

// sharedForMethods says whether an argument is shared when its callee asks for that.
func sharedForMethods(v reflect.Value) bool {
	v = open(v)
	if !v.IsValid() || nillable(v.Kind()) && v.IsNil() {
		return false
	}
	t := v.Type()
	if planOf(t).special {
		return false
	}
	return hasMethods(t) || t.Kind() != reflect.Pointer && hasMethods(reflect.PointerTo(t)) || t.Kind() == reflect.Pointer
}

// anySharedForMethods says whether there is an argument to be shared.
func anySharedForMethods(args []reflect.Value) bool {
	for _, x := range args {
		if sharedForMethods(x) {
			return true
		}
	}
	return false
}

// shareForMethods is args with those shared that are to be; ok is false if there are none.
func shareForMethods(args []any) (list []any, ok bool) {
	list = make([]any, len(args))
	for i, x := range args {
		if list[i] = x; sharedForMethods(reflect.ValueOf(x)) {
			list[i], ok = Share(x), true
		}
	}
	return list, ok
}
