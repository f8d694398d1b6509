package interp

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/rgo-project/rgo/interp/internal/gotest"
	"github.com/rgo-project/rgo/interp/internal/vm"
)

// Tests are what TestPackage is to run, and how.
type Tests struct {
	// Args are flags and arguments of a test binary, such as -test.v and -test.run=Name.
	Args []string
	// Timeout ends tests that take longer; 0 for none.
	Timeout time.Duration
}

// Verdict is what came of tests.
type Verdict struct {
	Path   string // the import path of the package
	None   bool   // there are no test files
	Status int    // the exit status of the test binary: 0 if all is well
}

// TestPackage runs the tests of a package as `go test` would: in its directory, with os.Args and package flag as a test binary has them; for processes that the
// tests start of os.Args[0] see TestBinary. Test binaries have a process to themselves, so the session must be one that does.
//
// What the binary prints goes to standard output, its errors too. An error says that the tests were not run, or were interrupted. Errors are those of Run;
// a CompileError is worded as by `go test`.
func (s *Session) TestPackage(ctx context.Context, p Package, t Tests) (Verdict, error) {
	if !s.opts.OwnProcess {
		return Verdict{}, errors.New("interp: tests need a session that has a process to itself, as those of rgo-server and rgo-shell do")
	}
	return s.testPackage(ctx, p, t, filepath.Join(p.Root, filepath.FromSlash(p.Dir)), os.Stdout)
}

// testPackage runs tests in a directory.
func (s *Session) testPackage(ctx context.Context, p Package, t Tests, dir string, stderr *os.File) (Verdict, error) {
	if err := ctx.Err(); err != nil {
		return Verdict{}, &interruptedError{context.Cause(ctx)}
	}
	g, inits, err := s.compilePackage(p, true)
	if err != nil {
		return Verdict{}, err
	}
	v := Verdict{Path: g.Root.Path, None: !g.HasTests()}
	list, err := g.Tests()
	if err != nil || v.None {
		s.runs.Done()
		return v, packageError(err)
	}
	withdraw, executable, err := announce(p)
	if err != nil {
		s.runs.Done()
		return v, err
	}
	defer withdraw()
	if t.Timeout > 0 {
		var cancel context.CancelCauseFunc
		ctx, cancel = context.WithCancelCause(ctx)
		defer cancel(nil)
		defer time.AfterFunc(t.Timeout, func() { cancel(&timedOut{t.Timeout, s.tester.runner.Running()}) }).Stop()
	}
	o := gotest.Options{Args: append([]string{executable}, t.Args...), Dir: dir, Stdout: os.Stdout, Stderr: stderr}
	v.Status, err = s.runTests(ctx, o, func(run *vm.Run) (*gotest.Suite, error) {
		if end := s.call(run, inits); end.err != nil {
			return nil, end.err
		}
		return s.suite(g, list), nil
	})
	return v, err
}

// timedOut is why tests are interrupted that take too long.
type timedOut struct {
	after   time.Duration
	running []string
}

// Error returns what a test binary says.
func (e *timedOut) Error() string {
	text := fmt.Sprintf("test timed out after %v", e.after)
	if len(e.running) > 0 {
		text += "\n\trunning tests:\n\t\t" + strings.Join(e.running, "\n\t\t")
	}
	return text
}

// runTests runs a test binary and returns its exit status.
func (s *Session) runTests(ctx context.Context, o gotest.Options, link func(*vm.Run) (*gotest.Suite, error)) (status int, err error) {
	binary := func(run *vm.Run) (_ []reflect.Value, err error) {
		s.tester.run.Store(run)
		defer s.tester.run.Store(nil)
		failed := s.machine.Do(run, func() {
			status, err = s.tester.runner.Run(o, func() (*gotest.Suite, error) { return link(run) })
		})
		return nil, errors.Join(err, failed, run.Cause())
	}
	_, err = s.execute(ctx, Input{Name: "tests", Strict: true}, &program{calls: []func(*vm.Run) ([]reflect.Value, error){binary}})
	var exit *ExitError
	var panicked *PanicError
	var late *timedOut
	switch {
	case errors.As(err, &exit):
		return exit.Code, nil
	case errors.As(err, &late):
		_, _ = fmt.Fprintf(o.Stdout, "panic: %v\n", late)
		return 2, nil
	case errors.As(err, &panicked):
		if s.tester.told.Load() != panicked {
			_, _ = fmt.Fprintln(o.Stdout, panicked.Trace())
		}
		return 2, nil
	}
	return status, err
}
