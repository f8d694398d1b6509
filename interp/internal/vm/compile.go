package vm

import (
	"fmt"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/ssa"
)

// compiler makes the code of one function.
type compiler struct {
	m      *Machine
	u      *unit
	fn     *ssa.Function
	out    *Func
	blocks []*block
	slots  map[ssa.Value]slot

	pinned map[ssa.Value]bool       // values in a place that is not theirs alone
	fused  map[ssa.Instruction]bool // instructions that are done as a part of another
	plan   layout

	runsDefers bool // there are instructions that make the deferred calls
	fset       *token.FileSet
	lines      map[token.Pos]int32
	calls      map[ssa.Instruction]int32 // the pos of those that call, if the unit is precise
}

// slot returns the place of a value: a constant, a global's address, a func, a parameter, or the result of an instruction.
func (c *compiler) slot(v ssa.Value) slot {
	s, ok := c.slots[v]
	if !ok {
		c.unsupported(v.Pos(), "%s has no code here", v.Name())
	}
	return s
}

// rtype is the type that values of t have in memory.
func (c *compiler) rtype(t types.Type) reflect.Type { return c.m.types.Of(t) }

// typeOf is the type that v has in memory.
func (c *compiler) typeOf(v ssa.Value) reflect.Type { return c.rtype(v.Type()) }

// pos makes the index of a source position for frame.pos; ops that may fault or call store it before they do.
func (c *compiler) pos(p token.Pos) int32 {
	if i, ok := c.lines[p]; ok {
		return i
	}
	at := c.fset.Position(p)
	i := int32(len(c.out.lines))
	c.out.lines = append(c.out.lines, line{file: at.Filename, line: at.Line})
	c.lines[p] = i
	return i
}

// unsupported is what an instruction panics with that cannot be compiled: the input is refused.
func (c *compiler) unsupported(at token.Pos, format string, args ...any) {
	panic(&Error{Pos: c.fset.Position(at), Msg: fmt.Sprintf(format, args...)})
}
