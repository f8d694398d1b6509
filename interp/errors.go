package interp

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rgo-project/rgo/interp/internal/front"
	"github.com/rgo-project/rgo/interp/internal/vm"
)

// ErrInterrupted is what a run ends with whose context has ended; the context's cause is wrapped beside it.
var ErrInterrupted = errors.New("interrupted")

// ErrClosed is what a session that was closed answers.
var ErrClosed = errors.New("interp: the session is closed")

// CompileError is all that is wrong with an input. Nothing of the input has run, and the session is as it was before.
type CompileError struct {
	List []Diagnostic
}

// Diagnostic is one thing that is wrong, at a place of the user's own text. Line and Column count from 1; 0 is unknown. Without a file it is
// about the whole, or a heading.
type Diagnostic struct {
	File         string
	Line, Column int
	Msg          string
}

func (d Diagnostic) String() string {
	switch {
	case d.File == "":
		return d.Msg
	case d.Line == 0:
		return d.File + ": " + d.Msg
	}
	return fmt.Sprintf("%s:%d:%d: %s", d.File, d.Line, d.Column, d.Msg)
}

func (e *CompileError) Error() string {
	lines := make([]string, len(e.List))
	for i, d := range e.List {
		lines[i] = d.String()
	}
	return strings.Join(lines, "\n")
}

// compileError makes errors of the front-end and of the machine the caller's.
func compileError(name string, err error) error {
	var list front.ErrorList
	if errors.As(err, &list) {
		e := &CompileError{}
		for _, d := range list {
			e.List = append(e.List, Diagnostic{File: d.Pos.Filename, Line: d.Pos.Line, Column: d.Pos.Column, Msg: d.Msg})
		}
		return e
	}
	var cannot *vm.Error
	if errors.As(err, &cannot) {
		d := Diagnostic{File: name, Line: cannot.Pos.Line, Column: cannot.Pos.Column, Msg: "this cannot be run: " + cannot.Msg}
		if cannot.Pos.Filename != "" {
			d.File = cannot.Pos.Filename
		}
		return &CompileError{List: []Diagnostic{d}}
	}
	return err
}

// Frame is a call of interpreted code: the func, and the place in it where it was when it panicked.
type Frame struct {
	Func string // as main.f, main.(*T).Method, main.f.func1 for a literal in f; main.main for an input's own statements
	File string
	Line int
}

func (f Frame) String() string { return fmt.Sprintf("%s\n\t%s:%d", f.Func, f.File, f.Line) }

// PanicError is a panic of interpreted code that nothing has recovered, or, if it is Fatal, what nothing can recover: a stack overflow, or the end of all
// goroutines of a program whose main goroutine has called runtime.Goexit.
type PanicError struct {
	Value any     // what the code panicked with
	Text  string  // as Go prints it after "panic: " or "fatal error: "
	Stack []Frame // interpreted frames, innermost first
	Fatal bool
}

func (e *PanicError) Error() string {
	if e.Fatal {
		return "fatal error: " + e.Text
	}
	return "panic: " + e.Text
}

// Unwrap gives the panic's value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

const (
	stackOverflow = "stack overflow"
	noGoroutines  = "no goroutines (main called runtime.Goexit) - deadlock!"
)

// traced is how many calls at each end of a long stack a trace shows.
const traced = 15

// Trace is the panic as Go prints it: its text and its frames.
func (e *PanicError) Trace() string {
	var b strings.Builder
	if e.Fatal && e.Text == stackOverflow {
		b.WriteString("runtime: goroutine stack exceeds 1000000000-byte limit\n")
	}
	b.WriteString(e.Error())
	b.WriteByte('\n')
	for i, f := range e.Stack {
		switch left := len(e.Stack) - 2*traced; {
		case left <= 1 || i < traced || i >= traced+left:
			b.WriteString("\n" + f.String())
		case i == traced:
			fmt.Fprintf(&b, "\n...%d frames elided...", left)
		}
	}
	return b.String()
}

// ExitError is what a run ends with that has called os.Exit or log.Fatal.
type ExitError struct {
	Code int
}

func (e *ExitError) Error() string { return fmt.Sprintf("exit status %d", e.Code) }

// interruptedError joins ErrInterrupted and the context's cause.
type interruptedError struct{ cause error }

func (e *interruptedError) Error() string   { return "interrupted: " + e.cause.Error() }
func (e *interruptedError) Unwrap() []error { return []error{ErrInterrupted, e.cause} }
