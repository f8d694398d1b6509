package order

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// temp has x evaluated into a variable of its own.
func (o *orderer) temp(x ast.Expr) ast.Expr {
	def, use := o.variable(x.Pos(), o.typeOf(x))
	o.out = append(o.out, o.define(x, def))
	return use
}

// tuple has an expression with several values evaluated into variables.
func (o *orderer) tuple(x ast.Expr) []ast.Expr {
	var defs, uses []ast.Expr
	for v := range o.typeOf(x).(*types.Tuple).Variables() {
		def, use := o.variable(x.Pos(), v.Type())
		defs, uses = append(defs, def), append(uses, use)
	}
	o.out = append(o.out, o.define(x, defs...))
	return uses
}

func (o *orderer) define(x ast.Expr, names ...ast.Expr) ast.Stmt {
	o.typed(x)
	return &ast.AssignStmt{Lhs: names, TokPos: x.Pos(), Tok: token.DEFINE, Rhs: []ast.Expr{x}}
}

// variable makes a variable, as its definition and the first mention of it.
func (o *orderer) variable(pos token.Pos, t types.Type) (def, use *ast.Ident) {
	o.temps++
	v := types.NewVar(pos, o.pkg, fmt.Sprintf("t·%d", o.temps), types.Default(t))
	v.SetKind(types.LocalVar)
	def = &ast.Ident{NamePos: pos, Name: v.Name()}
	o.info.Defs[def] = v
	return def, o.mention(v)
}

func (o *orderer) mention(v *types.Var) *ast.Ident {
	id := &ast.Ident{NamePos: v.Pos(), Name: v.Name()}
	o.info.Uses[id] = v
	o.info.Types[id] = types.TypeAndValue{Type: v.Type()}
	return id
}

// not is the negation of a truth value.
func (o *orderer) not(x ast.Expr) ast.Expr {
	no := &ast.UnaryExpr{OpPos: x.Pos(), Op: token.NOT, X: x}
	o.info.Types[no] = types.TypeAndValue{Type: o.typeOf(x)}
	return no
}

// typed gives a truth value without a type the one that it has in a variable.
func (o *orderer) typed(x ast.Expr) {
	tv := o.info.Types[x]
	if tv.Type != types.Typ[types.UntypedBool] || tv.Value != nil {
		return
	}
	tv.Type = types.Typ[types.Bool]
	o.info.Types[x] = tv
	switch x := x.(type) {
	case *ast.ParenExpr:
		o.typed(x.X)
	case *ast.UnaryExpr:
		o.typed(x.X)
	case *ast.BinaryExpr:
		if x.Op == token.LAND || x.Op == token.LOR {
			o.typed(x.X)
			o.typed(x.Y)
		}
	}
}
