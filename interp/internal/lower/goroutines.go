package lower

import (
	"go/ast"

	"golang.org/x/tools/go/ast/astutil"
)

// lowerGoroutines starts goroutines that belong to the run that starts them: it interrupts them, and what they panic with is reported
// instead of ending the process.
func (f *Front) lowerGoroutines(in *input) (errs ErrorList) {
	in.rewrite(func(c *astutil.Cursor) bool {
		s, ok := c.Node().(*ast.GoStmt)
		if !ok {
			return true
		}
		pos := s.Pos()
		p, err := in.takeApart(s.Call)
		if err != nil {
			errs = append(errs, &Error{Pos: f.fset.Position(pos), Msg: err.Error()})
			return true
		}
		of := in.temp()
		params := append([]*ast.Field{param(of, ident(pos, "int"))}, p.params...)
		args := append([]ast.Expr{call(selector(pos, run, "Fork"))}, p.args...)
		body := do(call(selector(pos, run, "Start"), ident(pos, of), funcLit(funcType(pos, nil, nil), do(p.inner))))
		c.Replace(&ast.GoStmt{Go: pos, Call: call(funcLit(funcType(pos, params, nil), body), args...)})
		return true
	})
	return errs
}
