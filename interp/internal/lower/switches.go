package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
)

// lowerSwitches makes conditions of the cases of a switch over an interface, which the engine would convert to the type of its first case, and one
// condition of each case's, of which the engine looks at the first only.
//
//	switch x { case 3, "k": … }
//
// becomes
//
//	switch t := x; { case t == 3 || t == "k": … }
func (f *Front) lowerSwitches(in *input) (errs ErrorList) {
	in.rewrite(func(c *astutil.Cursor) bool {
		s, ok := c.Node().(*ast.SwitchStmt)
		if !ok {
			return true
		}
		if s.Tag != nil {
			if t := in.info.TypeOf(s.Tag); t == nil || !types.IsInterface(t) {
				return true
			}
			if err := f.compareCases(in, s); err != nil {
				errs = append(errs, err)
				return true
			}
		}
		for _, clause := range s.Body.List {
			clause := clause.(*ast.CaseClause)
			if len(clause.List) > 1 {
				clause.List = []ast.Expr{either(clause.List)}
			}
		}
		return true
	})
	return errs
}

// compareCases makes a switch over an interface one over conditions.
func (f *Front) compareCases(in *input, s *ast.SwitchStmt) *Error {
	tag := s.Tag
	switch _, plain := ast.Unparen(tag).(*ast.Ident); {
	case s.Init == nil:
		temp := in.temp()
		s.Init = define(temp, tag)
		tag = ident(tag.Pos(), temp)
	case !plain: // there is no room for a temporary of our own
		return &Error{Pos: f.fset.Position(tag.Pos()), Msg: "a switch of a session cannot compute an interface value after its own statement: put the value into a variable there"}
	}
	s.Tag = nil
	for _, clause := range s.Body.List {
		cases := clause.(*ast.CaseClause).List
		for i, x := range cases {
			cases[i] = &ast.BinaryExpr{X: tag, OpPos: x.Pos(), Op: token.EQL, Y: x}
		}
	}
	return nil
}

// either is true if one of the conditions is; they are looked at in their order.
func either(conditions []ast.Expr) ast.Expr {
	one := conditions[0]
	for _, x := range conditions[1:] {
		one = &ast.BinaryExpr{X: one, OpPos: x.Pos(), Op: token.LOR, Y: x}
	}
	return one
}
