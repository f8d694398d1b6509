package vm

import (
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"

	"github.com/rgo-project/rgo/internal/rtype"
)

// start runs a call in a goroutine of its own, which belongs to the run. It ends with the call, or at its next poll after Run.End.
func (th *thread) start(p *pending) {
	m, run := th.m, th.run
	run.enter() // before it runs: the run is not idle in between
	m.goroutines.Add(1)
	go func() {
		defer run.leave()
		nt, detach := m.attach(run)
		defer detach()
		m.goroutines.Add(-1) // attach has counted it, too
		nt.started = true
		defer func() {
			if v := recover(); v != nil {
				nt.uncaught(v)
			}
		}()
		p.run(nt, nil, nil)
	}()
}

// Call calls a function without parameters in this goroutine and returns its results.
// The error is a *Panic, or ErrEnded if the run was ended.
func (p *Package) Call(r *Run, fn *ssa.Function) (out []reflect.Value, err error) {
	f := p.u.funcs[fn]
	err = p.u.m.within(r, func(th *thread) {
		nf := f.enter(th, nil)
		nf.call()
		out = nf.take()
		nf.leave()
	})
	return out, err
}

// Do runs compiled code in this goroutine as a part of a run. What it calls of interpreted code belongs to the run. The errors are those of Call.
func (m *Machine) Do(r *Run, f func()) error {
	return m.within(r, func(*thread) { f() })
}

func (m *Machine) within(r *Run, f func(*thread)) (err error) {
	th, detach := m.attach(r)
	defer detach()
	returned := false
	defer func() {
		if returned {
			return
		}
		p := recover()
		if _, ok := p.(stopped); ok {
			err = ErrEnded
			return
		}
		err = th.failure(p)
	}()
	f(th)
	returned = true
	return nil
}

// makeClosure compiles the making of a func value that captures variables.
func (c *compiler) makeClosure(in *ssa.MakeClosure) op {
	fn := in.Fn.(*ssa.Function)
	f := c.u.function(fn)
	if f == nil { // a bound method of compiled code has a wrapper, which is code
		c.unsupported(in.Pos(), "%s has no code here", fn)
	}
	dst := c.slot(in)
	var vars []shift
	for i, b := range in.Bindings {
		vars = append(vars, shift{pair{slot(f.offsets[i]), c.slot(b)}, f.captures[i].copy})
	}
	yield := fn.Synthetic == "range-over-func yield"
	return func(fr *frame) {
		mem := rtype.New(f.varsType)
		for i := range vars {
			v := &vars[i]
			v.copy(unsafe.Add(mem, v.dst), addr(fr, v.src))
		}
		cl := f.newClosure(fr.th.run, mem)
		if yield {
			cl.of = fr.reason
		}
		*at[*closure](fr, dst) = cl
	}
}
