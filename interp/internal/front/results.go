package front

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// takeResults finds out what the input's last expression gives: the entry is to return it. An input that returns by itself gives nothing.
func (in *input) takeResults() error {
	for _, s := range in.stmts {
		if x, ok := s.(*ast.ExprStmt); ok {
			in.settle(x.X)
		}
	}
	if err := in.errs.err(); err != nil {
		return err
	}
	inner := in.blocks[len(in.blocks)-1]
	if len(inner.List) == 0 || in.returns() {
		return nil
	}
	x, ok := inner.List[len(inner.List)-1].(*ast.ExprStmt)
	if !ok {
		return nil
	}
	tv := in.info.Types[x.X]
	if tv.Type == nil || tv.IsVoid() {
		return nil
	}
	if tuple, ok := tv.Type.(*types.Tuple); ok {
		for v := range tuple.Variables() {
			in.results = append(in.results, v.Type())
		}
	} else {
		in.results = []types.Type{tv.Type}
	}
	inner.List[len(inner.List)-1] = &ast.ReturnStmt{Return: x.Pos(), Results: []ast.Expr{x.X}}
	return nil
}

// returns tells whether there is a return statement among the input's own statements.
func (in *input) returns() bool {
	found := false
	for _, s := range in.stmts {
		ast.Inspect(s, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.ReturnStmt:
				found = true
			case *ast.FuncLit:
				return false
			}
			return !found
		})
	}
	return found
}

// settle gives an expression that stands alone the type that it would have as the value of a variable. nil has none.
func (in *input) settle(x ast.Expr) {
	tv := in.info.Types[x]
	b, ok := tv.Type.(*types.Basic)
	if !ok || b.Info()&types.IsUntyped == 0 || b.Kind() == types.UntypedNil {
		return
	}
	in.settleAs(x, types.Default(b).(*types.Basic))
}

// settleAs gives an untyped expression a type.
func (in *input) settleAs(x ast.Expr, t *types.Basic) {
	tv := in.info.Types[x]
	if b, ok := tv.Type.(*types.Basic); !ok || b.Info()&types.IsUntyped == 0 {
		return
	}
	tv.Type = t
	in.info.Types[x] = tv
	if tv.Value != nil {
		if !fits(tv.Value, t) {
			in.fail(x.Pos(), "the constant "+types.ExprString(x)+" ("+tv.Value.String()+") overflows "+t.Name())
		}
		return
	}
	switch x := x.(type) {
	case *ast.ParenExpr:
		in.settleAs(x.X, t)
	case *ast.UnaryExpr:
		in.settleAs(x.X, t)
	case *ast.BinaryExpr:
		switch x.Op {
		case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ: // operands have their types from each other
		case token.SHL, token.SHR:
			if t.Info()&types.IsInteger == 0 {
				in.fail(x.X.Pos(), "invalid operation: shifted operand "+types.ExprString(x.X)+" (type "+t.Name()+") must be integer")
				return
			}
			in.settleAs(x.X, t)
		default:
			in.settleAs(x.X, t)
			in.settleAs(x.Y, t)
		}
	}
}

// settleCounts gives the counts of shifts a type that the checker leaves untyped though they are no constants, as in a << (1 << b).
func (in *input) settleCounts() {
	for x, tv := range in.info.Types {
		if b, ok := tv.Type.(*types.Basic); ok && tv.Value == nil && b.Info()&types.IsUntyped != 0 && b.Info()&types.IsNumeric != 0 {
			in.settleAs(x, types.Typ[types.Uint])
		}
	}
}

// fits tells whether a constant has a value of the type that it gets by default.
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
	case types.Complex128:
		re, _ := constant.Float64Val(constant.Real(v))
		im, _ := constant.Float64Val(constant.Imag(v))
		return re-re == 0 && im-im == 0
	}
	return true
}

// signature is the type of the entry.
func (in *input) signature() *types.Signature {
	var vars []*types.Var
	for _, t := range in.results {
		if t == types.Typ[types.UntypedNil] {
			t = types.Universe.Lookup("any").Type()
		}
		vars = append(vars, types.NewParam(token.NoPos, in.pkg, "", t))
	}
	return types.NewSignatureType(nil, nil, nil, nil, types.NewTuple(vars...), false)
}
