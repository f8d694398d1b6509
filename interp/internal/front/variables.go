package front

import (
	"go/ast"
	"go/token"
	"go/types"
)

// promote makes the variables of the statements' top level the package's own. To declare a variable again with the same type is to
// assign to it, so that funcs that use it see the new value.
func (f *Front) promote(in *input) {
	in.kept = map[*types.Var]*types.Var{}
	latest := map[string]*types.Var{}
	for _, id := range in.top {
		v, ok := in.info.Defs[id].(*types.Var)
		if !ok {
			continue // an assignment, beside declarations
		}
		old := latest[v.Name()]
		if old == nil {
			old, _ = f.scope.objects[v.Name()].(*types.Var)
		}
		if old != nil && types.Identical(old.Type(), v.Type()) {
			in.kept[v] = old
			latest[v.Name()] = old
			continue
		}
		in.moveVar(v)
		in.variables = append(in.variables, id)
		latest[v.Name()] = v
	}
	in.renameKept()
	for _, v := range latest {
		in.objects = append(in.objects, v)
	}
}

// renameKept has mentions of a variable mean the one that there was.
func (in *input) renameKept() {
	if len(in.kept) == 0 {
		return
	}
	for _, mentions := range []map[*ast.Ident]types.Object{in.info.Defs, in.info.Uses} {
		for id, obj := range mentions {
			if v, ok := obj.(*types.Var); ok && in.kept[v] != nil {
				mentions[id] = in.kept[v]
			}
		}
	}
}

// assignments turns the statements that declare the package's variables into ones that assign to them.
func (in *input) assignments(list []ast.Stmt) []ast.Stmt {
	var out []ast.Stmt
	for _, s := range list {
		out = append(out, in.assignment(s)...)
	}
	return out
}

func (in *input) assignment(s ast.Stmt) []ast.Stmt {
	switch s := s.(type) {
	case *ast.LabeledStmt:
		list := in.assignment(s.Stmt)
		s.Stmt = list[0]
		return append([]ast.Stmt{s}, list[1:]...)
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			s.Tok = token.ASSIGN
		}
	case *ast.DeclStmt:
		if d, ok := s.Decl.(*ast.GenDecl); ok && d.Tok == token.VAR {
			list := []ast.Stmt{}
			for _, spec := range d.Specs {
				list = append(list, in.initialised(spec.(*ast.ValueSpec)))
			}
			if len(list) == 0 {
				return []ast.Stmt{&ast.EmptyStmt{Semicolon: s.Pos()}}
			}
			return list
		}
	}
	return []ast.Stmt{s}
}

// initialised is the assignment of their first values to variables. A variable declared without one is zero each time that it is declared.
func (in *input) initialised(spec *ast.ValueSpec) ast.Stmt {
	a := &ast.AssignStmt{TokPos: spec.Pos(), Tok: token.ASSIGN, Rhs: spec.Values}
	for _, id := range spec.Names {
		a.Lhs = append(a.Lhs, id)
	}
	if len(spec.Values) == 0 {
		for _, id := range spec.Names {
			a.Rhs = append(a.Rhs, in.zero(id))
		}
	}
	return a
}

// zero is an expression for the zero value of a variable's type: in SSA, nil of any type is that.
func (in *input) zero(id *ast.Ident) ast.Expr {
	zero := &ast.Ident{NamePos: id.Pos(), Name: "nil"}
	t := types.Type(types.Typ[types.Int])
	if obj := in.info.Defs[id]; obj != nil {
		t = obj.Type()
	}
	in.info.Uses[zero] = types.Universe.Lookup("nil")
	in.info.Types[zero] = types.TypeAndValue{Type: t}
	return zero
}
