package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
)

// lowerPolls makes loops, literals and generic funcs look whether their run is to end.
func (f *Front) lowerPolls(in *input) ErrorList {
	poll := func(b *ast.BlockStmt) {
		pos := b.Pos()
		b.List = append([]ast.Stmt{when(selector(pos, run, "Stop"), do(call(selector(pos, run, "Poll"))))}, b.List...)
	}
	in.rewrite(func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.ForStmt:
			poll(n.Body)
		case *ast.RangeStmt:
			poll(n.Body)
		case *ast.FuncLit:
			poll(n.Body)
		case *ast.FuncDecl:
			if n.Type.TypeParams != nil || n.Recv != nil && in.info.Defs[n.Name].(*types.Func).Signature().RecvTypeParams().Len() > 0 {
				poll(n.Body)
			}
		case *ast.BranchStmt:
			if n.Tok == token.GOTO {
				c.Replace(block(n.Pos(), when(selector(n.Pos(), run, "Stop"), do(call(selector(n.Pos(), run, "Poll")))), n))
			}
		}
		return true
	})
	return nil
}
