package lower

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ast/astutil"
)

// lowerLiterals has each literal in a loop made by a func of its own:
//
//	func() func(int) int { return func(x int) int { … } }()
//
// A literal has one slot in the engine's frame of the func around it, and each call of what the literal made, in any goroutine, puts
// back what the slot held when it was made: the loop's next turn would find another turn's func there, or none.
func (f *Front) lowerLiterals(in *input) ErrorList {
	called := in.called()
	var loops []int // that are open, for each func that is
	pre := func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.FuncLit:
			loops = append(loops, jumps(n.Body))
		case *ast.ForStmt, *ast.RangeStmt:
			loops[len(loops)-1]++
		}
		return true
	}
	post := func(c *astutil.Cursor) bool {
		switch n := c.Node().(type) {
		case *ast.FuncLit:
			loops = loops[:len(loops)-1]
			if loops[len(loops)-1] > 0 && !called[n] {
				t := funcType(n.Pos(), nil, []*ast.Field{{Type: n.Type}})
				c.Replace(call(funcLit(t, ret(n.Pos(), n))))
			}
		case *ast.ForStmt, *ast.RangeStmt:
			loops[len(loops)-1]--
		}
		return true
	}
	for _, d := range in.funcs {
		loops = []int{jumps(d.Body)}
		astutil.Apply(d, pre, post)
	}
	entry := &ast.BlockStmt{List: in.body}
	loops = []int{jumps(entry)}
	astutil.Apply(entry, pre, post)
	in.body = entry.List
	return nil
}

// jumps counts the goto statements of a func's body: any of them may make a loop of it.
func jumps(body *ast.BlockStmt) int {
	n := 0
	ast.Inspect(body, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BranchStmt:
			if x.Tok == token.GOTO {
				n++
			}
		}
		return true
	})
	return n
}
