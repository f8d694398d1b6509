package gotest

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"runtime/pprof"
	"sync"
	"time"
)

// deps is what package testing wants of the main package of a test binary.
type deps struct {
	runner *Runner
	suite  *Suite

	mu      sync.Mutex
	pattern string
	regexp  *regexp.Regexp // of pattern
}

// entry is an input of a fuzz target. Package testing has this type without a name.
type entry = struct {
	Parent     string
	Path       string
	Data       []byte
	Values     []any
	Generation int
	IsSeed     bool
}

func (d *deps) ImportPath() string { return d.suite.Path }
func (d *deps) ModulePath() string { return d.suite.Module }

// MatchString does not return errors: package testing would leave the process.
func (d *deps) MatchString(pattern, s string) (bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.regexp == nil || d.pattern != pattern {
		re, err := regexp.Compile(pattern)
		if err != nil {
			panic(&misuse{code: 1, text: fmt.Sprintf("testing: invalid regexp (%q): %s", pattern, err)})
		}
		d.pattern, d.regexp = pattern, re
	}
	return d.regexp.MatchString(s), nil
}

func (d *deps) StartCPUProfile(w io.Writer) error { return pprof.StartCPUProfile(w) }
func (d *deps) StopCPUProfile()                   { pprof.StopCPUProfile() }

func (d *deps) WriteProfileTo(name string, w io.Writer, debug int) error {
	return pprof.Lookup(name).WriteTo(w, debug)
}

// SetPanicOnExit0 is for -test.paniconexit0: whoever runs os.Exit for the tests asks Guarded.
func (d *deps) SetPanicOnExit0(on bool) { d.runner.guarded.Store(on) }

// StartTestLog is for the go command's cache of results.
func (d *deps) StartTestLog(io.Writer) {}
func (d *deps) StopTestLog() error     { return nil }

var errFuzzing = errors.New("fuzzing is not possible in interpreted code, which is not instrumented; without -fuzz, the seeds are run")

func (d *deps) CoordinateFuzzing(time.Duration, int64, time.Duration, int64, int, []entry, []reflect.Type, string, string) error {
	return errFuzzing
}

func (d *deps) RunFuzzWorker(func(entry) error) error { return errFuzzing }

func (d *deps) ReadCorpus(dir string, types []reflect.Type) ([]entry, error) {
	return readCorpus(dir, types)
}

func (d *deps) CheckCorpus(values []any, types []reflect.Type) error {
	return checkCorpus(values, types)
}

func (d *deps) ResetCoverage()    {}
func (d *deps) SnapshotCoverage() {}

func (d *deps) InitRuntimeCoverage() (mode string, tearDown func(string, string) (string, error), snapshot func() float64) {
	return "", nil, nil
}
