package vm

import (
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// function returns the Func of an SSA function that has code in this unit's program, or that an earlier unit has declared; nil if it is
// compiled Go. The code of a new one is made later.
func (u *unit) function(fn *ssa.Function) *Func {
	if f, ok := u.funcs[fn]; ok {
		return f
	}
	if obj, ok := fn.Object().(*types.Func); ok && fn.Pkg != u.pkg && isDeclared(fn) {
		if f := u.m.funcs.of(obj); f != nil {
			return f
		}
	}
	if fn.Blocks == nil {
		return nil
	}
	f := &Func{m: u.m, name: funcName(fn), wrapper: isWrapper(fn)}
	u.funcs[fn] = f
	f.sign(u, fn)
	u.todo = append(u.todo, fn)
	return f
}

// sign gives a function its type and its places for parameters and results.
func (f *Func) sign(u *unit, fn *ssa.Function) {
	l := newLayout()
	var in []reflect.Type
	for i := range fn.Signature.Results().Len() {
		f.results = append(f.results, u.place(&l, fn.Signature.Results().At(i).Type()))
	}
	for _, p := range fn.Params {
		f.params = append(f.params, u.place(&l, p.Type()))
		in = append(in, f.params[len(f.params)-1].typ)
	}
	f.typ = reflect.FuncOf(in, typesOf(f.results), fn.Signature.Variadic())
	var vars layout
	for _, v := range fn.FreeVars {
		p := u.place(&l, v.Type())
		f.captures = append(f.captures, p)
		f.offsets = append(f.offsets, uintptr(vars.add(p.typ)))
	}
	f.varsType = vars.whole()
	f.frame = l
}

// isDeclared tells whether fn stands for what a source declares, and not for an instance or a wrapper of it.
func isDeclared(fn *ssa.Function) bool {
	return fn.Synthetic == "" || strings.HasPrefix(fn.Synthetic, "from type information")
}

// funcName names a function as the runtime does.
func funcName(fn *ssa.Function) string {
	if p := fn.Parent(); p != nil {
		number := fn.Name()[strings.LastIndex(fn.Name(), "$")+1:]
		switch {
		case fn.Synthetic == "range-over-func yield":
			return funcName(p) + "-range" + number
		case p.Parent() != nil:
			return funcName(p) + "." + number
		}
		return funcName(p) + ".func" + number
	}
	name, _, _ := strings.Cut(fn.Name(), "·")
	pkg := fn.Pkg
	if origin := fn.Origin(); origin != nil { // whose instances the runtime tells apart by nothing
		name, pkg = origin.Name(), origin.Pkg
		if fn.Signature.Recv() == nil {
			name += "[...]"
		}
	}
	if recv := fn.Signature.Recv(); recv != nil {
		name = receiverName(recv.Type()) + "." + name
	}
	if pkg != nil {
		name = pkg.Pkg.Path() + "." + name
	}
	return name
}

func receiverName(t types.Type) string {
	if p, ok := t.(*types.Pointer); ok {
		return "(*" + receiverName(p.Elem()) + ")"
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		if n.TypeArgs().Len() > 0 {
			return n.Obj().Name() + "[...]"
		}
		return n.Obj().Name()
	}
	return t.String()
}

func (u *unit) place(l *layout, t types.Type) place {
	typ := u.m.types.Of(t)
	return place{slot: l.add(typ), typ: typ, copy: copier(typ)}
}

func typesOf(places []place) []reflect.Type {
	list := make([]reflect.Type, len(places))
	for i, p := range places {
		list[i] = p.typ
	}
	return list
}

// isWrapper tells whether the compiler has made fn to call a method: for a promoted one, an interface's, or one bound to its receiver.
func isWrapper(fn *ssa.Function) bool {
	for _, kind := range []string{"wrapper ", "bound ", "thunk "} {
		if strings.HasPrefix(fn.Synthetic, kind) {
			return true
		}
	}
	return false
}

// compile makes the code of a function.
func (u *unit) compile(fn *ssa.Function) {
	f := u.funcs[fn]
	u.at = fn.Pos()
	c := &compiler{
		m: u.m, u: u, fn: fn, out: f, slots: map[ssa.Value]slot{}, plan: f.frame, fset: u.fset, lines: map[token.Pos]int32{}, calls: map[ssa.Instruction]int32{},
		fused: map[ssa.Instruction]bool{}, pinned: map[ssa.Value]bool{},
	}
	c.lines[token.NoPos] = c.pos(fn.Pos())
	for i, p := range fn.Params {
		c.slots[p] = f.params[i].slot
	}
	for i, v := range fn.FreeVars {
		c.slots[v] = f.captures[i].slot
	}
	f.defers, c.runsDefers = hasDefers(fn)
	c.allocate()
	c.body()
	c.finish()
}

// hasDefers tells whether calls can be deferred to the end of fn, and whether there are instructions that make them.
func hasDefers(fn *ssa.Function) (has, runs bool) {
	has = fn.Recover != nil
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			switch in := in.(type) {
			case *ssa.Defer:
				has = true
			case *ssa.RunDefers:
				has, runs = true, true
			case *ssa.Call:
				if b, ok := in.Call.Value.(*ssa.Builtin); ok && b.Name() == "ssa:deferstack" {
					has = true
				}
			}
		}
	}
	return has, runs
}

// finish fixes the layout of the function's frames.
func (c *compiler) finish() {
	f := c.out
	f.layout = c.plan.whole()
	header := (unsafe.Sizeof(frame{}) + word - 1) / word
	keep := map[slot]bool{}
	for _, k := range f.constants {
		eachPointer(k.value.Type(), uintptr(k.slot), func(off uintptr) { keep[slot(off)] = true })
	}
	for i, is := range c.plan.pointers {
		if s := slot(uintptr(i) * word); is && uintptr(i) >= header && !keep[s] {
			f.clear = append(f.clear, s)
		}
	}
	c.forget()
}

// body compiles the blocks.
func (c *compiler) body() {
	c.blocks = make([]*block, len(c.fn.Blocks))
	for i := range c.fn.Blocks {
		c.blocks[i] = &block{}
	}
	for _, b := range c.fn.Blocks {
		c.block(b)
	}
	c.shorten()
	c.out.entry = c.blocks[0]
	if r := c.fn.Recover; r != nil {
		c.out.recovers = c.blocks[r.Index]
	}
}

func (c *compiler) block(b *ssa.BasicBlock) {
	out := c.blocks[b.Index]
	last := len(b.Instrs) - 1
	lost := c.lostDefers(b)
	for i, in := range b.Instrs[:last] {
		if i == lost {
			out.ops = append(out.ops, c.deferredCalls(c.pos(c.end(b))))
		}
		if c.fused[in] {
			continue
		}
		if o := c.fuse(in, b.Instrs[i+1]); o != nil {
			out.ops = append(out.ops, o)
			c.fused[b.Instrs[i+1]] = true
			continue
		}
		if o := c.instruction(in); o != nil {
			out.ops = append(out.ops, o)
		}
	}
	if lost == last {
		out.ops = append(out.ops, c.deferredCalls(c.pos(c.end(b))))
	}
	switch in := b.Instrs[last].(type) {
	case *ssa.Jump:
		out.kind, out.then = jumps, c.blocks[b.Succs[0].Index]
		out.back = backwards(b, b.Succs[0])
		out.ops = append(out.ops, c.edge(b, b.Succs[0])...)
	case *ssa.If:
		c.branch(b, in, out)
	case *ssa.Return:
		out.kind = returns
		for i, r := range in.Results {
			out.ops = append(out.ops, c.move(c.out.results[i].slot, c.slot(r), c.out.results[i].typ))
		}
	case *ssa.Panic:
		out.kind = dead
		out.ops = append(out.ops, c.panicOp(in))
	default:
		c.unsupported(in.Pos(), "a block ends with %T", in)
	}
}

// lostDefers is where in a returning block deferred calls are to be made though the builder has left out to say so: it does where all defer
// statements are in bodies of ranges over funcs. -1 if there is no such place. The results are loaded after the deferred calls.
func (c *compiler) lostDefers(b *ssa.BasicBlock) int {
	ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
	if !ok || !c.out.defers || c.runsDefers {
		return -1
	}
	at := len(b.Instrs) - 1
	for at > 0 {
		load, ok := b.Instrs[at-1].(*ssa.UnOp)
		if !ok || load.Op != token.MUL || !slices.Contains(ret.Results, ssa.Value(load)) {
			break
		}
		at--
	}
	return at
}

func backwards(from, to *ssa.BasicBlock) bool { return to.Index <= from.Index }

func (c *compiler) branch(b *ssa.BasicBlock, in *ssa.If, out *block) {
	out.kind = branches
	out.flag = c.slot(in.Cond)
	if cmp, ok := in.Cond.(*ssa.BinOp); ok && c.fused[cmp] {
		if out.cond = c.condition(cmp); out.cond == nil {
			out.ops = append(out.ops, c.binOp(cmp))
		}
	}
	out.then, out.els = c.landing(b, 0), c.landing(b, 1)
	out.back = backwards(b, b.Succs[0]) || backwards(b, b.Succs[1])
}

// landing is where a branch goes: to its successor, by way of a block that sets the successor's phis.
func (c *compiler) landing(b *ssa.BasicBlock, i int) *block {
	to := b.Succs[i]
	ops := c.edgeFrom(b, to, predecessor(b, to, i))
	if len(ops) == 0 {
		return c.blocks[to.Index]
	}
	return &block{ops: ops, kind: jumps, then: c.blocks[to.Index]}
}

// predecessor is the index in to.Preds of b's i-th edge. A block can be there twice.
func predecessor(b, to *ssa.BasicBlock, i int) int {
	nth := 0
	for _, s := range b.Succs[:i] {
		if s == to {
			nth++
		}
	}
	for j, p := range to.Preds {
		if p == b {
			if nth == 0 {
				return j
			}
			nth--
		}
	}
	return -1
}

func (c *compiler) edge(b, to *ssa.BasicBlock) []op { return c.edgeFrom(b, to, predecessor(b, to, 0)) }

// edgeFrom sets the phis of a block for the edge it is entered by. They are set all at once: what is read after it was set goes
// through a place of its own.
func (c *compiler) edgeFrom(_, to *ssa.BasicBlock, pred int) []op {
	type move struct {
		dst, src slot
		typ      reflect.Type
	}
	var moves []move
	for _, in := range to.Instrs {
		phi, ok := in.(*ssa.Phi)
		if !ok {
			break
		}
		if len(*phi.Referrers()) == 0 {
			continue
		}
		if m := (move{c.slot(phi), c.slot(phi.Edges[pred]), c.typeOf(phi)}); m.dst != m.src {
			moves = append(moves, m)
		}
	}
	var before, after []op
	for i, m := range moves {
		clobbered := false
		for _, earlier := range moves[:i] {
			clobbered = clobbered || earlier.dst == m.src
		}
		if clobbered {
			aside := c.plan.add(m.typ)
			before = append(before, c.move(aside, m.src, m.typ))
			m.src = aside
		}
		after = append(after, c.move(m.dst, m.src, m.typ))
	}
	return append(before, after...)
}
