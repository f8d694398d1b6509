package lower

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
)

// lowerAssigns takes assignments apart that the engine does in another order than Go, or drops in part. a[i], b.f = x, nil becomes
//
//	{ t1 := i; var t2 T = x; var t3 U = nil; a[t1] = t2; b.f = t3 }
//
// and v, ok := m[k], which leaves in v what was there when m has no k, becomes
//
//	var t1 T; var t2 bool; t1, t2 = m[k]; v, ok := t1, t2
//
// That also makes variables of this turn of a loop, for closures to have.
func (f *Front) lowerAssigns(in *input) (errs ErrorList) {
	captured := in.captured()
	note := func(pos token.Pos, err error) {
		if err != nil {
			errs = append(errs, &Error{Pos: f.fset.Position(pos), Msg: err.Error()})
		}
	}
	// apart takes the values that the head of a statement declares out of it.
	apart := func(init, s ast.Stmt) ast.Stmt {
		a, ok := init.(*ast.AssignStmt)
		if !ok || !in.declaresStale(a, captured) {
			return nil
		}
		before, err := in.ownVariables(a)
		note(s.Pos(), err)
		return block(s.Pos(), append(before, s)...)
	}
	in.rewrite(func(c *astutil.Cursor) bool {
		switch s := c.Node().(type) {
		case *ast.AssignStmt:
			if c.Index() >= 0 && in.declaresStale(s, captured) {
				before, err := in.ownVariables(s)
				note(s.Pos(), err)
				for _, b := range before {
					c.InsertBefore(b)
				}
				return true
			}
			if c.Index() >= 0 && in.redeclares(s, captured) {
				list, err := in.keepDeclared(s)
				note(s.Pos(), err)
				for _, b := range list {
					c.InsertBefore(b)
				}
				c.Delete()
				return true
			}
			if !in.inParts(s) {
				return true
			}
			list, err := in.takeInParts(s)
			note(s.Pos(), err)
			switch c.Parent().(type) {
			case *ast.BlockStmt, *ast.CaseClause, *ast.LabeledStmt:
				if c.Name() != "List" || c.Index() >= 0 {
					c.Replace(block(s.Pos(), list...))
				}
			default: // the head of a statement
				c.Replace(do(call(funcLit(funcType(s.Pos(), nil, nil), list...))))
			}
		case *ast.IfStmt:
			if made := apart(s.Init, s); made != nil {
				c.Replace(made)
			}
		case *ast.SwitchStmt:
			name := label(c)
			made := apart(s.Init, s)
			if made == nil {
				return true
			}
			if name != "" {
				list := made.(*ast.BlockStmt).List
				list[len(list)-1] = in.relabelled(s, name)
			}
			c.Replace(made)
		case *ast.ForStmt:
			if a, ok := s.Init.(*ast.AssignStmt); ok && in.declaresStale(a, captured) {
				note(s.Pos(), errors.New("a loop of a session cannot begin with v, ok := of a map or a channel: write that before the loop"))
			}
		}
		return true
	})
	return errs
}

// captured holds the variables that literals have, or whose addresses are taken.
func (in *input) captured() map[types.Object]bool {
	found := map[types.Object]bool{}
	in.inspect(func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.FuncLit:
		case *ast.UnaryExpr:
			if x.Op != token.AND {
				return true
			}
		default:
			return true
		}
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && in.info.Uses[id] != nil {
				found[in.info.Uses[id]] = true
			}
			return true
		})
		return true
	})
	return found
}

// declaresStale tells whether an assignment with ok may give a variable that it declares an old value, or an old variable.
func (in *input) declaresStale(s *ast.AssignStmt, captured map[types.Object]bool) bool {
	if s.Tok != token.DEFINE || !in.commaOK(s) {
		return false
	}
	if _, index := ast.Unparen(s.Rhs[0]).(*ast.IndexExpr); index {
		return true
	}
	for _, l := range s.Lhs {
		if id, ok := l.(*ast.Ident); ok && captured[in.info.Defs[id]] {
			return true
		}
	}
	return false
}

// redeclares tells whether a := assigns to a variable that there is already, and that something else has too, or beside a value of its own for each: the
// engine would make another one.
func (in *input) redeclares(s *ast.AssignStmt, captured map[types.Object]bool) bool {
	if s.Tok != token.DEFINE || len(s.Lhs) < 2 {
		return false
	}
	for _, l := range s.Lhs {
		id, ok := l.(*ast.Ident)
		if !ok || in.info.Defs[id] != nil || in.info.Uses[id] == nil {
			continue
		}
		if captured[in.info.Uses[id]] || len(s.Lhs) == len(s.Rhs) {
			return true
		}
	}
	return false
}

// keepDeclared makes the statements of a := that assigns to some of its variables.
func (in *input) keepDeclared(s *ast.AssignStmt) ([]ast.Stmt, error) {
	var list []ast.Stmt
	var values []string
	for range s.Lhs {
		values = append(values, in.temp())
	}
	if len(s.Rhs) != len(s.Lhs) {
		list = append(list, assign(s.Pos(), token.DEFINE, idents(s.Pos(), values), s.Rhs))
	} else {
		for i, r := range s.Rhs {
			d := varDecl(s.Pos(), values[i], nil)
			spec := d.Specs[0].(*ast.ValueSpec)
			spec.Values = []ast.Expr{r}
			if obj := in.info.Uses[s.Lhs[i].(*ast.Ident)]; obj != nil {
				w, err := in.writer(s.Pos()).typ(obj.Type())
				if err != nil {
					return nil, err
				}
				spec.Type = w
			}
			list = append(list, &ast.DeclStmt{Decl: d})
		}
	}
	for i, l := range s.Lhs {
		tok := token.ASSIGN
		if id := l.(*ast.Ident); in.info.Defs[id] != nil && id.Name != "_" {
			tok = token.DEFINE
		}
		list = append(list, assign(l.Pos(), tok, []ast.Expr{l}, []ast.Expr{ident(l.Pos(), values[i])}))
	}
	return list, nil
}

// commaOK tells whether two variables get what a map or a channel has and whether it has it.
func (in *input) commaOK(s *ast.AssignStmt) bool {
	if len(s.Lhs) != 2 || len(s.Rhs) != 1 {
		return false
	}
	switch x := ast.Unparen(s.Rhs[0]).(type) {
	case *ast.IndexExpr:
		return true
	case *ast.UnaryExpr:
		return x.Op == token.ARROW
	}
	return false
}

// ownVariables makes the statements that have the values of an assignment with ok in variables of their own, which it then takes.
func (in *input) ownVariables(s *ast.AssignStmt) ([]ast.Stmt, error) {
	pos := s.Pos()
	t := in.info.Types[ast.Unparen(s.Rhs[0])].Type
	if tuple, ok := t.(*types.Tuple); ok {
		t = tuple.At(0).Type()
	}
	w, err := in.writer(pos).typ(t)
	if err != nil {
		return nil, err
	}
	v, has := in.temp(), in.temp()
	list := []ast.Stmt{
		&ast.DeclStmt{Decl: varDecl(pos, v, w)},
		&ast.DeclStmt{Decl: varDecl(pos, has, ident(pos, "bool"))},
		assign(pos, token.ASSIGN, idents(pos, []string{v, has}), s.Rhs),
	}
	s.Rhs = idents(pos, []string{v, has})
	return list, nil
}

// inParts tells whether an assignment to several variables is to be made in parts.
func (in *input) inParts(s *ast.AssignStmt) bool {
	if s.Tok != token.ASSIGN || len(s.Lhs) < 2 {
		return false
	}
	if in.commaOK(s) {
		return true
	}
	for _, l := range s.Lhs {
		id, ok := ast.Unparen(l).(*ast.Ident)
		if !ok {
			return true
		}
		if obj := in.info.Uses[id]; obj != nil && len(s.Rhs) > 1 {
			if _, basic := obj.Type().Underlying().(*types.Basic); !basic {
				return true
			}
		}
	}
	return false
}

// takeInParts makes the statements of an assignment: what the left side is made of, what the right side is, and one assignment after the other.
func (in *input) takeInParts(s *ast.AssignStmt) ([]ast.Stmt, error) {
	pos := s.Pos()
	var list []ast.Stmt
	p := &places{in: in, fixed: in.fixedNames(s)}
	for i, l := range s.Lhs {
		s.Lhs[i] = p.place(l)
	}
	list = append(list, p.before...)
	var values []string
	if len(s.Rhs) == len(s.Lhs) {
		for i, r := range s.Rhs {
			v := in.temp()
			values = append(values, v)
			t := in.placeType(s.Lhs[i], p)
			if t == nil {
				if t = in.info.Types[r].Type; t == nil {
					list = append(list, define(v, r))
					continue
				}
				t = types.Default(t)
			}
			w, err := in.writer(pos).typ(t)
			if err != nil {
				return nil, err
			}
			d := varDecl(pos, v, w)
			d.Specs[0].(*ast.ValueSpec).Values = []ast.Expr{r}
			list = append(list, &ast.DeclStmt{Decl: d})
		}
	} else {
		if in.commaOK(s) {
			before, err := in.ownVariables(s)
			if err != nil {
				return nil, err
			}
			list = append(list, before...)
			for _, r := range s.Rhs {
				values = append(values, r.(*ast.Ident).Name)
			}
		} else {
			for range s.Lhs {
				values = append(values, in.temp())
			}
			list = append(list, assign(pos, token.DEFINE, idents(pos, values), s.Rhs))
		}
	}
	for i, l := range s.Lhs {
		list = append(list, set(l, ident(pos, values[i])))
	}
	return list, nil
}

// placeType is the type of what is assigned to; nil for the blank identifier.
func (in *input) placeType(l ast.Expr, p *places) types.Type {
	if t := p.types[l]; t != nil {
		return t
	}
	if id, ok := l.(*ast.Ident); ok {
		if obj := in.info.Uses[id]; obj != nil {
			return obj.Type()
		}
		return nil
	}
	return in.info.Types[l].Type
}

// fixedNames are the variables that the right side of an assignment cannot change, and the left side does not.
func (in *input) fixedNames(s *ast.AssignStmt) func(ast.Expr) bool {
	changes := false
	for _, r := range s.Rhs {
		ast.Inspect(r, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.CallExpr, *ast.UnaryExpr:
				changes = true
			}
			return !changes
		})
	}
	assigned := map[string]bool{}
	for _, l := range s.Lhs {
		switch l := ast.Unparen(l).(type) {
		case *ast.Ident:
			assigned[l.Name] = true
		case *ast.StarExpr: // it may point to any of them
			changes = true
		}
	}
	return func(x ast.Expr) bool {
		id, ok := x.(*ast.Ident)
		return ok && !changes && !assigned[id.Name]
	}
}

// places has the operands of what is assigned to in temporaries, so that they are what they were before the assignment.
type places struct {
	in     *input
	fixed  func(ast.Expr) bool
	before []ast.Stmt
	types  map[ast.Expr]types.Type
}

func (p *places) temp(x ast.Expr) ast.Expr {
	if tv := p.in.info.Types[x]; tv.Type == nil || tv.Value != nil || p.fixed(x) {
		return x
	}
	t := p.in.temp()
	p.before = append(p.before, define(t, x))
	return ident(x.Pos(), t)
}

func (p *places) place(l ast.Expr) ast.Expr {
	var made ast.Expr
	switch x := ast.Unparen(l).(type) {
	case *ast.IndexExpr:
		c := *x
		if _, array := typeOf(p.in, x.X).(*types.Array); array {
			c.X = p.place(x.X)
		} else {
			c.X = p.temp(x.X)
		}
		c.Index = p.temp(x.Index)
		made = &c
	case *ast.SelectorExpr:
		c := *x
		if _, pointer := typeOf(p.in, x.X).(*types.Pointer); pointer {
			c.X = p.temp(x.X)
		} else if p.in.info.Selections[x] != nil {
			c.X = p.place(x.X)
		}
		made = &c
	case *ast.StarExpr:
		c := *x
		c.X = p.temp(x.X)
		made = &c
	default:
		return l
	}
	if p.types == nil {
		p.types = map[ast.Expr]types.Type{}
	}
	p.types[made] = p.in.info.Types[ast.Unparen(l)].Type
	return made
}
