package order

import (
	"go/ast"
	"go/token"
	"go/types"
)

// An effect is what an expression may do to others, or have done to it.
type effect int

const (
	reads  effect = 1 << iota // of an operand: memory that calls may change
	faults                    // may panic

	nothing effect = 0
	calls          = reads | faults // of a settled expression: anything
)

// operand is an expression that is evaluated after those that are settled.
type operand struct {
	effect
	of *types.Var // that it reads, nil if that is other memory
}

func (o *orderer) operand(e effect, v *types.Var) {
	if o.looking && e != nothing {
		o.pending = append(o.pending, operand{e, v})
	}
}

// settle evaluates x here, if the statement is to be changed at all. What has been found from mark on is evaluated with it.
func (o *orderer) settle(x ast.Expr, mark int, e effect) ast.Expr {
	if !o.looking {
		return o.temp(x)
	}
	o.happens(mark, e)
	return x
}

// happens notes that something is evaluated that stands behind the first operands up to mark, and to which the others belong.
func (o *orderer) happens(mark int, e effect) {
	for _, p := range o.pending[mark:] {
		e |= p.effect & faults
	}
	for _, p := range o.pending[:mark] {
		o.needed = o.needed || p.effect&e&faults != 0 || p.effect&e&reads != 0 && o.changeable(p.of)
	}
	o.pending = o.pending[:mark]
}

// changeable tells whether calls may change a variable.
func (o *orderer) changeable(v *types.Var) bool {
	if v == nil || v.Kind() == types.PackageVar {
		return true
	}
	if o.shared == nil {
		o.share()
	}
	return o.shared[v]
}

// share finds the local variables that function literals use, or whose address is taken.
func (o *orderer) share() {
	o.shared = map[*types.Var]bool{}
	var lits []*ast.FuncLit
	var nodes []ast.Node
	ast.Inspect(o.decl, func(n ast.Node) bool {
		if n == nil {
			if len(lits) > 0 && nodes[len(nodes)-1] == ast.Node(lits[len(lits)-1]) {
				lits = lits[:len(lits)-1]
			}
			nodes = nodes[:len(nodes)-1]
			return true
		}
		nodes = append(nodes, n)
		switch n := n.(type) {
		case *ast.FuncLit:
			lits = append(lits, n)
		case *ast.Ident:
			v, ok := o.info.Uses[n].(*types.Var)
			if ok && len(lits) > 0 && !within(v.Pos(), lits[len(lits)-1]) {
				o.shared[v] = true
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				o.shared[o.root(n.X)] = true
			}
		case *ast.SliceExpr:
			o.shared[o.root(n.X)] = true
		case *ast.SelectorExpr:
			if o.addresses(n) {
				o.shared[o.root(n.X)] = true
			}
		}
		return true
	})
}

func within(pos token.Pos, n ast.Node) bool { return n.Pos() <= pos && pos < n.End() }

// addresses tells whether a selector is a method that is called with the address of what stands before the dot.
func (o *orderer) addresses(x *ast.SelectorExpr) bool {
	sel := o.info.Selections[x]
	if sel == nil || sel.Kind() != types.MethodVal {
		return false
	}
	_, wants := types.Unalias(sel.Obj().(*types.Func).Signature().Recv().Type()).(*types.Pointer)
	return wants && !isPointer(o.typeOf(x.X))
}

// root is the variable that x is, or is a part of; nil if it is other memory.
func (o *orderer) root(x ast.Expr) *types.Var {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		v, _ := o.info.ObjectOf(x).(*types.Var)
		return v
	case *ast.SelectorExpr:
		sel := o.info.Selections[x]
		switch {
		case sel == nil:
			v, _ := o.info.Uses[x.Sel].(*types.Var)
			return v
		case !sel.Indirect() && !isPointer(o.typeOf(x.X)):
			return o.root(x.X)
		}
	case *ast.IndexExpr:
		if isArray(o.typeOf(x.X)) {
			return o.root(x.X)
		}
	}
	return nil
}

func (o *orderer) typeOf(x ast.Expr) types.Type { return o.info.TypeOf(x) }

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

func isArray(t types.Type) bool {
	_, ok := t.Underlying().(*types.Array)
	return ok
}
