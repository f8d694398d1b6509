package lower

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// lowerResults has the entry hand over the values of an input that ends in an expression.
func (f *Front) lowerResults(in *input) ErrorList {
	f.startFile(in)
	if in.file || len(in.stmts) == 0 {
		in.body = append(in.body, in.stmts...)
		return nil
	}
	in.body = append(in.body, in.stmts[:len(in.stmts)-1]...)
	last := in.stmts[len(in.stmts)-1]
	x, ok := last.(*ast.ExprStmt)
	if !ok {
		in.body = append(in.body, last)
		return nil
	}
	tv := in.info.Types[x.X]
	if tv.IsVoid() || tv.Type == nil {
		in.body = append(in.body, last)
		return nil
	}
	args := []ast.Expr{number(x.Pos(), in.id)}
	if tuple, ok := tv.Type.(*types.Tuple); ok {
		var temps []ast.Expr
		for i := range tuple.Len() {
			temps = append(temps, ident(x.Pos(), in.temp()))
			in.results = append(in.results, tuple.At(i).Type())
		}
		in.body = append(in.body, assign(x.Pos(), token.DEFINE, temps, []ast.Expr{x.X}))
		for _, t := range temps {
			args = append(args, ident(x.Pos(), t.(*ast.Ident).Name))
		}
	} else {
		value, err := f.result(in, x.X, tv)
		if err != nil {
			return ErrorList{err}
		}
		in.results = append(in.results, types.Default(tv.Type))
		args = append(args, value)
	}
	in.body = append(in.body, do(call(selector(x.Pos(), run, "Ret"), args...)))
	return nil
}

// result is the expression for a value; a constant is computed here, as exactly as the checker did.
func (f *Front) result(in *input, x ast.Expr, tv types.TypeAndValue) (ast.Expr, *Error) {
	if tv.Value == nil {
		return x, nil
	}
	t := types.Default(tv.Type)
	if b, ok := t.(*types.Basic); ok && !fits(tv.Value, b) {
		return nil, &Error{Pos: f.fset.Position(x.Pos()), Msg: "the constant " + types.ExprString(x) + " (" + tv.Value.String() + ") overflows " + b.Name()}
	}
	w := in.writer(x.Pos())
	typ, err := w.typ(t)
	if err != nil {
		return x, nil // a compiled package's type that cannot be named: the engine evaluates it
	}
	return call(typ, literal(x.Pos(), tv.Value, t)), nil
}

// fits tells whether an untyped constant has a value of its default type.
func fits(v constant.Value, t *types.Basic) bool {
	switch t.Kind() {
	case types.Int:
		_, exact := constant.Int64Val(constant.ToInt(v))
		return exact
	case types.Int32:
		i, exact := constant.Int64Val(constant.ToInt(v))
		return exact && int64(int32(i)) == i
	case types.Float64:
		x, _ := constant.Float64Val(v)
		return x-x == 0 // not infinite
	}
	return true
}

// TypeName is a type as people write it in package main.
func TypeName(t types.Type) string {
	return Plain(types.TypeString(t, func(p *types.Package) string {
		if p.Path() == mainPath {
			return ""
		}
		return p.Name()
	}))
}

// Declared reports whether t is a named type that the session has declared. It is not if t is nil.
func Declared(t types.Type) bool {
	if t == nil {
		return false
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == mainPath
}

// startFile begins the entry of a whole file with its variables' values, in Go's order, and its init funcs, and ends it with main.
func (f *Front) startFile(in *input) {
	if !in.file {
		return
	}
	for _, init := range in.info.InitOrder {
		var lhs []ast.Expr
		for _, v := range init.Lhs {
			lhs = append(lhs, ident(init.Rhs.Pos(), f.engineOrBlank(in, v.Name())))
		}
		in.body = append(in.body, assign(init.Rhs.Pos(), token.ASSIGN, lhs, []ast.Expr{init.Rhs}))
	}
	for _, d := range in.funcs {
		if d.Recv == nil && d.Name.Name == "init" {
			d.Name = ident(d.Name.Pos(), f.scope.fresh("init"))
			in.body = append(in.body, do(call(ident(d.Pos(), d.Name.Name))))
		}
	}
	if in.engine["main"] != "" && in.pkg.Scope().Lookup("main") != nil {
		if _, isFunc := in.pkg.Scope().Lookup("main").(*types.Func); isFunc {
			in.body = append(in.body, do(call(ident(in.pos, in.engine["main"]))))
		}
	}
}

func (f *Front) engineOrBlank(in *input, name string) string {
	if name == "_" {
		return name
	}
	return f.engineName(in, name)
}
