package interp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"

	"github.com/rgo-project/rgo/interp/internal/load"
	"github.com/rgo-project/rgo/interp/internal/vm"
)

// Package is source that is run as a whole: a package in a directory, with the packages that it imports from the same module, from vendor, or from a module
// cache. Nothing is downloaded.
type Package struct {
	// Root is the directory of this machine with all that belongs to the package: usually that of its go.mod.
	Root string
	// Dir is the package's directory, as a path with slashes in Root; "." by default.
	Dir string
	// Files are the files of a program, as paths with slashes in Root. If there are any, Dir is not used.
	Files []string
	// Tags are build tags.
	Tags []string
	// Modules is a module cache of this machine (go env GOMODCACHE) for what go.mod requires; none if it is empty.
	Modules string
	// Name says how a file or directory in Root is called in errors and stacks; by default as in Root.
	Name func(file string) string
}

func (p Package) withDefaults() Package {
	if p.Dir == "" {
		p.Dir = "."
	}
	if p.Name == nil {
		p.Name = func(file string) string { return file }
	}
	return p
}

// graph reads the package, for the system that is given.
func (p Package) graph(o load.Options) (*load.Graph, error) {
	p = p.withDefaults()
	o.Tags, o.Name = p.Tags, p.Name
	if p.Modules != "" {
		o.Modules = os.DirFS(p.Modules)
	}
	var tree fs.FS = os.DirFS(p.Root)
	if len(p.Files) > 0 {
		return load.Files(tree, p.Files, o)
	}
	return load.Dir(tree, p.Dir, o)
}

// Path is the import path of the package in Dir, as far as go.mod tells.
func (p Package) Path() (string, error) {
	p = p.withDefaults()
	path, err := load.ImportPath(os.DirFS(p.Root), p.Dir, load.Options{})
	return path, packageError(err)
}

// RunPackage runs the program that a package is: all packages are initialised, and its main is called. Its types and variables are its own, inputs do not see them.
// Errors are those of Run; a CompileError is worded as by `go build`.
func (s *Session) RunPackage(ctx context.Context, p Package) error {
	if err := ctx.Err(); err != nil {
		return &interruptedError{context.Cause(ctx)}
	}
	g, prog, err := s.compilePackage(p, false)
	if err != nil {
		return err
	}
	if !g.Program() {
		s.runs.Done()
		return packageError(fmt.Errorf("package %s is not a main package", g.Root.Path))
	}
	_, err = s.execute(ctx, Input{Name: g.Root.Path, Strict: true}, prog)
	return err
}

// compilePackage makes the code of a package. To run it is to initialise the packages and to call main, if there is one.
func (s *Session) compilePackage(p Package, tests bool) (g *load.Graph, prog *program, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, ErrClosed
	}
	g, err = p.graph(load.Options{Tests: tests, Compiled: func(path string) bool { _, _, ok := s.packages.table(path); return ok }})
	if err == nil {
		err = g.Check(grantedImporter{s.importer, s.packages.only})
	}
	if err == nil {
		err = g.Build(s.importer)
	}
	if err != nil {
		return nil, nil, packageError(err)
	}
	prog = &program{}
	for _, p := range g.Packages {
		if err = s.loadPackage(g, p, prog); err != nil {
			break
		}
	}
	if err != nil {
		s.unload(prog)
		return nil, nil, compileError(g.Root.Path, err)
	}
	if s.stdio != nil {
		s.stdio.start()
	}
	s.runs.Add(1) // under mu: Close waits for it
	return g, prog, nil
}

// loadPackage gives a package of a graph to the machine.
func (s *Session) loadPackage(g *load.Graph, p *load.Package, prog *program) error {
	pkg, err := s.machine.Load(p.SSA, g.Fset)
	if err != nil {
		return err
	}
	prog.loaded = append(prog.loaded, pkg)
	for _, e := range p.Embeds {
		if err := e.Set(s.machine.Var(e.Var)); err != nil {
			return err
		}
	}
	names := []string{"init"}
	if p == g.Root && g.Program() {
		names = append(names, "main")
	}
	for _, name := range names {
		fn := p.SSA.Func(name)
		prog.calls = append(prog.calls, func(run *vm.Run) ([]reflect.Value, error) { return pkg.Call(run, fn) })
	}
	return nil
}

// unload forgets packages of which nothing has run.
func (s *Session) unload(prog *program) {
	for _, pkg := range prog.loaded {
		s.machine.Unload(pkg)
	}
}

// packageError makes errors of loading the caller's.
func packageError(err error) error {
	if err == nil {
		return nil
	}
	list, ok := errors.AsType[load.ErrorList](err)
	if !ok {
		return &CompileError{List: []Diagnostic{{Msg: err.Error()}}}
	}
	e := &CompileError{}
	of := ""
	for _, d := range list {
		if d.Package != of {
			e.List = append(e.List, Diagnostic{Msg: "# " + d.Package})
			of = d.Package
		}
		note := Diagnostic{Msg: d.Error()}
		if at := d.Place(); len(d.Chain) == 0 && at.Column > 0 {
			note = Diagnostic{File: at.Filename, Line: at.Line, Column: at.Column, Msg: d.Msg}
		}
		e.List = append(e.List, note)
	}
	return e
}
