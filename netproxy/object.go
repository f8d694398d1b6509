package netproxy

import (
	"log/slog"
	"reflect"
	"runtime/debug"
	"unsafe"

	"github.com/rgo-project/rgo/conn"
)

// object is a thing of ours that the other side uses: what an export stands for, or what a call came to.
type object struct {
	v     reflect.Value
	loc   bool         // v points to the variable that is the object
	tuple bool         // v is a []reflect.Value: several results
	of    *object      // of a method value: the object that has the method
	name  string       // of the method
	boxed bool         // a value that is shared for its methods: it is no variable
	close func()       // called when nobody refers to the object any more
	hooks []*releasing // see OnRelease

	far *conn.Ref // of an object of a third peer, which has been passed on: then there is no v
	at  *Space    // of the connection to that peer
}

// objectOf makes an object of v, which is shared: what points to something stands for that, everything else is a variable, that
// of v if v has one, and a new one otherwise.
func objectOf(v reflect.Value) *object {
	switch v.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Chan, reflect.Map:
		return &object{v: detached(v)}
	}
	return &object{v: addressed(v), loc: true}
}

// detached is the value of v without the variable that it is in, which may hold another one later.
func detached(v reflect.Value) reflect.Value {
	if !v.CanAddr() || !v.CanInterface() {
		return v
	}
	return reflect.ValueOf(v.Interface())
}

// resultOf makes an object of what a call came to, for calls that are pipelined on it. What it shows of one result is what is to be sent, so that
// the reference that is sent and the object that is pipelined on are one.
func resultOf(results []reflect.Value) *object {
	if len(results) != 1 {
		return &object{v: reflect.ValueOf(results), tuple: true}
	}
	if static, v := opened(results[0]); v.IsValid() && !planOf(v.Type()).special && (&encoder{}).stays(static, v, planOf(v.Type())) && planOf(v.Type()).snap == snapNone {
		if o, ok := staying(v).Interface().(*object); ok {
			return o
		}
	}
	v := open(results[0])
	if v.IsValid() && v.CanInterface() {
		switch x := v.Interface().(type) {
		case *object:
			return x
		case *sharing:
			return objectOf(x.v)
		case *releasing:
			return x.given()
		case *copying:
			return &object{v: x.v}
		}
	}
	if !v.IsValid() {
		return &object{v: v}
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Struct, reflect.Array:
		return &object{v: addressed(v), loc: true}
	case reflect.Pointer, reflect.Func, reflect.Chan, reflect.Map:
		return &object{v: detached(v)}
	}
	if v.CanAddr() {
		return &object{v: v.Addr(), loc: true}
	}
	return &object{v: v}
}

// shown is the object as a result.
func (o *object) shown() reflect.Value {
	if o.name != "" || o.close != nil || o.hooks != nil || o.boxed {
		return reflect.ValueOf(o)
	}
	return o.value()
}

// value is what the object is: the variable itself, for a variable.
func (o *object) value() reflect.Value {
	if o.loc {
		return o.v.Elem()
	}
	return o.v
}

// results are the values of a tuple.
func (o *object) results() []reflect.Value { return o.v.Interface().([]reflect.Value) }

// proxy is the proxy that the object is, if it is one: of something at a third peer.
func (o *object) proxy() (*Proxy, bool) {
	if o.far != nil {
		return o.at.proxyOf(o.far, "", 0), true
	}
	v, ok := o.is(proxyType)
	if !ok {
		return nil, false
	}
	return v.Interface().(*Proxy), true
}

// facet is the facet that the object is, if it is one.
func (o *object) facet() (*Facet, bool) {
	if v, ok := o.is(facetType); ok {
		return v.Interface().(*Facet), true
	}
	if v, ok := o.is(facetType.Elem()); ok && v.CanAddr() {
		return v.Addr().Interface().(*Facet), true
	}
	return nil, false
}

// is says whether the object is a t that is not nil, or a variable that holds one, and returns that.
func (o *object) is(t reflect.Type) (reflect.Value, bool) {
	if o.tuple || !o.v.IsValid() {
		return reflect.Value{}, false
	}
	v := open(o.value())
	if !v.IsValid() || v.Type() != t || v.Kind() == reflect.Pointer && v.IsNil() {
		return reflect.Value{}, false
	}
	return v, true
}

// wantsToKnow says whether Unreferenced has somebody to tell.
func (o *object) wantsToKnow() bool {
	if f, ok := o.facet(); ok {
		in := f.object.Load()
		return f.waits.Load() != nil || in != nil && in.wantsToKnow()
	}
	if o.close != nil || len(o.hooks) > 0 {
		return true
	}
	v := o.v
	if o.loc || o.of != nil || !v.IsValid() || v.Kind() != reflect.Pointer || v.IsNil() || !v.CanInterface() {
		return false
	}
	_, ok := v.Interface().(interface{ Unreferenced() })
	return ok
}

// Unreferenced is called by the connection when the peer holds the object no more. A pointer that wants to know is told.
func (o *object) Unreferenced() {
	o.letGo()
	if o.close != nil {
		o.close()
		return
	}
	if f, ok := o.facet(); ok {
		f.unreferenced()
		return
	}
	if o.loc || o.of != nil || o.v.Kind() != reflect.Pointer || o.v.IsNil() {
		return
	}
	if u, ok := o.v.Interface().(interface{ Unreferenced() }); ok {
		defer func() { // what a peer lets go of must not end this process
			if p := recover(); p != nil {
				slog.Error("netproxy: panic in Unreferenced", "type", o.v.Type(), "panic", p, "stack", string(debug.Stack()))
			}
		}()
		u.Unreferenced()
	}
}

// objectKey tells objects apart: equal keys are one object to the peer.
type objectKey struct {
	typ  reflect.Type
	ptr  unsafe.Pointer
	loc  bool
	name string
}

// key returns the identity of the object, or nil if it has none.
func (o *object) key() any {
	if o.name != "" {
		if k, ok := o.of.key().(objectKey); ok && k.name == "" {
			k.name = o.name
			return k
		}
		return nil
	}
	switch o.v.Kind() {
	case reflect.Pointer, reflect.Chan, reflect.Map:
		if !o.v.IsNil() {
			return objectKey{typ: o.v.Type(), ptr: o.v.UnsafePointer(), loc: o.loc}
		}
	case reflect.Func:
		if !o.v.IsNil() {
			return objectKey{typ: o.v.Type(), ptr: closureOf(o.v)}
		}
	}
	return nil
}

// closureOf returns the address of a func's closure, which is what the func is: UnsafePointer would give the address of its code, which it
// shares with others.
func closureOf(f reflect.Value) unsafe.Pointer {
	variable := reflect.New(f.Type())
	variable.Elem().Set(f)
	return *(*unsafe.Pointer)(variable.UnsafePointer())
}
