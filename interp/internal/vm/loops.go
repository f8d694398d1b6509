package vm

import (
	"go/token"
	"reflect"

	"golang.org/x/tools/go/ssa"
)

// shorten makes the code of a function's compiled blocks shorter where loops go: a test makes itself what was made for it just before, and
// a block goes on with what is behind its jump.
func (c *compiler) shorten() {
	for _, b := range c.fn.Blocks {
		c.mergeTest(b)
		c.mergeStep(b)
	}
	for _, b := range c.blocks {
		follow(b)
		if b.kind == branches {
			follow(b.then)
			follow(b.els)
		}
	}
}

// mergeTest has a block's test make its left operand, if the instruction before it does: i+1 in a range, n%2 in a condition.
func (c *compiler) mergeTest(b *ssa.BasicBlock) {
	cmp := c.test(b)
	if cmp == nil || len(b.Instrs) < 3 {
		return
	}
	made, ok := b.Instrs[len(b.Instrs)-3].(*ssa.BinOp)
	if !ok || c.fused[made] || cmp.X != ssa.Value(made) {
		return
	}
	holds := c.stepTest(made, cmp)
	if holds == nil && len(*made.Referrers()) == 1 {
		holds = c.maskTest(made, cmp)
	}
	if holds == nil {
		return
	}
	out := c.blocks[b.Index]
	out.ops, out.cond = out.ops[:len(out.ops)-1], holds
}

// mergeStep has a block that ends with the step of a loop's variable, and jumps to where that is tested, do both in one.
func (c *compiler) mergeStep(b *ssa.BasicBlock) {
	if _, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Jump); !ok || len(b.Instrs) < 2 {
		return
	}
	to, out := b.Succs[0], c.blocks[b.Index]
	step, ok := b.Instrs[len(b.Instrs)-2].(*ssa.BinOp)
	cmp, tests := c.test(to), c.blocks[to.Index]
	if !ok || c.fused[step] || cmp == nil || len(tests.ops) > 0 || c.slots[cmp.X] != c.slot(step) || len(c.edge(b, to)) > 0 {
		return
	}
	if phi, ok := cmp.X.(*ssa.Phi); !ok || phi.Block() != to {
		return
	}
	if holds := c.stepTest(step, cmp); holds != nil {
		out.ops = out.ops[:len(out.ops)-1]
		out.kind, out.cond, out.then, out.els, out.back = branches, holds, tests.then, tests.els, true
	}
}

// test is the comparison that the branch at the end of a block makes itself; nil if there is none.
func (c *compiler) test(b *ssa.BasicBlock) *ssa.BinOp {
	in, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok || c.blocks[b.Index].cond == nil {
		return nil
	}
	cmp, ok := in.Cond.(*ssa.BinOp)
	if !ok || !c.fused[cmp] {
		return nil
	}
	return cmp
}

// stepTest adds a constant and compares the sum. It returns nil if that is not what step and cmp are, of ints.
func (c *compiler) stepTest(step, cmp *ssa.BinOp) predicate {
	by, ok := integerConst(step.Y)
	if !ok || kindOf(step.Type()) != reflect.Int64 {
		return nil
	}
	switch step.Op {
	case token.ADD:
	case token.SUB:
		by = -by
	default:
		return nil
	}
	if limit, ok := integerConst(cmp.Y); ok {
		return stepTestConst(cmp.Op, c.slot(step), c.slot(step.X), by, limit)
	}
	return stepTestVar(cmp.Op, c.slot(step), c.slot(step.X), by, c.slot(cmp.Y))
}

//go:noinline
func stepTestConst(tok token.Token, d, x slot, by, limit int64) predicate {
	switch tok {
	case token.LSS:
		return func(fr *frame) bool { return step(fr, d, x, by) < limit }
	case token.LEQ:
		return func(fr *frame) bool { return step(fr, d, x, by) <= limit }
	case token.GTR:
		return func(fr *frame) bool { return step(fr, d, x, by) > limit }
	case token.GEQ:
		return func(fr *frame) bool { return step(fr, d, x, by) >= limit }
	case token.NEQ:
		return func(fr *frame) bool { return step(fr, d, x, by) != limit }
	}
	return nil
}

//go:noinline
func stepTestVar(tok token.Token, d, x slot, by int64, limit slot) predicate {
	switch tok {
	case token.LSS:
		return func(fr *frame) bool { return step(fr, d, x, by) < *at[int64](fr, limit) }
	case token.LEQ:
		return func(fr *frame) bool { return step(fr, d, x, by) <= *at[int64](fr, limit) }
	case token.GTR:
		return func(fr *frame) bool { return step(fr, d, x, by) > *at[int64](fr, limit) }
	case token.GEQ:
		return func(fr *frame) bool { return step(fr, d, x, by) >= *at[int64](fr, limit) }
	case token.NEQ:
		return func(fr *frame) bool { return step(fr, d, x, by) != *at[int64](fr, limit) }
	}
	return nil
}

func step(fr *frame, d, x slot, by int64) int64 {
	v := *at[int64](fr, x) + by
	*at[int64](fr, d) = v
	return v
}

// maskTest compares a remainder, or some bits, with a constant. It returns nil if that is not what made and cmp are, of ints.
func (c *compiler) maskTest(made, cmp *ssa.BinOp) predicate {
	k, ok := integerConst(made.Y)
	want, sure := integerConst(cmp.Y)
	if !ok || !sure || k <= 0 || kindOf(made.Type()) != reflect.Int64 || cmp.Op != token.EQL && cmp.Op != token.NEQ {
		return nil
	}
	switch x, equal := c.slot(made.X), cmp.Op == token.EQL; {
	case made.Op == token.AND:
		return bitsTest(x, k, want, equal)
	case made.Op == token.REM && want == 0 && k&(k-1) == 0:
		return bitsTest(x, k-1, 0, equal) // whatever the sign
	case made.Op == token.REM:
		return remainderTest(x, k, want, equal)
	}
	return nil
}

//go:noinline
func bitsTest(x slot, mask, want int64, equal bool) predicate {
	if equal {
		return func(fr *frame) bool { return *at[int64](fr, x)&mask == want }
	}
	return func(fr *frame) bool { return *at[int64](fr, x)&mask != want }
}

//go:noinline
func remainderTest(x slot, k, want int64, equal bool) predicate {
	if equal {
		return func(fr *frame) bool { return *at[int64](fr, x)%k == want }
	}
	return func(fr *frame) bool { return *at[int64](fr, x)%k != want }
}

// follow has a block go on with the code behind its jump, if that is short.
func follow(b *block) {
	const short, times = 2, 4 // a block's ops, and how many of them, as they may jump in a circle
	for range times {
		to := b.then
		if b.kind != jumps || to == b || len(to.ops) > short {
			return
		}
		b.ops = append(b.ops[:len(b.ops):len(b.ops)], to.ops...)
		b.kind, b.cond, b.flag, b.then, b.els, b.back = to.kind, to.cond, to.flag, to.then, to.els, b.back || to.back
	}
}
