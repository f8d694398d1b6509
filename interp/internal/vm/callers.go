package vm

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
)

// Interpreted code has no program counters. Where it asks package runtime for those of its callers, it gets the numbers of places in its source, and the
// funcs and types here, which stand in the place of runtime's, tell what they mean.

// places numbers the places that were asked for.
type places struct {
	mu     sync.Mutex
	number map[Frame]uintptr
	list   []Frame
}

// firstPlace is more than any address of code. Numbers are apart, because code takes one from a return address to get into the call before it.
const (
	firstPlace = ^uintptr(0) >> 2
	apart      = 2
)

func (p *places) pc(f Frame) uintptr {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n, ok := p.number[f]; ok {
		return n
	}
	if p.number == nil {
		p.number = map[Frame]uintptr{}
	}
	n := firstPlace + uintptr(len(p.list)+1)*apart
	p.number[f], p.list = n, append(p.list, f)
	return n
}

func (p *places) frame(pc uintptr) (Frame, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := (pc-firstPlace+1)/apart - 1; pc > firstPlace && i < uintptr(len(p.list)) {
		return p.list[i], true
	}
	return Frame{}, false
}

// Callers stands for *runtime.Frames in interpreted code.
type Callers struct {
	of   *places
	rest []uintptr
}

// Caller stands for runtime.Frame in interpreted code.
type Caller struct {
	PC       uintptr
	Func     *Code
	Function string
	File     string
	Line     int
	Entry    uintptr
}

// Next is that of runtime.Frames.
func (c *Callers) Next() (frame Caller, more bool) {
	if len(c.rest) == 0 {
		return Caller{}, false
	}
	pc := c.rest[0]
	c.rest = c.rest[1:]
	f, ok := c.of.frame(pc)
	if !ok {
		real, _ := runtime.CallersFrames([]uintptr{pc}).Next()
		f = Frame{Func: real.Function, File: real.File, Line: real.Line}
	}
	return Caller{PC: pc, Func: &Code{f}, Function: f.Func, File: f.File, Line: f.Line, Entry: pc}, len(c.rest) > 0
}

// Code stands for *runtime.Func in interpreted code.
type Code struct{ at Frame }

// Name is that of runtime.Func.
func (f *Code) Name() string {
	if f == nil {
		return ""
	}
	return f.at.Func
}

// Entry is that of runtime.Func.
func (f *Code) Entry() uintptr { return 0 }

// FileLine is that of runtime.Func.
func (f *Code) FileLine(uintptr) (file string, line int) { return f.at.File, f.at.Line }

// Runtime has the names of package runtime that tell of callers and goroutines or have the collector run, and those of runtime/debug, as interpreted code is to see them.
func (m *Machine) Runtime() (runtimeNames, debugNames map[string]reflect.Value) {
	runtimeNames = map[string]reflect.Value{
		"Caller":        reflect.ValueOf(m.caller),
		"Callers":       reflect.ValueOf(m.callers),
		"CallersFrames": reflect.ValueOf(func(pcs []uintptr) *Callers { return &Callers{&m.places, pcs} }),
		"FuncForPC":     reflect.ValueOf(m.funcForPC),
		"Frames":        reflect.ValueOf((*Callers)(nil)),
		"Frame":         reflect.ValueOf((*Caller)(nil)),
		"Stack":         reflect.ValueOf(func(buf []byte, all bool) int { return copy(buf, m.stackText()) }),
		"Func":          reflect.ValueOf((*Code)(nil)),
		"GC":            reflect.ValueOf(m.collect),
		"NumGoroutine":  reflect.ValueOf(func() int { return int(m.goroutines.Load()) }),
	}
	debugNames = map[string]reflect.Value{
		"Stack":        reflect.ValueOf(m.stackText),
		"FreeOSMemory": reflect.ValueOf(m.freeMemory),
		"PrintStack":   reflect.ValueOf(func() { m.cfg.Print(string(m.stackText())) }),
	}
	return runtimeNames, debugNames
}

func (m *Machine) callersOf(skip int) []Frame {
	th := m.thread()
	if th == nil {
		return nil
	}
	list := th.allCallers()
	return list[min(max(skip, 0), len(list)):]
}

func (m *Machine) caller(skip int) (pc uintptr, file string, line int, ok bool) {
	list := m.callersOf(skip)
	if len(list) == 0 {
		return 0, "", 0, false
	}
	f := list[0]
	return m.places.pc(f), f.File, f.Line, true
}

func (m *Machine) callers(skip int, pcs []uintptr) int {
	list := m.callersOf(skip - 1) // 0 is Callers itself, which is not interpreted
	if skip == 0 {
		list = append([]Frame{{Func: "runtime.Callers"}}, list...)
	}
	for i := range pcs {
		if i == len(list) {
			return i
		}
		pcs[i] = m.places.pc(list[i])
	}
	return len(pcs)
}

func (m *Machine) funcForPC(pc uintptr) *Code {
	if f, ok := m.places.frame(pc); ok {
		return &Code{f}
	}
	if pc == stubCode {
		return &Code{Frame{Func: "main.func"}} // all funcs of interpreted code begin there
	}
	if f := runtime.FuncForPC(pc); f != nil {
		file, line := f.FileLine(pc)
		return &Code{Frame{Func: f.Name(), File: file, Line: line}}
	}
	return nil
}

func (m *Machine) stackText() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "goroutine 1 [running]:\n")
	for _, f := range m.callersOf(0) {
		fmt.Fprintf(&b, "%s(...)\n\t%s:%d\n", f.Func, f.File, f.Line)
	}
	return []byte(b.String())
}

// allCallers lists the calls under way, innermost first: below a deferred call that a panic has led to also those that the panic has left.
func (th *thread) allCallers() []Frame {
	var list []Frame
	for fr := th.cur; fr != nil; fr = fr.caller {
		if !fr.fn.wrapper {
			list = append(list, fr.here())
		}
		if fr.reason != nil && fr.reason == fr.caller && fr.caller.panics != nil {
			list = append(list, Frame{Func: "runtime.gopanic"})
			list = append(list, beyond(th.trace.stack, fr.caller)...)
		}
	}
	if !th.started {
		list = append(list, Frame{Func: "runtime.main"})
	}
	return append(list, Frame{Func: "runtime.goexit"})
}

// beyond is the part of a panic's trace that is above the frame that it has come to.
func beyond(trace []Frame, to *frame) []Frame {
	below := 0
	for fr := to; fr != nil; fr = fr.caller {
		if !fr.fn.wrapper {
			below++
		}
	}
	return trace[:max(0, len(trace)-below)]
}
