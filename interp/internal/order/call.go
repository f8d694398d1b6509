package order

import (
	"go/ast"
	"go/token"
	"go/types"
)

// call orders a call, or a conversion.
func (o *orderer) call(x *ast.CallExpr, mark int) ast.Expr {
	if o.info.Types[x.Fun].IsType() {
		return o.conversion(x, mark)
	}
	e := o.callParts(x)
	if e == nothing && o.unsafe(x) {
		return x
	}
	return o.settle(x, mark, e)
}

// callParts orders what a call is made of, and tells what the call may do.
func (o *orderer) callParts(x *ast.CallExpr) effect {
	if o.info.Types[x.Fun].IsBuiltin() {
		o.exprs(x.Args)
		switch o.builtin(x) {
		case "append", "copy", "recover", "delete", "clear", "close", "panic", "print", "println":
			return calls
		case "make":
			return faults
		}
		return nothing
	}
	x.Fun = o.expr(x.Fun)
	if len(x.Args) == 1 {
		if _, several := o.typeOf(x.Args[0]).(*types.Tuple); several {
			o.parts(x.Args[0])
			if o.looking {
				o.happens(len(o.pending), calls)
			} else {
				x.Args = o.tuple(x.Args[0])
			}
			return calls
		}
	}
	sig, _ := o.typeOf(x.Fun).Underlying().(*types.Signature)
	for i := range x.Args {
		x.Args[i] = o.assigned(x.Args[i], parameter(sig, i, x.Ellipsis.IsValid()))
	}
	return calls
}

// parameter is the type that the i-th argument of a call becomes, nil if it is not known here.
func parameter(sig *types.Signature, i int, spread bool) types.Type {
	switch {
	case sig == nil:
		return nil
	case sig.Variadic() && i >= sig.Params().Len()-1 && !spread:
		if s, ok := sig.Params().At(sig.Params().Len() - 1).Type().Underlying().(*types.Slice); ok {
			return s.Elem()
		}
		return nil
	}
	return sig.Params().At(i).Type()
}

func (o *orderer) builtin(x *ast.CallExpr) string {
	switch f := ast.Unparen(x.Fun).(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return "unsafe." + f.Sel.Name
	}
	return ""
}

func (o *orderer) unsafe(x *ast.CallExpr) bool {
	_, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr)
	return ok && o.info.Types[x.Fun].IsBuiltin()
}

// parts orders what an expression is made of that is not settled itself, and tells what it may do: one that is a statement, or has several values.
func (o *orderer) parts(x ast.Expr) effect {
	switch x := x.(type) {
	case *ast.ParenExpr:
		return o.parts(x.X)
	case *ast.CallExpr:
		if !o.info.Types[x.Fun].IsType() {
			return o.callParts(x)
		}
	case *ast.UnaryExpr:
		if x.Op == token.ARROW {
			x.X = o.expr(x.X)
			return calls
		}
	case *ast.TypeAssertExpr:
		if x.Type != nil {
			x.X = o.expr(x.X)
			return faults
		}
	case *ast.IndexExpr:
		o.place(x)
		return faults
	}
	o.expr(x)
	return nothing
}

func (o *orderer) conversion(x *ast.CallExpr, mark int) ast.Expr {
	from, to := o.typeOf(x.Args[0]), o.typeOf(x)
	x.Args[0] = o.assigned(x.Args[0], to)
	_, fromSlice := from.Underlying().(*types.Slice)
	switch to.Underlying().(type) {
	case *types.Slice:
		if b, ok := from.Underlying().(*types.Basic); ok && b.Info()&types.IsString != 0 {
			return o.settle(x, mark, nothing)
		}
	case *types.Basic:
		if fromSlice {
			o.operand(reads, nil)
		}
	case *types.Array:
		if fromSlice {
			o.operand(calls, nil)
		}
	case *types.Pointer:
		if fromSlice {
			o.operand(faults, nil)
		}
	}
	return x
}

// assigned orders an expression that is assigned to something of type t. Values that become those of interfaces by their address are copied,
// if they have none.
func (o *orderer) assigned(x ast.Expr, t types.Type) ast.Expr {
	tv := o.info.Types[x]
	mark := len(o.pending)
	x = o.expr(x)
	if t == nil || tv.Type == nil || tv.Value != nil || tv.IsNil() || tv.Addressable() || !types.IsInterface(t) || isParam(t) || types.IsInterface(tv.Type) || isParam(tv.Type) {
		return x
	}
	if _, ready := x.(*ast.Ident); ready || !byAddress(tv.Type) {
		return x
	}
	return o.settle(x, mark, nothing)
}

func isParam(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.TypeParam)
	return ok
}

// byAddress tells whether gc makes interfaces of values of a type by their address.
func byAddress(t types.Type) bool {
	t = sole(t)
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return false
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			return false
		}
	}
	if !scalars(t) {
		return true
	}
	size := sizes.Sizeof(t)
	return size != 2 && size != 4 && size != 8 || sizes.Alignof(t) != size
}

// sole is the type of the only component of a type.
func sole(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		if u.NumFields() == 1 {
			return sole(u.Field(0).Type())
		}
	case *types.Array:
		if u.Len() == 1 {
			return sole(u.Elem())
		}
	}
	return t
}

// scalars tells whether there are no pointers in values of a type.
func scalars(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&types.IsString == 0 && u.Kind() != types.UnsafePointer
	case *types.Array:
		return scalars(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if !scalars(f.Type()) {
				return false
			}
		}
		return true
	}
	return false
}

// isWord tells whether interfaces hold values of a type themselves, and no address of them.
func isWord(t types.Type) bool {
	switch u := sole(t).Underlying().(type) {
	case *types.Pointer, *types.Chan, *types.Map, *types.Signature:
		return true
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	}
	return false
}

// exprs orders a list of expressions.
func (o *orderer) exprs(list []ast.Expr) {
	for i := range list {
		list[i] = o.expr(list[i])
	}
}

// literal orders a composite literal.
func (o *orderer) literal(x *ast.CompositeLit, mark int) ast.Expr {
	t := o.typeOf(x).Underlying()
	switch t := t.(type) {
	case *types.Pointer: // of the elements of another literal
		if s, ok := t.Elem().Underlying().(*types.Struct); ok {
			o.fields(x, s)
			return x
		}
	case *types.Struct:
		o.fields(x, t)
		return x
	case *types.Map:
		return o.mapLiteral(x, t, mark)
	}
	elem := elemOf(t)
	for i, elt := range x.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			kv.Value = o.assigned(kv.Value, elem)
		} else {
			x.Elts[i] = o.assigned(elt, elem)
		}
	}
	return x
}

// elemOf is the type of the elements of a literal, nil if it is not known here.
func elemOf(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.Slice:
		return t.Elem()
	case *types.Array:
		return t.Elem()
	}
	return nil
}

func (o *orderer) fields(x *ast.CompositeLit, s *types.Struct) {
	for i, elt := range x.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			kv.Value = o.assigned(kv.Value, o.typeOf(kv.Key))
		} else {
			x.Elts[i] = o.assigned(elt, s.Field(i).Type())
		}
	}
}

// mapLiteral makes a map, and puts in one entry after the other.
func (o *orderer) mapLiteral(x *ast.CompositeLit, t *types.Map, mark int) ast.Expr {
	if o.looking {
		for _, elt := range x.Elts {
			kv, inner := elt.(*ast.KeyValueExpr), len(o.pending)
			kv.Key = o.assigned(kv.Key, t.Key())
			kv.Value = o.assigned(kv.Value, t.Elem())
			o.happens(inner, nothing)
		}
		return o.settle(x, mark, nothing)
	}
	def, use := o.variable(x.Pos(), o.typeOf(x))
	v := o.info.Defs[def].(*types.Var)
	entries := x.Elts
	x.Elts = nil
	o.out = append(o.out, o.define(x, def))
	for _, elt := range entries {
		kv := elt.(*ast.KeyValueExpr)
		at := &ast.IndexExpr{X: o.mention(v), Lbrack: kv.Pos(), Index: o.assigned(kv.Key, t.Key()), Rbrack: kv.Colon}
		o.info.Types[at] = types.TypeAndValue{Type: t.Elem()}
		value := o.assigned(kv.Value, t.Elem())
		o.out = append(o.out, &ast.AssignStmt{Lhs: []ast.Expr{at}, TokPos: kv.Colon, Tok: token.ASSIGN, Rhs: []ast.Expr{value}})
	}
	return use
}
