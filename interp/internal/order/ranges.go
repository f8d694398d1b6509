package order

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
)

// arrayLength has a loop over an array count to its length, if the elements are not wanted: *p is not evaluated then, unless calls or receives are to be made.
func (o *orderer) arrayLength(s *ast.RangeStmt) {
	if id, ok := s.Value.(*ast.Ident); s.Value != nil && !(ok && id.Name == "_") {
		return
	}
	t := o.typeOf(s.X).Underlying()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	a, ok := t.(*types.Array)
	if !ok || o.acts(s.X) {
		return
	}
	n := constant.MakeInt64(a.Len())
	length := &ast.BasicLit{ValuePos: s.X.Pos(), Kind: token.INT, Value: strconv.FormatInt(a.Len(), 10)}
	o.info.Types[length] = types.TypeAndValue{Type: types.Typ[types.Int], Value: n}
	s.X, s.Value = length, nil
}

// acts tells whether calls or receives are made in an expression.
func (o *orderer) acts(x ast.Expr) bool {
	found := false
	ast.Inspect(x, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.CallExpr:
			tv := o.info.Types[n]
			found = found || tv.Value == nil && !o.info.Types[n.Fun].IsType()
		}
		return !found
	})
	return found
}
