package lower

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
)

// checkLosses refuses to ask what struct of the session an interface of compiled code holds, such as an error or a fmt.Stringer: on its way into one, the engine
// takes the struct apart. What a pointer points to stays whole.
func (f *Front) checkLosses(in *input) (errs ErrorList) {
	ask := func(pos token.Pos, from, to types.Type) {
		if compiledInterface(from) && Declared(to) && isStruct(to) {
			errs = append(errs, &Error{Pos: f.fset.Position(pos), Msg: "it cannot be told whether an interface of compiled code, " + TypeName(from) +
				", holds the struct " + TypeName(to) + " of this session: put *" + TypeName(to) + " into it"})
		}
	}
	in.assertions(ask)
	in.inspect(func(n ast.Node) bool {
		if x, ok := n.(*ast.BinaryExpr); ok && (x.Op == token.EQL || x.Op == token.NEQ) {
			ask(x.Pos(), in.info.TypeOf(x.X), in.info.TypeOf(x.Y))
			ask(x.Pos(), in.info.TypeOf(x.Y), in.info.TypeOf(x.X))
		}
		return true
	})
	return errs
}

// lowerComparisons has the session compare interfaces of compiled code with each other and with pointers of the session: in them, these are held in wrappers, two of
// which are never equal. x == y becomes rgo.Same(x, y).
func (f *Front) lowerComparisons(in *input) ErrorList {
	wrapping := func(x, y types.Type) bool {
		if !compiledInterface(x) || y == nil {
			return false
		}
		p, pointer := types.Unalias(y).(*types.Pointer)
		return compiledInterface(y) || pointer && Declared(p.Elem())
	}
	in.rewrite(func(c *astutil.Cursor) bool {
		n, ok := c.Node().(*ast.BinaryExpr)
		if !ok || n.Op != token.EQL && n.Op != token.NEQ {
			return true
		}
		x, y := in.info.TypeOf(n.X), in.info.TypeOf(n.Y)
		if !wrapping(x, y) && !wrapping(y, x) {
			return true
		}
		var same ast.Expr = call(selector(n.Pos(), run, "Same"), n.X, n.Y)
		if n.Op == token.NEQ {
			same = &ast.UnaryExpr{OpPos: n.Pos(), Op: token.NOT, X: same}
		}
		in.info.Types[same] = in.info.Types[n]
		c.Replace(same)
		return true
	})
	return nil
}

// compiledInterface tells whether t is an interface with methods that compiled code has declared.
func compiledInterface(t types.Type) bool {
	if t == nil || Declared(t) || !types.IsInterface(t) {
		return false
	}
	_, named := types.Unalias(t).(*types.Named)
	return named && t.Underlying().(*types.Interface).NumMethods() > 0
}

func isStruct(t types.Type) bool {
	_, is := t.Underlying().(*types.Struct)
	return is
}
