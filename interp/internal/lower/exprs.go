package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"

	"golang.org/x/tools/go/ast/astutil"
)

// rewrite calls post on each node of what an input executes, innermost first, and lets it put another in its place.
func (in *input) rewrite(post astutil.ApplyFunc) {
	for _, d := range in.funcs {
		astutil.Apply(d, nil, post)
	}
	b := &ast.BlockStmt{List: in.body}
	astutil.Apply(b, nil, post)
	in.body = b.List
}

// inspect calls visit on each node of what an input executes, outermost first, as long as it says true.
func (in *input) inspect(visit func(ast.Node) bool) {
	for _, d := range in.funcs {
		ast.Inspect(d, visit)
	}
	for _, s := range in.body {
		ast.Inspect(s, visit)
	}
}

// lowerInstances writes out the type arguments of generic funcs, which the engine infers only in part.
func (f *Front) lowerInstances(in *input) (errs ErrorList) {
	in.rewrite(func(c *astutil.Cursor) bool {
		id, ok := c.Node().(*ast.Ident)
		if !ok {
			return true
		}
		inst, ok := in.info.Instances[id]
		if _, isFunc := in.info.Uses[id].(*types.Func); !ok || !isFunc {
			return true
		}
		var args []ast.Expr
		for i := range inst.TypeArgs.Len() {
			x, err := in.writer(id.Pos()).typ(inst.TypeArgs.At(i))
			if err != nil {
				errs = append(errs, &Error{Pos: f.fset.Position(id.Pos()), Msg: err.Error()})
				return true
			}
			args = append(args, x)
		}
		switch p := c.Parent().(type) {
		case *ast.IndexExpr:
			if p.X == id { // some are written; what stands there now is put right when the walk comes to the parent
				in.explicit(p, args)
				return true
			}
		case *ast.IndexListExpr:
			if p.X == id {
				p.Indices = args
				return true
			}
		case *ast.SelectorExpr:
			return true
		}
		c.Replace(index(id, args))
		return true
	})
	in.rewrite(func(c *astutil.Cursor) bool {
		if x, ok := c.Node().(*ast.IndexExpr); ok && in.instances[x] != nil {
			c.Replace(index(x.X, in.instances[x]))
		}
		return true
	})
	return errs
}

func (in *input) explicit(x *ast.IndexExpr, args []ast.Expr) {
	if in.instances == nil {
		in.instances = map[*ast.IndexExpr][]ast.Expr{}
	}
	in.instances[x] = args
}

// builtin is the name of the predeclared func that a call calls, "" for any other call.
func (in *input) builtin(c *ast.CallExpr) string {
	id, ok := ast.Unparen(c.Fun).(*ast.Ident)
	if !ok {
		return ""
	}
	if b, ok := in.info.Uses[id].(*types.Builtin); ok {
		return b.Name()
	}
	return ""
}

// lowerBuiltins replaces the predeclared funcs that the engine lacks, or sends past the session.
func (f *Front) lowerBuiltins(in *input) (errs ErrorList) {
	in.rewrite(func(c *astutil.Cursor) bool {
		x, ok := c.Node().(*ast.CallExpr)
		if !ok {
			return true
		}
		name := in.builtin(x)
		var made ast.Expr
		var err error
		switch name {
		case "print", "println":
			fun := map[string]string{"print": "Print", "println": "Println"}[name]
			made = call(selector(x.Pos(), run, fun), x.Args...)
		case "panic": // the engine knows in which func it happens, but not in which line
			if len(x.Args) == 1 {
				where := &ast.BasicLit{ValuePos: x.Pos(), Kind: token.INT, Value: strconv.Itoa(f.fset.Position(x.Pos()).Line)}
				x.Args[0] = call(selector(x.Pos(), run, "At"), where, x.Args[0])
			}
			return true
		case "min", "max":
			made, err = in.lowerMinMax(x, name)
		case "clear":
			made, err = in.lowerClear(x)
		case "new":
			if in.info.Types[x.Args[0]].IsType() {
				return true
			}
			made, err = in.lowerNew(x)
		default:
			return true
		}
		if err != nil {
			errs = append(errs, &Error{Pos: f.fset.Position(x.Pos()), Msg: err.Error()})
			return true
		}
		if made != nil {
			c.Replace(made)
		}
		return true
	})
	return errs
}

// lowerMinMax calls a literal that compares two values, once for each argument after the first.
func (in *input) lowerMinMax(x *ast.CallExpr, name string) (ast.Expr, error) {
	tv := in.info.Types[x]
	pos := x.Pos()
	if tv.Value != nil {
		t, err := in.writer(pos).typ(types.Default(tv.Type))
		if err != nil {
			return nil, err
		}
		return call(t, literal(pos, tv.Value, types.Default(tv.Type))), nil
	}
	op := token.LSS
	if name == "max" {
		op = token.GTR
	}
	acc := x.Args[0]
	for _, arg := range x.Args[1:] {
		t, err := in.writer(pos).typ(tv.Type)
		if err != nil {
			return nil, err
		}
		a, b := in.temp(), in.temp()
		binary := func(op token.Token, l, r string) ast.Expr {
			return &ast.BinaryExpr{X: ident(pos, l), OpPos: pos, Op: op, Y: ident(pos, r)}
		}
		first := binary(op, a, b)
		if basic, ok := tv.Type.Underlying().(*types.Basic); ok && basic.Info()&types.IsFloat != 0 { // not a number wins
			first = &ast.BinaryExpr{X: first, OpPos: pos, Op: token.LOR, Y: binary(token.NEQ, a, a)}
		}
		lit := funcLit(funcType(pos, []*ast.Field{param(a, t), param(b, t)}, []*ast.Field{{Type: t}}),
			when(first, ret(pos, ident(pos, a))), ret(pos, ident(pos, b)))
		acc = call(lit, acc, arg)
	}
	return acc, nil
}

func (in *input) lowerClear(x *ast.CallExpr) (ast.Expr, error) {
	pos := x.Pos()
	typ := in.info.Types[x.Args[0]].Type
	t, err := in.writer(pos).typ(typ)
	if err != nil {
		return nil, err
	}
	v, k := in.temp(), in.temp()
	body := do(call(ident(pos, "delete"), ident(pos, v), ident(pos, k)))
	if s, ok := typ.Underlying().(*types.Slice); ok {
		elem, err := in.writer(pos).typ(s.Elem())
		if err != nil {
			return nil, err
		}
		zero := in.temp()
		body = block(pos, &ast.DeclStmt{Decl: varDecl(pos, zero, elem)},
			set(&ast.IndexExpr{X: ident(pos, v), Lbrack: pos, Index: ident(pos, k), Rbrack: pos}, ident(pos, zero)))
	}
	loop := &ast.RangeStmt{For: pos, Key: ident(pos, k), Tok: token.DEFINE, TokPos: pos, Range: pos, X: ident(pos, v), Body: block(pos, body)}
	return call(funcLit(funcType(pos, []*ast.Field{param(v, t)}, nil), loop), x.Args[0]), nil
}

// lowerNew makes a pointer to a copy of a value.
func (in *input) lowerNew(x *ast.CallExpr) (ast.Expr, error) {
	pos := x.Pos()
	t, err := in.writer(pos).typ(in.info.Types[x].Type.(*types.Pointer).Elem())
	if err != nil {
		return nil, err
	}
	v := in.temp()
	return call(funcLit(funcType(pos, []*ast.Field{param(v, t)}, []*ast.Field{{Type: &ast.StarExpr{Star: pos, X: t}}}),
		ret(pos, &ast.UnaryExpr{OpPos: pos, Op: token.AND, X: ident(pos, v)})), x.Args[0]), nil
}

// pointerSuffix is the engine's PointerSuffix.
const pointerSuffix = mark + "p"

// basicVar tells whether x is a compiled package's variable of a basic type. The engine would take it for a constant.
func (in *input) basicVar(x *ast.SelectorExpr) bool {
	id, ok := x.X.(*ast.Ident)
	if !ok {
		return false
	}
	v, isVar := in.info.Uses[x.Sel].(*types.Var)
	if _, isPkg := in.info.Uses[id].(*types.PkgName); !isPkg || !isVar {
		return false
	}
	_, basic := v.Type().Underlying().(*types.Basic)
	return basic
}

// lowerPackageVars assigns to variables of compiled packages by way of a temporary: the engine drops what append gives them.
func (f *Front) lowerPackageVars(in *input) (errs ErrorList) {
	in.rewrite(func(c *astutil.Cursor) bool {
		if sel, ok := c.Node().(*ast.SelectorExpr); ok && in.basicVar(sel) {
			p := &ast.SelectorExpr{X: sel.X, Sel: ident(sel.Sel.Pos(), sel.Sel.Name+pointerSuffix)}
			c.Replace(&ast.ParenExpr{Lparen: sel.Pos(), X: &ast.StarExpr{Star: sel.Pos(), X: p}, Rparen: sel.Pos()})
			return true
		}
		s, ok := c.Node().(*ast.AssignStmt)
		if !ok || s.Tok != token.ASSIGN || len(s.Lhs) != len(s.Rhs) {
			return true
		}
		var before []ast.Stmt
		for i, l := range s.Lhs {
			sel, ok := l.(*ast.SelectorExpr)
			if !ok {
				continue
			}
			id, ok := sel.X.(*ast.Ident)
			if !ok {
				continue
			}
			v, ok := in.info.Uses[sel.Sel].(*types.Var)
			if _, isPkg := in.info.Uses[id].(*types.PkgName); !ok || !isPkg {
				continue
			}
			t, err := in.writer(l.Pos()).typ(v.Type())
			if err != nil {
				continue // a type without a name: the engine's own assignment will have to do
			}
			tmp := in.temp()
			before = append(before, &ast.DeclStmt{Decl: genDecl(l.Pos(), token.VAR, &ast.ValueSpec{
				Names: []*ast.Ident{ident(l.Pos(), tmp)}, Type: t, Values: []ast.Expr{s.Rhs[i]},
			})})
			s.Rhs[i] = ident(l.Pos(), tmp)
		}
		if len(before) > 0 {
			c.Replace(block(s.Pos(), append(before, s)...))
		}
		return true
	})
	return errs
}
