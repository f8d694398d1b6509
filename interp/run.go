package interp

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"time"

	"github.com/rgo-project/rgo/interp/internal/engine"
	"github.com/rgo-project/rgo/interp/internal/lower"
)

// Input is what Run runs: statements and declarations in any mixture, or a whole file with a package clause, whose main is run.
type Input struct {
	Name   string // shown in errors and stacks, as a file's name; "input" by default
	Source string

	// Strict says that a panic in any goroutine that the input starts ends the run, as it ends a program. Without it, such a panic is reported on
	// the session's standard error, and the run goes on.
	Strict bool
}

// Value is a value with its static type, which is Go's own notation without "main.".
type Value struct {
	Value reflect.Value // what the expression holds; invalid for nil of an interface type
	Type  string

	static types.Type // what the checker says; nil if it was not asked
}

// Any returns the value itself, nil if there is none.
func (v Value) Any() any {
	if !v.Value.IsValid() || !v.Value.CanInterface() {
		return nil
	}
	return v.Value.Interface()
}

// Run runs an input and returns the values of its last expression, one for each result of a call; none if it ends in a statement.
// All output of the input has been passed on when Run returns.
//
// When ctx ends, the code is interrupted: it unwinds, running its deferred calls, at its next loop iteration or call of an interpreted func.
// Code that is blocked in a compiled func, such as time.Sleep, is left to itself after a short grace and ends when it comes back.
// The error is then ErrInterrupted with the context's cause. Other runs, and funcs made by this one, are not affected.
//
// Errors: *CompileError (nothing has run), *PanicError, *ExitError, ErrInterrupted, ErrClosed.
func (s *Session) Run(ctx context.Context, in Input) ([]Value, error) {
	if err := ctx.Err(); err != nil {
		return nil, &interruptedError{context.Cause(ctx)}
	}
	if in.Name == "" {
		in.Name = "input"
	}
	if lower.Blank(in.Source) {
		return nil, nil
	}
	prog, entry, err := s.compile(in)
	if err != nil {
		return nil, err
	}
	return s.execute(ctx, in, prog, entry)
}

// compile makes an input's entry. What the input declares is known from now on, but no code of it has run.
func (s *Session) compile(in Input) (_ *lower.Program, _ func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		if p := recover(); p != nil { // a fault of the front-end: it must not take the host with it
			err = &CompileError{List: []Diagnostic{{File: in.Name, Msg: fmt.Sprintf("this cannot be run: the compiler failed: %v", p)}}}
		}
	}()
	if s.closed {
		return nil, nil, ErrClosed
	}
	prog, err := s.front.Compile(in.Name, in.Source)
	if err != nil {
		return nil, nil, compileError(in.Name, err)
	}
	if err := s.load(prog); err != nil {
		return nil, nil, compileError(in.Name, err)
	}
	entry, err := s.engine.Func(prog.Entry)
	if err != nil {
		return nil, nil, compileError(in.Name, err)
	}
	s.front.Commit(prog)
	if s.stdio != nil && readsStdin(prog.Symbols) {
		s.stdio.start()
	}
	s.runs.Add(1) // under mu: Close waits for it
	return prog, entry, nil
}

func readsStdin(used map[string]bool) bool {
	return used["os.Stdin"] || used["fmt.Scan"] || used["fmt.Scanf"] || used["fmt.Scanln"]
}

var errGoexit = errors.New("interp: the code has called runtime.Goexit")

// execute calls an input's entry in a goroutine of its own, so that Run can return without it.
func (s *Session) execute(ctx context.Context, in Input, prog *lower.Program, entry func()) ([]Value, error) {
	e := s.roster.newExecution(in.Name)
	e.strict = in.Strict
	done := make(chan error, 1)
	go func() { // ends with the code; Run waits for it, but for code that is blocked when it is interrupted
		defer s.runs.Done()
		err := errGoexit // unless the call comes back
		defer func() { done <- err }()
		err = s.call(e, entry)
	}()
	var err error
	select {
	case err = <-done:
	case <-e.exited: // in another goroutine of the run
		err = s.await(done, e)
	case <-ctx.Done():
		e.end(context.Cause(ctx), nil)
		s.roster.interrupt(e)
		err = s.await(done, e)
	}
	s.flush()
	values, _ := s.results.LoadAndDelete(prog.ID)
	if verdict := e.said(); verdict != nil {
		return nil, verdict
	}
	if err != nil {
		return nil, err
	}
	return typed(values, prog.Results), nil
}

// await waits for a run that is ending, for as long as the grace lasts.
func (s *Session) await(done <-chan error, e *execution) error {
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return &interruptedError{e.reason()}
	}
}

// call runs an entry to its end.
func (s *Session) call(e *execution, entry func()) (err error) {
	leave := s.roster.enter(e)
	defer leave()
	defer func() {
		p := recover()
		if _, ok := p.(unwind); ok {
			s.engine.Frames().Take()
			err = &interruptedError{e.reason()}
		} else if p != nil {
			err = s.panicError(p)
		}
	}()
	entry()
	return nil
}

func typed(values any, static []types.Type) []Value {
	list, _ := values.([]any)
	if len(list) != len(static) || len(list) == 0 {
		return nil
	}
	out := make([]Value, len(list))
	for i, v := range list {
		out[i] = Value{Value: engine.Unwrap(reflect.ValueOf(v)), Type: lower.TypeName(static[i]), static: static[i]}
	}
	return out
}
