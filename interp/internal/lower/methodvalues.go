package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
)

// lowerMethodValues makes literals of methods that are used as values. x.M becomes
//
//	func(r T) func(…) … { return func(a …) … { return r.M(a…) } }(x)
//
// which holds the receiver that x has now, where the engine would look at x again with each call; T.M becomes
//
//	func(r T, a …) … { return r.M(a…) }
func (f *Front) lowerMethodValues(in *input) (errs ErrorList) {
	called := in.called()
	in.rewrite(func(c *astutil.Cursor) bool {
		x, ok := c.Node().(*ast.SelectorExpr)
		sel := in.info.Selections[x]
		if !ok || sel == nil {
			return true
		}
		var made ast.Expr
		var err error
		switch {
		case sel.Kind() == types.MethodVal && !called[x]:
			made, err = in.bound(x, sel)
		case sel.Kind() == types.MethodExpr:
			made, err = in.methodLit(x.Pos(), in.info.Types[x].Type.(*types.Signature), nil, x.Sel.Name)
		default:
			return true
		}
		if err != nil {
			errs = append(errs, &Error{Pos: f.fset.Position(x.Pos()), Msg: err.Error()})
			return true
		}
		in.info.Types[made] = in.info.Types[x]
		c.Replace(made)
		return true
	})
	return errs
}

// called holds the operands of the input's calls.
func (in *input) called() map[ast.Expr]bool {
	called := map[ast.Expr]bool{}
	in.inspect(func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok {
			called[ast.Unparen(c.Fun)] = true
		}
		return true
	})
	return called
}

// bound is the literal for a method of a value.
func (in *input) bound(x *ast.SelectorExpr, sel *types.Selection) (ast.Expr, error) {
	recv, t := in.embeddedOperand(x, sel)
	_, wantsPtr := sel.Obj().(*types.Func).Signature().Recv().Type().Underlying().(*types.Pointer)
	p, isPtr := t.Underlying().(*types.Pointer)
	switch {
	case wantsPtr && !isPtr:
		recv, t = &ast.UnaryExpr{OpPos: x.Pos(), Op: token.AND, X: recv}, types.NewPointer(t)
	case !wantsPtr && isPtr:
		recv, t = &ast.StarExpr{Star: x.Pos(), X: recv}, p.Elem()
	}
	w, err := in.writer(x.Pos()).typ(t)
	if err != nil {
		return nil, err
	}
	r := in.temp()
	sig := in.info.Types[x].Type.(*types.Signature)
	lit, err := in.methodLit(x.Pos(), sig, ident(x.Pos(), r), x.Sel.Name)
	if err != nil {
		return nil, err
	}
	result, err := in.writer(x.Pos()).typ(sig)
	if err != nil {
		return nil, err
	}
	return call(funcLit(funcType(x.Pos(), []*ast.Field{param(r, w)}, []*ast.Field{{Type: result}}), ret(x.Pos(), lit)), recv), nil
}

// embeddedOperand is the operand that a promoted method is a method of, and its type: the fields on the way are written out where
// they have names that the input may use.
func (in *input) embeddedOperand(x *ast.SelectorExpr, sel *types.Selection) (ast.Expr, types.Type) {
	operand, t := x.X, sel.Recv()
	path := sel.Index()
	for _, i := range path[:len(path)-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		v := t.Underlying().(*types.Struct).Field(i)
		if !v.Exported() && (v.Pkg() == nil || v.Pkg().Path() != mainPath) {
			return x.X, sel.Recv()
		}
		operand, t = &ast.SelectorExpr{X: operand, Sel: ident(x.Pos(), fieldName(v))}, v.Type()
	}
	return operand, t
}

// fieldName is the engine's name for a field.
func fieldName(v *types.Var) string {
	if tn := sessionType(v.Type()); v.Embedded() && tn != nil && v.Name() == Plain(tn.Name()) {
		return tn.Name()
	}
	return v.Name()
}

// methodLit is a literal with a signature that calls a method of recv; or, without recv, of its own first parameter.
func (in *input) methodLit(pos token.Pos, sig *types.Signature, recv ast.Expr, method string) (ast.Expr, error) {
	t, err := in.writer(pos).typ(sig)
	if err != nil {
		return nil, err
	}
	ft := t.(*ast.FuncType)
	in.nameParams(ft.Params)
	names, variadic := paramNames(ft.Params)
	if recv == nil {
		recv, names = ident(pos, names[0]), names[1:]
	}
	c := call(&ast.SelectorExpr{X: recv, Sel: ident(pos, method)}, idents(pos, names)...)
	if variadic {
		c.Ellipsis = pos
	}
	if sig.Results().Len() == 0 {
		return funcLit(ft, do(c)), nil
	}
	return funcLit(ft, ret(pos, c)), nil
}
