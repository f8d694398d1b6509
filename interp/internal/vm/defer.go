package vm

import (
	"go/token"
	"reflect"
	"runtime"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// pending is a call with its arguments, to be made later: by defer, or in another goroutine. It is the frame of interpreted code, or a compiled call.
type pending struct {
	next      *pending
	fr        *frame
	native    func()
	reflected bool // native is a func that reflect has made: it may lead straight to interpreted code
}

// run makes the call on a thread, for caller.
func (p *pending) run(th *thread, caller, reason *frame) {
	if p.fr == nil {
		if p.reflected {
			th.reason = reason
		}
		p.native()
		th.reason = nil
		if caller != nil {
			caller.back()
		}
		return
	}
	p.fr.push(th, caller)
	if reason != nil {
		p.fr.reason = reason
	}
	p.fr.call()
	p.fr.leave()
}

// prepare compiles a call that is made later. What it calls and the arguments are those of now.
func (c *compiler) prepare(common *ssa.CallCommon, in ssa.Instruction) func(fr *frame) *pending {
	if b, ok := common.Value.(*ssa.Builtin); ok {
		return c.prepareBuiltin(b, common, in)
	}
	s := c.site(common, nil, in.Pos())
	switch fn, ok := common.Value.(*ssa.Function); {
	case common.IsInvoke():
		return s.prepareInvoke()
	case ok:
		if f := c.u.function(fn); f != nil {
			return s.prepareStatic(f)
		}
		native, ok := c.native(fn)
		if !ok {
			c.unsupported(in.Pos(), "%s has no code here", fn)
		}
		return s.prepareNative(func(*frame) reflect.Value { return native })
	}
	return s.prepareDynamic()
}

func (s *site) prepareStatic(f *Func) func(fr *frame) *pending {
	var in transfer
	for i, p := range f.params {
		in.add(p.slot, s.args[i].slot, p)
	}
	return func(fr *frame) *pending {
		nf := f.newest().newFrame()
		in.do(nf, fr)
		return &pending{fr: nf}
	}
}

func (s *site) prepareDynamic() func(fr *frame) *pending {
	fn, typ := s.c.slot(s.common.Value), s.c.typeOf(s.common.Value)
	in, _ := s.transfers(s.c.u.convention(s.common.Signature()))
	native := s.prepareNative(func(fr *frame) reflect.Value { return value(fr, fn, typ) })
	return func(fr *frame) *pending {
		p := *at[unsafe.Pointer](fr, fn)
		if p == nil { // it faults when it is called
			return &pending{native: faultNil}
		}
		cl := closureOf(p)
		if cl == nil {
			return native(fr)
		}
		nf := cl.fn.newest().newFrame()
		if cl.vars != nil {
			cl.capture(nf)
		}
		nf.reason = cl.of
		in.do(nf, fr)
		return &pending{fr: nf}
	}
}

func (s *site) prepareInvoke() func(fr *frame) *pending {
	iface, typ := s.c.slot(s.common.Value), s.c.typeOf(s.common.Value)
	method, pos := s.common.Method, s.pos
	index := methodIndex(typ, method)
	look := lookup{s.c.m, method.Id(), s.args}
	native := s.prepareNative(func(fr *frame) reflect.Value {
		return look.find(at[ifaceHeader](fr, iface).tab).compiled(value(fr, iface, typ), index)
	})
	return func(fr *frame) *pending {
		fr.pos = pos
		h := at[ifaceHeader](fr, iface)
		if h.tab == nil {
			faultNil()
		}
		hit := look.find(h.tab)
		if hit.fn == nil {
			return native(fr)
		}
		nf := hit.fn.newest().newFrame()
		hit.receive(nf, h.data)
		hit.in.do(nf, fr)
		return &pending{fr: nf}
	}
}

// prepareNative keeps the arguments of a compiled call.
func (s *site) prepareNative(fn func(fr *frame) reflect.Value) func(fr *frame) *pending {
	variadic, args := s.common.Signature().Variadic(), s.args
	return func(fr *frame) *pending {
		f := reflect.New(fn(fr).Type()).Elem()
		f.Set(fn(fr))
		in := make([]reflect.Value, len(args))
		for i, a := range args {
			in[i] = reflect.New(a.typ).Elem()
			in[i].Set(value(fr, a.slot, a.typ))
		}
		return &pending{reflected: isReflected(f), native: func() {
			if variadic {
				f.CallSlice(in)
			} else {
				f.Call(in)
			}
		}}
	}
}

// isReflected tells whether a compiled func is one that reflect has made, of a method or by MakeFunc, or the entry of a method.
func isReflected(f reflect.Value) bool {
	if f.IsNil() {
		return false
	}
	code := runtime.FuncForPC(f.Pointer())
	if code == nil {
		return false
	}
	name := code.Name()
	return name == "reflect.methodValueCall" || name == "reflect.makeFuncStub" || strings.HasSuffix(name, "/internal/rtype.entries")
}

// prepareBuiltin makes a function of a builtin.
func (c *compiler) prepareBuiltin(b *ssa.Builtin, common *ssa.CallCommon, in ssa.Instruction) func(fr *frame) *pending {
	f := &Func{m: c.m, name: b.Name(), lines: []line{{}}}
	sub := &compiler{m: c.m, u: c.u, fn: c.fn, out: f, slots: map[ssa.Value]slot{}, plan: newLayout(), fset: c.fset, lines: map[token.Pos]int32{}}
	var args transfer
	for _, a := range common.Args {
		if _, ok := sub.slots[a]; ok {
			continue
		}
		t := c.typeOf(a)
		sub.slots[a] = sub.plan.add(t)
		args.add(sub.slots[a], c.slot(a), place{typ: t, copy: copier(t)})
	}
	f.entry = &block{kind: returns, ops: []op{sub.lateBuiltin(b, common, in)}}
	sub.finish()
	return func(fr *frame) *pending {
		nf := f.newFrame()
		args.do(nf, fr)
		return &pending{fr: nf}
	}
}

// lateBuiltin is a builtin as a function of its own. Its result is dropped.
func (c *compiler) lateBuiltin(b *ssa.Builtin, common *ssa.CallCommon, in ssa.Instruction) op {
	switch b.Name() {
	case "recover":
		return func(fr *frame) { // it counts as called by the function that defers it, if that is not panicking itself
			if by := fr.reason; by != nil && by.panics == nil {
				by.recovered()
			}
		}
	case "panic":
		return c.panicWith(common.Args[0], in.Pos())
	}
	var dst slot
	if r := common.Signature().Results(); r.Len() > 0 {
		dst = c.plan.add(c.rtype(r.At(0).Type()))
	}
	return c.builtin(common, dst, in.Pos())
}

// deferCall compiles a defer statement.
func (c *compiler) deferCall(in *ssa.Defer) op {
	prepare := c.prepare(in.Common(), in)
	if in.DeferStack == nil {
		return func(fr *frame) {
			p := prepare(fr)
			p.next, fr.defers = fr.defers, p
		}
	}
	stack := c.slot(in.DeferStack)
	return func(fr *frame) {
		p := prepare(fr)
		of := *at[*frame](fr, stack)
		p.next, of.defers = of.defers, p
	}
}

// callDeferring is call for functions that defer.
func (fr *frame) callDeferring() {
	fr.done = false
	defer fr.unwind()
	exec(fr, fr.fn.entry)
	fr.done = true
}

// goCall compiles a go statement.
func (c *compiler) goCall(in *ssa.Go) op {
	prepare := c.prepare(in.Common(), in)
	pos := c.pos(in.Pos())
	return func(fr *frame) {
		fr.pos = pos
		fr.th.start(prepare(fr))
	}
}
