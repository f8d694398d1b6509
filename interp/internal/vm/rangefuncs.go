package vm

import (
	"go/constant"
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// What the builder has the bodies of ranges over funcs panic with, if the iterator does not keep to the rules.
const (
	calledLate  = "yield function called after range loop exit"
	keptNoPanic = "iterator call did not preserve panic"
)

// The same as Go says it, by what the loop's state is.
var (
	afterFalse = runtimeError("range function continued iteration after function for loop body returned false")
	afterPanic = runtimeError("range function continued iteration after loop body panic")
	afterExit  = runtimeError("range function continued iteration after whole loop exit")
	swallowed  = runtimeError("range function recovered a loop body panic and did not resume panicking")
)

// rangePanic compiles a panic of a range over a func in Go's own words; nil if it is another panic.
func (c *compiler) rangePanic(x ssa.Value, pos int32) op {
	mi, ok := x.(*ssa.MakeInterface)
	if !ok {
		return nil
	}
	k, ok := mi.X.(*ssa.Const)
	if !ok || k.Value == nil || k.Value.Kind() != constant.String || mi.Pos() != token.NoPos {
		return nil
	}
	switch constant.StringVal(k.Value) {
	case keptNoPanic:
		return func(fr *frame) {
			fr.pos = pos
			panic(swallowed)
		}
	case calledLate:
		state, ok := jumpState(mi.Block())
		if !ok {
			return nil
		}
		s := c.slot(state)
		return func(fr *frame) {
			fr.pos = pos
			switch *at[int](fr, s) {
			case -1: // busy: the body has not come to its end
				panic(afterPanic)
			case -2:
				panic(afterExit)
			}
			panic(afterFalse)
		}
	}
	return nil
}

// jumpState is the state that the branch to a panicking block has looked at.
func jumpState(b *ssa.BasicBlock) (ssa.Value, bool) {
	if len(b.Preds) != 1 {
		return nil, false
	}
	from := b.Preds[0]
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok {
		return nil, false
	}
	cmp, ok := branch.Cond.(*ssa.BinOp)
	if !ok {
		return nil, false
	}
	return cmp.X, true
}
