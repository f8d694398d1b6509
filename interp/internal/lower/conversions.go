package lower

import (
	"go/ast"
	"go/token"
	"go/types"
)

// conversions calls visit with each expression of the input whose value goes into a variable of an interface type, and that type.
// Values that are only looked at by compiled code, such as the arguments of fmt.Println, are left out.
func (in *input) conversions(visit func(x ast.Expr, from, to types.Type)) {
	to := func(x ast.Expr, t types.Type) {
		if x == nil || t == nil || !types.IsInterface(t) {
			return
		}
		if from := in.info.Types[x].Type; from != nil {
			visit(x, from, t)
		}
	}
	var results []*types.Tuple // of the funcs around a node
	var walk func(n ast.Node)
	inFunc := func(sig *types.Signature, body *ast.BlockStmt) {
		if sig == nil || body == nil {
			return
		}
		results = append(results, sig.Results())
		walk(body)
		results = results[:len(results)-1]
	}
	walk = func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if fn, ok := in.info.Defs[n.Name].(*types.Func); ok {
					inFunc(fn.Signature(), n.Body)
				}
				return false
			case *ast.FuncLit:
				sig, _ := in.info.Types[n].Type.(*types.Signature)
				inFunc(sig, n.Body)
				return false
			case *ast.ReturnStmt:
				if len(results) > 0 {
					in.spread(n.Results, results[len(results)-1], to, visit)
				}
			case *ast.CallExpr:
				in.callConversions(n, to, visit)
			case *ast.AssignStmt:
				if n.Tok == token.ASSIGN {
					in.assignConversions(n.Lhs, n.Rhs, to, visit)
				}
			case *ast.ValueSpec:
				if n.Type != nil {
					for _, v := range n.Values {
						to(v, in.info.Types[n.Type].Type)
					}
				}
			case *ast.SendStmt:
				if c, ok := in.info.Types[n.Chan].Type.Underlying().(*types.Chan); ok {
					to(n.Value, c.Elem())
				}
			case *ast.IndexExpr:
				if m, ok := typeOf(in, n.X).(*types.Map); ok {
					to(n.Index, m.Key())
				}
			case *ast.BinaryExpr:
				if n.Op == token.EQL || n.Op == token.NEQ {
					to(n.X, in.info.Types[n.Y].Type)
					to(n.Y, in.info.Types[n.X].Type)
				}
			case *ast.CompositeLit:
				in.literalConversions(n, to)
			}
			return true
		})
	}
	for _, d := range in.funcs {
		walk(d)
	}
	for _, s := range in.body {
		walk(s)
	}
}

// typeOf is what the type of an expression is made of, nil for what is none.
func typeOf(in *input, x ast.Expr) types.Type {
	if t := in.info.Types[x].Type; t != nil {
		return t.Underlying()
	}
	return nil
}

// spread visits what goes into variables with the types of a tuple: as many values, or the results of one call.
func (in *input) spread(xs []ast.Expr, vars *types.Tuple, to func(ast.Expr, types.Type), visit func(ast.Expr, types.Type, types.Type)) {
	if len(xs) == vars.Len() {
		for i, x := range xs {
			to(x, vars.At(i).Type())
		}
		return
	}
	if len(xs) != 1 {
		return
	}
	if tuple, ok := in.info.Types[xs[0]].Type.(*types.Tuple); ok && tuple.Len() == vars.Len() {
		for i := range tuple.Len() {
			if types.IsInterface(vars.At(i).Type()) {
				visit(xs[0], tuple.At(i).Type(), vars.At(i).Type())
			}
		}
	}
}

func (in *input) assignConversions(lhs, rhs []ast.Expr, to func(ast.Expr, types.Type), visit func(ast.Expr, types.Type, types.Type)) {
	var vars []*types.Var
	for _, l := range lhs {
		t := in.info.Types[l].Type
		if id, ok := l.(*ast.Ident); ok && t == nil && in.info.Uses[id] != nil {
			t = in.info.Uses[id].Type()
		}
		if t == nil {
			t = types.Typ[types.Invalid]
		}
		vars = append(vars, types.NewVar(0, nil, "", t))
	}
	in.spread(rhs, types.NewTuple(vars...), to, visit)
}

func (in *input) callConversions(c *ast.CallExpr, to func(ast.Expr, types.Type), visit func(ast.Expr, types.Type, types.Type)) {
	fun := ast.Unparen(c.Fun)
	tv := in.info.Types[fun]
	switch {
	case tv.IsType():
		to(c.Args[0], tv.Type)
		return
	case in.builtin(c) == "append" && !c.Ellipsis.IsValid():
		if s, ok := typeOf(in, c.Args[0]).(*types.Slice); ok {
			for _, a := range c.Args[1:] {
				to(a, s.Elem())
			}
		}
		return
	case in.builtin(c) == "panic":
		to(c.Args[0], types.Universe.Lookup("any").Type())
		return
	}
	sig := in.calleeType(fun)
	if sig == nil || in.onlyLooks(fun) {
		return
	}
	if len(c.Args) == 1 && sig.Params().Len() != 1 {
		in.spread(c.Args, sig.Params(), to, visit)
		return
	}
	for i, a := range c.Args {
		to(a, paramType(sig, i, c.Ellipsis.IsValid()))
	}
}

// onlyLooks tells whether a func is one of a compiled package that does not keep what it is given.
func (in *input) onlyLooks(fun ast.Expr) bool {
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	obj := in.info.Uses[sel.Sel]
	if obj == nil || obj.Pkg() == nil {
		return false
	}
	switch obj.Pkg().Path() {
	case "fmt", "log", "log/slog", "reflect", "errors", "sort", "encoding/json", "encoding/xml", "encoding/gob", "encoding/binary",
		"text/template", "html/template", "testing", "flag":
		return true
	}
	return false
}

func (in *input) literalConversions(lit *ast.CompositeLit, to func(ast.Expr, types.Type)) {
	t := typeOf(in, lit)
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	for i, x := range lit.Elts {
		kv, keyed := x.(*ast.KeyValueExpr)
		value := x
		if keyed {
			value = kv.Value
		}
		switch t := t.(type) {
		case *types.Map:
			if keyed {
				to(kv.Key, t.Key())
			}
			to(value, t.Elem())
		case *types.Slice:
			to(value, t.Elem())
		case *types.Array:
			to(value, t.Elem())
		case *types.Struct:
			if !keyed {
				to(value, t.Field(i).Type())
			} else if id, ok := kv.Key.(*ast.Ident); ok {
				if f, ok := in.info.Uses[id].(*types.Var); ok {
					to(value, f.Type())
				}
			}
		}
	}
}
