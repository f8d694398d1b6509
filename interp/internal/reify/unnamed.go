package reify

import (
	"fmt"
	"go/types"
	"reflect"
	"unsafe"

	"github.com/rgo-project/rgo/internal/rtype"
)

var basics = map[types.BasicKind]reflect.Type{
	types.Bool: reflect.TypeFor[bool](), types.String: reflect.TypeFor[string](), types.UnsafePointer: reflect.TypeFor[unsafe.Pointer](),
	types.Int: reflect.TypeFor[int](), types.Int8: reflect.TypeFor[int8](), types.Int16: reflect.TypeFor[int16](),
	types.Int32: reflect.TypeFor[int32](), types.Int64: reflect.TypeFor[int64](),
	types.Uint: reflect.TypeFor[uint](), types.Uint8: reflect.TypeFor[uint8](), types.Uint16: reflect.TypeFor[uint16](),
	types.Uint32: reflect.TypeFor[uint32](), types.Uint64: reflect.TypeFor[uint64](), types.Uintptr: reflect.TypeFor[uintptr](),
	types.Float32: reflect.TypeFor[float32](), types.Float64: reflect.TypeFor[float64](),
	types.Complex64: reflect.TypeFor[complex64](), types.Complex128: reflect.TypeFor[complex128](),
}

var directions = map[types.ChanDir]reflect.ChanDir{
	types.SendRecv: reflect.BothDir, types.SendOnly: reflect.SendDir, types.RecvOnly: reflect.RecvDir,
}

// unnamed makes a type of its parts.
func (t *Types) unnamed(typ types.Type) reflect.Type {
	switch typ := typ.(type) {
	case *types.Basic:
		return t.basic(typ)
	case *types.Pointer:
		return reflect.PointerTo(t.of(typ.Elem()))
	case *types.Slice:
		return reflect.SliceOf(t.of(typ.Elem()))
	case *types.Array:
		return reflect.ArrayOf(length(typ), t.of(typ.Elem()))
	case *types.Map:
		return reflect.MapOf(t.of(typ.Key()), t.of(typ.Elem()))
	case *types.Chan:
		return rtype.ChanOf(directions[typ.Dir()], t.of(typ.Elem()))
	case *types.Signature:
		return t.signature(typ)
	case *types.Struct:
		return t.structure(typ)
	case *types.Interface:
		return t.iface(typ)
	case *types.TypeParam:
		panic(&Error{typ, "it is a type parameter, which only instances replace"})
	}
	panic(&Error{typ, fmt.Sprintf("values have no type of the form %T", typ)})
}

func (t *Types) basic(typ *types.Basic) reflect.Type {
	if typ.Info()&types.IsUntyped != 0 && typ.Kind() != types.UntypedNil {
		typ = types.Default(typ).(*types.Basic)
	}
	if rt, ok := basics[typ.Kind()]; ok {
		return rt
	}
	panic(&Error{typ, "it is no type of values"})
}

func length(typ *types.Array) int {
	if typ.Len() < 0 || int64(int(typ.Len())) != typ.Len() {
		panic(&Error{typ, "its length is not known"})
	}
	return int(typ.Len())
}

// signature makes a func type, without the receiver.
func (t *Types) signature(sig *types.Signature) reflect.Type {
	if sig.TypeParams().Len() > 0 {
		panic(&Error{sig, "the func is generic"})
	}
	return reflect.FuncOf(t.tuple(sig.Params()), t.tuple(sig.Results()), sig.Variadic())
}

func (t *Types) tuple(vars *types.Tuple) []reflect.Type {
	list := make([]reflect.Type, vars.Len())
	for i := range list {
		list[i] = t.of(vars.At(i).Type())
	}
	return list
}
