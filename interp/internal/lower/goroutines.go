package lower

import (
	"go/ast"

	"golang.org/x/tools/go/ast/astutil"
)

// lowerGoroutines starts goroutines that belong to the run that starts them: it interrupts them, and what they panic with is reported
// instead of ending the process. What is started is a literal in a func of its own, for the reason that lowerLiterals has.
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
		body := do(call(selector(pos, run, "Go"), funcLit(funcType(pos, nil, nil), do(p.inner))))
		c.Replace(do(call(funcLit(funcType(pos, p.params, nil), body), p.args...)))
		return true
	})
	return errs
}
