package gotest

import (
	"fmt"
	"os"
	"reflect"
	"runtime"
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

	guarded atomic.Bool
}

// Guarded reports whether os.Exit(0) is an error now, as it is while tests run: they would seem to have passed.
func (s *Suite) Guarded() bool { return s.guarded.Load() }

// Options say in which surroundings a test binary runs.
type Options struct {
	// Args are os.Args: the name of the binary, its flags and arguments.
	Args []string
	// Dir is the working directory: that of the package.
	Dir string
	// Stdout and Stderr are the standard streams.
	Stdout, Stderr *os.File
}

// running is held by Main: a process has one os.Stdout.
var running sync.Mutex

// Main runs a test binary, and returns its exit status. The func initialises the package, with the surroundings of the binary, and returns its tests.
// An error is one of these surroundings, or the func's.
func Main(o Options, link func() (*Suite, error)) (code int, err error) {
	running.Lock()
	defer running.Unlock()
	leave, err := o.enter()
	if err != nil {
		return 2, fmt.Errorf("gotest: %w", err)
	}
	defer leave()
	s, err := link()
	if err != nil {
		return 2, err
	}
	return s.run(), nil
}

// enter makes the surroundings those of the binary; leave makes them what they were.
func (o Options) enter() (leave func(), err error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	if err := os.Chdir(o.Dir); err != nil {
		return nil, err
	}
	args, stdout, stderr, procs := os.Args, os.Stdout, os.Stderr, runtime.GOMAXPROCS(0)
	flags := ownFlags(o.Args[0])
	os.Args, os.Stdout, os.Stderr = o.Args, o.Stdout, o.Stderr
	return func() {
		flags()
		os.Args, os.Stdout, os.Stderr = args, stdout, stderr
		runtime.GOMAXPROCS(procs) // -test.cpu changes it
		_ = os.Chdir(dir)         // it may be gone, which is not ours to mend
	}, nil
}

// run runs the tests, and returns the exit status.
func (s *Suite) run() (code int) {
	defer s.guarded.Store(false)
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *misuse:
			code = r.code
			if r.text != "" {
				fmt.Fprintln(os.Stderr, r.text)
			}
		default:
			panic(r)
		}
	}()
	m := testing.MainStart(&deps{suite: s}, s.Tests, s.Benchmarks, s.Fuzz, s.Examples)
	if s.Main == nil {
		return m.Run()
	}
	s.Main(m)
	return int(reflect.ValueOf(m).Elem().FieldByName("exitCode").Int()) // as the main func of a test binary does
}
