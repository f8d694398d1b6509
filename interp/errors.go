package interp

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rgo-project/rgo/interp/internal/engine"
	"github.com/rgo-project/rgo/interp/internal/lower"
)

// ErrInterrupted is what a run ends with whose context has ended; the context's cause is wrapped beside it.
var ErrInterrupted = errors.New("interrupted")

// ErrClosed is what a session that was closed answers.
var ErrClosed = errors.New("interp: the session is closed")

// CompileError is all that is wrong with an input. Nothing of the input has run, and the session is as it was before.
type CompileError struct {
	List []Diagnostic
}

// Diagnostic is one thing that is wrong, at a place of the user's own text. Line and Column count from 1; 0 is unknown.
type Diagnostic struct {
	File         string
	Line, Column int
	Msg          string
}

func (d Diagnostic) String() string {
	if d.Line == 0 {
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

// compileError makes errors of the front-end and of the engine the caller's.
func compileError(name string, err error) error {
	var list lower.ErrorList
	if errors.As(err, &list) {
		e := &CompileError{}
		for _, d := range list {
			e.List = append(e.List, Diagnostic{File: d.Pos.Filename, Line: d.Pos.Line, Column: d.Pos.Column, Msg: d.Msg})
		}
		return e
	}
	var f *engine.Fault
	if errors.As(err, &f) {
		d := Diagnostic{File: name, Msg: "this cannot be run yet: the engine failed " + f.Doing + ": " + lower.Plain(f.Text)}
		d.Line, d.Column = f.Line, f.Column
		return &CompileError{List: []Diagnostic{d}}
	}
	return err
}

// Frame is a place in interpreted code. The engine does not keep lines: Line is that of the call of panic in the innermost frame, if
// there was one, and else the line in which the func or literal begins.
type Frame struct {
	Func string // as main.f, main.f.func for a literal in it
	File string
	Line int
}

func (f Frame) String() string { return fmt.Sprintf("%s\n\t%s:%d", f.Func, f.File, f.Line) }

// PanicError is a panic of interpreted code that nothing has recovered.
type PanicError struct {
	Value any     // what the code panicked with
	Text  string  // as Go prints it after "panic: "
	Stack []Frame // interpreted frames, innermost first
}

func (e *PanicError) Error() string { return "panic: " + e.Text }

// Unwrap gives the panic's value if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Trace is the panic as Go prints it: its text and its frames.
func (e *PanicError) Trace() string {
	var b strings.Builder
	b.WriteString(e.Error())
	b.WriteByte('\n')
	for _, f := range e.Stack {
		b.WriteByte('\n')
		b.WriteString(f.String())
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
