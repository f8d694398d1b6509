package vm

import (
	"go/token"
	"runtime"
	"slices"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// unwinding is a panic, or a call of runtime.Goexit, on its way through a frame that defers.
type unwinding struct {
	value     any
	goexit    bool
	recovered bool
	left      bool // the function's code, but for what recovers: else it is the return that deferred calls have panicked in
	trace     trace
}

// Panic is a panic that nothing has caught, or the end of a goroutine by runtime.Goexit.
type Panic struct {
	Value      any
	Goexit     bool
	Stack      []Frame
	Earlier    []Earlier // the panics whose deferred calls it came from, the first one first
	Repanicked bool      // it was recovered, and made a panic again
}

// Earlier is a panic that another one has taken the place of.
type Earlier struct {
	Value     any
	Recovered bool
}

func (p *Panic) Error() string { return "vm: uncaught panic" }

// panicOp compiles the panic statement.
func (c *compiler) panicOp(in *ssa.Panic) op { return c.panicWith(in.X, in.Pos()) }

func (c *compiler) panicWith(x ssa.Value, at_ token.Pos) op {
	src, pos := c.slot(x), c.pos(at_)
	if o := c.rangePanic(x, pos); o != nil {
		return o
	}
	return func(fr *frame) {
		fr.pos = pos
		panic(*at[any](fr, src))
	}
}

// recovered is what recover gives the function of fr: the panic of the frame that calls it as a deferred one.
func (fr *frame) recovered() any {
	if fr.reason == nil || fr.reason.panics == nil {
		return nil
	}
	u := fr.reason.panics
	if u.recovered || u.goexit || isStop(u.value) {
		return nil
	}
	u.recovered = true
	return u.value
}

func isStop(p any) bool {
	switch p.(type) {
	case stopped, Fatal:
		return true
	}
	return false
}

// runDefers makes the deferred calls of a frame, also while a panic unwinds it. A panic of theirs takes the place of the one before.
func (fr *frame) runDefers() {
	for fr.defers != nil {
		fr.runDeferred()
	}
}

func (fr *frame) runDeferred() {
	d := fr.defers
	fr.defers = d.next
	returned := false
	defer func() {
		if returned {
			return
		}
		p := recover()
		before := fr.panics
		fr.th.keepTrace(p)
		fr.th.trace.follow(before, p)
		fr.back()
		fr.panics = &unwinding{value: p, goexit: p == nil, left: before != nil && before.left, trace: fr.th.trace}
		if p == nil { // runtime.Goexit: the loop of runDefers is not come back to
			fr.runDefers()
		}
	}()
	d.run(fr.th, fr, fr)
	returned = true
	if fr.panics != nil && fr.panics.recovered {
		fr.panics = nil
		fr.th.trace = trace{}
	}
}

// unwind ends a frame that a panic passes through: it makes the deferred calls, and returns normally if one of them has recovered.
func (fr *frame) unwind() {
	if fr.done {
		return
	}
	p := recover()
	if s, ok := p.(stopped); ok && s.abort {
		panic(p)
	}
	fr.th.keepTrace(p)
	fr.panics = &unwinding{value: p, goexit: p == nil, left: true, trace: fr.th.trace}
	fr.back()
	fr.runDefers()
	switch u := fr.panics; {
	case u == nil:
		if fr.fn.recovers != nil {
			exec(fr, fr.fn.recovers)
		}
	case !u.goexit: // Goexit goes on by itself
		fr.th.trace = u.trace
		panic(u.value)
	}
}

// deferredCalls compiles the making of deferred calls where a function returns.
func (c *compiler) deferredCalls(pos int32) op {
	return func(fr *frame) {
		fr.pos = pos
		fr.finishDefers()
	}
}

// finishDefers makes the deferred calls of a function that returns. A panic of theirs that none of them has recovered goes on.
func (fr *frame) finishDefers() {
	fr.runDefers()
	if fr.panics != nil {
		fr.th.trace = fr.panics.trace
		panic(fr.panics.value)
	}
}

// Fatal is a panic that interpreted code cannot recover, because the runtime would end the program.
type Fatal string

func (f Fatal) Error() string { return string(f) }

func (th *thread) overflow() {
	th.depth -= 1000 // what unwinds may call a little
	panic(Fatal("stack overflow"))
}

// trace is where the panic under way began.
type trace struct {
	word    unsafe.Pointer // of its value
	stack   []Frame
	earlier []Earlier
	again   bool
}

// follow notes that p comes from a deferred call that was made because of another panic, if there was one.
func (t *trace) follow(before *unwinding, p any) {
	switch {
	case before == nil || before.goexit || p == nil:
	case before.recovered && *(*ifaceHeader)(unsafe.Pointer(&p)) == *(*ifaceHeader)(unsafe.Pointer(&before.value)):
		t.again = true
	default:
		t.earlier = slices.Concat(before.trace.earlier, []Earlier{{before.value, before.recovered}}, t.earlier)
	}
}

// keepTrace notes where a panic comes from, unless it is one that is passed on.
func (th *thread) keepTrace(p any) {
	h := (*ifaceHeader)(unsafe.Pointer(&p))
	if th.trace.stack != nil && th.trace.word == h.data && p != nil {
		return
	}
	th.trace = trace{word: h.data, stack: th.stack()}
}

// failure is what ended a thread's work.
func (th *thread) failure(p any) *Panic {
	th.keepTrace(p)
	return &Panic{Value: p, Goexit: p == nil, Stack: th.trace.stack, Earlier: th.trace.earlier, Repanicked: th.trace.again}
}

// uncaught reports a panic that ends a goroutine.
func (th *thread) uncaught(p any) {
	if _, ok := p.(stopped); ok {
		return
	}
	th.m.cfg.Uncaught(th.run, th.failure(p))
}

// recoverers are the packages of the library that recover panics in goroutines of their own. In all others a panic would end the process.
var recoverers = []string{
	"net/http.", "fmt.", "encoding/json.", "encoding/gob.", "text/template.", "html/template.", "go/parser.", "testing.", "iter.", "database/sql.",
	"github.com/rgo-project/rgo/netproxy.", // a call of the peer's
}

// recovererBelow tells whether compiled code below the interpreted code of this goroutine may recover a panic.
func recovererBelow() bool {
	pcs := make([]uintptr, 64)
	n := runtime.Callers(2, pcs)
	for n == len(pcs) && n < 1<<20 { // it is at the far end, below what has panicked
		pcs = make([]uintptr, 4*n)
		n = runtime.Callers(2, pcs)
	}
	frames := runtime.CallersFrames(pcs[:n])
	for {
		f, more := frames.Next()
		for _, pkg := range recoverers {
			if strings.HasPrefix(f.Function, pkg) {
				return true
			}
		}
		if !more {
			return false
		}
	}
}
