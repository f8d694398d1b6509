package gotest

import (
	"flag"
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"
)

// Guards stand around the funcs that package testing calls, most of them in goroutines that it has started: what ends the code of such a func must not end the process.

// scope is a test under way: where it comes from, and what it has said of itself.
type scope struct {
	test    testing.TB
	parent  *scope
	creator []Place // of a subtest: the calls that led to Run
	began   time.Time
	helpers helpers
}

// enter notes that a test has begun, and returns what notes its end.
func (r *Runner) enter(t testing.TB, parent *scope, creator []Place) (leave func()) {
	key := addressOf(t)
	r.scopes.Store(key, &scope{test: t, parent: parent, creator: creator, began: time.Now()})
	return func() { r.scopes.Delete(key) }
}

// Running lists the tests under way, and for how long they have been, without those that wait for a subtest.
func (r *Runner) Running() []string {
	var list []string
	parents := map[*scope]bool{}
	for _, s := range r.scopes.Range {
		parents[s.(*scope).parent] = true
	}
	for _, s := range r.scopes.Range {
		if s := s.(*scope); !parents[s] {
			list = append(list, fmt.Sprintf("%s (%v)", s.test.Name(), time.Since(s.began).Round(time.Second)))
		}
	}
	slices.Sort(list)
	return list
}

// addressOf identifies a test, by itself or by what it embeds at its beginning.
func addressOf(t testing.TB) uintptr { return reflect.ValueOf(t).Pointer() }

func (r *Runner) scope(t testing.TB) *scope {
	s, _ := r.scopes.Load(addressOf(t))
	of, _ := s.(*scope)
	return of
}

// crash ends the tests, as a panic ends a test binary: package testing still reports the tests under way, begins no more, and has nothing to say of its own.
func (r *Runner) crash(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.nowhere != nil {
		return
	}
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		r.nowhere, os.Stdout = null, null
	}
	for name, value := range map[string]string{"test.failfast": "true", "test.run": "^$", "test.bench": "^$"} {
		_ = flag.Set(name, value) // they are package testing's, which it looks at in between
	}
	r.crashed = r.host.Crash(err)
}

// guard wraps the func of a test. To package testing, a test that has panicked has failed.
func guard[T testing.TB](r *Runner, f func(T), parent *scope, creator []Place) func(T) {
	return guardWith(r, r.host.Here(), f, parent, creator)
}

func guardWith[T testing.TB](r *Runner, do func(func()) error, f func(T), parent *scope, creator []Place) func(T) {
	return func(t T) {
		defer r.enter(t, parent, creator)()
		if err := do(func() { f(t) }); err != nil {
			r.crash(err)
			t.FailNow()
		}
	}
}

// guardFunc wraps a func for the end of a test.
func (r *Runner) guardFunc(t testing.TB, f func()) func() {
	do := r.host.Here()
	return func() {
		if err := do(f); err != nil {
			r.crash(err)
			t.Fail()
		}
	}
}

// guardTarget wraps a fuzz target, whose parameters are its own. What is no such func is package testing's to refuse.
func (r *Runner) guardTarget(target any, parent *scope, creator []Place) any {
	f := reflect.ValueOf(target)
	if f.Kind() != reflect.Func || f.Type().NumIn() == 0 || f.Type().In(0) != reflect.TypeFor[*testing.T]() || f.Type().IsVariadic() {
		return target
	}
	return reflect.MakeFunc(f.Type(), func(args []reflect.Value) (results []reflect.Value) {
		run := guard(r, func(*testing.T) { results = f.Call(args) }, parent, creator)
		run(args[0].Interface().(*testing.T))
		return results
	}).Interface()
}

func (r *Runner) tests(list []testing.InternalTest) (out []testing.InternalTest) {
	for _, t := range list {
		out = append(out, testing.InternalTest{Name: t.Name, F: guard(r, t.F, nil, nil)})
	}
	return out
}

func (r *Runner) benchmarks(list []testing.InternalBenchmark) (out []testing.InternalBenchmark) {
	for _, b := range list {
		out = append(out, testing.InternalBenchmark{Name: b.Name, F: guard(r, b.F, nil, nil)})
	}
	return out
}

func (r *Runner) fuzz(list []testing.InternalFuzzTarget) (out []testing.InternalFuzzTarget) {
	for _, f := range list {
		out = append(out, testing.InternalFuzzTarget{Name: f.Name, Fn: guard(r, f.Fn, nil, nil)})
	}
	return out
}

// examples have nobody to fail to: their panics go through package testing, which reports them on the way.
func (r *Runner) examples(list []testing.InternalExample) (out []testing.InternalExample) {
	do := r.host.Here()
	for _, e := range list {
		f := e.F
		e.F = func() {
			if err := do(f); err != nil {
				report := os.Stdout // package testing reads it, and puts back the one before
				r.crash(err)
				os.Stdout = report
				panic(&misuse{code: 2})
			}
		}
		out = append(out, e)
	}
	return out
}
