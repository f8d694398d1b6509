package lower

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"

	"golang.org/x/tools/go/ast/astutil"
)

// lowerAssertions has the session look what an interface value holds: the engine goes by the text of types, and knows of no methods of what
// is in an any. x.(T) becomes, with ok and without,
//
//	func(x any) (v T, ok bool) { ok = rgo.As(x, &v); return }(x)
//	func(x any) (v T) { if !rgo.As(x, &v) { rgo.Not(x, "T") }; return }(x)
//
// and a type switch becomes a switch over such questions. For an interface T the question is put for each type that has its methods.
func (f *Front) lowerAssertions(in *input) (errs ErrorList) {
	in.rewrite(func(c *astutil.Cursor) bool {
		var made ast.Node
		var err error
		switch n := c.Node().(type) {
		case *ast.TypeAssertExpr:
			if n.Type == nil {
				return true
			}
			made, err = f.assertion(in, n)
		case *ast.TypeSwitchStmt:
			made, err = f.typeSwitch(in, n, label(c))
		default:
			return true
		}
		if err != nil {
			errs = append(errs, &Error{Pos: f.fset.Position(c.Node().Pos()), Msg: err.Error()})
			return true
		}
		c.Replace(made)
		return true
	})
	return errs
}

func (f *Front) assertion(in *input, x *ast.TypeAssertExpr) (ast.Expr, error) {
	pos := x.Pos()
	tv := in.info.Types[x]
	t := tv.Type
	tuple, commaOK := t.(*types.Tuple)
	if commaOK {
		t = tuple.At(0).Type()
	}
	w, err := in.writer(pos).typ(t)
	if err != nil {
		return nil, err
	}
	operand, v, ok := in.temp(), in.temp(), in.temp()
	ask, err := f.question(in, pos, operand, v, t)
	if err != nil {
		return nil, err
	}
	params := []*ast.Field{param(operand, ident(pos, "any"))}
	results := []*ast.Field{param(v, w)}
	body := []ast.Stmt{set(ident(pos, ok), ask), ret(pos)}
	if commaOK {
		results = append(results, param(ok, ident(pos, "bool")))
	} else {
		name := &ast.BasicLit{ValuePos: pos, Kind: token.STRING, Value: strconv.Quote(qualifiedName(t))}
		from := qualifiedName(in.info.Types[x.X].Type)
		if types.IsInterface(t) {
			from = "interface"
		}
		static := &ast.BasicLit{ValuePos: pos, Kind: token.STRING, Value: strconv.Quote(from)}
		body = []ast.Stmt{
			when(&ast.UnaryExpr{OpPos: pos, Op: token.NOT, X: ask}, do(call(selector(pos, run, "Not"), ident(pos, operand), static, name))),
			ret(pos),
		}
	}
	made := call(funcLit(funcType(pos, params, results), body...), x.X)
	in.info.Types[made] = tv
	return made, nil
}

// qualifiedName is a type as runtime errors put it.
func qualifiedName(t types.Type) string {
	if i, ok := types.Unalias(t).(*types.Interface); ok && i.Empty() {
		return "interface {}"
	}
	return Plain(types.TypeString(t, (*types.Package).Name))
}

// question is an expression that tells whether what operand holds is a t, and puts it into the variable v.
func (f *Front) question(in *input, pos token.Pos, operand, v string, t types.Type) (ast.Expr, error) {
	as := func(v string) ast.Expr {
		return call(selector(pos, run, "As"), ident(pos, operand), &ast.UnaryExpr{OpPos: pos, Op: token.AND, X: ident(pos, v)})
	}
	_, isParam := types.Unalias(t).(*types.TypeParam)
	if !types.IsInterface(t) || isParam {
		return as(v), nil
	}
	iface := t.Underlying().(*types.Interface)
	if iface.Empty() {
		return call(funcLit(funcType(pos, nil, []*ast.Field{{Type: ident(pos, "bool")}}),
			set(ident(pos, v), ident(pos, operand)),
			ret(pos, &ast.BinaryExpr{X: ident(pos, operand), OpPos: pos, Op: token.NEQ, Y: ident(pos, "nil")}))), nil
	}
	var body []ast.Stmt
	for _, c := range f.holders(in, iface) {
		w, err := in.writer(pos).typ(c)
		if err != nil {
			return nil, err
		}
		held := in.temp()
		body = append(body, &ast.DeclStmt{Decl: varDecl(pos, held, w)},
			when(as(held), set(ident(pos, v), ident(pos, held)), ret(pos, ident(pos, "true"))))
	}
	if n, ok := types.Unalias(t).(*types.Named); ok && (n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != mainPath) {
		body = append(body, ret(pos, as(v)))
	} else {
		args := []ast.Expr{ident(pos, operand)}
		for m := range iface.Methods() {
			args = append(args, &ast.BasicLit{ValuePos: pos, Kind: token.STRING, Value: strconv.Quote(m.Name())})
		}
		body = append(body, ret(pos, call(selector(pos, run, "Lacks"), args...)))
	}
	return call(funcLit(funcType(pos, nil, []*ast.Field{{Type: ident(pos, "bool")}}), body...)), nil
}

// holders lists the types of the session that values in interfaces have and that have an interface's methods.
func (f *Front) holders(in *input, iface *types.Interface) []types.Type {
	var list []types.Type
	found := map[string]types.Type{}
	for _, d := range []*dynamics{f.dynamics, in.dynamics} {
		for _, ts := range d.converted {
			for _, t := range ts {
				if t := in.today(t); t != nil && sessionType(t) != nil && types.Implements(t, iface) {
					found[identity(t)] = t
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		list = append(list, found[name])
	}
	return list
}

// today is a type of an earlier check in this one.
func (in *input) today(t types.Type) types.Type {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		if elem := in.today(p.Elem()); elem != nil {
			return types.NewPointer(elem)
		}
		return nil
	}
	n, ok := t.(*types.Named)
	if !ok || n.TypeArgs().Len() > 0 || n.Obj().Parent() != n.Obj().Pkg().Scope() {
		return t
	}
	if obj := in.pkg.Scope().Lookup(n.Obj().Name()); obj != nil {
		return obj.Type()
	}
	return nil
}

func (f *Front) typeSwitch(in *input, s *ast.TypeSwitchStmt, label string) (ast.Stmt, error) {
	pos := s.Pos()
	operand := in.temp()
	decl := varDecl(pos, operand, ident(pos, "any"))
	x := switchOperand(s)
	var list []ast.Stmt
	if s.Init != nil {
		list = append(list, s.Init)
	}
	static := in.info.Types[x].Type
	same, err := in.writer(pos).typ(static)
	if err != nil {
		return nil, err
	}
	whole := in.temp()
	d := varDecl(pos, whole, same)
	d.Specs[0].(*ast.ValueSpec).Values = []ast.Expr{x}
	decl.Specs[0].(*ast.ValueSpec).Values = []ast.Expr{ident(pos, whole)}
	list = append(list, &ast.DeclStmt{Decl: d}, &ast.DeclStmt{Decl: decl})
	sw := &ast.SwitchStmt{Switch: pos, Body: block(pos)}
	for _, clause := range s.Body.List {
		c := clause.(*ast.CaseClause)
		made := &ast.CaseClause{Case: c.Case, Colon: c.Colon, Body: c.Body}
		value := whole
		var cond ast.Expr
		either := func(x ast.Expr) { // the engine asks only the first of several questions of a case
			if cond == nil {
				cond = x
			} else {
				cond = &ast.BinaryExpr{X: cond, OpPos: c.Pos(), Op: token.LOR, Y: x}
			}
		}
		for _, t := range c.List {
			tv := in.info.Types[t]
			if tv.IsNil() {
				either(&ast.BinaryExpr{X: ident(pos, operand), OpPos: pos, Op: token.EQL, Y: ident(pos, "nil")})
				continue
			}
			w, err := in.writer(t.Pos()).typ(tv.Type)
			if err != nil {
				return nil, err
			}
			v := in.temp()
			list = append(list, &ast.DeclStmt{Decl: varDecl(t.Pos(), v, w)})
			ask, err := f.question(in, t.Pos(), operand, v, tv.Type)
			if err != nil {
				return nil, err
			}
			either(ask)
			if len(c.List) == 1 {
				value = v
			}
		}
		if cond != nil {
			made.List = []ast.Expr{cond}
		}
		if a, ok := s.Assign.(*ast.AssignStmt); ok {
			if id := a.Lhs[0].(*ast.Ident); mentions(in, c) {
				made.Body = append([]ast.Stmt{define(id.Name, ident(c.Pos(), value))}, made.Body...)
			}
		}
		sw.Body.List = append(sw.Body.List, made)
	}
	if len(sw.Body.List) == 0 {
		return block(pos, list...), nil
	}
	if label == "" {
		return block(pos, append(list, sw)...), nil
	}
	return block(pos, append(list, in.relabelled(sw, label))...), nil
}

// mentions tells whether a clause uses the variable that the switch gives it.
func mentions(in *input, c *ast.CaseClause) bool {
	obj := in.info.Implicits[c]
	found := false
	for _, s := range c.Body {
		ast.Inspect(s, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && obj != nil && in.info.Uses[id] == obj {
				found = true
			}
			return !found
		})
	}
	return found
}
