package check

import (
	"go/types"
	"iter"
	"reflect"
	"strings"
)

// predeclared are the instances with type arguments of the language that signatures of compiled packages have: they must be known
// before such a package is imported, or a session makes another type of the same name. Other instances come with their arguments.
var predeclared = map[string][]reflect.Type{
	"iter": {reflect.TypeFor[iter.Seq[string]](), reflect.TypeFor[iter.Seq[[]byte]]()},
}

// instance makes the instance of a generic type that a compiled type is: its arguments are found by laying the two side by side.
// It returns nil for what is no instance, and for instances of types that have no generic name here.
func (m maker) instance(t reflect.Type) types.Type {
	name, _, found := strings.Cut(t.Name(), "[")
	if !found {
		return nil
	}
	pkg, err := m.load(t.PkgPath())
	if err != nil {
		return nil
	}
	obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
	if !ok {
		return nil
	}
	origin, ok := obj.Type().(*types.Named)
	if !ok || origin.TypeParams().Len() == 0 {
		return nil
	}
	args := make([]types.Type, origin.TypeParams().Len())
	m.bind(args, origin.Underlying(), t)
	for _, arg := range args {
		if arg == nil {
			return nil
		}
	}
	inst, err := types.Instantiate(m.context, origin, args, false)
	if err != nil {
		return nil
	}
	return inst
}

// bind finds the arguments for the type parameters in a generic type, given an instance of it.
func (m maker) bind(args []types.Type, generic types.Type, t reflect.Type) {
	switch g := types.Unalias(generic).(type) {
	case *types.TypeParam:
		args[g.Index()] = m.typ(t)
	case *types.Pointer:
		m.bind(args, g.Elem(), t.Elem())
	case *types.Slice:
		m.bind(args, g.Elem(), t.Elem())
	case *types.Array:
		m.bind(args, g.Elem(), t.Elem())
	case *types.Chan:
		m.bind(args, g.Elem(), t.Elem())
	case *types.Map:
		m.bind(args, g.Key(), t.Key())
		m.bind(args, g.Elem(), t.Elem())
	case *types.Struct:
		for i := range g.NumFields() {
			m.bind(args, g.Field(i).Type(), t.Field(i).Type)
		}
	case *types.Signature:
		for i := range g.Params().Len() {
			m.bind(args, g.Params().At(i).Type(), t.In(i))
		}
		for i := range g.Results().Len() {
			m.bind(args, g.Results().At(i).Type(), t.Out(i))
		}
	}
}
