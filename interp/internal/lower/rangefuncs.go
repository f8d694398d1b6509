package lower

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
)

// lowerRangeFuncs calls the func that a loop ranges over with the loop's body as a literal, and then goes where the body wanted to go:
//
//	how := 0; var r T
//	seq(func(v V) bool { …; how = 1; return false /* break L */; r = x; how = 2; return false /* return x */; return true })
//	switch how { case 1: break L; case 2: return r }
func (f *Front) lowerRangeFuncs(in *input) (errs ErrorList) {
	var results []*types.Tuple // of the funcs around a node
	pre := func(c *astutil.Cursor) bool {
		if lit, ok := c.Node().(*ast.FuncLit); ok {
			var tuple *types.Tuple
			if sig, ok := in.info.Types[lit].Type.(*types.Signature); ok {
				tuple = sig.Results()
			}
			results = append(results, tuple)
		}
		return true
	}
	post := func(c *astutil.Cursor) bool {
		switch s := c.Node().(type) {
		case *ast.FuncLit:
			results = results[:len(results)-1]
		case *ast.RangeStmt:
			sig, ok := in.rangeType(s).(*types.Signature)
			if !ok {
				return true
			}
			b := &rangeBody{in: in, label: label(c), how: in.temp(), results: results[len(results)-1]}
			made, err := b.lower(s, sig)
			if err != nil {
				errs = append(errs, &Error{Pos: f.fset.Position(s.Pos()), Msg: err.Error()})
				return true
			}
			c.Replace(made)
		}
		return true
	}
	for _, d := range in.funcs {
		results = []*types.Tuple{nil}
		if fn, ok := in.info.Defs[d.Name].(*types.Func); ok { // all but init, which returns nothing
			results[0] = fn.Signature().Results()
		}
		astutil.Apply(d, pre, post)
	}
	entry := &ast.BlockStmt{List: in.body}
	results = []*types.Tuple{nil}
	astutil.Apply(entry, pre, post)
	in.body = entry.List
	return errs
}

// rangeBody is the body of a loop over a func, on its way to becoming a literal.
type rangeBody struct {
	in      *input
	label   string
	how     string // the variable that says where to go after the call
	results *types.Tuple
	vars    []string   // for the results of the func around the loop, once the body returns any
	types   []ast.Expr // theirs
	ways    []ast.Stmt // where it may go
}

func (b *rangeBody) lower(s *ast.RangeStmt, sig *types.Signature) (ast.Stmt, error) {
	pos := s.Pos()
	yield := sig.Params().At(0).Type().Underlying().(*types.Signature)
	var params []*ast.Field
	for i, x := range []ast.Expr{s.Key, s.Value} {
		if i >= yield.Params().Len() {
			break
		}
		t, err := b.in.writer(pos).typ(yield.Params().At(i).Type())
		if err != nil {
			return nil, err
		}
		id, ok := x.(*ast.Ident)
		switch {
		case ok && s.Tok == token.DEFINE && id.Name != "_":
			params = append(params, &ast.Field{Names: []*ast.Ident{id}, Type: t})
		default:
			name := b.in.temp()
			params = append(params, param(name, t))
			if x != nil && (!ok || id.Name != "_") {
				s.Body.List = append([]ast.Stmt{set(x, ident(pos, name))}, s.Body.List...)
			}
		}
	}
	if err := b.exits(s.Body); err != nil {
		return nil, err
	}
	ft := funcType(pos, params, []*ast.Field{{Type: ident(pos, "bool")}})
	lit := funcLit(ft, append(s.Body.List, ret(pos, ident(pos, "true")))...)
	list := []ast.Stmt{define(b.how, number(pos, 0))}
	if len(b.vars) > 0 {
		for i, name := range b.vars {
			list = append(list, &ast.DeclStmt{Decl: varDecl(pos, name, b.types[i])})
		}
	}
	list = append(list, do(call(s.X, lit)))
	return block(pos, append(list, b.ways...)...), nil
}

// leave makes the statements that end the literal's call and then do what way says.
func (b *rangeBody) leave(pos token.Pos, before []ast.Stmt, way ast.Stmt) ast.Stmt {
	n := len(b.ways) + 1
	b.ways = append(b.ways, when(&ast.BinaryExpr{X: ident(pos, b.how), OpPos: pos, Op: token.EQL, Y: number(pos, n)}, way))
	return block(pos, append(before, set(ident(pos, b.how), number(pos, n)), ret(pos, ident(pos, "false")))...)
}

// exits replaces what leaves the body.
func (b *rangeBody) exits(body *ast.BlockStmt) (failed error) {
	loops, breakable := 0, 0
	own := map[string]bool{}
	ast.Inspect(body, func(n ast.Node) bool {
		if l, ok := n.(*ast.LabeledStmt); ok {
			own[l.Label.Name] = true
		}
		return true
	})
	astutil.Apply(body, func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			loops++
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			breakable++
		case *ast.DeferStmt:
			failed = errors.New("defer in the body of a range over a func cannot be used in a session yet: put it into a func of its own, or collect the values first")
		case *ast.ReturnStmt:
			made, err := b.returns(n)
			if err != nil {
				failed = err
				return false
			}
			c.Replace(made)
			return false
		case *ast.BranchStmt:
			switch {
			case n.Label != nil && own[n.Label.Name], n.Tok == token.FALLTHROUGH:
			case n.Tok == token.GOTO:
				failed = errors.New("goto out of the body of a range over a func cannot be used in a session yet: use a variable and an if after the loop")
			case n.Label != nil && n.Label.Name != b.label:
				c.Replace(b.leave(n.Pos(), nil, n))
			case n.Tok == token.CONTINUE && (n.Label != nil || loops == 0):
				c.Replace(ret(n.Pos(), ident(n.Pos(), "true")))
			case n.Tok == token.BREAK && (n.Label != nil || loops+breakable == 0):
				c.Replace(ret(n.Pos(), ident(n.Pos(), "false")))
			}
			return false
		}
		return true
	}, func(c *astutil.Cursor) bool {
		switch c.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			loops--
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			breakable--
		}
		return true
	})
	return failed
}

func (b *rangeBody) returns(s *ast.ReturnStmt) (ast.Stmt, error) {
	pos := s.Pos()
	if len(s.Results) == 0 || b.results == nil {
		return b.leave(pos, nil, ret(pos)), nil
	}
	if b.vars == nil {
		for v := range b.results.Variables() {
			t, err := b.in.writer(pos).typ(v.Type())
			if err != nil {
				return nil, err
			}
			b.vars = append(b.vars, b.in.temp())
			b.types = append(b.types, t)
		}
	}
	return b.leave(pos, b.in.setAll(pos, b.vars, b.types, s.Results), ret(pos, idents(pos, b.vars)...)), nil
}

// setAll makes the statements that give variables their values at once: as many, or the results of one call. The engine itself would take
// no nil for one of several.
func (in *input) setAll(pos token.Pos, names []string, ts, values []ast.Expr) []ast.Stmt {
	if len(values) == 1 || len(values) != len(names) {
		return []ast.Stmt{assign(pos, token.ASSIGN, idents(pos, names), values)}
	}
	var list, sets []ast.Stmt
	for i, v := range values {
		tmp := in.temp()
		d := varDecl(pos, tmp, ts[i])
		d.Specs[0].(*ast.ValueSpec).Values = []ast.Expr{v}
		list = append(list, &ast.DeclStmt{Decl: d})
		sets = append(sets, set(ident(pos, names[i]), ident(pos, tmp)))
	}
	return append(list, sets...)
}
