package netproxy

import (
	"errors"
	"fmt"
)

// What can be wrong with an operation. The errors that say so wrap these, at both ends.
var (
	// ErrMember is wrapped where an object has no member of that name, or none that can be used that way.
	ErrMember = errors.New("netproxy: no such member")
	// ErrElement is wrapped where a slice, array, map or string has no element of that index or key.
	ErrElement = errors.New("netproxy: no such element")
	// ErrArgument is wrapped where a value does not fit the type that it is for, or their number does not.
	ErrArgument = errors.New("netproxy: the value does not fit")
	// ErrUnsupported is wrapped where an object does not have the operation at all.
	ErrUnsupported = errors.New("netproxy: not possible")
	// ErrDenied is wrapped where a grant does not allow what was asked for: see Facet. The text says which one.
	ErrDenied = errors.New("netproxy: not granted")
	// ErrRevoked is wrapped, with ErrDenied, where a grant was taken back.
	ErrRevoked = errors.New("netproxy: no longer granted")
	// ErrExpired is wrapped, with ErrDenied, where the time of a grant is over.
	ErrExpired = errors.New("netproxy: the grant has expired")
	// ErrMalformed is wrapped where what arrived is not what this package sends.
	ErrMalformed = errors.New("netproxy: malformed message")
	// ErrReleased is wrapped where a proxy is used after its Release.
	ErrReleased = errors.New("netproxy: the proxy was released")
	// ErrGoexit is wrapped where the callee ended its goroutine instead of returning: runtime.Goexit, or FailNow of a test.
	ErrGoexit = errors.New("netproxy: the callee ended its goroutine (runtime.Goexit)")
)

// fault is an error of one of the kinds above that says more.
type fault struct {
	kind error
	text string
}

func fail(kind error, format string, args ...any) error {
	return &fault{kind, fmt.Sprintf(format, args...)}
}

func (f *fault) Error() string { return "netproxy: " + f.text }
func (f *fault) Unwrap() error { return f.kind }

// maxWhere bounds what an error says about where in a value it is.
const maxWhere = 500

func clipped(s string, n int) string {
	if len(s) > n {
		return s[:n] + "…"
	}
	return s
}

// within says where in a value, or in a list of arguments, err is about; nil stays nil.
func within(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	f, ours := err.(*fault) //nolint:errorlint // only our own, unwrapped
	if ours && len(f.text) > maxWhere {
		return err // deep in something: where exactly is of no more help
	}
	where := clipped(fmt.Sprintf(format, args...), maxWhere)
	if ours {
		return &fault{f.kind, where + ": " + f.text}
	}
	return fmt.Errorf("netproxy: %s: %w", where, err)
}
