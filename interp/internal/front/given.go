package front

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Given compiles the declaration of a variable whose value comes from outside. The variable is the one that there is,
// if it has this type.
func (f *Front) Given(name string, t types.Type) (*Program, *types.Var) {
	fset := newFileSet(f.base)
	file := fset.AddFile("set", -1, len(name))
	f.base = fset.Base()
	in := &input{source: &source{name: "set", fset: fset}}
	if old, ok := f.scope.objects[name].(*types.Var); ok && types.Identical(old.Type(), t) {
		return &Program{in: in}, old
	}
	in.pkg = types.NewPackage(mainPath, mainPath)
	v := types.NewVar(file.Pos(0), in.pkg, name, t)
	in.pkg.Scope().Insert(v)
	in.pkg.MarkComplete()
	in.objects = []types.Object{v}
	in.info = newInfo()
	id := &ast.Ident{NamePos: v.Pos(), Name: name}
	in.info.Defs[id] = v
	decls := &ast.File{Package: v.Pos(), Name: ast.NewIdent(mainPath), Decls: []ast.Decl{varDecl(id)}}
	prog := ssa.NewProgram(fset, ssa.BareInits)
	unit := &Unit{Fset: fset, Pkg: in.pkg, SSA: prog.CreatePackage(in.pkg, []*ast.File{decls}, in.info, true)}
	unit.SSA.Build()
	return &Program{Units: []*Unit{unit}, in: in}, v
}
