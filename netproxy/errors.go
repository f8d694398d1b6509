package netproxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"reflect"
	"strconv"
	"time"
)

// RemoteError is an error of the other side. Its text is the text there; errors.Is and errors.As see the well-known errors that it is or wraps
// there, and those that it wraps whose types are known here.
type RemoteError struct {
	Peer string // who sent it
	Type string // of the error there, as Go writes it
	Text string

	// Stack is where the error comes from, innermost first, in the form of Go's stack traces. An error of Go carries no stack, so this is the func that was
	// called over there, and what the error itself knows: the stack that it prints with %+v, or that of the peer before, if it has come from
	// further away.
	Stack string

	is      []error // well-known errors
	wrapped []error
	token   uint64 // by which the one whose error it is finds it if it comes home
}

func (e *RemoteError) Error() string { return e.Text }

// Is reports whether the error was, or wrapped, a well-known error.
func (e *RemoteError) Is(target error) bool {
	for _, s := range e.is {
		if s == target { //nolint:errorlint // this is how errors.Is asks
			return true
		}
	}
	return false
}

// Unwrap returns what the error wraps.
func (e *RemoteError) Unwrap() []error { return e.wrapped }

// PanicError is a panic in code that was called from the other side.
type PanicError struct {
	Peer  string // where it happened; empty for this process
	Value any    // what was given to panic, or its text if it is not plain data
	Stack string // of the goroutine that panicked

	token uint64 // as of a RemoteError
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Unwrap returns the error given to panic, if it was one.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

type sentinel struct {
	name string
	err  error
}

// sentinels are the errors that are the same everywhere, by their names in Go.
var sentinels = []sentinel{
	{"io.EOF", io.EOF},
	{"io.ErrUnexpectedEOF", io.ErrUnexpectedEOF},
	{"io.ErrClosedPipe", io.ErrClosedPipe},
	{"io.ErrShortWrite", io.ErrShortWrite},
	{"io.ErrShortBuffer", io.ErrShortBuffer},
	{"io.ErrNoProgress", io.ErrNoProgress},
	{"io/fs.ErrNotExist", fs.ErrNotExist},
	{"io/fs.ErrExist", fs.ErrExist},
	{"io/fs.ErrPermission", fs.ErrPermission},
	{"io/fs.ErrClosed", fs.ErrClosed},
	{"io/fs.ErrInvalid", fs.ErrInvalid},
	{"io/fs.SkipDir", fs.SkipDir},
	{"io/fs.SkipAll", fs.SkipAll},
	{"os.ErrDeadlineExceeded", os.ErrDeadlineExceeded},
	{"os.ErrProcessDone", os.ErrProcessDone},
	{"os.ErrNoDeadline", os.ErrNoDeadline},
	{"os/exec.ErrNotFound", exec.ErrNotFound},
	{"context.Canceled", context.Canceled},
	{"context.DeadlineExceeded", context.DeadlineExceeded},
	{"net.ErrClosed", net.ErrClosed},
	{"net/http.ErrServerClosed", http.ErrServerClosed},
	{"net/http.ErrAbortHandler", http.ErrAbortHandler},
	{"strconv.ErrRange", strconv.ErrRange},
	{"strconv.ErrSyntax", strconv.ErrSyntax},
	{"errors.ErrUnsupported", errors.ErrUnsupported},
	{"netproxy.ErrMember", ErrMember},
	{"netproxy.ErrElement", ErrElement},
	{"netproxy.ErrArgument", ErrArgument},
	{"netproxy.ErrUnsupported", ErrUnsupported},
	{"netproxy.ErrMalformed", ErrMalformed},
	{"netproxy.ErrReleased", ErrReleased},
	{"netproxy.ErrGoexit", ErrGoexit},
}

// knownTypes are types of the standard library that a peer may name without anything being registered.
var knownTypes = func() map[string]reflect.Type {
	m := make(map[string]reflect.Type)
	for _, t := range []reflect.Type{
		reflect.TypeFor[fs.PathError](), reflect.TypeFor[os.LinkError](), reflect.TypeFor[os.SyscallError](),
		reflect.TypeFor[strconv.NumError](), reflect.TypeFor[exec.Error](), reflect.TypeFor[net.DNSError](),
		reflect.TypeFor[net.AddrError](), reflect.TypeFor[time.ParseError](),
	} {
		m[typeName(t)] = t
	}
	return m
}()
