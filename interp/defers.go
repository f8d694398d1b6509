package interp

import (
	"sync/atomic"

	"github.com/rgo-project/rgo/interp/internal/engine"
)

// Defers runs the body of an interpreted func and then what it has deferred. Lowered code calls it; it is of no use to anybody else.
type Defers struct {
	s      *Session
	calls  []func()
	panics any // what is being unwound; nil when nothing is
	hidden bool
}

// Push defers a call.
func (d *Defers) Push(f func()) { d.calls = append(d.calls, f) }

// Run calls body, then the deferred calls, last first.
func (d *Defers) Run(body func()) {
	returned := false
	defer func() {
		p := recover() // nil as well if the goroutine is exiting: then the deferred calls run, and it goes on exiting
		if !returned && p != nil {
			d.panics = p
			if u, ok := p.(unwind); ok {
				if d.hidden = true; u.exit {
					panic(p) // os.Exit runs no deferred calls
				}
			}
		}
		d.unwindAll()
	}()
	body()
	returned = true
}

func (d *Defers) unwindAll() {
	if d.panics != nil || d.s.panicking.Load() > 0 {
		defer d.s.unwinding(d)()
	}
	for len(d.calls) > 0 {
		last := len(d.calls) - 1
		f := d.calls[last]
		d.calls = d.calls[:last]
		d.protect(f)
	}
	if d.panics != nil {
		panic(d.panics)
	}
}

// protect calls one deferred func; what it panics with takes the place of what was being unwound.
func (d *Defers) protect(f func()) {
	returned := false
	defer func() {
		if returned {
			return
		}
		if p := recover(); p != nil {
			d.panics = p
			_, d.hidden = p.(unwind)
		}
	}()
	f()
	returned = true
}

// unwinding makes d the innermost whose deferred calls run in this goroutine; the func that it returns ends that.
func (s *Session) unwinding(d *Defers) (done func()) {
	s.panicking.Add(1)
	id := engine.Goroutine()
	s.roster.mu.Lock()
	defer s.roster.mu.Unlock()
	g := s.roster.of[id]
	if g == nil {
		g = &goroutine{}
		s.roster.of[id] = g
	}
	g.defers = append(g.defers, d)
	return func() {
		s.panicking.Add(-1)
		s.roster.mu.Lock()
		defer s.roster.mu.Unlock()
		g.defers = g.defers[:len(g.defers)-1]
		if g.of == nil && len(g.defers) == 0 {
			delete(s.roster.of, id)
		}
	}
}

// recover is Go's recover for interpreted code.
func (s *Session) recover() any {
	if s.panicking.Load() == 0 {
		return nil
	}
	g := s.roster.current()
	if g == nil || len(g.defers) == 0 {
		return nil
	}
	d := g.defers[len(g.defers)-1]
	if d.panics == nil || d.hidden {
		return nil
	}
	p := panicValue(d.panics)
	d.panics = nil
	s.engine.Frames().Take()
	s.roster.panicLine()
	return p
}

// counter is how many deferring funcs are unwinding anywhere in a session.
type counter = atomic.Int64
