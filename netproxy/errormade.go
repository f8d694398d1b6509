package netproxy

import (
	"crypto/x509"
	"encoding"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
	"github.com/rgo-project/rgo/netproxy/internal/stderrors"
)

// stateOfProcess is what an *exec.ExitError knows of the process.
var stateOfProcess = map[reflect.Type]bool{reflect.TypeFor[os.ProcessState](): true}

// errorTypeNamed finds an error type that everybody knows.
func errorTypeNamed(name string) (reflect.Type, bool) {
	switch name {
	case lostErrorName:
		return reflect.TypeFor[conn.LostError](), true
	case callErrorName:
		return reflect.TypeFor[conn.CallError](), true
	}
	return stderrors.Type(name)
}

var lostErrorName, callErrorName = typeName(reflect.TypeFor[conn.LostError]()), typeName(reflect.TypeFor[conn.CallError]())

// lasting is an importer that may be kept when the call is over.
func lasting(in importer) importer {
	switch in := in.(type) {
	case *inCall:
		return in.Space
	case *forCaller:
		return in.Space
	}
	return in
}

// remake makes the error itself of what has arrived, if its type is known here, and finds what there is to be unwrapped.
func (e *RemoteError) remake() {
	if e.node == nil {
		return
	}
	wraps := make([]error, e.node.wraps)
	for i := range wraps {
		wraps[i] = e.node.inner[i]
	}
	e.unwrapped = wraps
	if e.node.data == nil {
		return
	}
	made, err := e.read()
	if err != nil {
		return // it stays what it is
	}
	e.made = made
	if len(unwrap(made)) == len(wraps) {
		e.unwrapped = []error{made} // which wraps the others
	} else {
		e.unwrapped = append([]error{made}, wraps...)
	}
}

// itself is the error as it was, if it could be made, and e if not.
func (e *RemoteError) itself() error {
	e.make.Do(e.remake)
	if e.made != nil && textOf(e.made) == e.Text {
		return e.made
	}
	return e
}

// fitError makes a t of an error of the other side: of the error itself, where t is not an interface that all errors have.
func fitError(e *RemoteError, t reflect.Type) (reflect.Value, error) {
	v := reflect.ValueOf(e)
	if v.Type().AssignableTo(t) {
		return v, nil
	}
	if t == proxyType {
		return reflect.ValueOf(newHeld(v)), nil
	}
	e.make.Do(e.remake)
	to := reflect.New(t)
	switch made := reflect.ValueOf(e.made); {
	case !made.IsValid():
		if e.As(to.Interface()) {
			return to.Elem(), nil
		}
	case made.Type().AssignableTo(t):
		return made, nil
	case made.Kind() == reflect.Pointer && made.Type().Elem() == t:
		return made.Elem(), nil
	case t.Kind() == reflect.Pointer && made.Type() == t.Elem():
		return addressed(made), nil
	}
	return v, fail(ErrArgument, "an error that is a %s there cannot become a %s (a type that is known on both sides can: netproxy.Register)", e.Type, t)
}

// read makes the error of its data.
func (e *RemoteError) read() (made error, err error) {
	defer func() {
		if p := recover(); p != nil { // of methods of the type
			err = fail(ErrMalformed, "a %s: %v", e.Type, p)
		}
	}()
	r := dataReader{inner: e.node.inner, decoder: newDecoder(e.in, e.node.data, nil)}
	if err := r.tuple(2); err != nil {
		return nil, err
	}
	name, err := r.text()
	if err != nil {
		return nil, err
	}
	of, pointer := strings.CutPrefix(name, "*")
	t, ok := e.in.typeNamed(of)
	switch {
	case !ok || t.Name() == "" || t.Kind() == reflect.Interface || errorFormOf(t) == formOpaque:
		return nil, fail(ErrUnsupported, "no type %s is known here", of)
	case pointer:
		t = reflect.PointerTo(t)
	}
	if !t.Implements(errorType) {
		return nil, fail(ErrUnsupported, "a %s is no error here", t)
	}
	v := reflect.New(t).Elem()
	if err := r.value(v); err != nil {
		return nil, err
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	made = v.Interface().(error)
	_ = made.Error() // which must not panic when the user asks
	return made, nil
}

// panicValue is what was given to panic, or nil if it is not known here.
func (d *decoder) panicValue(n *errorNode) (value any) {
	if n.data == nil {
		return nil
	}
	r := dataReader{inner: n.inner, decoder: newDecoder(d.in, n.data, nil)}
	r.depth = d.depth
	v := reflect.New(anyType).Elem()
	if r.iface(v) != nil || r.end() != nil {
		return nil
	}
	return v.Interface()
}

// dataReader reads the data of an error, as dataWriter writes them. They may come from an enemy.
type dataReader struct {
	*decoder
	inner []error
	deep  int
}

// end says whether the data are over, as they should be.
func (r *dataReader) end() error {
	if r.r.Len() > 0 {
		return fail(ErrMalformed, "something behind the data of an error")
	}
	return nil
}

func (r *dataReader) value(v reflect.Value) error {
	r.deep++
	defer func() { r.deep-- }()
	t := v.Type()
	if r.deep > maxDataDepth {
		return fail(ErrMalformed, "the data of an error are nested more than %d deep", maxDataDepth)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return r.pointer(v)
	case reflect.Interface:
		return r.iface(v)
	case reflect.Struct:
		return r.structure(v)
	}
	switch form := errorFormOf(t); form {
	case formErrno:
		if r.r.Kind() == wire.KindText {
			return r.errno(v)
		}
	case formBinary, formText, formJSON:
		return r.coded(v, form)
	}
	switch p := planOf(t); p.class {
	case classSlice:
		return r.slice(v)
	case classArray:
		return r.array(v)
	case classMap:
		return r.mapping(v)
	case classBool, classInt, classUint, classFloat, classComplex, classString, classBytes:
		return r.decoder.value(v)
	}
	return fail(ErrUnsupported, "a %s cannot be part of an error", t)
}

func (r *dataReader) errno(v reflect.Value) error {
	name, err := r.text()
	if err != nil {
		return err
	}
	number, ok := stderrors.ErrnoNamed(name)
	if !ok {
		return fail(ErrUnsupported, "there is no %s here", name)
	}
	v.SetUint(uint64(number))
	return nil
}

// isNil reads nil, if it comes next.
func (r *dataReader) isNil(v reflect.Value) bool {
	if r.r.Kind() != wire.KindNil {
		return false
	}
	v.SetZero()
	return r.r.Nil() == nil
}

func (r *dataReader) pointer(v reflect.Value) error {
	if r.isNil(v) {
		return nil
	}
	t := v.Type()
	if t == certificateType {
		b, err := r.tagged(tagCoded)
		if err != nil {
			return err
		}
		c, err := x509.ParseCertificate(b)
		v.Set(reflect.ValueOf(c))
		return err
	}
	if nillable(t.Elem().Kind()) {
		if err := r.tuple(1); err != nil {
			return err
		}
	}
	p := reflect.New(t.Elem())
	if err := r.value(p.Elem()); err != nil {
		return err
	}
	v.Set(p)
	return nil
}

// tagged reads bytes behind a tag.
func (r *dataReader) tagged(want uint64) ([]byte, error) {
	tag, err := r.r.Tag()
	if err == nil && tag != want {
		err = fail(ErrMalformed, "tag %d in the data of an error", tag)
	}
	if err != nil {
		return nil, err
	}
	return r.data()
}

func (r *dataReader) structure(v reflect.Value) error {
	t := v.Type()
	form := errorFormOf(t)
	switch p := planOf(t); {
	case form == formPosition:
		return r.position(v)
	case form == formRuntime:
		return r.assertion(v)
	case form == formOpen:
	case p.class == classTime, p.class == classCoded, p.class == classBinary, p.class == classText:
		return r.decoder.value(v)
	case form == formBinary, form == formText, form == formJSON:
		return r.coded(v, form)
	case form != formPlain:
		if r.isNil(v) { // left out
			return nil
		}
		return fail(ErrUnsupported, "a %s cannot be part of an error", t)
	}
	if r.isNil(v) {
		return nil
	}
	n, err := r.r.Map()
	if err != nil {
		return err
	}
	for range n {
		name, err := r.text()
		if err != nil {
			return err
		}
		f, ok := t.FieldByName(name)
		if !ok || len(f.Index) != 1 || name == "_" {
			return fail(ErrMalformed, "%s has no field %s here", t, name)
		}
		at := fieldAt(v, f.Index[0])
		if nillable := at.Kind() == reflect.Func || at.Kind() == reflect.Chan || at.Kind() == reflect.UnsafePointer; nillable && r.isNil(at) {
			continue
		}
		if err := r.value(at); err != nil {
			return within(err, "field %s", name)
		}
	}
	return nil
}

func (r *dataReader) slice(v reflect.Value) error {
	if r.isNil(v) {
		return nil
	}
	n, err := r.r.Array()
	if err != nil {
		return err
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, min(n, 16)))
	for range n {
		elem := reflect.New(v.Type().Elem()).Elem()
		if err := r.value(elem); err != nil {
			return err
		}
		v.Set(reflect.Append(v, elem))
	}
	return nil
}

func (r *dataReader) array(v reflect.Value) error {
	n, err := r.r.Array()
	if err == nil && n != v.Len() {
		err = fail(ErrArgument, "%d elements do not fit %s", n, v.Type())
	}
	for i := 0; i < n && err == nil; i++ {
		err = r.value(v.Index(i))
	}
	return err
}

func (r *dataReader) mapping(v reflect.Value) error {
	if r.isNil(v) {
		return nil
	}
	n, err := r.r.Map()
	if err != nil {
		return err
	}
	t := v.Type()
	v.Set(reflect.MakeMap(t))
	for range n {
		key, elem := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		if err := r.value(key); err != nil {
			return err
		}
		if !key.Comparable() {
			return fail(ErrArgument, "a %s cannot be a key of %s", key.Type(), t)
		}
		if err := r.value(elem); err != nil {
			return err
		}
		v.SetMapIndex(key, elem)
	}
	return nil
}

// iface reads what is in an interface.
func (r *dataReader) iface(v reflect.Value) error {
	if r.isNil(v) {
		return nil
	}
	var x any
	var err error
	switch kind := r.r.Kind(); {
	case kind == wire.KindTag:
		x, err = r.part()
	case kind == wire.KindBytes:
		x, err = r.message()
	case kind == wire.KindText && v.Type() == typeType:
		x, err = r.typeItself()
	case kind == wire.KindArray:
		x, err = r.addr()
	default:
		return fail(ErrMalformed, "%v in an interface of an error", kind)
	}
	if err != nil || x == nil {
		return err
	}
	if t := reflect.TypeOf(x); !t.AssignableTo(v.Type()) {
		return fail(ErrArgument, "a %s is no %s", t, v.Type())
	}
	v.Set(reflect.ValueOf(x))
	return nil
}

// part reads the number of an error that stands beside the data.
func (r *dataReader) part() (any, error) {
	tag, err := r.r.Tag()
	if err != nil {
		return nil, err
	}
	n, err := r.r.Uint()
	if err != nil {
		return nil, err
	}
	if tag != tagError || n >= uint64(len(r.inner)) {
		return nil, fail(ErrMalformed, "error %d of %d", n, len(r.inner))
	}
	if inner, ok := r.inner[n].(*RemoteError); ok { //nolint:errorlint // the very error
		return inner.itself(), nil
	}
	return r.inner[n], nil
}

// messageDepth is how deep a value counts as nested that is a message in the data of an error.
const messageDepth = 20

// message reads a value with its type.
func (r *dataReader) message() (any, error) {
	b, err := r.r.Bytes()
	if err != nil {
		return nil, err
	}
	d := newDecoder(r.in, b, nil)
	d.depth = r.depth + messageDepth // for there may be a panic in it, with data, and so on
	return d.plain()
}

func (r *dataReader) coded(v reflect.Value, form errorForm) error {
	b, err := r.tagged(tagCoded)
	if err != nil {
		return err
	}
	if len(b) > maxCodedText {
		return fail(ErrArgument, "%d bytes are too many for a %s", len(b), v.Type())
	}
	switch x := v.Addr().Interface(); form {
	case formBinary:
		err = x.(encoding.BinaryUnmarshaler).UnmarshalBinary(b)
	case formText:
		err = x.(encoding.TextUnmarshaler).UnmarshalText(b)
	default:
		err = x.(json.Unmarshaler).UnmarshalJSON(b)
	}
	if err != nil {
		return fmt.Errorf("netproxy: not a %s: %w", v.Type(), err)
	}
	return nil
}
