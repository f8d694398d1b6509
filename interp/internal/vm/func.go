package vm

import (
	"reflect"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/rgo-project/rgo/internal/rtype"
)

// Func is the code of a function. Only its code is made after it is: its place for parameters and results is fixed by its signature, so that
// callers can be compiled before it.
type Func struct {
	m       *Machine
	name    string
	typ     reflect.Type // func(params) results, the receiver first
	wrapper bool         // made by the compiler to call another function: what recover asks about it asks about that one

	results  []place
	params   []place
	captures []place      // in the frame
	offsets  []uintptr    // of the captured values, in a closure's memory
	varsType reflect.Type // of a closure's memory
	frame    layout       // of the frame, as far as the signature fixes it

	entry    *block
	recovers *block // where a recovered function goes on, which loads its results
	defers   bool

	layout    reflect.Type // of its frames
	constants []literal
	clear     []slot // pointers that a frame must not keep when it waits for its next call
	lines     []line
	unused    map[int32][]slot // pointers that a frame need not keep while it waits for a call, by pos
	unneeded  []slot           // pointers that it need not keep when its code was left by a panic

	later atomic.Pointer[Func] // a later definition
	first *Func                // the definition before all others, which code may go on to call

	once sync.Once
	self *closure // the func value of a function that captures nothing
}

// place is where a value of some type stands.
type place struct {
	slot slot
	typ  reflect.Type
	copy func(dst, src unsafe.Pointer)
}

// literal is a value that every frame of a function holds.
type literal struct {
	slot  slot
	value reflect.Value
}

// line is a place in the source.
type line struct {
	file string
	line int
}

// block is a stretch of code that is left at its end only.
type block struct {
	ops  []op
	kind blockKind
	back bool // it jumps backwards: the run may have to end
	cond func(fr *frame) bool
	flag slot // the condition, if cond is nil
	then *block
	els  *block
}

type blockKind uint8

const (
	jumps blockKind = iota
	branches
	returns
	dead // after a panic
)

// maxDepth bounds the calls in each other in one thread. The stack of the goroutine that runs them stays below what the runtime allows.
const maxDepth = 600_000

// enter makes a frame for a call.
func (f *Func) enter(th *thread, caller *frame) *frame {
	if f.later.Load() != nil {
		f = f.newest()
	}
	var fr *frame
	if c := &th.free[f.hash()]; c.fn == f && c.list != nil {
		fr = c.list
		c.list = fr.caller
	} else {
		fr = f.newFrame()
	}
	fr.push(th, caller)
	return fr
}

// push makes the frame the innermost of a thread.
func (fr *frame) push(th *thread, caller *frame) {
	fr.th, fr.caller = th, caller
	th.cur = fr
	if th.depth++; th.depth > maxDepth {
		th.overflow()
	}
	fr.depth = th.depth
	if th.run.stop.Load() {
		th.unwind()
	}
}

// newest is the definition that holds now. The way there is shortened, so that those in between can be forgotten.
func (f *Func) newest() *Func {
	last := f
	for later := f.later.Load(); later != nil; later = last.later.Load() {
		last = later
	}
	if last != f {
		f.later.Store(last)
	}
	return last
}

func (f *Func) hash() uintptr { return (uintptr(unsafe.Pointer(f)) >> 8) % cached }

// newFrame makes a frame with the function's constants.
func (f *Func) newFrame() *frame {
	fr := (*frame)(rtype.New(f.layout))
	fr.fn = f
	for i := range f.constants {
		c := &f.constants[i]
		value(fr, c.slot, c.value.Type()).Set(c.value)
	}
	return fr
}

// leave ends a call that has returned.
func (fr *frame) leave() {
	f, th := fr.fn, fr.th
	th.cur = fr.caller
	th.depth = fr.depth - 1
	for _, s := range f.clear {
		*at[unsafe.Pointer](fr, s) = nil
	}
	fr.reason, fr.panics = nil, nil
	c := &th.free[f.hash()]
	if c.fn != f {
		c.fn, c.list = f, nil
	}
	fr.caller = c.list
	c.list = fr
}

// call runs the function in a frame whose parameters are set.
func (fr *frame) call() {
	if fr.fn.defers {
		fr.callDeferring()
		return
	}
	exec(fr, fr.fn.entry)
}

// exec runs code from b to a return.
func exec(fr *frame, b *block) {
	for {
		ops := b.ops
		for len(ops) >= 4 { // by fours: what the loop needs is kept on the stack across every call
			ops[0](fr)
			ops[1](fr)
			ops[2](fr)
			ops[3](fr)
			ops = ops[4:]
		}
		switch len(ops) {
		case 1:
			ops[0](fr)
		case 2:
			ops[0](fr)
			ops[1](fr)
		case 3:
			ops[0](fr)
			ops[1](fr)
			ops[2](fr)
		}
		switch b.kind {
		case jumps:
			if b.back && fr.th.run.stop.Load() {
				fr.th.unwind()
			}
			b = b.then
		case branches:
			var yes bool
			if b.cond != nil {
				yes = b.cond(fr)
			} else {
				yes = *at[bool](fr, b.flag)
			}
			if b.back && fr.th.run.stop.Load() {
				fr.th.unwind()
			}
			if yes {
				b = b.then
			} else {
				b = b.els
			}
		default:
			return
		}
	}
}
