package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
)

// lowerLoops gives each iteration variables of its own where that can be seen, and turns range over an integer into a counting loop.
func (f *Front) lowerLoops(in *input) (errs ErrorList) {
	in.rewrite(func(c *astutil.Cursor) bool {
		switch s := c.Node().(type) {
		case *ast.RangeStmt:
			switch t := in.rangeType(s).(type) {
			case *types.Basic:
				if t.Info()&types.IsInteger != 0 {
					made, err := in.countingLoop(s)
					if err != nil {
						errs = append(errs, &Error{Pos: f.fset.Position(s.Pos()), Msg: err.Error()})
						return true
					}
					c.Replace(made)
					return true
				}
			}
			in.freshRange(s)
		case *ast.ForStmt:
			in.freshFor(s, label(c))
		}
		return true
	})
	return errs
}

// label is the label of the statement that the cursor is at.
func label(c *astutil.Cursor) string {
	if l, ok := c.Parent().(*ast.LabeledStmt); ok {
		return l.Label.Name
	}
	return ""
}

func (in *input) rangeType(s *ast.RangeStmt) types.Type {
	if t := in.info.Types[s.X].Type; t != nil {
		return t.Underlying()
	}
	return nil
}

func (in *input) countingLoop(s *ast.RangeStmt) (ast.Stmt, error) {
	pos := s.Pos()
	typ := types.Default(in.info.Types[s.X].Type)
	if id, ok := s.Key.(*ast.Ident); ok && s.Tok == token.DEFINE && in.info.Defs[id] != nil {
		typ = in.info.Defs[id].Type()
	} else if s.Key != nil && s.Tok == token.ASSIGN {
		if t := in.info.Types[s.Key].Type; t != nil {
			typ = t
		}
	}
	t, err := in.writer(pos).typ(typ)
	if err != nil {
		return nil, err
	}
	i, n := in.temp(), in.temp()
	body := s.Body
	if s.Key != nil {
		if id, ok := s.Key.(*ast.Ident); !ok || id.Name != "_" {
			body.List = append([]ast.Stmt{assign(pos, s.Tok, []ast.Expr{s.Key}, []ast.Expr{ident(pos, i)})}, body.List...)
		}
	}
	return &ast.ForStmt{
		For: pos,
		Init: assign(pos, token.DEFINE, []ast.Expr{ident(pos, i), ident(pos, n)},
			[]ast.Expr{call(t, number(pos, 0)), call(t, s.X)}),
		Cond: &ast.BinaryExpr{X: ident(pos, i), OpPos: pos, Op: token.LSS, Y: ident(pos, n)},
		Post: &ast.IncDecStmt{X: ident(pos, i), TokPos: pos, Tok: token.INC},
		Body: body,
	}, nil
}

// outlives tells whether a variable may be seen after the iteration that it belongs to: a literal, a deferred call or a goroutine has it, or
// its address is taken.
func (in *input) outlives(v types.Object, body ast.Node) bool {
	found := false
	uses := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && in.info.Uses[id] == v {
				found = true
			}
			return !found
		})
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.DeferStmt, *ast.GoStmt:
			uses(n)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				uses(n.X)
			}
		case *ast.SliceExpr: // of an array
			uses(n.X)
		case *ast.SelectorExpr: // a method with a pointer receiver
			if sel := in.info.Selections[n]; sel != nil && sel.Kind() == types.MethodVal {
				uses(n.X)
			}
		}
		return !found
	})
	return found
}

func (in *input) freshRange(s *ast.RangeStmt) {
	if s.Tok != token.DEFINE {
		return
	}
	var copies []ast.Stmt
	fresh := func(x ast.Expr) ast.Expr {
		id, ok := x.(*ast.Ident)
		if !ok || id.Name == "_" || !in.outlives(in.info.Defs[id], s.Body) {
			return x
		}
		tmp := in.temp()
		copies = append(copies, assign(id.Pos(), token.DEFINE, []ast.Expr{id}, []ast.Expr{ident(id.Pos(), tmp)}))
		return ident(id.Pos(), tmp)
	}
	if s.Key != nil {
		s.Key = fresh(s.Key)
	}
	if s.Value != nil {
		s.Value = fresh(s.Value)
	}
	s.Body.List = append(copies, s.Body.List...)
}

// freshFor copies a variable into each iteration, and back at its end.
func (in *input) freshFor(s *ast.ForStmt, label string) {
	init, ok := s.Init.(*ast.AssignStmt)
	if !ok || init.Tok != token.DEFINE {
		return
	}
	renamed := map[types.Object]string{}
	var copies, back []ast.Stmt
	for i, x := range init.Lhs {
		id, ok := x.(*ast.Ident)
		if !ok || id.Name == "_" || in.info.Defs[id] == nil || !in.outlives(in.info.Defs[id], s.Body) {
			continue
		}
		tmp := in.temp()
		renamed[in.info.Defs[id]] = tmp
		init.Lhs[i] = ident(id.Pos(), tmp)
		copies = append(copies, assign(id.Pos(), token.DEFINE, []ast.Expr{ident(id.Pos(), id.Name)}, []ast.Expr{ident(id.Pos(), tmp)}))
		back = append(back, set(ident(id.Pos(), tmp), ident(id.Pos(), id.Name)))
	}
	if len(renamed) == 0 {
		return
	}
	for _, n := range []ast.Node{s.Cond, s.Post} {
		if n == nil {
			continue
		}
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && renamed[in.info.Uses[id]] != "" {
				id.Name = renamed[in.info.Uses[id]]
			}
			return true
		})
	}
	copyBack(s.Body, label, back)
	s.Body.List = append(append(copies, s.Body.List...), back...)
}

// copyBack puts statements before each continue of the loop whose body this is.
func copyBack(body *ast.BlockStmt, label string, back []ast.Stmt) {
	depth := 0
	astutil.Apply(body, func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			depth++
		case *ast.BranchStmt:
			if n.Tok == token.CONTINUE && (n.Label == nil && depth == 0 || n.Label != nil && n.Label.Name == label) {
				c.Replace(block(n.Pos(), append(append([]ast.Stmt{}, back...), n)...))
				return false
			}
		}
		return true
	}, func(c *astutil.Cursor) bool {
		switch c.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			depth--
		}
		return true
	})
}
