package netproxy

import (
	"fmt"
	"reflect"
	"unicode/utf8"
)

// What follows asks errors of users, whose methods may panic.

// textOf is the text of err, or what package fmt would print if its method Error panics.
func textOf(err error) (text string) {
	defer func() {
		if p := recover(); p != nil {
			if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer && v.IsNil() {
				text = "<nil>"
				return
			}
			text = fmt.Sprintf("(%T whose method Error panics: %v)", err, p)
		}
	}()
	return err.Error()
}

// unwrap is what err wraps, one step.
func unwrap(err error) (list []error) {
	defer func() {
		if recover() != nil {
			list = nil
		}
	}()
	switch x := err.(type) { //nolint:errorlint // one step at a time
	case interface{ Unwrap() error }:
		list = []error{x.Unwrap()}
	case interface{ Unwrap() []error }:
		list = x.Unwrap()
	}
	var some []error
	for _, inner := range list[:min(len(list), maxErrorsWalked)] {
		if inner != nil {
			some = append(some, inner)
		}
	}
	return some
}

// walk finds the names of well-known errors in the trees of errors that do not cross, since there are too many of them.
func walk(list []error, more *wellKnown, b *errorBudget) (names []string) {
	seen := make(map[string]bool)
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for len(list) > 0 && b.walked < maxErrorsWalked {
		err := list[0]
		list = list[1:]
		b.walked++
		if name, _, ok := sentinelName(err, more); ok {
			add(name)
			continue
		}
		for _, name := range claims(err, more) {
			add(name)
		}
		if r, ok := err.(*RemoteError); ok && r != nil && r.node != nil { //nolint:errorlint // the very error
			for _, name := range r.node.is {
				add(name)
			}
		}
		if len(list) < maxErrorsWalked {
			list = append(list, unwrap(err)...)
		}
	}
	return names
}

// clip bounds a text.
func clip(s string, size int) string {
	if len(s) <= size {
		return s
	}
	for size > 0 && !utf8.RuneStart(s[size]) {
		size--
	}
	return s[:size] + "…"
}

// traits are what an error can do besides, which errors.As asks for by interfaces.
type traits uint64

const (
	hasTimeout traits = 1 << iota
	isTimeout
	hasTemporary
	isTemporary
	isRuntime
)

func traitsOf(err error) (t traits) {
	defer func() {
		_ = recover() // as far as it got
	}()
	if reflect.TypeOf(err).Implements(runtimeErrorType) {
		t |= isRuntime
	}
	if x, ok := err.(interface{ Timeout() bool }); ok {
		if x.Timeout() {
			t |= isTimeout
		}
		t |= hasTimeout
	}
	if x, ok := err.(interface{ Temporary() bool }); ok {
		if x.Temporary() {
			t |= isTemporary
		}
		t |= hasTemporary
	}
	return t
}

// as stores in target, a pointer to an interface, e with methods that e's type does not have.
func (t traits) as(e *RemoteError, target any) bool {
	at := reflect.ValueOf(target)
	if at.Kind() != reflect.Pointer || at.IsNil() || at.Elem().Kind() != reflect.Interface {
		return false
	}
	var faces []error
	f := face{e}
	timeout, temporary := timeouts(t&isTimeout != 0), temporaries(t&isTemporary != 0)
	switch t & (hasTimeout | hasTemporary) {
	case hasTimeout:
		faces = append(faces, &timeoutFace{f, timeout})
	case hasTemporary:
		faces = append(faces, &temporaryFace{f, temporary})
	case hasTimeout | hasTemporary:
		faces = append(faces, &netFace{f, timeout, temporary})
	}
	if t&isRuntime != 0 {
		faces = append(faces, &runtimeFace{f})
	}
	if e.node.wraps == 1 {
		faces = append(faces, &wrapFace{e})
	}
	for _, x := range faces {
		if v := reflect.ValueOf(x); v.Type().AssignableTo(at.Type().Elem()) {
			at.Elem().Set(v)
			return true
		}
	}
	return false
}

// A face is a RemoteError with methods that only some have.
type (
	face        struct{ e *RemoteError }
	timeouts    bool
	temporaries bool
	timeoutFace struct {
		face
		timeouts
	}
	temporaryFace struct {
		face
		temporaries
	}
	netFace struct {
		face
		timeouts
		temporaries
	}
	runtimeFace struct{ face }
	wrapFace    struct{ e *RemoteError }
)

func (f face) Error() string          { return f.e.Text }
func (f face) Unwrap() []error        { return []error{f.e} }
func (t timeouts) Timeout() bool      { return bool(t) }
func (t temporaries) Temporary() bool { return bool(t) }
func (f *runtimeFace) RuntimeError()  {}
func (f *wrapFace) Error() string     { return f.e.Text }
func (f *wrapFace) Is(err error) bool { return f.e.Is(err) }
func (f *wrapFace) Unwrap() error     { return f.e.node.inner[0] }
