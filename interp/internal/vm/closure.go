package vm

import (
	"reflect"
	"runtime"
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
	out := zeroes(cl.fn.results) // unless it returns
	cl.callback(func(nf *frame) {
		for i, p := range nf.fn.params {
			p.put(nf, args[i])
		}
	}, func(nf *frame) { out = nf.take() })
	return out
}

func (cl *closure) callOn(th *thread, in, out func(*frame)) {
	nf := cl.enter(th, th.cur)
	if th.reason != nil {
		nf.reason, th.reason = th.reason, nil
	}
	in(nf)
	nf.call()
	out(nf)
	nf.leave()
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
func (cl *closure) callFromStranger(in, out func(*frame)) {
	m, run := cl.fn.m, cl.run
	if run == nil || run.Cause() != nil {
		run = m.background
	}
	th, detach := m.attach(run)
	defer detach()
	returned := false
	defer func() {
		if returned || recovererBelow() {
			return
		}
		if p := recover(); p != nil {
			th.uncaught(p)
			runtime.Goexit() // with the deferred calls of whoever has started the goroutine
		}
	}()
	cl.callOn(th, in, out)
	returned = true
}

func zeroes(places []place) []reflect.Value {
	out := make([]reflect.Value, len(places))
	for i, p := range places {
		out[i] = reflect.Zero(p.typ)
	}
	return out
}
