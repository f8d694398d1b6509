package gotest

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
)

// A Suite is what a test binary is linked of.
type Suite struct {
	Path   string // of the package
	Module string

	Tests      []testing.InternalTest
	Benchmarks []testing.InternalBenchmark
	Fuzz       []testing.InternalFuzzTarget
	Examples   []testing.InternalExample
	Main       func(*testing.M) // TestMain, or nil
}

// A Host is who runs the code of tests.
type Host interface {
	// Here returns what runs compiled code as a part of what the calling goroutine does. An error is what ended it before its time; runtime.Goexit is none.
	Here() func(func()) error
	// Apart is Here for something of its own, which shares no channel with what is under way: what waits in it waits for nothing outside.
	Apart() func(func()) error
	// Stack lists the calls of interpreted code that the calling goroutine is in, innermost first.
	Stack() []Place
	// Crash is told what has ended a test, once. It ends all code of the tests, and returns what a test binary prints of it, in one line or more;
	// nothing if it is not the tests' own doing.
	Crash(err error) string
}

// A Place is a call of interpreted code.
type Place struct {
	Func, File string
	Line       int
}

// Runner runs test binaries, and stands between their code and package testing.
type Runner struct {
	host   Host
	scopes sync.Map // of the tests under way, by their addresses

	running sync.Mutex // held by Run
	guarded atomic.Bool

	mu      sync.Mutex
	crashed string
	nowhere *os.File // the standard output after a crash
}

// NewRunner makes a Runner.
func NewRunner(h Host) *Runner { return &Runner{host: h} }

// Guarded reports whether os.Exit(0) is an error now, as it is while tests run: they would seem to have passed.
func (r *Runner) Guarded() bool { return r.guarded.Load() }

// Run runs a test binary, and returns its exit status. The func initialises the package, with the surroundings of the binary, and returns its tests.
// An error is one of these surroundings, or the func's.
func (r *Runner) Run(o Options, link func() (*Suite, error)) (code int, err error) {
	r.running.Lock()
	defer r.running.Unlock()
	leave, err := o.enter()
	if err != nil {
		return 2, fmt.Errorf("gotest: %w", err)
	}
	defer leave()
	s, err := link()
	if err != nil {
		return 2, err
	}
	r.crashed, r.nowhere = "", nil
	code = r.main(s)
	if r.crashed != "" {
		fmt.Fprintln(o.Stdout, r.crashed)
	}
	return code, nil
}

// main is what the main func of a test binary does.
func (r *Runner) main(s *Suite) (code int) {
	defer r.guarded.Store(false)
	defer func() {
		if p := recover(); p != nil {
			code = exitOf(p)
		}
		if r.nowhere != nil {
			_ = r.nowhere.Close() // nothing was kept
			code = 2
		}
	}()
	m := testing.MainStart(&deps{runner: r, suite: s}, r.tests(s.Tests), r.benchmarks(s.Benchmarks), r.fuzz(s.Fuzz), r.examples(s.Examples))
	if s.Main == nil {
		return m.Run()
	}
	if err := r.host.Here()(func() { s.Main(m) }); err != nil {
		var wrong *misuse
		if errors.As(err, &wrong) {
			return exitOf(wrong)
		}
		r.crash(err)
	}
	return int(reflect.ValueOf(m).Elem().FieldByName("exitCode").Int())
}

// misuse is what ends a test binary early. It is a panic, since package testing and package flag know no other way but to leave the process.
type misuse struct {
	code int
	text string // to be printed, if it has not been
}

func (m *misuse) Error() string { return fmt.Sprintf("exit status %d", m.code) }

// exitOf is the exit status that a panic means. Other panics go on.
func exitOf(p any) int {
	m, ok := p.(*misuse)
	if !ok {
		panic(p)
	}
	if m.text != "" {
		fmt.Fprintln(os.Stderr, m.text)
	}
	return m.code
}
