package gotest

import (
	"flag"
	"fmt"
	"path"
	"strings"
	"sync"
	"testing"
)

// helpers are funcs that have called Helper.
type helpers struct {
	mu    sync.Mutex
	names map[string]bool
}

func (h *helpers) add(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.names == nil {
		h.names = map[string]bool{}
	}
	h.names[name] = true
}

func (h *helpers) has(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.names[name]
}

// helper notes that the calling func is not to be named as the place of what it logs.
func (r *Runner) helper(t testing.TB) {
	s, stack := r.scope(t), r.host.Stack()
	if s != nil && len(stack) > 0 {
		s.helpers.add(stack[0].Func)
	}
}

// log logs as package testing does, at the place of the interpreted caller. Lines are those of text, the first one behind the place.
func (r *Runner) log(t testing.TB, text string) {
	text = strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ")
	at := r.scope(t).place(r.host.Stack())
	if full := flag.Lookup("test.fullpath"); full == nil || full.Value.String() != "true" {
		at.File = path.Base(at.File)
	}
	if at.File == "." {
		at = Place{File: "???", Line: 1}
	}
	_, _ = fmt.Fprintf(t.Output(), "%s:%d: %s\n", at.File, at.Line, text) // it reports no errors
}

// place is the innermost call that is not a helper's, in the tests that a subtest belongs to if all of its own are.
func (s *scope) place(stack []Place) Place {
	if len(stack) == 0 {
		return Place{}
	}
	last := stack[0]
	for ; s != nil; s, stack = s.parent, s.creator {
		for _, p := range stack {
			if !s.helpers.has(p.Func) {
				return p
			}
			last = p
		}
	}
	return last
}
