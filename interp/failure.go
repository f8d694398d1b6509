package interp

import (
	"errors"

	"github.com/rgo-project/rgo/netproxy"
)

// failure is an error of a run as it crosses to the peer that asked for the run, so that it arrives as the type that it is. The
// zero failure is none.
type failure struct {
	Kind  string // one of the kinds below
	Text  string
	List  []Diagnostic // of a compile error
	Stack []Frame      // of a panic
	Fatal bool         // of a panic
	Code  int          // of an exit
	Cause any          // what a panic's value is or wraps, if it is an error
}

// The kinds of failures.
const (
	failedCompile   = "compile"
	failedPanic     = "panic"
	failedExit      = "exit"
	failedInterrupt = "interrupt"
)

// failureOf makes a failure of those errors that a run ends with; others cross by themselves.
func failureOf(err error) (failure, bool) {
	var compile *CompileError
	var panicked *PanicError
	var exit *ExitError
	switch {
	case errors.As(err, &exit):
		return failure{Kind: failedExit, Code: exit.Code}, true
	case errors.As(err, &compile):
		return failure{Kind: failedCompile, List: compile.List}, true
	case errors.As(err, &panicked):
		f := failure{Kind: failedPanic, Text: panicked.Text, Stack: panicked.Stack, Fatal: panicked.Fatal}
		if cause := panicked.Unwrap(); cause != nil {
			f.Cause = cause
		}
		return f, true
	case errors.Is(err, ErrInterrupted):
		return failure{Kind: failedInterrupt, Text: err.Error()}, true
	}
	return failure{}, false
}

// err makes the failure an error again.
func (f failure) err(interrupted error) error {
	switch f.Kind {
	case "":
		return nil
	case failedCompile:
		return &CompileError{List: f.List}
	case failedPanic:
		return &PanicError{Value: f.value(), Text: f.Text, Stack: f.Stack, Fatal: f.Fatal}
	case failedExit:
		return &ExitError{Code: f.Code}
	case failedInterrupt:
		if interrupted == nil {
			interrupted = errors.New(f.Text)
		}
		return &interruptedError{cause: interrupted}
	}
	return errors.New("interp: the peer ended the run with an unknown kind of failure: " + f.Kind)
}

// value is what the code panicked with, as far as it crosses.
func (f failure) value() any {
	switch v := f.Cause.(type) {
	case nil:
		return f.Text
	case *netproxy.Proxy:
		return v.Interface()
	default:
		return v
	}
}
