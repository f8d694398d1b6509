package check

import (
	"fmt"
	"go/types"
	"reflect"
	"sync"
	"unsafe"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/rgo-project/rgo/interp/internal/check/generic/compiled"
	"github.com/rgo-project/rgo/interp/symbols"
)

// Importer makes the checker's packages of symbol tables. It keeps what it has made: all checks of a session
// must use one Importer, or their types are strangers to each other. It may be used concurrently.
type Importer struct {
	table func(path string) (name string, table symbols.Table, ok bool)

	mu        sync.Mutex
	pkgs      map[string]*types.Package
	filled    map[string]bool
	memo      map[reflect.Type]types.Type // of types that have names
	unnamed   map[spelled]types.Type
	named     map[*types.TypeName]reflect.Type // the inverse of memo, for types that are not generic
	instances typeutil.Map                     // the inverse of memo, for instances: reflect.Type by types.Type
	shadows   map[*types.Package]*shadow
	native    *types.Package // package compiled, for the sources of generic names
	sealed    map[string]*sealed
	context   *types.Context
}

// NewImporter makes an Importer of the tables that the func finds.
func NewImporter(table func(path string) (name string, table symbols.Table, ok bool)) *Importer {
	m := &Importer{
		table:  table,
		pkgs:   map[string]*types.Package{},
		filled: map[string]bool{},
		memo: map[reflect.Type]types.Type{
			reflect.TypeFor[error]():          types.Universe.Lookup("error").Type(),
			reflect.TypeFor[any]():            types.Universe.Lookup("any").Type(),
			reflect.TypeFor[unsafe.Pointer](): types.Typ[types.UnsafePointer],
		},
		unnamed: map[spelled]types.Type{},
		named:   map[*types.TypeName]reflect.Type{types.Universe.Lookup("error").(*types.TypeName): reflect.TypeFor[error]()},
		shadows: map[*types.Package]*shadow{},
		sealed:  map[string]*sealed{},
		native:  types.NewPackage(compiled.Path, "compiled"),
		context: types.NewContext(),
	}
	m.native.MarkComplete()
	return m
}

// Context returns the context that the importer instantiates types in. Checks that use it share the instances.
func (m *Importer) Context() *types.Context { return m.context }

// Import implements types.Importer.
func (m *Importer) Import(path string) (*types.Package, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.load(path)
}

func (m *Importer) load(path string) (*types.Package, error) {
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
	m.fill(pkg, table)
	if err := m.shade(pkg); err != nil {
		return nil, err
	}
	return pkg, nil
}

// fill puts the names of a table into its package.
func (m *Importer) fill(pkg *types.Package, table symbols.Table) {
	in := m.in(pkg.Path())
	for name, v := range table {
		if pkg.Scope().Lookup(name) == nil {
			if obj := in.object(pkg, name, v); pkg.Scope().Lookup(name) == nil { // a type comes with its name
				pkg.Scope().Insert(obj)
			}
		}
	}
}

// Add puts names that a table has got since it was imported into its package.
func (m *Importer) Add(path string, table symbols.Table) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fill(m.pkg(path), table)
}

// Type returns the checker's type for one of reflect's.
func (m *Importer) Type(t reflect.Type) types.Type {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.in(t.PkgPath()).typ(t)
}

// Reflect returns the compiled type that a named type of the checker is, if it is one.
func (m *Importer) Reflect(t *types.Named) (reflect.Type, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t.TypeArgs().Len() == 0 {
		rt, ok := m.named[t.Obj()]
		return rt, ok
	}
	rt, ok := m.instances.At(t).(reflect.Type)
	return rt, ok
}

// Compiled returns the value of a compiled package's func or variable, those included that only generic code may name.
func (m *Importer) Compiled(path, name string) (reflect.Value, bool) {
	_, table, ok := m.table(path)
	if path == compiled.Path {
		table, ok = compiled.Table(), true
	}
	v := table[name]
	return v, ok && v.IsValid()
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

func lastElem(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}
