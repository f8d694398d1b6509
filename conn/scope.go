package conn

import (
	"context"
	"sync"
	"weak"
)

// Scope is a part of a program that gives back in the end what it has received. It gathers the references that are in what calls return that are made with its
// context, if they were not held here before. It does not hold them itself.
type Scope struct {
	cancel context.CancelFunc

	mu    sync.Mutex // held under that of a connection
	ended bool
	refs  []weak.Pointer[Ref]
	calls []weak.Pointer[Pending]
	full  int // when to look which of them are gone
}

type scopeKey struct{}

// NewScope begins a scope. Calls are of the innermost scope of their context.
func NewScope(ctx context.Context) (context.Context, *Scope) {
	s := &Scope{full: 64}
	ctx, s.cancel = context.WithCancel(context.WithValue(ctx, scopeKey{}, s))
	return ctx, s
}

func scopeOf(ctx context.Context) *Scope {
	s, _ := ctx.Value(scopeKey{}).(*Scope)
	return s
}

// add takes a reference into the scope and returns the scope that it is in: none, if s is nil or has ended. The mutex of the connection is held.
func (s *Scope) add(r weak.Pointer[Ref]) *Scope {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil
	}
	s.refs = append(s.refs, r)
	s.compact()
	return s
}

// addCall takes a call into the scope whose result is kept for it. The mutex of the connection is held.
func (s *Scope) addCall(p *Pending) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.calls = append(s.calls, weak.Make(p))
		s.compact()
	}
}

// compact forgets what is held no more, now and then. s.mu is held.
func (s *Scope) compact() {
	if len(s.refs)+len(s.calls) < s.full {
		return
	}
	s.refs, s.calls = alive(s.refs), alive(s.calls)
	s.full = max(64, 2*(len(s.refs)+len(s.calls)))
}

func alive[T any](all []weak.Pointer[T]) []weak.Pointer[T] {
	kept := all[:0]
	for _, w := range all {
		if w.Value() != nil {
			kept = append(kept, w)
		}
	}
	clear(all[len(kept):])
	return kept
}

// Keep takes the reference out of the scope that it is in, if it is in one: it is given back like any other.
func (r *Ref) Keep() {
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	if have := r.c.s.imports.get(r.id); have != nil && have.ref.Value() == r {
		have.scope = nil
	}
}

// Keep takes the call, and what it will return, out of the scope of its context.
func (p *Pending) Keep() {
	p.c.mu.Lock()
	defer p.c.mu.Unlock()
	p.scope = nil
}

// End ends the context of the scope, which gives up its calls that are under way, and gives back at once all references that are in it: those that came first
// with the results of its calls, were not received by anybody else since, and were not kept. It may be called again.
func (s *Scope) End() {
	s.cancel()
	s.mu.Lock()
	refs, calls := s.refs, s.calls
	s.refs, s.calls, s.ended = nil, nil, true
	s.mu.Unlock()
	for _, w := range refs {
		if r := w.Value(); r != nil {
			r.releaseIn(s)
		}
	}
	for _, w := range calls {
		if p := w.Value(); p != nil {
			p.releaseIn(s)
		}
	}
}

// releaseIn drops the result of the call if it is in the scope.
func (p *Pending) releaseIn(s *Scope) {
	p.c.mu.Lock()
	in := p.scope == s
	p.c.mu.Unlock()
	if in {
		p.Release()
	}
}

// releaseIn gives the reference back if it is in the scope.
func (r *Ref) releaseIn(s *Scope) {
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	if have := r.c.s.imports.get(r.id); have != nil && have.scope == s && have.ref.Value() == r {
		r.release()
	}
}
