package front

import (
	"go/ast"
	"go/token"
	"go/types"
)

// input is a source on its way through the passes.
type input struct {
	*source

	// What it declares and mentions (sort.go).
	own       map[string]bool // at the level of the package
	funcs     []*ast.FuncDecl
	top       []*ast.Ident     // variables of its statements, in the order of the text
	mentioned map[string]bool  // names that occur anywhere in it
	beforeDot map[string]bool  // names that occur before a dot
	shared    map[string]bool  // variables of its statements that its declarations may mean
	blocks    []*ast.BlockStmt // the entry's body, and those that nest has put into each other at its end

	// What the checker has found out (check.go).
	pkg   *types.Package
	info  *types.Info
	entry *ast.FuncDecl
	late  []*lateMethod
	errs  ErrorList

	results   []types.Type              // of the last expression (results.go)
	variables []*ast.Ident              // of its statements, that are new (variables.go)
	kept      map[*types.Var]*types.Var // those that earlier inputs have declared, by what the checker has made of them
	objects   []types.Object            // that it declares for later inputs, in the order of the text
	imports   map[string]string         // paths of its imports, by name, and of those found for it
	dots      []string
	undone    []func()
}

// fail notes an error.
func (in *input) fail(pos token.Pos, msg string) {
	in.errs = append(in.errs, &Error{Pos: in.fset.Position(pos), Msg: msg})
}

// undo takes back what the input has done to types of earlier inputs, last first.
func (in *input) undo() {
	for i := len(in.undone) - 1; i >= 0; i-- {
		in.undone[i]()
	}
	in.undone = nil
}
