package interp

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"sync/atomic"

	"github.com/rgo-project/rgo/interp/internal/vm"
)

// owner is what a run is for.
type owner struct {
	input   string // its name
	strict  bool   // a panic in any goroutine ends it
	verdict atomic.Pointer[error]
}

// said is what the code itself has ended its run with, by os.Exit or by a panic in another goroutine of a strict run: that is what Run returns, even if the
// run was being interrupted.
func (o *owner) said() error {
	if v := o.verdict.Load(); v != nil {
		return *v
	}
	return nil
}

// say ends a run with a verdict. The first one counts.
func (o *owner) say(run *vm.Run, verdict error) {
	o.verdict.CompareAndSwap(nil, &verdict)
	run.Abort(verdict)
}

// newRun makes the run of an input. It is a part of the run that makes it, if a callback does while another input waits for it.
// The cause of its end is an error that Run can return.
func (s *Session) newRun(in Input) (*vm.Run, *owner) {
	parent := s.machine.Current()
	if parent == nil {
		parent = s.root
	}
	run := s.machine.NewRun(parent)
	of := &owner{input: in.Name, strict: in.Strict}
	run.Owner = of
	return run, of
}

// uncaught is told of a panic that has ended a goroutine which no Run waits for.
func (s *Session) uncaught(run *vm.Run, p *vm.Panic) {
	failed := s.panicError(run, p)
	where := "a callback" // of compiled code that nobody knows whom to call back for
	if of, ok := run.Owner.(*owner); ok {
		if of.strict {
			of.say(run, failed)
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
	run := s.machine.Current()
	if run == nil {
		runtime.Goexit()
	}
	of, ok := run.Owner.(*owner)
	if !ok {
		runtime.Goexit() // a callback that belongs to no run
	}
	verdict := &ExitError{Code: code}
	of.say(run, verdict)
	s.machine.Exit(verdict)
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
