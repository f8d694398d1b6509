package vm

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// A frame keeps what is in its slots until its function returns, while compiled Go lets go of a value after its last use. That shows only where a program
// has the collector run, and waits for what it finds. The functions of a unit that does, and of those loaded after it, know for each of their calls which pointers are not used any more when
// it returns. Frames that wait for a call drop them before the collector runs.

// collects tells whether the functions and methods of a unit, or those in them, have the collector run.
func (u *unit) collects() bool {
	for _, member := range u.pkg.Members {
		switch member := member.(type) {
		case *ssa.Function:
			if collects(member) {
				return true
			}
		case *ssa.Type:
			if u.methodsCollect(member.Type()) {
				return true
			}
		}
	}
	return slices.ContainsFunc(u.todo, collects) // what else is known by now
}

func (u *unit) methodsCollect(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	for method := range named.Methods() {
		if fn := u.pkg.Prog.FuncValue(method); fn != nil && collects(fn) {
			return true
		}
	}
	return false
}

func collects(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			for _, v := range in.Operands(nil) {
				if f, ok := (*v).(*ssa.Function); ok && isCollection(f) {
					return true
				}
			}
		}
	}
	for _, inner := range fn.AnonFuncs {
		if collects(inner) {
			return true
		}
	}
	return false
}

func isCollection(fn *ssa.Function) bool {
	if fn.Pkg == nil || fn.Signature.Recv() != nil {
		return false
	}
	switch fn.Pkg.Pkg.Path() {
	case "runtime":
		return fn.Name() == "GC"
	case "runtime/debug":
		return fn.Name() == "FreeOSMemory"
	}
	return false
}

// callPos is pos for an instruction that calls. Where it matters what the frame holds during the call, the index is the instruction's own.
func (c *compiler) callPos(in ssa.Instruction, p token.Pos) int32 {
	pos := c.pos(p)
	if !c.u.precise {
		return pos
	}
	own := int32(len(c.out.lines))
	c.out.lines = append(c.out.lines, c.out.lines[pos])
	c.calls[in] = own
	return own
}

// end is the position where a returning block leaves the function.
func (c *compiler) end(b *ssa.BasicBlock) token.Pos {
	if p := b.Instrs[len(b.Instrs)-1].Pos(); p.IsValid() {
		return p
	}
	switch syntax := c.fn.Syntax().(type) {
	case *ast.FuncDecl:
		return syntax.End() - 1
	case *ast.FuncLit:
		return syntax.End() - 1
	}
	return token.NoPos
}

// liveness finds the values of a function that are used later.
type liveness struct {
	c      *compiler
	number map[ssa.Value]int
	words  [][]slot            // the pointers in the place of each value
	memory map[ssa.Value][]int // the variables in the frame that an address may be in
	always bitset              // what may be used later wherever the function is
	in     []bitset            // at the beginning of blocks, phis not included
}

// forget fixes for each call what the frame drops while it waits for the call.
func (c *compiler) forget() {
	if len(c.calls) == 0 {
		return
	}
	l := &liveness{c: c, number: map[ssa.Value]int{}, memory: map[ssa.Value][]int{}}
	for v, s := range c.slots {
		l.add(v, s)
	}
	l.variables()
	l.solve()
	c.out.unused = map[int32][]slot{}
	c.out.unneeded = l.unused(newBitset(len(l.words)))
	for _, b := range c.fn.Blocks {
		l.walk(b, func(in ssa.Instruction, live bitset) {
			if pos, ok := c.calls[in]; ok {
				c.out.unused[pos] = l.unused(live)
			}
		})
	}
}

// add numbers a value that has pointers in its place.
func (l *liveness) add(v ssa.Value, s slot) {
	var t reflect.Type
	switch v := v.(type) {
	case *ssa.Const, *ssa.Global, *ssa.Function, *ssa.Builtin:
		return
	case variable:
		t = l.c.rtype(deref(v.Type()))
	default:
		t = l.c.shape(v)
	}
	if t == nil || t.Size() == 0 {
		return
	}
	var words []slot
	eachPointer(t, uintptr(s), func(off uintptr) { words = append(words, slot(off)) })
	if len(words) > 0 {
		l.number[v] = len(l.words)
		l.words = append(l.words, words)
	}
}

// variables finds the addresses in the frame's variables.
func (l *liveness) variables() {
	l.always = newBitset(len(l.words))
	for v, n := range l.number {
		if v, ok := v.(variable); ok && !l.follow(v.Alloc, n) {
			l.always.set(n)
		}
	}
}

// follow notes an address in variable n, and those made of it. It is false if one of them may be used where that cannot be told.
func (l *liveness) follow(addr ssa.Value, n int) bool {
	l.memory[addr] = append(l.memory[addr], n)
	for _, use := range *addr.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef, *ssa.UnOp:
		case *ssa.Store:
			if use.Val == addr {
				return false
			}
		case *ssa.FieldAddr:
			if !l.follow(use, n) {
				return false
			}
		case *ssa.IndexAddr:
			if use.Index == addr || !l.follow(use, n) {
				return false
			}
		case *ssa.Slice:
			if !isAppended(use) {
				return false
			}
			l.memory[use] = append(l.memory[use], n)
		default:
			return false
		}
	}
	return true
}

// solve computes what is live at the beginning of every block.
func (l *liveness) solve() {
	blocks := l.c.fn.Blocks
	l.in = make([]bitset, len(blocks))
	for i := range l.in {
		l.in[i] = newBitset(len(l.words))
	}
	for changed := true; changed; {
		changed = false
		for i := len(blocks) - 1; i >= 0; i-- {
			b := blocks[i]
			changed = l.in[b.Index].or(l.walk(b, nil)) || changed
		}
	}
	if r := l.c.fn.Recover; r != nil { // where any call may lead
		l.always.or(l.in[r.Index])
	}
}

// walk goes through a block backwards and returns what is live at its beginning. It shows what is live while each instruction is done: what is used after
// it, and is not made by it.
func (l *liveness) walk(b *ssa.BasicBlock, show func(ssa.Instruction, bitset)) bitset {
	live := newBitset(len(l.words))
	for i, to := range b.Succs {
		live.or(l.in[to.Index])
		pred := predecessor(b, to, i)
		for _, in := range to.Instrs {
			phi, ok := in.(*ssa.Phi)
			if !ok {
				break
			}
			l.use(live, phi.Edges[pred])
		}
	}
	for i := len(b.Instrs) - 1; i >= 0; i-- {
		in := b.Instrs[i]
		if v, ok := in.(ssa.Value); ok {
			l.made(live, v)
		}
		if show != nil {
			show(in, live)
		}
		switch in.(type) {
		case *ssa.Phi, *ssa.DebugRef:
			continue
		}
		for _, v := range in.Operands(nil) {
			l.use(live, *v)
		}
	}
	return live
}

func (l *liveness) use(live bitset, v ssa.Value) {
	if v == nil {
		return
	}
	if n, ok := l.number[v]; ok {
		live.set(n)
	}
	for _, n := range l.memory[v] {
		live.set(n)
	}
}

// made is where the place of v gets a value: that of a variable in the frame is cleared then.
func (l *liveness) made(live bitset, v ssa.Value) {
	if n, ok := l.number[v]; ok {
		live.unset(n)
	}
	if a, ok := v.(*ssa.Alloc); ok {
		if n, ok := l.number[variable{a}]; ok {
			live.unset(n)
		}
	}
}

// unused lists the pointers of the frame that belong to no live value.
func (l *liveness) unused(live bitset) []slot {
	keep := map[slot]bool{}
	for n, words := range l.words {
		if live.has(n) || l.always.has(n) {
			for _, s := range words {
				keep[s] = true
			}
		}
	}
	var list []slot
	for _, s := range l.c.out.clear {
		if !keep[s] {
			list = append(list, s)
		}
	}
	return list
}

// bitset is a set of small numbers.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (s bitset) set(n int)      { s[n/64] |= 1 << (n % 64) }
func (s bitset) unset(n int)    { s[n/64] &^= 1 << (n % 64) }
func (s bitset) has(n int) bool { return s[n/64]&(1<<(n%64)) != 0 }

// or adds the numbers of another set. It tells whether any is new.
func (s bitset) or(more bitset) bool {
	grown := false
	for i, w := range more {
		grown = grown || w&^s[i] != 0
		s[i] |= w
	}
	return grown
}

// drop has the calls under way on a thread let go of what they do not use any more.
func (th *thread) drop() {
	for fr := th.cur; fr != nil; fr = fr.caller {
		list := fr.fn.unused[fr.pos]
		if fr.panics != nil { // its code is not where fr.pos says
			if list = nil; fr.panics.left {
				list = fr.fn.unneeded
			}
		}
		for _, s := range list {
			*at[unsafe.Pointer](fr, s) = nil
		}
	}
}

// collect stands for runtime.GC.
func (m *Machine) collect() {
	if th := m.thread(); th != nil {
		th.drop()
	}
	runtime.GC()
}

// freeMemory stands for debug.FreeOSMemory.
func (m *Machine) freeMemory() {
	if th := m.thread(); th != nil {
		th.drop()
	}
	debug.FreeOSMemory()
}
