package reify

import (
	"go/types"
	"reflect"
	"strings"

	"github.com/rgo-project/rgo/internal/rtype"
)

// iface makes an unnamed interface.
func (t *Types) iface(typ *types.Interface) reflect.Type {
	if typ.Empty() {
		return reflect.TypeFor[any]()
	}
	if !typ.IsMethodSet() {
		panic(&Error{typ, "it is a constraint, no type of values"})
	}
	return t.declare(typ, rtype.Spec{Name: t.interfaceName(typ)})
}

func (t *Types) interfaceMethods(typ *types.Interface) []rtype.InterfaceMethod {
	methods := make([]rtype.InterfaceMethod, typ.NumMethods())
	for i := range methods {
		m := typ.Method(i)
		methods[i] = rtype.InterfaceMethod{Name: m.Name(), PkgPath: pathOf(m), Type: t.signature(m.Signature())}
	}
	return methods
}

// interfaceName writes an unnamed interface as the compiler does: unexported methods with their package's name.
func (t *Types) interfaceName(typ *types.Interface) string {
	parts := make([]string, typ.NumMethods())
	for i := range parts {
		m := typ.Method(i)
		parts[i] = " " + m.Name() + strings.TrimPrefix(t.signature(m.Signature()).String(), "func")
		if !m.Exported() {
			parts[i] = " " + m.Pkg().Name() + "." + parts[i][1:]
		}
	}
	return "interface {" + strings.Join(parts, ";") + " }"
}
