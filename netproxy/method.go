package netproxy

import (
	"reflect"
	"sync"
	"sync/atomic"
)

// ownMethods are the methods of one type of this process. Each is made when it is first called: some types have hundreds.
type ownMethods struct {
	t      reflect.Type
	hidden bool // the members of such an object are other ones
	index  map[string]int
	made   []atomic.Pointer[ownFunc]
}

// methodTables remembers the methods of each type: they are a function of the type.
var methodTables sync.Map // reflect.Type -> *ownMethods

func methodsOf(t reflect.Type) *ownMethods {
	if all, ok := methodTables.Load(t); ok {
		return all.(*ownMethods)
	}
	all := &ownMethods{t: t, index: make(map[string]int, t.NumMethod()), made: make([]atomic.Pointer[ownFunc], t.NumMethod())}
	all.hidden = t == proxyType || t == facetType || t == facetType.Elem() || t.Implements(namespaceType) || reflect.PointerTo(t).Implements(namespaceType)
	for i := range t.NumMethod() {
		all.index[t.Method(i).Name] = i
	}
	kept, _ := methodTables.LoadOrStore(t, all)
	return kept.(*ownMethods)
}

// named returns the method of that name, or nil.
func (all *ownMethods) named(name string) *ownFunc {
	i, ok := all.index[name]
	if !ok {
		return nil
	}
	m := all.made[i].Load()
	if m == nil {
		m = &ownFunc{funcPlan: funcPlanOf(reflect.Zero(all.t).Method(i).Type()), f: all.t.Method(i).Func}
		if m.direct = directs[m.t]; m.direct != nil {
			at := reflect.New(m.f.Type())
			at.Elem().Set(m.f)
			m.at = at.UnsafePointer()
		}
		all.made[i].Store(m)
	}
	return m
}

// ownMethodOf returns the method that member finds, and what it is called of; nil where member has to look.
func ownMethodOf(o *object, name string) (m *ownFunc, receiver reflect.Value) {
	if o.tuple || o.of != nil || name == "" {
		return nil, receiver
	}
	v := open(o.value())
	if !v.IsValid() {
		return nil, receiver
	}
	all := methodsOf(v.Type())
	if all.hidden {
		return nil, receiver
	}
	if m = all.named(name); m == nil && v.CanAddr() {
		v = v.Addr()
		m = methodsOf(v.Type()).named(name)
	}
	return m, v
}
