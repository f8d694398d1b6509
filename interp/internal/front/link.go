package front

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// linker finds what a unit refers to in other packages, and gives its program these packages: with as much of them as the unit needs.
// A func or a variable is there without a body; ssa makes methods by itself, as it comes to them. Generic code comes with its source, and so
// with all that it refers to in turn.
type linker struct {
	f       *Front
	prog    *ssa.Program
	pkg     *types.Package // the unit's own
	stubs   map[*types.Package]*stub
	order   []*stub
	seen    map[types.Object]bool
	types   map[types.Type]bool
	symbols []types.Object
	err     error
}

// stub is a package as a program sees it.
type stub struct {
	pkg      *types.Package
	decls    []ast.Decl
	defs     map[*ast.Ident]types.Object
	generics *generics // nil if no generic code of it is needed
}

func newLinker(f *Front, prog *ssa.Program, pkg *types.Package) *linker {
	return &linker{f: f, prog: prog, pkg: pkg, stubs: map[*types.Package]*stub{}, seen: map[types.Object]bool{}, types: map[types.Type]bool{}}
}

// info takes all that checked code refers to.
func (l *linker) info(info *types.Info) {
	for _, obj := range info.Uses {
		l.object(obj)
	}
	for _, obj := range info.Defs { // a variable that is declared again
		l.object(obj)
	}
	for _, tv := range info.Types {
		l.typ(tv.Type)
	}
}

func (l *linker) object(obj types.Object) {
	if obj == nil || obj.Pkg() == nil || l.seen[obj] {
		return
	}
	switch obj := obj.(type) {
	case *types.Var:
		if obj.Pkg() != l.pkg && obj.Kind() == types.PackageVar {
			l.seen[obj] = true
			l.declare(obj, varDecl(l.stub(obj.Pkg()).define(obj)))
		}
	case *types.Func:
		l.function(obj)
	}
}

// varDecl declares variables, whose types are known.
func varDecl(names ...*ast.Ident) ast.Decl {
	return &ast.GenDecl{TokPos: names[0].Pos(), Tok: token.VAR, Specs: []ast.Spec{&ast.ValueSpec{Names: names}}}
}

func (l *linker) function(fn *types.Func) {
	l.seen[fn] = true
	switch origin := fn.Origin(); {
	case origin != fn:
		l.object(origin)
	case fn.Pkg() == l.pkg:
	case isGeneric(fn):
		l.generic(fn)
	case fn.Signature().Recv() == nil:
		l.declare(fn, &ast.FuncDecl{Name: l.stub(fn.Pkg()).define(fn), Type: &ast.FuncType{}})
	}
}

// declare makes an object a member of its package, without a value or a body.
func (l *linker) declare(obj types.Object, d ast.Decl) {
	s := l.stub(obj.Pkg())
	s.decls = append(s.decls, d)
	if obj.Pkg().Path() != mainPath {
		l.symbols = append(l.symbols, obj)
	}
}

func (l *linker) stub(pkg *types.Package) *stub {
	s := l.stubs[pkg]
	if s == nil {
		s = &stub{pkg: pkg, defs: map[*ast.Ident]types.Object{}}
		l.stubs[pkg] = s
		l.order = append(l.order, s)
	}
	return s
}

func (s *stub) define(obj types.Object) *ast.Ident {
	id := ast.NewIdent(obj.Name())
	s.defs[id] = obj
	return id
}

// generic takes the source of a generic func or method.
func (l *linker) generic(fn *types.Func) {
	s := l.stub(fn.Pkg())
	if s.generics == nil {
		s.generics = l.f.generics(fn.Pkg())
	}
	if s.generics == nil || s.generics.funcs[fn] == nil {
		return // the machine says what has no code
	}
	code := s.generics.funcs[fn]
	s.decls = append(s.decls, code.decl)
	for _, obj := range code.uses {
		l.stale(fn, obj)
		l.object(obj)
	}
	for _, t := range code.types {
		l.typ(t)
	}
}

// stale refuses source that calls a method of a generic type which has got another type since.
func (l *linker) stale(fn *types.Func, obj types.Object) {
	old, ok := obj.(*types.Func)
	if !ok || old.Signature().Recv() == nil || l.err != nil {
		return
	}
	recv := types.Unalias(old.Signature().Recv().Type())
	if p, ok := recv.(*types.Pointer); ok {
		recv = types.Unalias(p.Elem())
	}
	inst, ok := recv.(*types.Named)
	if !ok || inst.TypeArgs() == nil || old.Origin() == methodNamed(*methodList(inst.Origin()), old.Name()) {
		return
	}
	now, _, _ := types.LookupFieldOrMethod(freshInstance(inst), true, l.f.pkg, old.Name())
	if now, ok := now.(*types.Func); !ok || !types.Identical(now.Type(), old.Type()) {
		l.err = fmt.Errorf("%s was declared when %s.%s had another type: declare it anew, too", fn.Name(), inst.Obj().Name(), old.Name())
	}
}

// typ takes the methods of instances: generic code may call them, and compiled code if they get there in an interface.
func (l *linker) typ(t types.Type) {
	eachNamed(t, l.types, func(n *types.Named) bool {
		if n.TypeArgs() != nil {
			for m := range n.Origin().Methods() { // each may come from another unit
				l.object(m)
			}
		}
		return l.f.ofSource(n)
	})
}

// createOthers gives the program the packages.
func (l *linker) createOthers(fset *token.FileSet) {
	for _, s := range l.order {
		info := &types.Info{Defs: s.defs}
		if g := s.generics; g != nil {
			fset.AddExistingFiles(g.files...)
			info = g.info(s.defs)
		}
		l.prog.CreatePackage(s.pkg, []*ast.File{{Name: ast.NewIdent(s.pkg.Name()), Decls: s.decls}}, info, false)
	}
}
