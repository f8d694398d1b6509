package netproxy

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"reflect"
	"syscall"
	"testing"

	"github.com/rgo-project/rgo/internal/wire"
	"github.com/rgo-project/rgo/netproxy/internal/stderrors"
)

// filled sets all that can be set of v, also what is not exported.
func filled(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(3)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		v.SetUint(2)
	case reflect.String:
		v.SetString("text")
	case reflect.Slice:
		if depth < 4 {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			filled(v.Index(0), depth+1)
			filled(v.Index(1), depth+1)
		}
	case reflect.Array:
		for i := range v.Len() {
			filled(v.Index(i), depth+1)
		}
	case reflect.Pointer:
		if depth < 4 && v.Type() != reflect.TypeFor[*x509.Certificate]() && v.Type().Elem().PkgPath() != "internal/abi" {
			v.Set(reflect.New(v.Type().Elem()))
			filled(v.Elem(), depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type() != reflect.TypeFor[reflect.Value]() && v.Type().Field(i).Name != "_" {
				filled(fieldAt(v, i), depth+1)
			}
		}
	case reflect.Interface:
		if v.NumMethod() == 0 {
			v.Set(reflect.ValueOf(uint16(7)))
			return
		}
		for _, x := range []any{&fs.PathError{Op: "op", Path: "path", Err: syscall.EPERM}, &net.TCPAddr{IP: net.IPv4(1, 2, 3, 4), Port: 5}, reflect.TypeFor[[]string]()} {
			if reflect.TypeOf(x).AssignableTo(v.Type()) {
				v.Set(reflect.ValueOf(x))
			}
		}
	}
}

// samples are errors of every type of the standard library, filled and zero, as values and as pointers where these are errors.
func samples() (list []error) {
	for _, t := range stderrors.Types() {
		for _, fill := range []bool{true, false} {
			p := reflect.New(t)
			if fill {
				filled(p.Elem(), 0)
			}
			if err, ok := p.Elem().Interface().(error); ok {
				list = append(list, err)
			}
			if err, ok := p.Interface().(error); ok {
				list = append(list, err)
			}
		}
	}
	return list
}

// sound says what an error says without a panic.
func sound(err error) (text string, ok bool) {
	defer func() { ok = recover() == nil }()
	return err.Error(), true
}

func TestEveryErrorTypeOfTheLibrary(t *testing.T) {
	list := samples()
	if len(list) < 200 {
		t.Fatalf("only %d samples", len(list))
	}
	for _, want := range list {
		x, err := across(want, errorType, false)
		got, ok := x.(*RemoteError)
		if err != nil || !ok {
			t.Errorf("%T: %v, %v", want, x, err)
			continue
		}
		text, ok := sound(want)
		if !ok { // it is of no use there, and must do no harm here
			_ = fmt.Sprintf("%+v %v %#v", got, got.Unwrap(), got)
			continue
		}
		if got.Text != text {
			t.Errorf("%T: %q came as %q", want, text, got.Text)
		}
		at := reflect.New(reflect.TypeOf(want))
		if !errors.As(got, at.Interface()) {
			_, why := got.read()
			t.Errorf("%T: %q is not found: %v", want, text, why)
			continue
		}
		made := at.Elem().Interface().(error)
		if here, ok := sound(made); !ok || here != text {
			t.Errorf("%T: %q came as %q, %v", want, text, here, ok)
		}
		if !reflect.DeepEqual(made, want) && !approximate[base(reflect.TypeOf(want)).String()] {
			t.Errorf("%#v\ncame as\n%#v", want, made)
		}
	}
}

// approximate are types with a field that stays there: of a template's tree, a FileSet, a connection.
var approximate = map[string]bool{"types.Error": true, "template.Error": true, "tls.RecordHeaderError": true, "json.UnsupportedValueError": true}

func TestErrorsArePassedOnAsTheyCame(t *testing.T) {
	for _, want := range samples() {
		x, err := across(want, errorType, false)
		if err != nil {
			t.Fatal(err)
		}
		first := x.(*RemoteError)
		y, err := across(first, errorType, false)
		if err != nil {
			t.Fatal(err)
		}
		second := y.(*RemoteError)
		if first.Text != second.Text || first.Type != second.Type || string(first.node.data) != string(second.node.data) || first.node.traits != second.node.traits ||
			len(second.Hops()) != 2 || !reflect.DeepEqual(first.node.is, second.node.is) {
			t.Errorf("%T: %+v\nwas passed on as %+v", want, first.node, second.node)
		}
	}
}

// FuzzErrors reads anything as an error: it may fail, but neither panic nor hang, whatever the error is then asked.
func FuzzErrors(f *testing.F) {
	more := []error{
		io.EOF, errors.New("x"), fail(ErrMember, "b"), errors.Join(io.EOF, errors.New("a")), fmt.Errorf("%w %w", fs.ErrExist, &fs.PathError{Err: io.EOF}),
		&PanicError{Value: 1, Stack: "s"}, &PanicError{Value: &net.OpError{Err: io.EOF}}, &PanicError{Value: map[string]any{"e": &PanicError{Value: io.EOF}}},
	}
	for _, err := range append(samples(), more...) {
		e := encoder{out: loopback{}, stack: "stack"}
		if err := e.err(err); err != nil {
			f.Fatal(err)
		}
		f.Add(e.buf)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d := newDecoder(loopback{}, data, nil)
		v, err := d.into(errorType)
		if err != nil || v.IsNil() {
			return
		}
		got := v.Interface().(error)
		_, _, _ = got.Error(), fmt.Sprintf("%+v", got), errors.Is(got, fs.ErrNotExist)
		var path *fs.PathError
		var timeout net.Error
		_, _ = errors.As(got, &path), errors.As(got, &timeout)
		e := encoder{out: loopback{}}
		if err := e.err(got); err != nil {
			t.Fatal(err)
		}
		if again, err := newDecoder(loopback{}, e.buf, nil).into(errorType); err != nil || again.Interface().(error).Error() != clip(got.Error(), maxErrorText) {
			t.Errorf("%q was passed on as %v, %v", got, again, err)
		}
	})
}

func TestPanicsInPanicsEnd(t *testing.T) {
	data := []byte{0xf6}
	for range 3000 {
		b := wire.AppendArray(wire.AppendTag(nil, tagError), 10)
		b = wire.AppendUint(wire.AppendUint(b, kindPanic), 0)
		b = wire.AppendText(wire.AppendText(b, "t"), "x")
		b = wire.AppendArray(wire.AppendArray(wire.AppendUint(b, 0), 0), 0)
		b = wire.AppendBytes(wire.AppendUint(b, 0), wire.AppendBytes(nil, data))
		data = wire.AppendText(wire.AppendArray(b, 1), "")
	}
	v, err := newDecoder(loopback{}, data, nil).into(errorType)
	for depth := 0; err == nil; depth++ {
		p, ok := v.Interface().(*PanicError)
		if !ok {
			t.Fatalf("%d deep: %v", depth, v)
		}
		if p.Value == "x" {
			break
		}
		v = reflect.ValueOf(p.Value)
		if depth > maxDepth {
			t.Fatal("too deep")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func BenchmarkErrorAcross(b *testing.B) {
	for name, err := range map[string]error{
		"EOF": io.EOF, "plain": errors.New("plain"), "PathError": &fs.PathError{Op: "open", Path: "/no/such/file", Err: syscall.ENOENT},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e := encoder{out: loopback{}}
				_ = e.err(err)
				got, _ := newDecoder(loopback{}, e.buf, nil).innerError()
				if name == "PathError" && !errors.Is(got, fs.ErrNotExist) {
					b.Fatal(got)
				}
			}
		})
	}
}
