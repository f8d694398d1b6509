package reify

import (
	"go/types"
	"reflect"
	"slices"
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
	if t.cfg.Interface != nil {
		if rt, ok := t.cfg.Interface(typ); ok {
			return rt
		}
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

// interfaceName writes an unnamed interface as the compiler does for reflection: unexported methods with their package's name.
func (t *Types) interfaceName(typ *types.Interface) string {
	parts := make([]string, typ.NumMethods())
	for i, m := range sortedMethods(typ) {
		name := m.Name()
		if !m.Exported() {
			name = m.Pkg().Name() + "." + name
		}
		parts[i] = " " + name + strings.TrimPrefix(t.signature(m.Signature()).String(), "func")
	}
	return braces("interface", parts)
}

// sortedMethods lists an interface's methods in the order of the runtime: exported ones first, by name, by package.
func sortedMethods(typ *types.Interface) []*types.Func {
	list := make([]*types.Func, typ.NumMethods())
	for i := range list {
		list[i] = typ.Method(i)
	}
	slices.SortFunc(list, func(a, b *types.Func) int {
		return rtype.CompareNames(a.Name(), pathOf(a), b.Name(), pathOf(b))
	})
	return list
}
