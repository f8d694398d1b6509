package check

import (
	"fmt"
	"go/constant"
	"go/types"
	"reflect"

	"github.com/rgo-project/rgo/interp/symbols"
)

// Importer makes the checker's packages of symbol tables. It keeps what it has made: all checks of a session
// must use one Importer, or their types are strangers to each other. It is not safe for concurrent use.
type Importer struct {
	table  func(path string) (name string, table symbols.Table, ok bool)
	pkgs   map[string]*types.Package
	filled map[string]bool
	memo   map[reflect.Type]types.Type
}

// NewImporter makes an Importer of the tables that the func finds.
func NewImporter(table func(path string) (name string, table symbols.Table, ok bool)) *Importer {
	return &Importer{
		table:  table,
		pkgs:   map[string]*types.Package{},
		filled: map[string]bool{},
		memo: map[reflect.Type]types.Type{
			reflect.TypeFor[error](): types.Universe.Lookup("error").Type(),
			reflect.TypeFor[any]():   types.Universe.Lookup("any").Type(),
		},
	}
}

// Import implements types.Importer.
func (m *Importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if m.filled[path] {
		return m.pkgs[path], nil
	}
	_, table, ok := m.table(path)
	if !ok {
		return nil, fmt.Errorf("no package %q", path)
	}
	pkg := m.pkg(path)
	m.filled[path] = true
	for name, v := range table {
		if name[0] != '_' && pkg.Scope().Lookup(name) == nil {
			if obj := m.object(pkg, name, v); pkg.Scope().Lookup(name) == nil {
				pkg.Scope().Insert(obj)
			}
		}
	}
	return pkg, nil
}

// Add puts names that a table has got since it was imported into its package.
func (m *Importer) Add(path string, table symbols.Table) {
	pkg := m.pkg(path)
	for name, v := range table {
		if pkg.Scope().Lookup(name) == nil {
			pkg.Scope().Insert(m.object(pkg, name, v))
		}
	}
}

// Forget drops a package, so that the next Import makes it anew. Types made of it stay what they are.
func (m *Importer) Forget(path string) {
	delete(m.filled, path)
	delete(m.pkgs, path)
}

func (m *Importer) pkg(path string) *types.Package {
	if p := m.pkgs[path]; p != nil {
		return p
	}
	name, _, ok := m.table(path)
	if !ok {
		name = lastElem(path)
	}
	p := types.NewPackage(path, name)
	p.MarkComplete()
	m.pkgs[path] = p
	return p
}

func (m *Importer) object(pkg *types.Package, name string, v reflect.Value) types.Object {
	switch {
	case v.CanAddr():
		return types.NewVar(0, pkg, name, m.Type(v.Type()))
	case v.Type().Implements(reflect.TypeFor[constant.Value]()):
		c := v.Interface().(constant.Value)
		return types.NewConst(0, pkg, name, untyped(pkg.Path(), name, c), c)
	case v.Kind() == reflect.Pointer && v.IsNil():
		return types.NewTypeName(0, pkg, name, m.Type(v.Type().Elem())) // the type's own name was inserted by Type; this is an alias
	case v.Kind() == reflect.Func:
		return types.NewFunc(0, pkg, name, m.signature(v.Type(), 0))
	}
	if c := ConstantOf(v); c != nil {
		t := m.Type(v.Type())
		if v.Type() == reflect.TypeFor[bool]() {
			t = types.Typ[types.UntypedBool]
		}
		return types.NewConst(0, pkg, name, t, c)
	}
	return types.NewVar(0, pkg, name, m.Type(v.Type()))
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

func lastElem(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}
