package check

import (
	"go/constant"
	"go/types"
	"reflect"

	"github.com/rgo-project/rgo/interp/symbols"
)

// object makes what a name of a table stands for.
func (m maker) object(pkg *types.Package, name string, v reflect.Value) types.Object {
	switch {
	case v.CanAddr():
		return types.NewVar(0, pkg, name, m.typ(v.Type()))
	case v.Type().Implements(reflect.TypeFor[constant.Value]()):
		c := v.Interface().(constant.Value)
		return types.NewConst(0, pkg, name, untyped(pkg.Path(), name, c), c)
	case v.Kind() == reflect.Pointer && v.IsNil():
		return types.NewTypeName(0, pkg, name, m.typ(v.Type().Elem())) // the type's own name was inserted with it; this is an alias
	case v.Kind() == reflect.Func:
		return types.NewFunc(0, pkg, name, m.signature(v.Type(), 0, nil))
	}
	if c := ConstantOf(v); c != nil {
		t := m.typ(v.Type())
		if v.Type() == reflect.TypeFor[bool]() {
			t = types.Typ[types.UntypedBool]
		}
		return types.NewConst(0, pkg, name, t, c)
	}
	return types.NewVar(0, pkg, name, m.typ(v.Type()))
}

func untyped(path, name string, c constant.Value) types.Type {
	switch c.Kind() {
	case constant.Bool:
		return types.Typ[types.UntypedBool]
	case constant.String:
		return types.Typ[types.UntypedString]
	case constant.Float:
		return types.Typ[types.UntypedFloat]
	case constant.Complex:
		return types.Typ[types.UntypedComplex]
	}
	if symbols.IsRune(path, name) {
		return types.Typ[types.UntypedRune]
	}
	return types.Typ[types.UntypedInt]
}

// ConstantOf returns the constant that a value of a basic kind is, nil for any other value.
func ConstantOf(v reflect.Value) constant.Value {
	switch {
	case v.CanInt():
		return constant.MakeInt64(v.Int())
	case v.CanUint():
		return constant.MakeUint64(v.Uint())
	case v.CanFloat():
		return constant.MakeFloat64(v.Float())
	case v.Kind() == reflect.String:
		return constant.MakeString(v.String())
	case v.Kind() == reflect.Bool:
		return constant.MakeBool(v.Bool())
	}
	return nil
}
