package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
)

// lowerNamedResults gives names of their own to the named results of funcs that defer, whose bodies lowerDefers makes literals in the func. There, a variable
// of the same name would hide the result from a return statement, and := in the func's outermost block, which assigns to a result, would
// declare a new variable:
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
	if t.Results == nil || body == nil || !defers(body) {
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
