package netproxy

import (
	"reflect"
	"sync"
	"sync/atomic"
)

// ownMethod is a method of a type of this process, found once for all its calls.
type ownMethod struct {
	f reflect.Value // takes the receiver first
	t reflect.Type  // without the receiver
}

// ownMethods are the methods of one type. Each is made when it is first called: some types have hundreds.
type ownMethods struct {
	t     reflect.Type
	index map[string]int
	made  []atomic.Pointer[ownMethod]
}

// methodTables remembers the methods of each type: they are a function of the type.
var methodTables sync.Map // reflect.Type -> *ownMethods

func methodsOf(t reflect.Type) *ownMethods {
	if all, ok := methodTables.Load(t); ok {
		return all.(*ownMethods)
	}
	all := &ownMethods{t: t, index: make(map[string]int, t.NumMethod()), made: make([]atomic.Pointer[ownMethod], t.NumMethod())}
	for i := range t.NumMethod() {
		all.index[t.Method(i).Name] = i
	}
	kept, _ := methodTables.LoadOrStore(t, all)
	return kept.(*ownMethods)
}

// named returns the method of that name, or nil.
func (all *ownMethods) named(name string) *ownMethod {
	i, ok := all.index[name]
	if !ok {
		return nil
	}
	m := all.made[i].Load()
	if m == nil {
		m = &ownMethod{f: all.t.Method(i).Func, t: reflect.Zero(all.t).Method(i).Type()}
		all.made[i].Store(m)
	}
	return m
}

// ownMethodOf returns the method that member finds, and what it is called of; nil where member has to look.
func ownMethodOf(o *object, name string) (m *ownMethod, receiver reflect.Value) {
	if o.tuple || name == "" {
		return nil, receiver
	}
	if _, ok := o.facet(); ok {
		return nil, receiver
	}
	v := open(o.value())
	if !v.IsValid() {
		return nil, receiver
	}
	if _, ok := namespace(v); ok {
		return nil, receiver
	}
	if m = methodsOf(v.Type()).named(name); m == nil && v.CanAddr() {
		v = v.Addr()
		m = methodsOf(v.Type()).named(name)
	}
	return m, v
}
