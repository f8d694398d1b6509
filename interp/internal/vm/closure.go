package vm

import (
	"reflect"
	"unsafe"
)

// closure is a func value of interpreted code. A pointer to it is a Go func: its first word is the address of code, which calls host.
type closure struct {
	code uintptr
	host unsafe.Pointer // a func made by reflect.MakeFunc, for compiled callers
	fn   *Func
	vars unsafe.Pointer // what it captures, laid out as fn.vars
	run  *Run           // that made it
	of   *frame         // what recover asks in the body of a range over a func
}

var stubCode = stubPC()

// closureOf returns the closure behind a func value, nil if it is compiled.
func closureOf(f unsafe.Pointer) *closure {
	if *(*uintptr)(f) != stubCode {
		return nil
	}
	return (*closure)(f)
}

func (f *Func) newClosure(run *Run, vars unsafe.Pointer) *closure {
	cl := &closure{code: stubCode, fn: f, vars: vars, run: run}
	cl.host = funcPointer(reflect.MakeFunc(f.typ, cl.callFromCompiled))
	return cl
}

// value is the function as a func value, if it captures nothing: always the same.
func (f *Func) value() unsafe.Pointer {
	f.once.Do(func() { f.self = f.newClosure(nil, nil) })
	return unsafe.Pointer(f.self)
}

// funcPointer is the word that a func value consists of.
func funcPointer(f reflect.Value) unsafe.Pointer {
	x := f.Interface()
	return (*ifaceHeader)(unsafe.Pointer(&x)).data
}

// enter makes a frame for a call of the closure.
func (cl *closure) enter(th *thread, caller *frame) *frame {
	nf := cl.fn.enter(th, caller)
	if cl.vars != nil {
		cl.capture(nf)
	}
	if cl.of != nil {
		nf.reason = cl.of
	}
	return nf
}

// capture puts the captured values into a frame.
func (cl *closure) capture(nf *frame) {
	for i := range cl.fn.captures {
		p := &cl.fn.captures[i]
		p.copy(addr(nf, p.slot), unsafe.Add(cl.vars, cl.fn.offsets[i]))
	}
}

// callFromCompiled is what reflect.MakeFunc calls.
func (cl *closure) callFromCompiled(args []reflect.Value) []reflect.Value {
	return cl.callWith(func(nf *frame) {
		for i, p := range nf.fn.params {
			p.put(nf, args[i])
		}
	})
}

// callWith makes a call for compiled code. The func puts the arguments into the frame.
func (cl *closure) callWith(args func(*frame)) []reflect.Value {
	th := cl.fn.m.thread()
	if th == nil {
		return cl.callFromStranger(args)
	}
	return cl.callOn(th, args)
}

func (cl *closure) callOn(th *thread, args func(*frame)) []reflect.Value {
	nf := cl.enter(th, th.cur)
	if th.reason != nil {
		nf.reason, th.reason = th.reason, nil
	}
	args(nf)
	nf.call()
	out := nf.take()
	nf.leave()
	return out
}

// take copies the results of a call that has returned.
func (fr *frame) take() []reflect.Value {
	out := make([]reflect.Value, len(fr.fn.results))
	for i, p := range fr.fn.results {
		out[i] = reflect.New(p.typ).Elem()
		out[i].Set(value(fr, p.slot, p.typ))
	}
	return out
}

// callFromStranger is a call in a goroutine that compiled code has started: it becomes a thread for the time of the call.
func (cl *closure) callFromStranger(args func(*frame)) (out []reflect.Value) {
	m, run := cl.fn.m, cl.run
	if run == nil || run.Cause() != nil {
		run = m.background
	}
	th, detach := m.attach(run)
	defer detach()
	returned := false
	defer func() {
		if returned {
			return
		}
		if !bottom() {
			return // somebody above may want to recover
		}
		if p := recover(); p != nil {
			th.uncaught(p)
			out = zeroes(cl.fn.results)
		}
	}()
	out = cl.callOn(th, args)
	returned = true
	return out
}

func zeroes(places []place) []reflect.Value {
	out := make([]reflect.Value, len(places))
	for i, p := range places {
		out[i] = reflect.Zero(p.typ)
	}
	return out
}
