package interp

import (
	"errors"
	"go/types"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rgo-project/rgo/interp/internal/gotest"
	"github.com/rgo-project/rgo/interp/internal/load"
	"github.com/rgo-project/rgo/interp/internal/vm"
)

// tester is the session as the host of tests.
type tester struct {
	session *Session
	runner  *gotest.Runner
	run     atomic.Pointer[vm.Run]     // of the test binary, nil while none runs
	told    atomic.Pointer[PanicError] // the panic that the runner has reported
}

func newTester(s *Session) *tester {
	t := &tester{session: s}
	t.runner = gotest.NewRunner(t)
	return t
}

// Here implements gotest.Host.
func (t *tester) Here() func(func()) error {
	m := t.session.machine
	run := m.Current()
	if run == nil {
		run = m.Background()
	}
	return func(f func()) error { return m.Do(run, f) }
}

// Apart implements gotest.Host.
func (t *tester) Apart() func(func()) error {
	m := t.session.machine
	run := m.NewRun(nil) // its channels are of the bubble that it is made in
	run.Owner = &owner{input: "a test", strict: true}
	return func(f func()) error {
		if err := m.Do(run, f); !errors.Is(err, vm.ErrEnded) {
			return err
		}
		return run.Cause()
	}
}

// Stack implements gotest.Host.
func (t *tester) Stack() []gotest.Place {
	var list []gotest.Place
	names, _ := t.session.machine.Runtime()
	callers := names["Callers"].Interface().(func(int, []uintptr) int)
	pcs := make([]uintptr, 100)
	frames := names["CallersFrames"].Interface().(func([]uintptr) *vm.Callers)(pcs[:callers(1, pcs)])
	for {
		f, more := frames.Next()
		if f.File != "" {
			list = append(list, gotest.Place{Func: f.Function, File: f.File, Line: f.Line})
		}
		if !more {
			return list
		}
	}
}

// Crash implements gotest.Host.
func (t *tester) Crash(err error) string {
	run := t.run.Load()
	if run == nil {
		return ""
	}
	var failed *PanicError // of another goroutine
	var p *vm.Panic
	switch {
	case errors.As(err, &failed):
	case errors.As(err, &p):
		failed = t.session.panicError(run, p)
	default:
		return "" // the run has ended, and whoever ended it tells why
	}
	t.told.Store(failed)
	run.Abort(failed)
	if p == nil || failed.Fatal {
		return failed.Trace()
	}
	return strings.Replace(failed.Trace(), failed.Error(), failed.Error()+" [recovered, repanicked]", 1)
}

// suite makes funcs of tests.
func (s *Session) suite(g *load.Graph, list *load.Tests) *gotest.Suite {
	suite := &gotest.Suite{Path: g.Root.Path, Module: g.Module()}
	for _, f := range list.Tests {
		suite.Tests = append(suite.Tests, testing.InternalTest{Name: f.Name(), F: declared[func(*testing.T)](s, f)})
	}
	for _, f := range list.Benchmarks {
		suite.Benchmarks = append(suite.Benchmarks, testing.InternalBenchmark{Name: f.Name(), F: declared[func(*testing.B)](s, f)})
	}
	for _, f := range list.Fuzz {
		suite.Fuzz = append(suite.Fuzz, testing.InternalFuzzTarget{Name: f.Name(), Fn: declared[func(*testing.F)](s, f)})
	}
	for _, e := range list.Examples {
		example := testing.InternalExample{Name: e.Func.Name(), F: declared[func()](s, e.Func), Output: e.Output, Unordered: e.Unordered}
		suite.Examples = append(suite.Examples, example)
	}
	if list.Main != nil {
		suite.Main = declared[func(*testing.M)](s, list.Main)
	}
	return suite
}

// declared is the value of a func that a loaded package declares.
func declared[F any](s *Session, fn *types.Func) F { return s.machine.Func(fn).Interface().(F) }
