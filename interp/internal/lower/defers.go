package lower

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ast/astutil"
)

// lowerDefers has the session run deferred calls: the engine's own deferring locks up when a deferred call calls a closure of the func that
// defers it. The body of such a func becomes a literal:
//
//	d := rgo.NewDefers()
//	d.Run(func() { …; d.Push(func() { deferred() }); … result = x; return })
//	return result
//
// recover asks the session as well, which knows what is being unwound, and keeps its own panics from user code.
func (f *Front) lowerDefers(in *input) (errs ErrorList) {
	lower := func(t *ast.FuncType, body *ast.BlockStmt) {
		if err := in.deferring(t, body); err != nil {
			errs = append(errs, &Error{Pos: f.fset.Position(body.Pos()), Msg: err.Error()})
		}
	}
	in.rewrite(func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.CallExpr:
			if in.builtin(n) == "recover" {
				c.Replace(call(selector(n.Pos(), run, "Recover")))
			}
		case *ast.FuncLit:
			lower(n.Type, n.Body)
		case *ast.FuncDecl:
			lower(n.Type, n.Body)
		}
		return true
	})
	entry := &ast.BlockStmt{Lbrace: in.pos, List: in.body, Rbrace: in.pos}
	lower(funcType(in.pos, nil, nil), entry)
	in.body = entry.List
	return errs
}

func (in *input) deferring(t *ast.FuncType, body *ast.BlockStmt) error {
	if !defers(body) {
		return nil
	}
	pos := body.Pos()
	d := in.temp()
	results := in.nameResults(t)
	var failed error
	astutil.Apply(body, func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if len(n.Results) > 0 {
				c.Replace(block(n.Pos(), append(in.setResults(n, results), ret(n.Pos()))...))
				return false
			}
		case *ast.DeferStmt:
			s, err := in.push(d, n)
			if err != nil {
				failed = err
				return false
			}
			c.Replace(s)
			return false
		}
		return true
	}, nil)
	lit := funcLit(funcType(pos, nil, nil), body.List...)
	body.List = []ast.Stmt{
		define(d, call(selector(pos, run, "NewDefers"))),
		do(call(selector(pos, d, "Run"), lit)),
	}
	if len(results) > 0 {
		body.List = append(body.List, ret(body.End()-1, idents(pos, results)...))
	}
	return failed
}

// setResults assigns what a return statement returns. The engine cannot assign nil beside other values, so what needs no evaluation is assigned by
// itself, after the rest.
func (in *input) setResults(n *ast.ReturnStmt, results []string) []ast.Stmt {
	pos := n.Pos()
	if len(n.Results) != len(results) { // a call with several results
		return []ast.Stmt{assign(pos, token.ASSIGN, idents(pos, results), n.Results)}
	}
	var set, evaluated, to, plain []ast.Expr
	var after []ast.Stmt
	for i, x := range n.Results {
		name := ident(pos, results[i])
		if tv := in.info.Types[x]; tv.IsNil() || tv.Value != nil {
			after = append(after, assign(pos, token.ASSIGN, []ast.Expr{name}, []ast.Expr{x}))
			continue
		}
		temp := in.temp()
		evaluated, set, to, plain = append(evaluated, x), append(set, ident(pos, temp)), append(to, name), append(plain, ident(pos, temp))
	}
	switch len(evaluated) {
	case 0:
		return after
	case 1:
		return append([]ast.Stmt{assign(pos, token.ASSIGN, to, evaluated)}, after...)
	}
	stmts := []ast.Stmt{assign(pos, token.DEFINE, set, evaluated)}
	for i := range to {
		stmts = append(stmts, assign(pos, token.ASSIGN, to[i:i+1], plain[i:i+1]))
	}
	return append(stmts, after...)
}

// defers tells whether a func's body defers calls itself, not only literals in it.
func defers(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			found = true
		}
		return !found
	})
	return found
}

// nameResults gives names to the results of a func that have none.
func (in *input) nameResults(t *ast.FuncType) []string {
	var names []string
	if t.Results == nil {
		return nil
	}
	for _, field := range t.Results.List {
		if len(field.Names) == 0 {
			field.Names = []*ast.Ident{ident(field.Pos(), in.temp())}
		}
		for i, id := range field.Names {
			if id.Name == "_" {
				field.Names[i] = ident(id.Pos(), in.temp())
			}
			names = append(names, field.Names[i].Name)
		}
	}
	return names
}

func idents(pos token.Pos, names []string) []ast.Expr {
	var list []ast.Expr
	for _, name := range names {
		list = append(list, ident(pos, name))
	}
	return list
}

// push evaluates what a defer statement evaluates, and leaves the call for later.
func (in *input) push(d string, s *ast.DeferStmt) (ast.Stmt, error) {
	pos := s.Pos()
	p, err := in.takeApart(s.Call)
	if err != nil {
		return nil, err
	}
	later := ast.Expr(funcLit(funcType(pos, nil, nil), do(p.inner)))
	if lit, ok := ast.Unparen(s.Call.Fun).(*ast.FuncLit); ok && len(p.params) == 0 && lit.Type.Results == nil {
		later = lit
	}
	push := do(call(selector(pos, d, "Push"), later))
	if len(p.params) == 0 {
		return push, nil
	}
	return do(call(funcLit(funcType(pos, p.params, nil), push), p.args...)), nil
}
