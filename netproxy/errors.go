package netproxy

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strings"
	"sync"
)

// RemoteError is an error of the other side. Its text is the text there. errors.Is and errors.As see through it: the well-known errors that it is or wraps
// there, and those that it is or wraps whose types are known here, as values of these types.
type RemoteError struct {
	Peer string // who sent it
	Type string // of the error there, as Go writes it
	Text string

	// Stack is where the error comes from, innermost first, in the form of Go's stack traces: the stacks of Hops one below the other, with a line
	// [at peer] behind those that are of peers further away. An error of Go carries no stack, so it is the func that was called over
	// there, and what the error itself knows: the stack that it prints with %+v. It is empty where the peer withholds it.
	Stack string

	node *errorNode // what arrived; nil if nothing did
	is   []error    // well-known errors
	in   importer   // which knows types

	make      sync.Once
	made      error   // the error itself, where its type is known here; made when somebody asks
	unwrapped []error // likewise
}

// Hop is a peer that an error has come through.
type Hop struct {
	Peer  string // as the one behind it calls it
	Stack string // empty if the peer knows none, or withholds it
}

func (e *RemoteError) Error() string { return e.Text }

// Hops returns the peers that the error has come through: the one where it arose first, and e.Peer last.
func (e *RemoteError) Hops() []Hop {
	if e.node == nil {
		return []Hop{{e.Peer, e.Stack}}
	}
	return e.node.way(e.Peer)
}

// Is reports whether the error was, or wrapped, a well-known error.
func (e *RemoteError) Is(target error) bool {
	for _, s := range e.is {
		if s == target { //nolint:errorlint // this is how errors.Is asks
			return true
		}
	}
	return false
}

// Unwrap returns the error itself, where its type is known here, and what it wraps.
func (e *RemoteError) Unwrap() []error {
	e.make.Do(e.remake)
	return e.unwrapped
}

// As finds what the error can do besides, for errors.As: Timeout and Temporary, RuntimeError, Unwrap.
func (e *RemoteError) As(target any) bool {
	e.make.Do(e.remake)
	if e.made != nil || e.node == nil {
		return false
	}
	return e.node.traits.as(e, target)
}

// Format prints the text. %+v prints the whole: who sent it, its type, the stack of each hop, and what it wraps.
func (e *RemoteError) Format(f fmt.State, verb rune) {
	switch {
	case verb == 'v' && f.Flag('+'):
		_, _ = io.WriteString(f, e.Text+" ("+e.Type+")"+printed(e.Hops())+causes(e.Unwrap()))
	case verb == 'v' && f.Flag('#'):
		_, _ = fmt.Fprintf(f, "&netproxy.RemoteError{Peer:%q, Type:%q, Text:%q, Stack:%q}", e.Peer, e.Type, e.Text, e.Stack)
	default:
		_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), e.Text)
	}
}

// PanicError is a panic in code that was called from the other side.
type PanicError struct {
	Peer  string // where it happened; empty for this process
	Value any    // what was given to panic, or its text if it is neither an error nor plain data
	Stack string // of the goroutine that panicked; empty where the peer withholds it

	node *errorNode // what arrived; nil if nothing did
	from string     // who sent it
}

func (e *PanicError) Error() string {
	if e.node != nil {
		return e.node.text
	}
	if err, ok := e.Value.(error); ok {
		return "panic: " + textOf(err)
	}
	return fmt.Sprintf("panic: %v", e.Value)
}

// Unwrap returns the error given to panic, if it was one.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// Hops returns the peers that the panic has come through, the one where it happened first.
func (e *PanicError) Hops() []Hop {
	if e.node == nil {
		return []Hop{{e.Peer, e.Stack}}
	}
	return e.node.way(e.from)
}

// Format prints the text. %+v prints the stack of each hop as well.
func (e *PanicError) Format(f fmt.State, verb rune) {
	switch {
	case verb == 'v' && f.Flag('+'):
		_, _ = io.WriteString(f, e.Error()+printed(e.Hops())+causes([]error{e.Unwrap()}))
	case verb == 'v' && f.Flag('#'):
		_, _ = fmt.Fprintf(f, "&netproxy.PanicError{Peer:%q, Value:%#v, Stack:%q}", e.Peer, e.Value, e.Stack)
	default:
		_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), e.Error())
	}
}

// printed is what %+v says of hops.
func printed(hops []Hop) string {
	var b strings.Builder
	for _, h := range hops {
		peer := h.Peer
		if peer == "" {
			peer = "this process"
		}
		b.WriteString("\n[at " + peer + "]")
		if h.Stack != "" {
			b.WriteString("\n" + strings.TrimRight(h.Stack, "\n"))
		}
	}
	return b.String()
}

// causes is what %+v says of the errors of other processes that an error wraps.
func causes(list []error) string {
	var b strings.Builder
	for _, err := range list {
		var remote *RemoteError
		var panicked *PanicError
		switch {
		case errors.As(err, &panicked):
			err = panicked
		case errors.As(err, &remote):
			err = remote
		default:
			continue
		}
		b.WriteString("\ncaused by: " + strings.ReplaceAll(fmt.Sprintf("%+v", err), "\n", "\n  "))
	}
	return b.String()
}

var runtimeErrorType = reflect.TypeFor[runtime.Error]()
