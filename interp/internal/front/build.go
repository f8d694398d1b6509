package front

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// build makes the input's SSA.
func (f *Front) build(in *input, file *ast.File) (*Unit, error) {
	unit := &Unit{Fset: in.fset, Pkg: in.pkg}
	prog := ssa.NewProgram(in.fset, ssa.InstantiateGenerics|ssa.BareInits|ssa.BuildSerially|f.config.Mode)
	l := newLinker(f, prog, in.pkg)
	l.info(in.info)
	if l.err != nil {
		return nil, ErrorList{{Pos: in.fset.Position(in.start()), Msg: l.err.Error()}}
	}
	l.createOthers(in.fset)
	file.Decls = append(file.Decls, in.lateTypes()...)
	unit.SSA = prog.CreatePackage(in.pkg, []*ast.File{file}, in.info, true)
	unit.SSA.Build()
	unit.Symbols = l.symbols
	in.takeFuncs(unit)
	in.takeLate(unit)
	f.takeRedefined(in, unit)
	return unit, nil
}

// lowered is the input as a file for ssa: its types and funcs, its variables, and the entry.
func (in *input) lowered() *ast.File {
	at := in.start()
	file := &ast.File{Package: at, Name: ast.NewIdent(mainPath)}
	for _, d := range in.decls {
		if g, ok := d.(*ast.GenDecl); !ok || g.Tok == token.TYPE {
			file.Decls = append(file.Decls, d)
		}
	}
	if len(in.variables) > 0 {
		file.Decls = append(file.Decls, varDecl(in.variables...))
	}
	if len(in.stmts) > 0 {
		file.Decls = append(file.Decls, in.loweredEntry())
	}
	return file
}

// loweredEntry is the entry with its results, and without declarations of variables.
func (in *input) loweredEntry() *ast.FuncDecl {
	for _, block := range in.blocks {
		block.List = in.assignments(block.List)
	}
	sig := in.signature()
	entry := &ast.FuncDecl{Name: in.entry.Name, Type: &ast.FuncType{Func: in.start(), Params: &ast.FieldList{}}, Body: in.blocks[0]}
	if n := len(in.results); n > 0 {
		entry.Type.Results = &ast.FieldList{}
		for range n {
			entry.Type.Results.List = append(entry.Type.Results.List, &ast.Field{Type: entry.Name})
		}
	}
	in.info.Defs[entry.Name] = types.NewFunc(in.start(), in.pkg, EntryName, sig)
	return entry
}

// takeFuncs finds what is to be called.
func (in *input) takeFuncs(u *Unit) {
	inits := len(in.info.InitOrder) > 0
	for _, d := range in.funcs {
		inits = inits || d.Recv == nil && d.Name.Name == "init"
	}
	if inits {
		u.Init = u.SSA.Func("init")
	}
	u.Entry = u.SSA.Func(EntryName)
	if in.file != nil {
		u.Entry = u.SSA.Func("main")
	}
}

// takeRedefined finds the funcs whose callers are to call the input's from now on.
func (f *Front) takeRedefined(in *input, u *Unit) {
	for _, obj := range in.objects {
		fn, ok := obj.(*types.Func)
		if !ok || fn.Signature().TypeParams() != nil {
			continue
		}
		if old, ok := f.scope.objects[fn.Name()].(*types.Func); ok && types.Identical(old.Type(), fn.Type()) && old.Signature().TypeParams() == nil {
			u.Redefined = append(u.Redefined, [2]*types.Func{old, fn})
		}
	}
}
