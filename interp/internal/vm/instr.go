package vm

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// instruction compiles one instruction that is not the end of its block. It returns nil where there is nothing to be done.
func (c *compiler) instruction(in ssa.Instruction) op {
	if p := in.Pos(); p.IsValid() {
		c.u.at = p
	}
	switch in := in.(type) {
	case *ssa.DebugRef, *ssa.Extract, *ssa.Phi: // an element of a tuple is where the tuple is; edges set phis
		return nil
	case *ssa.Alloc:
		return c.alloc(in)
	case *ssa.BinOp:
		return c.binOp(in)
	case *ssa.UnOp:
		switch in.Op {
		case token.MUL:
			return c.load(in)
		case token.ARROW:
			return c.recv(in)
		}
		return c.unOp(in)
	case *ssa.Call:
		return c.call(in)
	case *ssa.ChangeInterface:
		return c.changeInterface(in)
	case *ssa.ChangeType:
		return c.changeType(in)
	case *ssa.Convert:
		return c.convert(in)
	case *ssa.MultiConvert:
		return c.multiConvert(in)
	case *ssa.SliceToArrayPointer:
		return c.sliceToArrayPointer(in)
	case *ssa.Defer:
		return c.deferCall(in)
	case *ssa.Go:
		return c.goCall(in)
	case *ssa.RunDefers:
		return c.deferredCalls(c.callPos(in, c.end(in.Block())))
	case *ssa.Field:
		return c.field(in)
	case *ssa.FieldAddr:
		return c.fieldAddr(in)
	case *ssa.Index:
		return c.index(in)
	case *ssa.IndexAddr:
		return c.indexAddr(in)
	case *ssa.Lookup:
		return c.lookup(in)
	case *ssa.MakeChan:
		return c.makeChan(in)
	case *ssa.MakeClosure:
		return c.makeClosure(in)
	case *ssa.MakeInterface:
		return c.makeInterface(in)
	case *ssa.MakeMap:
		return c.makeMap(in)
	case *ssa.MakeSlice:
		return c.makeSlice(in)
	case *ssa.MapUpdate:
		return c.mapUpdate(in)
	case *ssa.Next:
		return c.next(in)
	case *ssa.Range:
		return c.rangeOf(in)
	case *ssa.Select:
		return c.selectOp(in)
	case *ssa.Send:
		return c.send(in)
	case *ssa.Slice:
		return c.slice(in)
	case *ssa.Store:
		if f, ok := in.Addr.(*ssa.FieldAddr); ok && isBlank(f) {
			return nil // of a literal
		}
		return c.store(in)
	case *ssa.TypeAssert:
		return c.typeAssert(in)
	}
	c.unsupported(in.Pos(), "the instruction %T is unknown", in)
	return nil
}
