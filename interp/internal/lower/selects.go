package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
)

// lowerSelects has the session choose among the cases of a select. The engine keeps the cases of a select once for all goroutines that run
// it, and does not come back from one by break, continue or goto. What becomes of it is a switch:
//
//	{
//		s := rgo.NewSelect()
//		c := ch1; var x T = v; s.Send(c, &x)
//		var y T; s.Recv(ch2, &y)
//		switch s.Wait() {
//		case 0: …
//		case 1: v, ok := y, s.OK(); …
//		}
//	}
func (f *Front) lowerSelects(in *input) (errs ErrorList) {
	in.rewrite(func(c *astutil.Cursor) bool {
		s, ok := c.Node().(*ast.SelectStmt)
		if !ok {
			return true
		}
		name := label(c)
		made, err := in.lowerSelect(s, name)
		if err != nil {
			errs = append(errs, &Error{Pos: f.fset.Position(s.Pos()), Msg: err.Error()})
			return true
		}
		c.Replace(made)
		return true
	})
	return errs
}

func (in *input) lowerSelect(s *ast.SelectStmt, label string) (ast.Stmt, error) {
	pos := s.Pos()
	sel := in.temp()
	list := []ast.Stmt{define(sel, call(selector(pos, run, "NewSelect")))}
	wait := "Wait"
	sw := &ast.SwitchStmt{Switch: pos, Body: block(pos)}
	n := 0
	for _, clause := range s.Body.List {
		comm := clause.(*ast.CommClause)
		made := &ast.CaseClause{Case: comm.Pos(), Colon: comm.Colon, Body: comm.Body}
		if comm.Comm == nil {
			wait = "Try"
		} else {
			before, first, err := in.communication(sel, comm.Comm)
			if err != nil {
				return nil, err
			}
			list = append(list, before...)
			made.List = []ast.Expr{number(comm.Pos(), n)}
			made.Body = append(first, made.Body...)
			n++
		}
		sw.Body.List = append(sw.Body.List, made)
	}
	sw.Tag = call(selector(pos, sel, wait))
	if len(sw.Body.List) == 0 { // for ever; the engine does nothing for a switch without cases
		return block(pos, append(list, do(sw.Tag))...), nil
	}
	if label == "" {
		return block(pos, append(list, sw)...), nil
	}
	return block(pos, append(list, in.relabelled(sw, label))...), nil
}

// relabelled gives a switch that takes the place of a labelled statement a label of its own: the old one stays where a goto finds it.
func (in *input) relabelled(sw *ast.SwitchStmt, label string) ast.Stmt {
	inner := in.temp()
	ast.Inspect(sw.Body, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && b.Tok == token.BREAK && b.Label != nil && b.Label.Name == label {
			b.Label = ident(b.Label.Pos(), inner)
		}
		return true
	})
	return &ast.LabeledStmt{Label: ident(sw.Pos(), inner), Colon: sw.Pos(), Stmt: sw}
}

// communication makes the statements that give a case to the session before it waits, and those that the case begins with.
func (in *input) communication(sel string, comm ast.Stmt) (before, first []ast.Stmt, err error) {
	pos := comm.Pos()
	value, ch := in.temp(), in.temp()
	offer := func(method string, c ast.Expr) ast.Stmt {
		return do(call(selector(pos, sel, method), c, &ast.UnaryExpr{OpPos: pos, Op: token.AND, X: ident(pos, value)}))
	}
	if send, ok := comm.(*ast.SendStmt); ok {
		t := in.info.Types[send.Value].Type
		if c, ok := in.info.Types[send.Chan].Type.Underlying().(*types.Chan); ok {
			t = c.Elem()
		}
		w, err := in.writer(pos).typ(t)
		if err != nil {
			return nil, nil, err
		}
		d := varDecl(pos, value, w)
		d.Specs[0].(*ast.ValueSpec).Values = []ast.Expr{send.Value}
		return []ast.Stmt{define(ch, send.Chan), &ast.DeclStmt{Decl: d}, offer("Send", ident(pos, ch))}, nil, nil
	}
	recv, to := receives(comm)
	t := in.info.Types[recv].Type
	if tuple, ok := t.(*types.Tuple); ok {
		t = tuple.At(0).Type()
	}
	w, err := in.writer(pos).typ(t)
	if err != nil {
		return nil, nil, err
	}
	before = []ast.Stmt{&ast.DeclStmt{Decl: varDecl(pos, value, w)}, offer("Recv", recv.X)}
	if to != nil {
		to.Rhs = []ast.Expr{ident(pos, value)}
		if len(to.Lhs) == 2 {
			to.Rhs = append(to.Rhs, call(selector(pos, sel, "OK")))
		}
		first = []ast.Stmt{to}
	}
	return before, first, nil
}

// receives takes the operation of a case that receives apart from the assignment of what it receives, if there is one.
func receives(comm ast.Stmt) (recv *ast.UnaryExpr, to *ast.AssignStmt) {
	switch s := comm.(type) {
	case *ast.AssignStmt:
		return ast.Unparen(s.Rhs[0]).(*ast.UnaryExpr), s
	case *ast.ExprStmt:
		return ast.Unparen(s.X).(*ast.UnaryExpr), nil
	}
	panic("lower: a case of a select that neither sends nor receives")
}
