package check

import (
	"fmt"
	"go/ast"
	"go/types"
	"iter"
	"runtime"

	"github.com/rgo-project/rgo/interp/internal/check/generic"
	"github.com/rgo-project/rgo/interp/internal/check/generic/compiled"
)

// shadow is the generic part of a compiled package: a package of the same path, checked from source. What it exports is in the
// scope of the compiled package too.
type shadow struct {
	files []*ast.File
	info  *types.Info
}

// Generic returns the source of a package that generic names come from, to whom instances of them are to be made. Such a package
// is imported by the compiled one that it belongs to, in the sense of types.Package.Imports. Positions are those of generic.FileSet.
func (m *Importer) Generic(pkg *types.Package) (files []*ast.File, info *types.Info, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.shadows[pkg]
	if !ok {
		return nil, nil, false
	}
	return s.files, s.info, true
}

// shade gives a package its generic names, if it has any.
func (m *Importer) shade(pkg *types.Package) error {
	files, err := generic.Files(pkg.Path())
	if err != nil || len(files) == 0 {
		return err
	}
	s := &shadow{files: files, info: &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Instances:    map[*ast.Ident]types.Instance{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		Scopes:       map[ast.Node]*types.Scope{},
		FileVersions: map[*ast.File]string{},
	}}
	conf := types.Config{Context: m.context, Importer: sources{m, files}, Sizes: types.SizesFor("gc", runtime.GOARCH)}
	checked, err := conf.Check(pkg.Path(), generic.FileSet, files, s.info)
	if err != nil {
		return fmt.Errorf("the generic names of %s: %w", pkg.Path(), err)
	}
	m.shadows[checked] = s
	pkg.SetImports([]*types.Package{checked})
	for _, name := range checked.Scope().Names() {
		if obj := checked.Scope().Lookup(name); obj.Exported() && pkg.Scope().Lookup(name) == nil {
			pkg.Scope().Insert(obj)
		}
	}
	for _, t := range predeclared[pkg.Path()] {
		m.in(pkg.Path()).typ(t)
	}
	return nil
}

// sources imports for the sources of generic names: compiled packages, and the one that works for them, which only they can import.
type sources struct {
	*Importer
	files []*ast.File
}

func (s sources) Import(path string) (*types.Package, error) {
	if path != compiled.Path {
		return s.load(path)
	}
	// No more names than these files use: the types of the others may be in the making, just because of these files.
	for _, file := range s.files {
		for name := range selected(file, s.native.Name()) {
			if s.native.Scope().Lookup(name) == nil {
				s.native.Scope().Insert(s.in(compiled.Path).object(s.native, name, compiled.Table()[name]))
			}
		}
	}
	return s.native, nil
}

// selected goes through the names that a file uses of the package that it calls pkg.
func selected(file *ast.File, pkg string) iter.Seq[string] {
	return func(yield func(string) bool) {
		ast.Inspect(file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == pkg {
					return yield(sel.Sel.Name)
				}
			}
			return true
		})
	}
}
