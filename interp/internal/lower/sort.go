package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"strconv"
)

// sort puts the declarations of an input into their drawers, and gives its types their engine names: with those, two types of the same name
// are two types to the checker as well.
func (f *Front) sort(in *input) (errs ErrorList) {
	for _, d := range in.decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil && d.Recv.NumFields() != 1 {
				errs = append(errs, &Error{Pos: f.fset.Position(d.Recv.Pos()), Msg: "method has no receiver, or more than one"})
				continue
			}
			in.funcs = append(in.funcs, d)
		case *ast.GenDecl:
			switch d.Tok {
			case token.IMPORT:
				errs = append(errs, f.sortImports(in, d)...)
			case token.CONST:
				in.consts = append(in.consts, d)
			case token.VAR:
				in.vars = append(in.vars, d)
			case token.TYPE:
				for _, spec := range d.Specs {
					errs = append(errs, f.sortType(in, spec.(*ast.TypeSpec))...)
				}
			}
		}
	}
	return errs
}

func (f *Front) sortImports(in *input, d *ast.GenDecl) (errs ErrorList) {
	for _, s := range d.Specs {
		spec := s.(*ast.ImportSpec)
		in.importSpecs = append(in.importSpecs, genDecl(spec.Pos(), token.IMPORT, spec))
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser has seen to it
		}
		name := ""
		if spec.Name != nil {
			name = spec.Name.Name
		} else if pkg, err := f.importer.Import(path); err == nil {
			name = pkg.Name()
		}
		switch name {
		case ".":
			errs = append(errs, &Error{Pos: f.fset.Position(spec.Pos()), Msg: "a session has no import with a dot: write the package's name before each use"})
		case "_", "":
			// The checker says what is wrong with an unknown path.
		default:
			in.imports[name] = path
			in.importDecls = append(in.importDecls, name)
		}
	}
	return errs
}

func (f *Front) sortType(in *input, spec *ast.TypeSpec) ErrorList {
	in.types = append(in.types, spec)
	name, pos := spec.Name.Name, spec.Name.Pos()
	if name == "_" {
		return nil
	}
	if spec.TypeParams != nil {
		if old := f.scope.current[name]; old != nil && old.generic {
			return ErrorList{{Pos: f.fset.Position(pos), Msg: fmt.Sprintf("%s is a generic type of this session, and those cannot be declared again", name)}}
		}
		in.engine[name] = name
		return nil
	}
	engine := f.scope.fresh(name)
	in.engine[name] = engine
	spec.Name = ident(pos, engine)
	in.aliases = append(in.aliases, alias(pos, name, engine))
	return nil
}

func alias(pos token.Pos, name, engine string) ast.Decl {
	return genDecl(pos, token.TYPE, &ast.TypeSpec{Name: ident(pos, name), Assign: pos, Type: ident(pos, engine)})
}

// receiver returns the name of a method's receiver type.
func receiver(d *ast.FuncDecl) (name string, pointer bool) {
	t := d.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t, pointer = x.X, true
		case *ast.ParenExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.Name, pointer
		default:
			return "", pointer
		}
	}
}

// ownDecls are the declarations of an input for the checker. Without bodies, its funcs are no more than their types.
func (in *input) ownDecls(bodies bool) []ast.Decl {
	var decls []ast.Decl
	for _, spec := range in.types {
		decls = append(decls, genDecl(spec.Pos(), token.TYPE, spec))
	}
	decls = append(decls, in.aliases...)
	for _, d := range in.consts {
		decls = append(decls, d)
	}
	for _, d := range in.vars {
		decls = append(decls, d)
	}
	for _, d := range in.funcs {
		if !bodies {
			d = &ast.FuncDecl{Recv: d.Recv, Name: d.Name, Type: d.Type}
		}
		decls = append(decls, d)
	}
	return decls
}

// names are the names that the input's declarations take from the session.
func (f *Front) names(in *input) map[string]bool {
	names := map[string]bool{}
	for _, name := range in.importDecls {
		names[name] = true
	}
	for name := range in.engine { // types
		names[name] = true
	}
	for _, list := range [][]*ast.GenDecl{in.consts, in.vars} {
		for _, d := range list {
			for _, spec := range d.Specs {
				for _, id := range spec.(*ast.ValueSpec).Names {
					names[id.Name] = true
				}
			}
		}
	}
	for _, d := range in.funcs {
		if d.Recv == nil {
			names[d.Name.Name] = true
		} else {
			base, _ := receiver(d)
			names[f.engineName(in, base)+"."+d.Name.Name] = true
		}
	}
	for name := range in.hoisted {
		names[name] = true
	}
	delete(names, "_")
	delete(names, "init")
	return names
}

// nodes are all that the user wrote.
func (in *input) nodes() []ast.Node {
	var nodes []ast.Node
	for _, d := range in.decls {
		nodes = append(nodes, d)
	}
	for _, s := range in.stmts {
		nodes = append(nodes, s)
	}
	return nodes
}
