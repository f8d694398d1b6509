package netproxy

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/rgo-project/rgo/internal/wire"
)

// An error crosses as the name of a well-known one, or as
//
//	[panic?, token, type, text, [well-known errors that it is], [wrapped errors], the error itself as data or nil (of a panic: its value), stack]
//
// where the token is that of the one whose error it is, which passes through all others, and 0 is none.

// Bounds of what is said about an error.
const (
	maxErrors     = 64 // nodes of the tree of wrapped errors
	maxErrorDepth = 32
	maxErrorText  = 64 << 10
)

type errorWriter struct {
	e    *encoder
	left int // errors that may still be written

	stack string // of the outermost error
}

func (w *errorWriter) write(err error, depth int) {
	e := w.e
	w.left--
	e.buf = wire.AppendTag(e.buf, tagError)
	for _, s := range sentinels {
		if s.err == err { //nolint:errorlint // the very error
			e.text(s.name)
			return
		}
	}
	for name, s := range e.out.extra() {
		if s == err { //nolint:errorlint // the very error
			e.text(name)
			return
		}
	}
	e.buf = wire.AppendArray(e.buf, 8)
	p, panicked := err.(*PanicError) //nolint:errorlint // the very error
	e.buf = wire.AppendBool(e.buf, panicked)
	e.buf = wire.AppendUint(e.buf, e.out.remember(err))
	typ := typeName(reflect.TypeOf(err))
	if r, ok := err.(*RemoteError); ok { //nolint:errorlint // the very error
		typ = r.Type
	}
	e.text(typ)
	e.text(clip(err.Error()))
	w.known(err)
	if panicked {
		e.buf = wire.AppendArray(e.buf, 0)
		w.panicValue(p.Value, depth)
		e.text(clip(p.Stack))
		return
	}
	stack := w.stack
	w.stack = ""
	if !w.data(err) {
		w.wrapped(err, depth)
		e.buf = wire.AppendNil(e.buf)
	}
	e.text(stack)
}

func clip(s string) string {
	if len(s) > maxErrorText {
		return s[:maxErrorText] + "…"
	}
	return s
}

// known writes the names of the well-known errors that err is.
func (w *errorWriter) known(err error) {
	var names []string
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			names = append(names, s.name)
		}
	}
	for name, s := range w.e.out.extra() {
		if errors.Is(err, s) {
			names = append(names, name)
		}
	}
	w.e.buf = wire.AppendArray(w.e.buf, len(names))
	for _, name := range names {
		w.e.text(name)
	}
}

func (w *errorWriter) wrapped(err error, depth int) {
	var list []error
	switch x := err.(type) { //nolint:errorlint // one step at a time
	case interface{ Unwrap() error }:
		if inner := x.Unwrap(); inner != nil {
			list = []error{inner}
		}
	case interface{ Unwrap() []error }:
		list = x.Unwrap()
	}
	if depth >= maxErrorDepth || len(list) > w.left {
		list = nil
	}
	w.e.buf = wire.AppendArray(w.e.buf, len(list))
	for _, inner := range list {
		w.inner(inner, depth)
	}
}

func (w *errorWriter) inner(err error, depth int) {
	if err == nil || w.left <= 0 {
		w.e.buf = wire.AppendNil(w.e.buf)
		return
	}
	w.write(err, depth+1)
}

func (w *errorWriter) panicValue(value any, depth int) {
	e := w.e
	switch x := value.(type) {
	case error:
		w.inner(x, depth)
		return
	case nil, bool, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64, string:
		if e.dynamic(reflect.ValueOf(x)) == nil { // which these do not fail
			return
		}
	}
	e.text(clip(fmt.Sprint(value)))
}

// data writes, for an error whose fields are all exported and plain, no wrapped errors (they are in the fields) and the error itself.
func (w *errorWriter) data(err error) bool {
	v := reflect.ValueOf(err)
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		if v.IsNil() {
			return false
		}
		v, t = v.Elem(), t.Elem()
	}
	if t.Kind() != reflect.Struct || t.Name() == "" || t == reflect.TypeFor[RemoteError]() || !plainError(t) {
		return false
	}
	e := w.e
	e.buf = wire.AppendArray(e.buf, 0)
	e.buf = wire.AppendArray(e.buf, 1+2*t.NumField())
	e.text(typeName(reflect.TypeOf(err)))
	for i := range t.NumField() {
		e.text(t.Field(i).Name)
		f := v.Field(i)
		if f.Type() == errorType {
			inner, _ := f.Interface().(error)
			w.inner(inner, 0)
			continue
		}
		if e.bare(f, planOf(f.Type())) != nil { // which basic values do not fail
			e.buf = wire.AppendNil(e.buf)
		}
	}
	return true
}

// plainError says whether all fields of t are basic values or errors.
func plainError(t reflect.Type) bool {
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			return false
		}
		switch planOf(f.Type).class {
		case classBool, classInt, classUint, classFloat, classString, classBytes:
		default:
			if f.Type != errorType {
				return false
			}
		}
	}
	return true
}

// error reads an error.
func (d *decoder) error() (error, error) {
	if d.r.Kind() == wire.KindText {
		name, err := d.text()
		if err != nil {
			return nil, err
		}
		if s := d.in.sentinel(name); s != nil {
			return s, nil
		}
		return &RemoteError{Peer: d.in.peer(), Type: name, Text: name}, nil
	}
	if err := d.tuple(8); err != nil {
		return nil, err
	}
	panicked, err := d.r.Bool()
	if err != nil {
		return nil, err
	}
	token, err := d.r.Uint()
	if err != nil {
		return nil, err
	}
	e := &RemoteError{Peer: d.in.peer(), token: token}
	if e.Type, err = d.text(); err != nil {
		return nil, err
	}
	e.Type = shortName(e.Type)
	if e.Text, err = d.text(); err != nil {
		return nil, err
	}
	if err := d.known(e); err != nil {
		return nil, err
	}
	if err := d.wrapped(e); err != nil {
		return nil, err
	}
	if panicked {
		p, err := d.panicked()
		if err != nil {
			return nil, err
		}
		p.token = token
		return d.home(token, p), nil
	}
	if err := d.errorData(e); err != nil {
		return nil, err
	}
	if e.Stack, err = d.text(); err != nil {
		return nil, err
	}
	return d.home(token, e), nil
}

// home is the error that left here with the token, or the one that has arrived.
func (d *decoder) home(token uint64, arrived error) error {
	if token != 0 {
		if own := d.in.recall(token); own != nil {
			return own
		}
	}
	return arrived
}

func (d *decoder) known(e *RemoteError) error {
	n, err := d.r.Array()
	if err != nil {
		return err
	}
	for range n {
		name, err := d.text()
		if err != nil {
			return err
		}
		if s := d.in.sentinel(name); s != nil && len(e.is) < maxErrors {
			e.is = append(e.is, s)
		}
	}
	return nil
}

func (d *decoder) wrapped(e *RemoteError) error {
	n, err := d.r.Array()
	if err != nil {
		return err
	}
	for range n {
		inner, err := d.innerError()
		if err != nil {
			return err
		}
		if inner != nil {
			e.wrapped = append(e.wrapped, inner)
		}
	}
	return nil
}

// innerError reads an error or nil.
func (d *decoder) innerError() (error, error) {
	v, err := d.into(errorType)
	if err != nil {
		return nil, err
	}
	inner, _ := v.Interface().(error)
	return inner, nil
}

func (d *decoder) panicked() (*PanicError, error) {
	value, err := d.plain()
	if err != nil {
		return nil, err
	}
	stack, err := d.text()
	return &PanicError{Peer: d.in.peer(), Value: value, Stack: stack}, err
}

// errorData reads the error itself, if it came as data, and wraps it if its type is known here.
func (d *decoder) errorData(e *RemoteError) error {
	if d.r.Kind() == wire.KindNil {
		return d.r.Nil()
	}
	n, err := d.r.Array()
	if err != nil {
		return err
	}
	name, err := d.text()
	if err != nil {
		return err
	}
	made, _ := d.in.typeNamed(name)
	var fields reflect.Value
	switch {
	case n%2 != 1:
		return fail(ErrMalformed, "fields of an error without values")
	case made == nil || !made.Implements(errorType):
	case made.Kind() == reflect.Pointer && made.Elem().Kind() == reflect.Struct && plainError(made.Elem()):
		fields = reflect.New(made.Elem()).Elem()
	case made.Kind() == reflect.Struct && plainError(made):
		fields = reflect.New(made).Elem()
	}
	for range n / 2 {
		name, err := d.text()
		if err != nil {
			return err
		}
		var at reflect.Value
		if fields.IsValid() {
			at = fields.FieldByName(name)
		}
		if at.IsValid() {
			err = d.value(at)
		} else {
			var x any
			x, err = d.plain()
			if inner, ok := x.(error); ok {
				e.wrapped = append(e.wrapped, inner)
			}
		}
		if err != nil {
			return err
		}
	}
	if fields.IsValid() {
		if made.Kind() == reflect.Pointer {
			fields = fields.Addr()
		}
		e.wrapped = append(e.wrapped, fields.Interface().(error))
	}
	return nil
}
