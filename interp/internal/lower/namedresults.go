package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
)

// lowerNamedResults sees to named results. Those of funcs that defer get names of their own: lowerDefers makes the body a literal in the func, where a variable of the same
// name would hide the result from a return statement, and := in the func's outermost block, which assigns to a result, would declare a new
// variable:
//
//	fh, err := os.Open(name)        fh, t := os.Open(name)
//	                                r = t
func (f *Front) lowerNamedResults(in *input) ErrorList {
	in.rewrite(func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.FuncLit:
			in.ownResults(n.Type, n.Body)
		case *ast.FuncDecl:
			in.ownResults(n.Type, n.Body)
		}
		return true
	})
	return nil
}

func (in *input) ownResults(t *ast.FuncType, body *ast.BlockStmt) {
	if t.Results == nil || body == nil {
		return
	}
	if !defers(body) {
		in.returnAtOnce(t, body)
		return
	}
	names := make(map[types.Object]string)
	for _, field := range t.Results.List {
		for _, id := range field.Names {
			if obj := in.info.Defs[id]; obj != nil && id.Name != "_" {
				names[obj] = in.temp()
				id.Name = names[obj]
			}
		}
	}
	if len(names) == 0 {
		return
	}
	ast.Inspect(body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if name, ok := names[in.info.Uses[id]]; ok {
				id.Name = name
			}
		}
		return true
	})
	var list []ast.Stmt
	for _, s := range body.List {
		list = append(list, in.assignResults(s, names)...)
	}
	body.List = list
}

// assignResults takes the results out of a statement that defines other variables beside them.
func (in *input) assignResults(s ast.Stmt, names map[types.Object]string) []ast.Stmt {
	def, ok := s.(*ast.AssignStmt)
	if !ok || def.Tok != token.DEFINE {
		return []ast.Stmt{s}
	}
	list := []ast.Stmt{s}
	for i, x := range def.Lhs {
		id, ok := x.(*ast.Ident)
		if !ok {
			continue
		}
		if _, ok := names[in.info.Uses[id]]; ok {
			temp := in.temp()
			def.Lhs[i] = ident(id.Pos(), temp)
			list = append(list, set(id, ident(id.Pos(), temp)))
		}
	}
	return list
}

// returnAtOnce has return statements that use named results in more than one of their values compute all of them before one is set: the
// engine does one after the other.
func (in *input) returnAtOnce(t *ast.FuncType, body *ast.BlockStmt) {
	results := make(map[types.Object]bool)
	for _, field := range t.Results.List {
		for _, id := range field.Names {
			if obj := in.info.Defs[id]; obj != nil {
				results[obj] = true
			}
		}
	}
	astutil.Apply(body, func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if len(n.Results) > 1 && in.uses(n, results) {
				c.Replace(in.computed(n))
				return false
			}
		}
		return true
	}, nil)
}

// uses tells whether a variable of a set is named in n.
func (in *input) uses(n ast.Node, set map[types.Object]bool) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && set[in.info.Uses[id]] {
			found = true
		}
		return !found
	})
	return found
}

// computed is a return statement whose values are computed beforehand, but for constants and nil.
func (in *input) computed(n *ast.ReturnStmt) ast.Stmt {
	var stmts []ast.Stmt
	values := make([]ast.Expr, len(n.Results))
	for i, x := range n.Results {
		if tv := in.info.Types[x]; tv.IsNil() || tv.Value != nil {
			values[i] = x
			continue
		}
		temp := in.temp()
		stmts = append(stmts, define(temp, x))
		values[i] = ident(x.Pos(), temp)
	}
	return block(n.Pos(), append(stmts, ret(n.Pos(), values...))...)
}
