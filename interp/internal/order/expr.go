package order

import (
	"go/ast"
	"go/token"
	"go/types"
)

// expr orders an expression whose value is used.
func (o *orderer) expr(x ast.Expr) ast.Expr {
	if tv, known := o.info.Types[x]; known && (tv.Value != nil || tv.IsType() || tv.IsBuiltin() || tv.IsNil()) {
		return x
	}
	mark := len(o.pending)
	switch x := x.(type) {
	case *ast.ParenExpr:
		x.X = o.expr(x.X)
	case *ast.Ident:
		if v, ok := o.info.Uses[x].(*types.Var); ok {
			o.operand(reads, v)
		}
	case *ast.SelectorExpr:
		o.selector(x)
	case *ast.StarExpr:
		o.place(x)
		o.read(x)
	case *ast.IndexExpr:
		if _, generic := o.typeOf(x.X).Underlying().(*types.Signature); !generic {
			o.place(x)
			o.read(x)
		}
	case *ast.UnaryExpr:
		return o.unary(x, mark)
	case *ast.BinaryExpr:
		return o.binary(x, mark)
	case *ast.SliceExpr:
		if isArray(o.typeOf(x.X)) {
			x.X = o.place(x.X)
		} else {
			x.X = o.expr(x.X)
		}
		for _, bound := range []*ast.Expr{&x.Low, &x.High, &x.Max} {
			if *bound != nil {
				*bound = o.expr(*bound)
			}
		}
		return o.settle(x, mark, faults)
	case *ast.TypeAssertExpr:
		x.X = o.expr(x.X)
		if !isWord(o.typeOf(x)) {
			return o.settle(x, mark, faults)
		}
		o.operand(faults, nil)
	case *ast.CompositeLit:
		return o.literal(x, mark)
	case *ast.CallExpr:
		return o.call(x, mark)
	}
	return x
}

// read notes that what stands at a place is read, unless it is a part of a value that nothing else has.
func (o *orderer) read(x ast.Expr) {
	memory := o.info.Types[x].Addressable()
	if i, ok := x.(*ast.IndexExpr); ok && !memory {
		_, text := o.typeOf(i.X).Underlying().(*types.Basic)
		memory = !text
	}
	if memory {
		o.operand(reads, o.root(x))
	}
}

// place orders what is to be assigned to, or the address of which is taken: it is not read itself.
func (o *orderer) place(x ast.Expr) ast.Expr {
	switch x := x.(type) {
	case *ast.ParenExpr:
		x.X = o.place(x.X)
	case *ast.Ident:
	case *ast.SelectorExpr:
		sel := o.info.Selections[x]
		if sel == nil || sel.Kind() == types.MethodExpr {
			break
		}
		if isPointer(o.typeOf(x.X)) {
			x.X = o.expr(x.X)
			o.operand(faults, nil)
		} else {
			x.X = o.place(x.X)
		}
		if len(sel.Index()) > 1 && sel.Indirect() {
			o.operand(calls, nil) // an embedded pointer
		}
	case *ast.StarExpr:
		x.X = o.expr(x.X)
		o.operand(faults, nil)
	case *ast.IndexExpr:
		o.index(x)
	default:
		return o.expr(x)
	}
	return x
}

func (o *orderer) index(x *ast.IndexExpr) {
	t := o.typeOf(x.X)
	if isArray(t) {
		x.X = o.place(x.X)
	} else {
		x.X = o.expr(x.X)
	}
	x.Index = o.expr(x.Index)
	if !isArray(t) || o.info.Types[x.Index].Value == nil {
		o.operand(faults, nil)
	}
}

// selector orders a field that is read, or a method value.
func (o *orderer) selector(x *ast.SelectorExpr) {
	sel := o.info.Selections[x]
	switch {
	case sel == nil:
		if v, ok := o.info.Uses[x.Sel].(*types.Var); ok {
			o.operand(reads, v)
		}
	case sel.Kind() == types.FieldVal:
		o.place(x)
		o.read(x)
	case sel.Kind() == types.MethodVal:
		o.receiver(x, sel)
	}
}

// receiver orders what stands before the dot of a method.
func (o *orderer) receiver(x *ast.SelectorExpr, sel *types.Selection) {
	if o.addresses(x) {
		x.X = o.place(x.X)
		return
	}
	x.X = o.expr(x.X)
	_, takes := types.Unalias(sel.Obj().(*types.Func).Signature().Recv().Type()).(*types.Pointer)
	if !takes && isPointer(o.typeOf(x.X)) || len(sel.Index()) > 1 && sel.Indirect() {
		o.operand(calls, nil)
	}
}

func (o *orderer) unary(x *ast.UnaryExpr, mark int) ast.Expr {
	switch x.Op {
	case token.AND:
		x.X = o.place(x.X)
	case token.ARROW:
		x.X = o.expr(x.X)
		return o.settle(x, mark, calls)
	default:
		x.X = o.expr(x.X)
	}
	return x
}

func (o *orderer) binary(x *ast.BinaryExpr, mark int) ast.Expr {
	if x.Op == token.LAND || x.Op == token.LOR {
		return o.logical(x, mark)
	}
	x.X = o.expr(x.X)
	x.Y = o.expr(x.Y)
	t, other := o.typeOf(x.X).Underlying(), o.info.Types[x.Y]
	switch x.Op {
	case token.QUO, token.REM:
		if b, ok := t.(*types.Basic); !ok || b.Info()&types.IsInteger != 0 && other.Value == nil {
			o.operand(faults, nil)
		}
	case token.SHL, token.SHR:
		if b, ok := other.Type.Underlying().(*types.Basic); other.Value == nil && (!ok || b.Info()&types.IsUnsigned == 0) {
			o.operand(faults, nil)
		}
	case token.EQL, token.NEQ:
		if mayNotCompare(t) || mayNotCompare(other.Type.Underlying()) {
			o.operand(faults, nil)
		}
	}
	return x
}

// mayNotCompare tells whether values may turn out to have no equality.
func mayNotCompare(t types.Type) bool {
	switch t.(type) {
	case *types.Interface, *types.Struct, *types.Array:
		return true
	}
	return false
}

// logical orders && and ||, whose right side may never be evaluated.
func (o *orderer) logical(x *ast.BinaryExpr, mark int) ast.Expr {
	x.X = o.expr(x.X)
	if o.looking {
		o.happens(mark, nothing) // the left side is read before the right
		x.Y = o.expr(x.Y)
		return o.settle(x, mark, nothing)
	}
	saved := o.out
	o.out = nil
	y := o.expr(x.Y)
	if len(o.out) == 0 {
		x.Y, o.out = y, saved
		return o.temp(x)
	}
	o.typed(y)
	right := o.out
	o.out = saved
	def, use := o.variable(x.Pos(), o.typeOf(x))
	v := o.info.Defs[def].(*types.Var)
	right = append(right, &ast.AssignStmt{Lhs: []ast.Expr{o.mention(v)}, TokPos: y.Pos(), Tok: token.ASSIGN, Rhs: []ast.Expr{y}})
	var cond ast.Expr = o.mention(v)
	if x.Op == token.LOR {
		cond = o.not(cond)
	}
	o.out = append(o.out, o.define(x.X, def), &ast.IfStmt{If: x.OpPos, Cond: cond, Body: &ast.BlockStmt{Lbrace: x.OpPos, List: right, Rbrace: x.End()}})
	return use
}
