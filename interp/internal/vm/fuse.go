package vm

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// fuseCondition marks a comparison that only the branch at the end of its block asks for: the branch makes it itself.
func (c *compiler) fuseCondition(b *ssa.BasicBlock) {
	if len(b.Instrs) < 2 {
		return
	}
	in, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return
	}
	cmp, ok := in.Cond.(*ssa.BinOp)
	if !ok || len(*cmp.Referrers()) != 1 || b.Instrs[len(b.Instrs)-2] != ssa.Instruction(cmp) {
		return
	}
	c.fused[cmp] = true
}

// fuse compiles an instruction together with the next one, which is the only one to use its value; nil if it cannot.
func (c *compiler) fuse(in, next ssa.Instruction) op {
	v, ok := in.(ssa.Value)
	if !ok || v.Referrers() == nil || len(*v.Referrers()) != 1 || (*v.Referrers())[0] != next {
		return nil
	}
	switch next := next.(type) {
	case *ssa.BinOp:
		if in, ok := in.(*ssa.BinOp); ok {
			return c.pair(in, next)
		}
	case *ssa.UnOp:
		if next.Op != token.MUL {
			return nil
		}
		switch in := in.(type) {
		case *ssa.IndexAddr:
			return c.loadElem(in, next)
		case *ssa.FieldAddr:
			return c.loadField(in, next)
		}
	case *ssa.Store:
		if next.Addr != v {
			return nil
		}
		switch in := in.(type) {
		case *ssa.IndexAddr:
			return c.storeElem(in, next)
		case *ssa.FieldAddr:
			if !isBlank(in) {
				return c.storeField(in, next)
			}
		}
	}
	return nil
}

// isBlank tells whether a field is one that nothing can be put into.
func isBlank(in *ssa.FieldAddr) bool {
	s, ok := in.X.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct)
	return ok && s.Field(in.Field).Name() == "_"
}
