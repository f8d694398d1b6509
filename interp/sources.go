package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/rgo-project/rgo/interp/internal/check/generic"
	"github.com/rgo-project/rgo/interp/internal/front"
	"github.com/rgo-project/rgo/interp/internal/load"
	"github.com/rgo-project/rgo/interp/internal/vm"
)

// sources imports for inputs: compiled packages, and those that are there as source, which are read once, when they are first imported.
type sources struct {
	session *Session
	fset    *token.FileSet
	loaded  map[string]*types.Package
	code    map[*types.Package]*load.Package
	inits   []func(*vm.Run) ([]reflect.Value, error) // of packages that have been loaded for inputs that never ran
}

func newSources(s *Session) *sources {
	return &sources{session: s, loaded: map[string]*types.Package{}, code: map[*types.Package]*load.Package{}}
}

// Import implements types.Importer.
func (m *sources) Import(path string) (*types.Package, error) {
	if pkg := m.loaded[path]; pkg != nil {
		return pkg, nil
	}
	if err := m.session.packages.only.check(path); err != nil {
		return nil, err
	}
	pkg, err := m.session.importer.Import(path)
	if err == nil {
		return pkg, nil
	}
	if ok, failed := m.read(path); ok {
		return m.loaded[path], failed
	}
	return nil, err
}

// Context implements load.Importer.
func (m *sources) Context() *types.Context { return m.session.importer.Context() }

// Generic implements load.Importer.
func (m *sources) Generic(pkg *types.Package) ([]*ast.File, *types.Info, bool) {
	if p := m.code[pkg]; p != nil {
		return p.Files, p.Info, true
	}
	return m.session.importer.Generic(pkg)
}

// generic finds the source of a package's generic code.
func (m *sources) generic(pkg *types.Package) *front.Generic {
	if p := m.code[pkg]; p != nil {
		return &front.Generic{Fset: m.fset, Files: p.Files, Info: p.Info}
	}
	files, info, ok := m.session.importer.Generic(pkg)
	if !ok {
		return nil
	}
	return &front.Generic{Fset: generic.FileSet, Files: files, Info: info}
}

// read reads a package of source, and what it imports. It is false if there is no such package.
func (m *sources) read(path string) (bool, error) {
	root, dir := m.session.sourceDir()
	if root == "" {
		return false, nil
	}
	if m.fset == nil {
		m.fset = m.session.front.NewFileSet()
	}
	o := load.Options{Fset: m.fset, Compiled: m.known}
	if cache := ModuleCache(); cache != "" {
		o.Modules = os.DirFS(cache)
	}
	g, ok, err := load.Import(os.DirFS(root), dir, path, o)
	if !ok {
		return false, err
	}
	if err == nil {
		err = g.Check(m)
	}
	if err == nil {
		err = g.Build(m)
	}
	if err != nil {
		return true, fmt.Errorf("its source is not right:\n\t%s", strings.ReplaceAll(err.Error(), "\n", "\n\t"))
	}
	prog := &program{}
	for _, p := range g.Packages {
		if err := m.session.loadPackage(g, p, prog); err != nil {
			m.session.unload(prog)
			return true, err
		}
	}
	for _, p := range g.Packages {
		m.loaded[p.Path], m.code[p.Types] = p.Types, p
	}
	m.inits = append(m.inits, prog.calls...)
	return true, nil
}

// known reports whether a package needs no reading.
func (m *sources) known(path string) bool {
	_, _, compiled := m.session.packages.table(path)
	return compiled || m.loaded[path] != nil
}

// initialise has a program begin with the initialisation of the packages that were loaded for it.
func (m *sources) initialise(prog *program) {
	prog.calls, m.inits = append(m.inits, prog.calls...), nil
}

// sourceDir is the directory whose imports inputs have, below the root of its module; the root is empty if there is none.
func (s *Session) sourceDir() (root, dir string) {
	at := s.opts.Source
	if at == "" && s.opts.OwnProcess {
		at, _ = os.Getwd() // without one there are no packages
	}
	if at == "" {
		return "", ""
	}
	at, err := filepath.Abs(at)
	if err != nil {
		return "", ""
	}
	if _, ok := above(at, "go.mod"); !ok {
		return "", ""
	}
	root = ModuleRoot(at)
	dir, err = filepath.Rel(root, at)
	if err != nil {
		return "", ""
	}
	return root, filepath.ToSlash(dir)
}

// above is the nearest directory at or above dir with a file of that name.
func above(dir, name string) (string, bool) {
	for {
		if st, err := os.Stat(filepath.Join(dir, name)); err == nil && !st.IsDir() {
			return dir, true
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", false
		}
		dir = up
	}
}

// ModuleCache is the directory of this machine's module cache; empty if there is none.
func ModuleCache() string {
	dir := os.Getenv("GOMODCACHE")
	if dir == "" {
		path := filepath.SplitList(os.Getenv("GOPATH"))
		if home, err := os.UserHomeDir(); err == nil {
			path = append(path, filepath.Join(home, "go"))
		}
		if len(path) == 0 {
			return ""
		}
		dir = filepath.Join(path[0], "pkg", "mod")
	}
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return ""
	}
	return dir
}

// ModuleRoot is the directory of this machine that a package's Root is to be, for the package in dir: that of its workspace, of its module, or dir itself.
func ModuleRoot(dir string) string {
	root := dir
	if mod, ok := above(dir, "go.mod"); ok {
		root = mod
	}
	if work, ok := above(root, "go.work"); ok && os.Getenv("GOWORK") != "off" {
		root = work
	}
	return root
}
