package lower

import "go/ast"

// lowerLabels gives labels names that nothing else has: in the engine, a label hides a type or a variable of the same name.
func (f *Front) lowerLabels(in *input) ErrorList {
	in.inspect(func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.LabeledStmt:
			n.Label = ident(n.Label.Pos(), n.Label.Name+mark+"0")
		case *ast.BranchStmt:
			if n.Label != nil {
				n.Label = ident(n.Label.Pos(), n.Label.Name+mark+"0")
			}
		}
		return true
	})
	return nil
}
