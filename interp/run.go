package interp

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"reflect"
	"time"

	"github.com/rgo-project/rgo/interp/internal/front"
	"github.com/rgo-project/rgo/interp/internal/vm"
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

	session *Session
}

// Any returns the value itself, nil if there is none.
func (v Value) Any() any {
	if !v.Value.IsValid() || !v.Value.CanInterface() {
		return nil
	}
	return v.Value.Interface()
}

// program is an input that can be run.
type program struct {
	loaded  []*vm.Package
	calls   []func(*vm.Run) ([]reflect.Value, error) // to be made in this order
	results []types.Type                             // of the last call
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
	if front.Blank(in.Source) {
		return nil, nil
	}
	prog, err := s.compile(in)
	if err != nil {
		return nil, err
	}
	return s.execute(ctx, in, prog)
}

// compile makes an input's code. What the input declares is known from now on, but no code of it has run.
func (s *Session) compile(in Input) (_ *program, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	defer func() {
		if p := recover(); p != nil { // a fault of the compiler's: it must not take the host with it
			err = &CompileError{List: []Diagnostic{{File: in.Name, Msg: fmt.Sprintf("this cannot be run: the compiler failed: %v", p)}}}
		}
	}()
	compiled, err := s.front.Compile(in.Name, in.Source)
	if err != nil {
		return nil, compileError(in.Name, err)
	}
	prog := &program{results: compiled.Results}
	committed := false
	defer func() {
		if !committed {
			s.discard(compiled, prog)
		}
	}()
	for _, u := range compiled.Units {
		if err := s.load(u, prog); err != nil {
			return nil, compileError(in.Name, err)
		}
	}
	for _, u := range compiled.Units {
		for _, pair := range u.Redefined {
			s.machine.Redefine(pair[0], pair[1])
		}
	}
	s.front.Commit(compiled)
	s.sources.initialise(prog)
	committed = true
	s.runs.Add(1) // under mu: Close waits for it
	return prog, nil
}

// discard forgets an input that cannot be run.
func (s *Session) discard(compiled *front.Program, prog *program) {
	s.unload(prog)
	s.front.Discard(compiled)
	for _, u := range compiled.Units {
		for _, t := range u.Renewed {
			s.types.Renew(t)
		}
	}
}

// load gives a unit of a program to the machine.
func (s *Session) load(u *front.Unit, prog *program) error {
	for _, t := range u.Renewed {
		s.types.Renew(t)
	}
	pkg, err := s.machine.Load(u.SSA, u.Fset)
	if err != nil {
		return err
	}
	prog.loaded = append(prog.loaded, pkg)
	if init := u.Init; init != nil {
		prog.calls = append(prog.calls, func(run *vm.Run) ([]reflect.Value, error) { return pkg.Call(run, init) })
	}
	if entry := u.Entry; entry != nil {
		prog.calls = append(prog.calls, func(run *vm.Run) ([]reflect.Value, error) { return pkg.Call(run, entry) })
	}
	if s.stdio != nil && readsStdin(u.Symbols) {
		s.stdio.start()
	}
	return nil
}

// readsStdin tells whether code that uses these funcs and variables may read its standard input.
func readsStdin(used []types.Object) bool {
	for _, obj := range used {
		switch obj.Pkg().Path() + "." + obj.Name() {
		case "os.Stdin", "fmt.Scan", "fmt.Scanf", "fmt.Scanln":
			return true
		}
	}
	return false
}

// grace is how long an interrupted run may take to unwind before its Run returns without it.
const grace = 300 * time.Millisecond

// outcome is how the call of an input's code has ended.
type outcome struct {
	values []reflect.Value
	err    error
}

var errGoexit = errors.New("interp: the code has called runtime.Goexit")

// execute calls an input's code in a goroutine of its own, so that Run can return without it.
func (s *Session) execute(ctx context.Context, in Input, prog *program) ([]Value, error) {
	run, of := s.newRun(in)
	done := make(chan outcome, 1)
	go func() { // ends with the code; Run waits for it, but for code that is blocked when it is interrupted
		end := outcome{err: errGoexit} // unless the call comes back
		defer func() {
			s.runs.Done()
			done <- end
		}()
		end = s.call(run, prog)
	}()
	end := s.wait(ctx, run, done, in.Strict)
	s.flush()
	if verdict := of.said(); verdict != nil {
		return nil, verdict
	}
	if cause := run.Cause(); cause != nil && end.err != nil {
		return nil, cause
	}
	if end.err != nil {
		return nil, end.err
	}
	return s.valued(end.values, prog.results), nil
}

// wait waits for the end of a run's code; of one that is ended from outside, for as long as the grace lasts.
func (s *Session) wait(ctx context.Context, run *vm.Run, done <-chan outcome, strict bool) outcome {
	select {
	case end := <-done:
		if end.err != errGoexit || !strict {
			return end
		}
		select { // a program goes on without its main goroutine
		case <-run.Idle():
			return outcome{err: &PanicError{Text: noGoroutines, Fatal: true}}
		case <-run.Ended():
		case <-ctx.Done():
			run.End(&interruptedError{context.Cause(ctx)})
		}
		return end
	case <-run.Ended(): // by another goroutine, or because the session is closed
	case <-ctx.Done():
		run.End(&interruptedError{context.Cause(ctx)})
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case end := <-done:
		return end
	case <-timer.C:
		return outcome{err: vm.ErrEnded}
	}
}

// call calls the code of a program in this goroutine.
func (s *Session) call(run *vm.Run, prog *program) (end outcome) {
	for _, call := range prog.calls {
		if end.values, end.err = call(run); end.err != nil {
			break
		}
	}
	var panicked *vm.Panic
	if errors.As(end.err, &panicked) {
		end.err = s.panicError(run, panicked)
	}
	return end
}

// valued gives values their static types.
func (s *Session) valued(values []reflect.Value, static []types.Type) []Value {
	var out []Value
	for i, t := range static {
		v := Value{Type: front.TypeName(t), session: s}
		if i < len(values) {
			v.Value = values[i]
		}
		if v.Value.IsValid() && v.Value.Kind() == reflect.Interface {
			v.Value = v.Value.Elem()
		}
		out = append(out, v)
	}
	return out
}
