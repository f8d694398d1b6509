package check

import (
	"go/types"
	"reflect"
)

// sealed is what a package has to do with interfaces that only its own types can implement, since they have unexported methods.
// Reflection lists such methods of interfaces alone, and tells of other types no more than whether they implement one. So the
// types of a package are asked about each of its interfaces, and get the methods that they must have.
type sealed struct {
	interfaces []reflect.Type
	types      map[*types.Named]reflect.Type
}

// seal remembers a type of a package and gives methods to it, or to the others for it.
func (m maker) seal(n *types.Named, t reflect.Type) {
	s := m.sealed[t.PkgPath()]
	if s == nil {
		s = &sealed{types: map[*types.Named]reflect.Type{}}
		m.sealed[t.PkgPath()] = s
	}
	if t.Kind() != reflect.Interface {
		s.types[n] = t
		for _, i := range s.interfaces {
			m.unexported(n, t, i)
		}
		return
	}
	if n.Obj().Exported() && hasUnexported(t) {
		s.interfaces = append(s.interfaces, t)
		for n, rt := range s.types {
			m.unexported(n, rt, t)
		}
	}
}

// unexported gives a type the unexported methods that it has if it implements an interface.
func (m maker) unexported(n *types.Named, t, iface reflect.Type) {
	onValue := t.Implements(iface)
	if !onValue && !reflect.PointerTo(t).Implements(iface) {
		return
	}
	for i := range iface.NumMethod() {
		method := iface.Method(i)
		if method.PkgPath == n.Obj().Pkg().Path() && !declares(n, method.Name) {
			n.AddMethod(m.method(n, method.Name, onValue, m.signature(method.Type, 0, nil)))
		}
	}
}

func hasUnexported(iface reflect.Type) bool {
	for i := range iface.NumMethod() {
		if iface.Method(i).PkgPath != "" {
			return true
		}
	}
	return false
}

func declares(n *types.Named, method string) bool {
	for i := range n.NumMethods() {
		if n.Method(i).Name() == method {
			return true
		}
	}
	return false
}
