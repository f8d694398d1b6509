package order

import (
	"go/ast"
	"go/types"
	"runtime"
)

// File orders the functions of a file that has been checked. It adds to info what is to be known of the variables that it adds.
func File(file *ast.File, info *types.Info, pkg *types.Package) {
	for _, d := range file.Decls {
		decl(d, info, pkg)
	}
}

func decl(d ast.Decl, info *types.Info, pkg *types.Package) {
	o := &orderer{info: info, pkg: pkg, decl: d}
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if fn, ok := info.Defs[n.Name].(*types.Func); ok && n.Body != nil {
				o.body(n.Body, fn.Signature())
			}
		case *ast.FuncLit:
			o.body(n.Body, info.Types[n].Type.Underlying().(*types.Signature))
		}
		return true
	})
}

var sizes = types.SizesFor("gc", runtime.GOARCH)

// orderer orders what a declaration contains.
type orderer struct {
	info *types.Info
	pkg  *types.Package
	decl ast.Decl

	sig    *types.Signature // of the function
	block  *ast.BlockStmt   // its body
	temps  int
	shared map[*types.Var]bool // local variables that calls may change (operand.go); nil until one asks for them

	// Of the statement at hand:
	looking bool       // for the first time
	pending []operand  // that have been found and are not evaluated yet
	needed  bool       // to go through it a second time
	out     []ast.Stmt // what comes before it
}

// body orders the statements of a function. Function literals in it are for others to order.
func (o *orderer) body(b *ast.BlockStmt, sig *types.Signature) {
	o.sig, o.block = sig, b
	o.stmts(&b.List)
}

// ordered goes through expressions, and returns the statements that are to come before them.
func (o *orderer) ordered(visit func()) []ast.Stmt {
	o.looking, o.needed, o.pending = true, false, o.pending[:0]
	visit()
	if !o.needed {
		return nil
	}
	o.looking, o.out = false, nil
	visit()
	return o.out
}
