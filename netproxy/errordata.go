package netproxy

import (
	"crypto/x509"
	"encoding"
	"encoding/json"
	"fmt"
	"go/types"
	"net"
	"reflect"
	"runtime"
	"sync"
	"unsafe"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
	"github.com/rgo-project/rgo/netproxy/internal/stderrors"
)

// The data of an error are [type, value], a message of its own without references. In it, structs are maps from the names of their fields, so that
// both sides need not have the same; an error is tag 11 around its number among the errors that stand beside the data; what is in another interface is
// bytes, a message of its own with a type; and a reflect.Type is its name.

// errorForm says how the values of an error's type cross as data.
type errorForm uint8

const (
	formOpaque   errorForm = iota // not at all
	formPlain                     // all fields are exported
	formOpen                      // of the standard library: with its unexported fields, and without what cannot cross
	formBinary                    // by its own methods
	formText                      //
	formJSON                      //
	formErrno                     // by its name
	formPosition                  // of go/types: with the place that its FileSet has for it
	formRuntime                   // of package runtime: with the names of the types that it is about
)

var errorForms sync.Map // reflect.Type -> errorForm, which is a function of the type alone

func errorFormOf(t reflect.Type) errorForm {
	if f, ok := errorForms.Load(t); ok {
		return f.(errorForm)
	}
	f := makeErrorForm(t)
	errorForms.Store(t, f)
	return f
}

var (
	jsonMarshaler   = reflect.TypeFor[json.Marshaler]()
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	certificateType = reflect.TypeFor[*x509.Certificate]()
	typeType        = reflect.TypeFor[reflect.Type]()
)

func makeErrorForm(t reflect.Type) errorForm {
	switch t {
	case stderrors.ErrnoType:
		return formErrno
	case reflect.TypeFor[types.Error]():
		return formPosition
	case reflect.TypeFor[runtime.TypeAssertionError]():
		return formRuntime
	case reflect.TypeFor[RemoteError](), reflect.TypeFor[PanicError](), reflect.TypeFor[conn.CanceledError]():
		return formOpaque // what happened there has not happened here
	}
	if stderrors.Known(t) || stateOfProcess[t] {
		return formOpen
	}
	pointer := reflect.PointerTo(t)
	marshals := func(to, from reflect.Type) bool { return pointer.Implements(to) && pointer.Implements(from) }
	exported := true
	if t.Kind() == reflect.Struct {
		for i := range t.NumField() {
			exported = exported && (t.Field(i).IsExported() || t.Field(i).Name == "_")
		}
	}
	switch {
	case marshals(binaryMarshaler, binaryUnmarshaler):
		return formBinary
	case marshals(textMarshaler, textUnmarshaler):
		return formText
	case !exported && marshals(jsonMarshaler, jsonUnmarshaler):
		return formJSON
	case exported:
		return formPlain
	}
	return formOpaque
}

// errorData writes err as data, if it can. The list is that of the errors that it wraps, and of the others that are in the data.
func (w *errorWriter) errorData(err error, wraps []error) ([]byte, []error) {
	v := reflect.ValueOf(err)
	of := base(v.Type())
	if of.Name() == "" || errorFormOf(of) == formOpaque {
		return nil, wraps
	}
	dw := &dataWriter{w: w, e: encoder{out: sealed{w.e.out}}, inner: wraps}
	dw.e.buf = wire.AppendArray(dw.e.buf, 2)
	dw.text(typeName(v.Type()))
	if dw.write(v) != nil {
		return nil, wraps
	}
	return dw.e.buf, dw.inner
}

// panicData writes what was given to panic: an error, or plain data; nil stands for what has nothing but its text.
func (w *errorWriter) panicData(value any) ([]byte, []error) {
	dw := &dataWriter{w: w, e: encoder{out: sealed{w.e.out}}}
	if err, ok := value.(error); ok {
		dw.part(err)
		return dw.e.buf, dw.inner
	}
	if value == nil || dw.message(reflect.ValueOf(value)) != nil {
		return nil, nil
	}
	return dw.e.buf, nil
}

// dataWriter writes the data of an error.
type dataWriter struct {
	w     *errorWriter
	e     encoder // which names no types
	inner []error
	depth int
}

// maxDataDepth bounds how deep the data of an error may be nested.
const maxDataDepth = 50

// write writes v, guarding against what its methods may do.
func (w *dataWriter) write(v reflect.Value) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("netproxy: panic while a %s was written: %v", v.Type(), p)
		}
	}()
	return w.value(v)
}

func (w *dataWriter) text(s string) { w.e.text(s) }

// value writes v. What cannot cross is left out of an open type.
func (w *dataWriter) value(v reflect.Value) error {
	w.depth++
	defer func() { w.depth-- }()
	if w.depth > maxDataDepth || len(w.e.buf) > maxErrorData {
		return fail(ErrUnsupported, "an error with that much in it")
	}
	t := v.Type()
	switch t.Kind() {
	case reflect.Pointer:
		return w.pointer(v)
	case reflect.Interface:
		return w.iface(v)
	case reflect.Struct:
		return w.structure(v)
	}
	switch form := errorFormOf(t); form {
	case formErrno:
		if name, ok := stderrors.ErrnoName(uintptr(v.Uint())); ok {
			w.text(name)
			return nil
		}
	case formBinary, formText, formJSON:
		return w.coded(v, form)
	}
	switch p := planOf(t); p.class {
	case classBool, classInt, classUint, classFloat, classComplex, classString, classBytes:
		return w.bare(v, p)
	case classSlice, classArray:
		return w.elements(v)
	case classMap:
		return w.mapping(v)
	}
	return fail(ErrUnsupported, "a %s cannot be part of an error", t)
}

func (w *dataWriter) bare(v reflect.Value, p *plan) error { return w.e.bare(v, p) }

func (w *dataWriter) pointer(v reflect.Value) error {
	t := v.Type()
	if v.IsNil() {
		w.e.buf = wire.AppendNil(w.e.buf)
		return nil
	}
	if t == certificateType {
		w.e.buf = wire.AppendBytes(wire.AppendTag(w.e.buf, tagCoded), v.Interface().(*x509.Certificate).Raw)
		return nil
	}
	if nillable(t.Elem().Kind()) { // so that a pointer to nil is no nil pointer
		w.e.buf = wire.AppendArray(w.e.buf, 1)
	}
	return w.value(v.Elem())
}

func (w *dataWriter) structure(v reflect.Value) error {
	t := v.Type()
	v = addressed(v).Elem()
	form := errorFormOf(t)
	switch p := planOf(t); {
	case form == formPosition:
		return w.position(v.Interface().(types.Error))
	case form == formRuntime:
		return w.assertion(v)
	case form == formOpen:
	case p.class == classTime, p.class == classCoded, p.class == classBinary, p.class == classText:
		return w.bare(v, p)
	case form == formBinary, form == formText, form == formJSON:
		return w.coded(v, form)
	case form != formPlain:
		return fail(ErrUnsupported, "a %s cannot be part of an error", t)
	}
	var fields []int
	for i := range t.NumField() {
		if t.Field(i).Name != "_" && !withheld(t, []int{i}) {
			fields = append(fields, i)
		}
	}
	w.e.buf = wire.AppendMap(w.e.buf, len(fields))
	for _, i := range fields {
		w.text(t.Field(i).Name)
		mark, inner := len(w.e.buf), len(w.inner)
		err := w.value(fieldAt(v, i))
		if err != nil && form != formOpen {
			return err
		}
		if err != nil {
			w.e.buf, w.inner = wire.AppendNil(w.e.buf[:mark]), w.inner[:inner]
		}
	}
	return nil
}

// fieldAt is a field of a struct that can be addressed, as if it were exported.
func fieldAt(v reflect.Value, i int) reflect.Value {
	f := v.Field(i)
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem()
}

func (w *dataWriter) elements(v reflect.Value) error {
	if v.Kind() == reflect.Slice && v.IsNil() {
		w.e.buf = wire.AppendNil(w.e.buf)
		return nil
	}
	w.e.buf = wire.AppendArray(w.e.buf, v.Len())
	for i := range v.Len() {
		if err := w.value(v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func (w *dataWriter) mapping(v reflect.Value) error {
	if v.IsNil() {
		w.e.buf = wire.AppendNil(w.e.buf)
		return nil
	}
	keys := v.MapKeys()
	w.e.buf = wire.AppendMap(w.e.buf, len(keys))
	for _, key := range keys {
		if err := w.value(key); err != nil {
			return err
		}
		if err := w.value(v.MapIndex(key)); err != nil {
			return err
		}
	}
	return nil
}

// iface writes what is in an interface.
func (w *dataWriter) iface(v reflect.Value) error {
	if v.IsNil() {
		w.e.buf = wire.AppendNil(w.e.buf)
		return nil
	}
	if v.Type() == typeType {
		w.text(typeName(v.Interface().(reflect.Type)))
		return nil
	}
	if err, ok := v.Interface().(error); ok {
		w.part(err)
		return nil
	}
	if v.NumMethod() == 0 || isKnown(base(v.Elem().Type())) { // the other side has no use for a copy of something without its methods
		return w.message(v.Elem())
	}
	if addr, ok := v.Interface().(net.Addr); ok {
		w.e.buf = wire.AppendArray(w.e.buf, 2)
		w.text(addr.Network())
		w.text(addr.String())
		return nil
	}
	return fail(ErrUnsupported, "a %s cannot be part of an error", v.Elem().Type())
}

// part writes an error that stands beside the data.
func (w *dataWriter) part(err error) {
	at := -1
	for i, x := range w.inner {
		if same(x, err) {
			at = i
		}
	}
	if at < 0 {
		at = len(w.inner)
		w.inner = append(w.inner[:at:at], err)
	}
	w.e.buf = wire.AppendUint(wire.AppendTag(w.e.buf, tagError), uint64(at))
}

func same(a, b error) bool {
	t := reflect.TypeOf(a)
	return t == reflect.TypeOf(b) && reflect.ValueOf(a).Comparable() && a == b //nolint:errorlint // the very error
}

// message writes v with its type, as a message of its own.
func (w *dataWriter) message(v reflect.Value) error {
	e := encoder{out: sealed{w.w.e.out}, deep: true, budget: w.w.budget}
	if err := e.dynamic(v); err != nil {
		return err
	}
	if len(e.refs) > 0 || len(w.e.buf)+len(e.buf) > maxErrorData {
		return fail(ErrUnsupported, "a %s cannot be part of an error", v.Type())
	}
	w.e.buf = wire.AppendBytes(w.e.buf, e.buf)
	return nil
}

func (w *dataWriter) coded(v reflect.Value, form errorForm) error {
	var b []byte
	var err error
	switch x := addressed(v).Interface(); form {
	case formBinary:
		b, err = x.(encoding.BinaryMarshaler).MarshalBinary()
	case formText:
		b, err = x.(encoding.TextMarshaler).MarshalText()
	default:
		b, err = x.(json.Marshaler).MarshalJSON()
	}
	w.e.buf = wire.AppendBytes(wire.AppendTag(w.e.buf, tagCoded), b)
	return err
}

// sealed is an exporter of messages that are parts of errors: what cannot be copied cannot be in them.
type sealed struct{ exporter }

func (sealed) refer(v reflect.Value) (any, error) {
	return nil, fail(ErrUnsupported, "a %s cannot be part of an error", v.Type())
}
