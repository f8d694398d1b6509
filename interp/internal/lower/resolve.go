package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// resolve checks an input as the user wrote it: variables of the top level are still locals of the entry. Packages that are used without
// an import are found here.
func (f *Front) resolve(in *input) ErrorList {
	if in.file {
		return f.settle(in, true, nil)
	}
	return f.settle(in, false, nil)
}

// settle checks until no import is missing any more.
func (f *Front) settle(in *input, bodies bool, extra []ast.Decl) ErrorList {
	for {
		v := view{hide: f.names(in), extra: append(in.ownDecls(bodies), extra...), body: in.stmts}
		c, errs := f.check(in, v)
		errs = in.withoutUnused(f.fset, errs)
		if len(errs) == 0 {
			in.checked = c
			return nil
		}
		added, ambiguous := f.autoImport(in, unresolved(c, in.nodes()))
		if !added {
			return append(errs.withoutUndefined(ambiguous), ambiguous...)
		}
	}
}

// withoutUnused drops what the compiler says of an expression that stands alone: at a prompt that is how one asks for its value.
func (in *input) withoutUnused(fset *token.FileSet, errs ErrorList) ErrorList {
	var kept ErrorList
	for _, e := range errs {
		if !strings.HasSuffix(e.Msg, "is not used") || !in.standsAlone(fset, e.Pos) {
			kept = append(kept, e)
		}
	}
	return kept
}

func (in *input) standsAlone(fset *token.FileSet, pos token.Position) bool {
	for _, s := range in.stmts {
		x, ok := s.(*ast.ExprStmt)
		if !ok {
			continue
		}
		from, to := fset.Position(x.Pos()), fset.Position(x.End())
		if !before(pos, from) && before(pos, to) {
			return true
		}
	}
	return false
}

func before(a, b token.Position) bool {
	return a.Line < b.Line || a.Line == b.Line && a.Column < b.Column
}

// hoist makes the variables of an input's top level variables of the session: they get objects, the statements that declared them
// assign, and mentions of what had the name before go on meaning that.
func (f *Front) hoist(in *input) (extra []ast.Decl, errs ErrorList) {
	var vars []*types.Var
	for _, s := range in.stmts {
		eachDeclared(s, func(id *ast.Ident) {
			if v, ok := in.info.Defs[id].(*types.Var); ok && id.Name != "_" {
				vars = append(vars, v)
			}
		})
	}
	for _, v := range vars {
		obj, decl, err := f.newVariable(in, v, true)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		in.hoisted[v.Name()] = obj
		extra = append(extra, decl)
	}
	if len(errs) > 0 || len(vars) == 0 {
		return nil, errs
	}
	extra = append(extra, f.keepOld(in)...)
	var stmts []ast.Stmt
	for _, s := range in.stmts {
		stmts = append(stmts, in.assigned(s)...)
	}
	in.stmts = stmts
	return extra, nil
}

// eachDeclared calls do with the names that a statement of the top level may declare.
func eachDeclared(s ast.Stmt, do func(*ast.Ident)) {
	switch s := s.(type) {
	case *ast.LabeledStmt:
		eachDeclared(s.Stmt, do)
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			for _, x := range s.Lhs {
				if id, ok := x.(*ast.Ident); ok {
					do(id)
				}
			}
		}
	case *ast.DeclStmt:
		if d, ok := s.Decl.(*ast.GenDecl); ok && d.Tok == token.VAR {
			for _, spec := range d.Specs {
				for _, id := range spec.(*ast.ValueSpec).Names {
					do(id)
				}
			}
		}
	}
}

// newVariable makes the object of a variable, or finds the one there is: to declare a variable again with the same type is to assign to
// it, so that funcs that use it see the new value.
func (f *Front) newVariable(in *input, v *types.Var, reuse bool) (*object, ast.Decl, *Error) {
	w := f.checkWriter(in, v.Pos())
	t, err := w.typ(types.Default(v.Type()))
	if err != nil {
		return nil, nil, &Error{Pos: f.fset.Position(v.Pos()), Msg: "cannot declare " + v.Name() + ": " + Plain(err.Error())}
	}
	for p := range w.packages {
		in.packages[p] = true
	}
	decl := varDecl(v.Pos(), v.Name(), t)
	obj := &object{name: v.Name(), kind: variable, pos: v.Pos(), decls: []ast.Decl{decl}, packages: w.packages, typ: types.ExprString(t)}
	if old := f.scope.current[v.Name()]; reuse && old != nil && old.kind == variable && old.typ == obj.typ {
		obj.engine = old.engine
		obj.loaded = true
	} else {
		obj.engine = f.scope.fresh(v.Name())
	}
	in.engine[v.Name()] = obj.engine
	in.objects = append(in.objects, obj)
	in.varTypes[obj] = types.Default(v.Type())
	return obj, decl, nil
}

// keepOld lets statements that mention what had a hoisted name before, as in x := float64(x), go on meaning it.
func (f *Front) keepOld(in *input) []ast.Decl {
	var decls []ast.Decl
	added := map[string]bool{}
	for _, s := range in.stmts {
		ast.Inspect(s, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || in.hoisted[id.Name] == nil {
				return true
			}
			use := in.info.Uses[id]
			if pkg, ok := use.(*types.PkgName); ok {
				path := pkg.Imported().Path()
				in.packages[path] = true
				id.Name = packageIdent(path)
				return true
			}
			old := f.scope.current[id.Name]
			if use == nil || old == nil || use.Parent() != in.pkg.Scope() || old.engine == in.hoisted[id.Name].engine {
				return true
			}
			if old.kind != typename && !added[old.engine] {
				added[old.engine] = true
				decls = append(decls, under(old.engine, old.decls[0]))
				for p := range old.packages {
					in.packages[p] = true
				}
			}
			id.Name = old.engine
			return true
		})
	}
	return decls
}

// under is a declaration under another name.
func under(name string, d ast.Decl) ast.Decl {
	switch d := d.(type) {
	case *ast.FuncDecl:
		c := *d
		c.Name = ident(d.Name.Pos(), name)
		return &c
	case *ast.GenDecl:
		spec := *d.Specs[0].(*ast.ValueSpec)
		spec.Names = []*ast.Ident{ident(d.Pos(), name)}
		return genDecl(d.Pos(), d.Tok, &spec)
	}
	return d
}

// assigned turns a statement of the top level that declares variables into ones that assign to them.
func (in *input) assigned(s ast.Stmt) []ast.Stmt {
	switch s := s.(type) {
	case *ast.LabeledStmt:
		list := in.assigned(s.Stmt)
		if len(list) == 1 {
			s.Stmt = list[0]
		} else {
			s.Stmt = block(s.Pos(), list...)
		}
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			s.Tok = token.ASSIGN
		}
	case *ast.DeclStmt:
		d, ok := s.Decl.(*ast.GenDecl)
		if !ok || d.Tok != token.VAR {
			break
		}
		var list []ast.Stmt
		for _, spec := range d.Specs {
			list = append(list, in.assignedSpec(spec.(*ast.ValueSpec))...)
		}
		return list
	}
	return []ast.Stmt{s}
}

func (in *input) assignedSpec(spec *ast.ValueSpec) []ast.Stmt {
	var lhs []ast.Expr
	for _, id := range spec.Names {
		lhs = append(lhs, id)
	}
	if len(spec.Values) > 0 {
		if spec.Type != nil && spec.Names[0].Name == "_" { // nothing else would hold the value to that type
			return []ast.Stmt{&ast.DeclStmt{Decl: genDecl(spec.Pos(), token.VAR, spec)}}
		}
		return []ast.Stmt{assign(spec.Pos(), token.ASSIGN, lhs, spec.Values)}
	}
	var list []ast.Stmt
	for _, id := range spec.Names {
		if obj := in.hoisted[id.Name]; obj != nil && obj.loaded {
			zero := in.temp()
			list = append(list, block(id.Pos(),
				&ast.DeclStmt{Decl: varDecl(id.Pos(), zero, spec.Type)},
				set(id, ident(id.Pos(), zero))))
		}
	}
	return list
}
