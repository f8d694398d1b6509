package interp

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/rgo-project/rgo/interp/internal/vm"
)

// owner is what a run is for.
type owner struct {
	input  string // its name
	strict bool   // a panic in any goroutine ends it
}

// newRun makes the run of an input. It is a part of the run that makes it, if a callback does while another input waits for it.
// The cause of its end is the error that Run returns.
func (s *Session) newRun(in Input) *vm.Run {
	parent := s.machine.Current()
	if parent == nil {
		parent = s.root
	}
	run := s.machine.NewRun(parent)
	run.Owner = &owner{input: in.Name, strict: in.Strict}
	return run
}

// isVerdict tells whether the cause of a run's end is the code's own doing.
func isVerdict(cause error) bool {
	var exit *ExitError
	var panicked *PanicError
	return errors.As(cause, &exit) || errors.As(cause, &panicked)
}

// uncaught is told of a panic that has ended a goroutine which no Run waits for.
func (s *Session) uncaught(run *vm.Run, p *vm.Panic) {
	failed := s.panicError(run, p)
	where := "a callback" // of compiled code that nobody knows whom to call back for
	if of, ok := run.Owner.(*owner); ok {
		if of.strict {
			run.Abort(failed)
			return
		}
		where = "a goroutine started by " + of.input
	}
	// There is nobody else to tell.
	_, _ = fmt.Fprintf(s.stderr(), "%s\n\n[in %s; the session goes on]\n", failed.Trace(), where)
}

// exit is os.Exit for the session's code. It does not return, and no deferred calls are made.
func (s *Session) exit(code int) {
	if code == 0 && s.tester.runner.Guarded() {
		panic("unexpected call to os.Exit(0) during test")
	}
	s.flush()
	if s.opts.OwnProcess {
		s.opts.Exit(code)
	}
	if s.machine.Current() == s.machine.Background() {
		runtime.Goexit() // there is no run to end
	}
	s.machine.Exit(&ExitError{Code: code})
}

// print is what the builtins print and println do. Like them it says nothing of errors.
func (s *Session) print(text string) {
	w := io.Writer(os.Stderr)
	if s.stdio != nil {
		w = s.stdio.err()
	}
	_, _ = io.WriteString(w, text)
}

// stderr is where the session itself reports.
func (s *Session) stderr() io.Writer {
	if s.stdio != nil {
		return direct{s.stdio, 1}
	}
	return os.Stderr
}
