package lower

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
)

// parts is a call taken apart for defer and go: what Go evaluates at the statement, and the call of what came of it.
type parts struct {
	params []*ast.Field
	args   []ast.Expr
	inner  *ast.CallExpr
}

func (in *input) add(p *parts, t ast.Expr, arg ast.Expr) *ast.Ident {
	name := in.temp()
	p.params = append(p.params, param(name, t))
	p.args = append(p.args, arg)
	return ident(arg.Pos(), name)
}

// takeApart makes the parts of a call.
func (in *input) takeApart(x *ast.CallExpr) (*parts, error) {
	p := &parts{inner: &ast.CallExpr{Fun: x.Fun, Lparen: x.Lparen, Ellipsis: x.Ellipsis, Rparen: x.Rparen}}
	if err := in.callee(p, x); err != nil {
		return nil, err
	}
	sig := in.calleeType(x.Fun)
	if len(x.Args) == 1 {
		if tuple, ok := in.info.Types[x.Args[0]].Type.(*types.Tuple); ok {
			return p, in.spreadResults(p, x.Args[0], tuple)
		}
	}
	for i, arg := range x.Args {
		t := in.info.Types[arg].Type
		if sig != nil {
			t = paramType(sig, i, x.Ellipsis.IsValid())
		} else if t != nil {
			t = types.Default(t)
		}
		if t == nil {
			p.inner.Args = append(p.inner.Args, arg)
			continue
		}
		if b, ok := t.(*types.Basic); ok && b.Kind() == types.UntypedNil {
			p.inner.Args = append(p.inner.Args, arg)
			continue
		}
		w, err := in.writer(arg.Pos()).typ(t)
		if err != nil {
			return nil, err
		}
		p.inner.Args = append(p.inner.Args, in.add(p, w, arg))
	}
	return p, nil
}

// spreadResults makes arguments of all the results of another call.
func (in *input) spreadResults(p *parts, arg ast.Expr, tuple *types.Tuple) error {
	if len(p.params) > 0 {
		return errors.New("a method, or a func in a variable, cannot be deferred or started in a session with all the results of a call: assign them to variables first")
	}
	for v := range tuple.Variables() {
		w, err := in.writer(arg.Pos()).typ(v.Type())
		if err != nil {
			return err
		}
		name := in.temp()
		p.params = append(p.params, param(name, w))
		p.inner.Args = append(p.inner.Args, ident(arg.Pos(), name))
	}
	p.args = []ast.Expr{arg}
	return nil
}

// callee deals with what is called: a func value or a receiver is evaluated now, a func that has a name need not be.
func (in *input) callee(p *parts, x *ast.CallExpr) error {
	fun := ast.Unparen(x.Fun)
	switch fun := fun.(type) {
	case *ast.FuncLit:
		return nil
	case *ast.Ident:
		switch in.info.Uses[fun].(type) {
		case *types.Func, *types.Builtin:
			return nil
		}
	case *ast.IndexExpr, *ast.IndexListExpr: // an instantiation
		return nil
	case *ast.SelectorExpr:
		sel := in.info.Selections[fun]
		if sel == nil { // pkg.Func
			if _, isVar := in.info.Uses[fun.Sel].(*types.Var); !isVar {
				return nil
			}
			break
		}
		if sel.Kind() == types.MethodVal {
			return in.receiverPart(p, fun, sel)
		}
	}
	t := in.info.Types[fun].Type
	if t == nil {
		return nil // made by an earlier pass, with a name
	}
	w, err := in.writer(fun.Pos()).typ(t)
	if err != nil {
		return err
	}
	p.inner.Fun = in.add(p, w, x.Fun)
	return nil
}

func (in *input) receiverPart(p *parts, fun *ast.SelectorExpr, sel *types.Selection) error {
	t := in.info.Types[fun.X].Type
	arg := fun.X
	_, isPtr := t.Underlying().(*types.Pointer)
	if _, wantsPtr := sel.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer); wantsPtr && !isPtr && !types.IsInterface(t) {
		t = types.NewPointer(t)
		arg = &ast.UnaryExpr{OpPos: fun.Pos(), Op: token.AND, X: fun.X}
	}
	w, err := in.writer(fun.Pos()).typ(t)
	if err != nil {
		return err
	}
	p.inner.Fun = &ast.SelectorExpr{X: in.add(p, w, arg), Sel: fun.Sel}
	return nil
}

// calleeType is the signature of what is called, nil for predeclared funcs and what earlier passes made.
func (in *input) calleeType(fun ast.Expr) *types.Signature {
	fun = ast.Unparen(fun)
	switch x := fun.(type) {
	case *ast.IndexExpr:
		fun = x.X
	case *ast.IndexListExpr:
		fun = x.X
	}
	if id, ok := fun.(*ast.Ident); ok {
		if inst, ok := in.info.Instances[id]; ok {
			sig, _ := inst.Type.(*types.Signature)
			return sig
		}
		if _, ok := in.info.Uses[id].(*types.Builtin); ok {
			return nil
		}
	}
	if t := in.info.Types[fun].Type; t != nil {
		sig, _ := t.Underlying().(*types.Signature)
		return sig
	}
	return nil
}

func paramType(sig *types.Signature, i int, ellipsis bool) types.Type {
	n := sig.Params().Len()
	if sig.Variadic() && i >= n-1 && !ellipsis {
		return sig.Params().At(n - 1).Type().(*types.Slice).Elem()
	}
	if i >= n {
		return nil
	}
	return sig.Params().At(i).Type()
}
