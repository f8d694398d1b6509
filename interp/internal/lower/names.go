package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
)

// lowerNames gives each name of the package level the name that the engine knows it by, and each package the name that it is imported by.
func (f *Front) lowerNames(in *input) ErrorList {
	in.symbols = map[string]bool{}
	visit := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				f.lowerName(in, id)
			}
			return true
		})
	}
	for _, spec := range in.types {
		visit(spec)
	}
	for _, d := range in.funcs {
		visit(d)
	}
	visit(&ast.BlockStmt{List: in.body})
	return nil
}

func (f *Front) lowerName(in *input, id *ast.Ident) {
	obj := in.info.Uses[id]
	if obj == nil {
		obj = in.info.Defs[id]
	}
	switch obj := obj.(type) {
	case nil:
		return
	case *types.PkgName:
		path := obj.Imported().Path()
		in.packages[path] = true
		id.Name = packageIdent(path)
		return
	case *types.Var:
		if obj.IsField() {
			if id.Name == obj.Name() {
				id.Name = fieldName(obj)
			}
			return
		}
	}
	if obj.Pkg() == nil {
		return
	}
	if obj.Pkg().Path() != mainPath {
		in.symbols[obj.Pkg().Path()+"."+obj.Name()] = true
		return
	}
	if fn, ok := obj.(*types.Func); ok && fn.Signature().Recv() != nil {
		return
	}
	if obj.Parent() == in.pkg.Scope() && id.Name == obj.Name() {
		id.Name = f.engineName(in, id.Name)
	}
}

// emit puts the program together.
func (f *Front) emit(in *input) *Program {
	entry := "in" + mark
	file := &ast.File{Package: in.pos, Name: ident(in.pos, mainPath)}
	for _, spec := range in.types {
		file.Decls = append(file.Decls, genDecl(spec.Pos(), token.TYPE, spec))
	}
	for _, obj := range in.objects {
		switch obj.kind {
		case constant_:
			spec := *obj.decls[0].(*ast.GenDecl).Specs[0].(*ast.ValueSpec)
			spec.Names = []*ast.Ident{ident(obj.pos, obj.engine)}
			file.Decls = append(file.Decls, genDecl(obj.pos, token.CONST, &spec))
			mergeInto(in.packages, obj.packages)
		case variable:
			if !obj.loaded {
				// newVariable has found that the type can be written.
				file.Decls = append(file.Decls, varDecl(obj.pos, obj.engine, in.writer(obj.pos).expr(in.varTypes[obj])))
			}
		}
	}
	file.Decls = append(file.Decls, in.out...)
	for _, d := range in.funcs {
		file.Decls = append(file.Decls, d)
	}
	body := append(in.before, in.body...)
	file.Decls = append(file.Decls, &ast.FuncDecl{Name: ident(in.pos, entry), Type: funcType(in.pos, nil, nil), Body: block(in.pos, body...)})
	in.packages[RunPath] = true

	hideFields(file)
	p := &Program{
		ID: in.id, File: file, Entry: entry, Results: in.results, Symbols: in.symbols, Hooks: in.hooks,
		in: in, objects: in.objects,
	}
	imports := &ast.File{Package: in.pos, Name: ident(in.pos, mainPath)}
	for path := range in.packages {
		p.Packages = append(p.Packages, path)
		key := [2]string{filepath.Base(in.name), path}
		if !f.imported[key] {
			p.imports = append(p.imports, key)
			imports.Decls = append(imports.Decls, importDecl(in.pos, packageIdent(path), path))
		}
	}
	slices.Sort(p.Packages)
	if len(imports.Decls) > 0 {
		p.Imports = imports
	}
	return p
}

func mergeInto(dst, src map[string]bool) {
	for k := range src {
		dst[k] = true
	}
}
