package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
)

// lowerPolls makes loops, literals and generic funcs look whether their run is to end.
func (f *Front) lowerPolls(in *input) ErrorList {
	begin := func(b *ast.BlockStmt) {
		b.List = append([]ast.Stmt{poll(b.Pos())}, b.List...)
	}
	in.rewrite(func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.ForStmt:
			begin(n.Body)
		case *ast.RangeStmt:
			begin(n.Body)
		case *ast.FuncLit:
			begin(n.Body)
		case *ast.FuncDecl:
			if n.Type.TypeParams != nil || n.Recv != nil && in.info.Defs[n.Name].(*types.Func).Signature().RecvTypeParams().Len() > 0 {
				begin(n.Body)
			}
		case *ast.BranchStmt:
			if n.Tok == token.GOTO {
				c.Replace(block(n.Pos(), poll(n.Pos()), n))
			}
		}
		return true
	})
	return nil
}

// poll is a look at the flag that goes up when a run is to end. The flag is behind a pointer: a condition that is a variable of a compiled
// package the engine takes for a constant.
func poll(pos token.Pos) ast.Stmt {
	return when(raised(pos, "Stop"), do(call(selector(pos, run, "Poll"))))
}

func raised(pos token.Pos, name string) ast.Expr {
	return &ast.StarExpr{Star: pos, X: selector(pos, run, name)}
}
