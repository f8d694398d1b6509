package order

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// stmts orders a list of statements.
func (o *orderer) stmts(list *[]ast.Stmt) {
	for i := 0; i < len(*list); i++ {
		before, s := o.stmt((*list)[i])
		(*list)[i] = s
		*list = slices.Insert(*list, i, before...)
		i += len(before)
	}
}

// stmt orders a statement, and returns what is to come before it.
func (o *orderer) stmt(s ast.Stmt) ([]ast.Stmt, ast.Stmt) {
	switch s := s.(type) {
	case *ast.BlockStmt:
		o.stmts(&s.List)
	case *ast.LabeledStmt:
		return o.labeled(s)
	case *ast.IfStmt:
		return o.ifStmt(s), s
	case *ast.ForStmt:
		return o.forStmt(s), s
	case *ast.RangeStmt:
		o.stmts(&s.Body.List)
		o.arrayLength(s)
		return o.ordered(func() { s.X = o.expr(s.X) }), s
	case *ast.SwitchStmt:
		before := o.initial(&s.Init)
		tag := o.ordered(func() {
			if s.Tag != nil {
				s.Tag = o.expr(s.Tag)
			}
		})
		o.bodies(s.Body)
		return o.before(before, &s.Init, tag), s
	case *ast.TypeSwitchStmt:
		before := o.initial(&s.Init)
		x := o.ordered(func() { o.asserted(s.Assign) })
		o.bodies(s.Body)
		return o.before(before, &s.Init, x), s
	case *ast.SelectStmt:
		o.bodies(s.Body)
	case *ast.DeclStmt:
		return o.declared(s)
	default:
		return o.ordered(func() { o.simple(s) }), s
	}
	return nil, s
}

// bodies orders those of a switch or select.
func (o *orderer) bodies(b *ast.BlockStmt) {
	for _, c := range b.List {
		switch c := c.(type) {
		case *ast.CaseClause:
			o.stmts(&c.Body)
		case *ast.CommClause:
			o.stmts(&c.Body)
		}
	}
}

// initial orders the statement that an if, for or switch begins with.
func (o *orderer) initial(init *ast.Stmt) []ast.Stmt {
	if *init == nil {
		return nil
	}
	before, s := o.stmt(*init)
	*init = s
	return before
}

// before is what comes before a statement, when what it begins with is followed by more.
func (o *orderer) before(before []ast.Stmt, init *ast.Stmt, more []ast.Stmt) []ast.Stmt {
	if len(more) > 0 && *init != nil {
		before = append(before, *init)
		*init = nil
	}
	return append(before, more...)
}

// asserted orders the expression that a type switch is about.
func (o *orderer) asserted(s ast.Stmt) {
	var x ast.Expr
	switch s := s.(type) {
	case *ast.ExprStmt:
		x = s.X
	case *ast.AssignStmt:
		x = s.Rhs[0]
	}
	a := ast.Unparen(x).(*ast.TypeAssertExpr)
	a.X = o.expr(a.X)
}

func (o *orderer) ifStmt(s *ast.IfStmt) []ast.Stmt {
	before := o.initial(&s.Init)
	cond := o.ordered(func() { s.Cond = o.expr(s.Cond) })
	o.stmts(&s.Body.List)
	if s.Else != nil {
		s.Else = o.one(s.Else)
	}
	return o.before(before, &s.Init, cond)
}

// one orders a statement that stands where there is no list.
func (o *orderer) one(s ast.Stmt) ast.Stmt {
	before, s := o.stmt(s)
	if len(before) == 0 {
		return s
	}
	return &ast.BlockStmt{Lbrace: s.Pos(), List: append(before, s), Rbrace: s.End()}
}

// forStmt orders a loop. A condition with more before it is where the body begins.
func (o *orderer) forStmt(s *ast.ForStmt) []ast.Stmt {
	before := o.initial(&s.Init)
	if s.Post != nil {
		s.Post = o.one(s.Post)
	}
	o.stmts(&s.Body.List)
	if s.Cond == nil {
		return before
	}
	if cond := o.ordered(func() { s.Cond = o.expr(s.Cond) }); len(cond) > 0 {
		at := s.Cond.Pos()
		leave := &ast.BlockStmt{Lbrace: at, List: []ast.Stmt{&ast.BranchStmt{TokPos: at, Tok: token.BREAK}}, Rbrace: at}
		stop := &ast.IfStmt{If: at, Cond: o.not(s.Cond), Body: leave}
		s.Cond = nil
		s.Body.List = slices.Concat(cond, []ast.Stmt{stop}, s.Body.List)
	}
	return before
}

// labeled orders a statement with a label. What comes before it has a label of its own, to which gotos lead.
func (o *orderer) labeled(s *ast.LabeledStmt) ([]ast.Stmt, ast.Stmt) {
	before, inner := o.stmt(s.Stmt)
	s.Stmt = inner
	if len(before) == 0 {
		return nil, s
	}
	at := s.Pos()
	label := types.NewLabel(at, o.pkg, s.Label.Name)
	def := &ast.Ident{NamePos: at, Name: s.Label.Name}
	o.info.Defs[def] = label
	ast.Inspect(o.block, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && b.Tok == token.GOTO && o.info.Uses[b.Label] == o.info.Defs[s.Label] {
			o.info.Uses[b.Label] = label
		}
		return true
	})
	first := &ast.LabeledStmt{Label: def, Colon: at, Stmt: &ast.BlockStmt{Lbrace: at, List: before, Rbrace: at}}
	return []ast.Stmt{first}, s
}

// declared orders declarations of variables. They come one by one if something is to come between them.
func (o *orderer) declared(s *ast.DeclStmt) ([]ast.Stmt, ast.Stmt) {
	d, ok := s.Decl.(*ast.GenDecl)
	if !ok || d.Tok != token.VAR {
		return nil, s
	}
	var before []ast.Stmt
	var specs []ast.Spec // since the last that something came before
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		more := o.ordered(func() { o.values(v) })
		if len(more) > 0 && len(specs) > 0 {
			before = append(before, &ast.DeclStmt{Decl: &ast.GenDecl{TokPos: d.TokPos, Tok: token.VAR, Specs: specs}})
			specs = nil
		}
		before = append(before, more...)
		specs = append(specs, spec)
	}
	d.Specs = specs
	return before, s
}

// simple orders a statement without others in it.
func (o *orderer) simple(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.ExprStmt:
		o.parts(s.X)
	case *ast.GoStmt:
		o.callParts(s.Call)
	case *ast.DeferStmt:
		o.callParts(s.Call)
	case *ast.SendStmt:
		s.Chan = o.expr(s.Chan)
		s.Value = o.assigned(s.Value, elemOfChan(o.typeOf(s.Chan)))
	case *ast.IncDecStmt:
		s.X = o.place(s.X)
	case *ast.ReturnStmt:
		o.returned(s)
	case *ast.AssignStmt:
		o.assign(s)
	}
}

func elemOfChan(t types.Type) types.Type {
	if c, ok := t.Underlying().(*types.Chan); ok {
		return c.Elem()
	}
	return nil
}

func (o *orderer) returned(s *ast.ReturnStmt) {
	results := o.sig.Results()
	if len(s.Results) != results.Len() {
		for _, x := range s.Results {
			o.parts(x)
		}
		return
	}
	for i, x := range s.Results {
		s.Results[i] = o.assigned(x, results.At(i).Type())
	}
}

// assign orders an assignment. What is on the left is evaluated last, but for what is settled in it.
func (o *orderer) assign(s *ast.AssignStmt) {
	names := true
	for i, x := range s.Lhs {
		if _, ok := ast.Unparen(x).(*ast.Ident); !ok {
			s.Lhs[i], names = o.place(x), false
		}
	}
	switch {
	case len(s.Lhs) != len(s.Rhs):
		e := o.parts(s.Rhs[0])
		if o.looking {
			o.happens(len(o.pending), e)
		} else if !names {
			s.Rhs = o.tuple(s.Rhs[0])
		}
	case names && len(s.Rhs) == 1:
		o.parts(s.Rhs[0])
	default:
		for i, x := range s.Rhs {
			s.Rhs[i] = o.assigned(x, o.typeOf(s.Lhs[i]))
		}
	}
}

// values orders what variables are declared with.
func (o *orderer) values(spec *ast.ValueSpec) {
	if len(spec.Values) == 1 {
		o.parts(spec.Values[0])
		return
	}
	for i, x := range spec.Values {
		spec.Values[i] = o.assigned(x, o.typeOf(spec.Names[i]))
	}
}
