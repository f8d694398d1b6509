package lower

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
)

// lowerErrorsAs has the session look for an error of its own in a tree of errors: errors.As would find that the target implements nothing, for compiled
// code sees no methods of the session's types. errors.As(err, &target) becomes rgo.ErrorsAs(err, &target).
func (f *Front) lowerErrorsAs(in *input) ErrorList {
	in.rewrite(func(c *astutil.Cursor) bool {
		if n, ok := c.Node().(*ast.CallExpr); ok && in.errorsAs(n) != nil {
			n.Fun = selector(n.Fun.Pos(), run, "ErrorsAs")
		}
		return true
	})
	return nil
}

// errorsAs is the type that a call of errors.As looks for, if that is one of the session's; nil for any other call.
func (in *input) errorsAs(n *ast.CallExpr) types.Type {
	sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr)
	if !ok || len(n.Args) != 2 {
		return nil
	}
	if fn, ok := in.info.Uses[sel.Sel].(*types.Func); !ok || fn.FullName() != "errors.As" {
		return nil
	}
	target, ok := in.info.TypeOf(n.Args[1]).(*types.Pointer)
	if !ok {
		return nil
	}
	named := target.Elem()
	if p, ok := types.Unalias(named).(*types.Pointer); ok {
		named = p.Elem()
	}
	if !Declared(named) || types.IsInterface(named) {
		return nil
	}
	return target.Elem()
}
