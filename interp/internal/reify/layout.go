package reify

import (
	"fmt"
	"go/types"
	"reflect"
)

// layout returns a type of the same kind, memory and comparability as typ, made of compiled types only: what is behind a pointer is
// replaced. So it can be made while the types that typ mentions are not complete.
func (t *Types) layout(typ types.Type) reflect.Type {
	typ = types.Unalias(typ)
	if n, ok := typ.(*types.Named); ok {
		if rt, known := t.compiled(n); known {
			return rt
		}
	}
	switch under := typ.Underlying().(type) {
	case *types.Basic:
		return t.basic(under)
	case *types.Pointer:
		return reflect.TypeFor[*byte]()
	case *types.Slice:
		return reflect.TypeFor[[]byte]()
	case *types.Map:
		return reflect.TypeFor[map[int]int]()
	case *types.Chan:
		return reflect.TypeFor[chan int]()
	case *types.Signature:
		return reflect.TypeFor[func()]()
	case *types.Interface:
		if under.NumMethods() == 0 {
			return reflect.TypeFor[any]()
		}
		return reflect.TypeFor[error]()
	case *types.Array:
		return reflect.ArrayOf(length(under), t.layout(under.Elem()))
	case *types.Struct:
		return t.structLayout(under)
	default:
		panic(&Error{typ, fmt.Sprintf("values have no type of the form %T", under)})
	}
}

// structLayout keeps nothing of the fields' names but which are blank: those do not count when values are compared.
func (t *Types) structLayout(typ *types.Struct) reflect.Type {
	fields := make([]reflect.StructField, typ.NumFields())
	for i := range fields {
		f := typ.Field(i)
		fields[i] = reflect.StructField{Name: fmt.Sprintf("F%d", i), Type: t.layout(f.Type())}
		if f.Name() == "_" {
			fields[i].Name, fields[i].PkgPath = "_", "layout"
		}
	}
	return reflect.StructOf(fields)
}
