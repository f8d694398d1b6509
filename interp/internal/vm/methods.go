package vm

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"

	"github.com/rgo-project/rgo/interp/internal/reify"
)

// runtimeMethods has the methods compiled of every type that the program converts to an interface, or that reflection can reach from one.
func (u *unit) runtimeMethods() {
	for _, t := range u.pkg.Prog.RuntimeTypes() {
		if types.IsInterface(t) {
			continue
		}
		set := u.pkg.Prog.MethodSets.MethodSet(t)
		if set.Len() == 0 {
			continue
		}
		rt := u.m.types.Of(t)
		for i := range set.Len() {
			u.runtimeMethod(rt, set.At(i))
		}
	}
}

func (u *unit) runtimeMethod(rt reflect.Type, sel *types.Selection) {
	obj := sel.Obj().(*types.Func)
	key := methodKey{rt, obj.Id()}
	if u.m.methods[key] != nil {
		return
	}
	if _, ours := u.m.types.Lookup(rt, obj.Name(), pkgPath(obj)); !ours {
		return // a compiled type
	}
	fn := u.pkg.Prog.MethodValue(sel)
	if fn == nil {
		return
	}
	if f := u.function(fn); f != nil {
		u.methods[key] = f
	}
}

// pkgPath is the package of an unexported name, which is a part of it.
func pkgPath(obj *types.Func) string {
	if obj.Exported() {
		return ""
	}
	return obj.Pkg().Path()
}

// Method is how compiled code calls a method of a type of the session: it is reify's Config.Method.
func (m *Machine) Method(sel *types.Selection) reify.Method {
	return func(recv unsafe.Pointer, args []reflect.Value) []reflect.Value {
		obj := sel.Obj().(*types.Func)
		f := m.method(m.types.Of(sel.Recv()), obj.Id())
		if f == nil {
			panic(fmt.Sprintf("vm: the method %s of %s has no code", obj.Name(), sel.Recv()))
		}
		c := &closure{fn: f}
		return c.callWith(func(nf *frame) {
			f.params[0].copy(addr(nf, f.params[0].slot), recv)
			for i, p := range f.params[1:] {
				value(nf, p.slot, p.typ).Set(args[i])
			}
		})
	}
}
