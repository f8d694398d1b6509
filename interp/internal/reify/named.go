package reify

import (
	"go/types"
	"reflect"

	"github.com/rgo-project/rgo/internal/rtype"
)

// compiled returns the runtime type of a named type that is not the session's.
func (t *Types) compiled(n *types.Named) (reflect.Type, bool) {
	if n.Obj().Pkg() == nil {
		if n.Obj() == types.Universe.Lookup("error") {
			return reflect.TypeFor[error](), true
		}
		return nil, false
	}
	return t.cfg.Known(n)
}

// named returns the runtime type of a defined type. One of the session's is declared, and completed later in the batch.
func (t *Types) named(n *types.Named) reflect.Type {
	if n.TypeParams().Len() > 0 && n.TypeArgs().Len() == 0 {
		panic(&Error{n, "it is generic, only its instances are types of values"})
	}
	if rt, ok := t.compiled(n); ok {
		t.remember(n, rt)
		return rt
	}
	spec := rtype.Spec{Name: typeName(n), Defined: true}
	if pkg := n.Obj().Pkg(); pkg != nil {
		spec.PkgPath = pkg.Path()
	}
	return t.declare(n, spec)
}

// declare makes a type by way of rtype.
func (t *Types) declare(typ types.Type, spec rtype.Spec) reflect.Type {
	under := typ.Underlying()
	if i, ok := under.(*types.Interface); ok && !i.IsMethodSet() {
		panic(&Error{typ, "it is a constraint, no type of values"})
	}
	spec.Layout = t.layout(under)
	if sig, ok := under.(*types.Signature); ok {
		spec.Params = sig.Params().Len() + sig.Results().Len()
	}
	sets := methodSetsOf(typ)
	spec.Methods, spec.PtrMethods = len(sets.value), len(sets.pointer)
	d, err := rtype.Declare(spec)
	if err != nil {
		panic(err)
	}
	t.remember(typ, d.Type())
	t.batch.todo = append(t.batch.todo, func() {
		t.fill(d, under)
		t.addMethods(d, typ, sets)
	})
	return d.Type()
}

// fill gives a declared type what it is made of.
func (t *Types) fill(d *rtype.Draft, under types.Type) {
	var err error
	switch under := under.(type) {
	case *types.Basic:
	case *types.Struct:
		err = d.SetFields(t.fields(under))
	case *types.Interface:
		d.SetInterface(t.interfaceMethods(under))
	default:
		err = d.SetLike(t.of(under))
	}
	if err != nil {
		panic(err)
	}
}
