package vm

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/rgo-project/rgo/interp/internal/reify"
)

// runtimeMethods has the methods compiled of every type that the program converts to an interface, or that reflection can reach from one.
func (u *unit) runtimeMethods() {
	for _, t := range u.pkg.Prog.RuntimeTypes() {
		u.methodsAtRunTime(t)
	}
	shown := typeSet{u: u}
	for _, member := range u.pkg.Members { // what the host can get at makes interfaces there
		switch member := member.(type) {
		case *ssa.Global:
			shown.add(member.Type())
		case *ssa.Function:
			if sig := member.Signature; sig.Params().Len() == 0 && sig.TypeParams().Len() == 0 {
				for v := range sig.Results().Variables() {
					shown.add(v.Type())
				}
			}
		}
	}
}

func (u *unit) methodsAtRunTime(t types.Type) {
	if types.IsInterface(t) {
		return
	}
	set := u.pkg.Prog.MethodSets.MethodSet(t)
	if set.Len() == 0 {
		return
	}
	rt := u.m.types.Of(t)
	for i := range set.Len() {
		u.runtimeMethod(rt, set.At(i))
	}
}

// typeSet visits types and what they are made of.
type typeSet struct {
	u    *unit
	seen typeutil.Map
}

func (s *typeSet) add(t types.Type) {
	t = types.Unalias(t)
	if s.seen.At(t) != nil {
		return
	}
	s.seen.Set(t, true)
	if n, ok := t.(*types.Named); ok {
		s.u.methodsAtRunTime(n)
		s.u.methodsAtRunTime(types.NewPointer(n))
	}
	switch t := t.Underlying().(type) {
	case *types.Pointer:
		s.add(t.Elem())
	case *types.Slice:
		s.add(t.Elem())
	case *types.Array:
		s.add(t.Elem())
	case *types.Chan:
		s.add(t.Elem())
	case *types.Map:
		s.add(t.Key())
		s.add(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			s.add(f.Type())
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
		out := zeroes(f.results)
		c := &closure{fn: f}
		c.callback(func(nf *frame) {
			f.params[0].copy(addr(nf, f.params[0].slot), recv)
			for i, p := range f.params[1:] {
				p.put(nf, args[i])
			}
		}, func(nf *frame) { out = nf.take() })
		return out
	}
}
