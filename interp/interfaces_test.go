package interp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/interp/symbols"
	"github.com/rgo-project/rgo/netproxy"
)

// implementer is an object with the methods of an interface, which return nothing but zeros.
type implementer struct {
	t      reflect.Type
	mu     sync.Mutex
	called []string
}

// Lookup implements netproxy.Namespace.
func (o *implementer) Lookup(name string) (reflect.Value, error) {
	m, ok := o.t.MethodByName(name)
	if !ok {
		return reflect.Value{}, fmt.Errorf("no method %s", name)
	}
	return reflect.MakeFunc(m.Type, func([]reflect.Value) []reflect.Value {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.called = append(o.called, name)
		out := make([]reflect.Value, m.Type.NumOut())
		for i := range out {
			out[i] = reflect.Zero(m.Type.Out(i))
		}
		return out
	}), nil
}

// Names implements netproxy.Namespace.
func (o *implementer) Names() (names []string) {
	for i := range o.t.NumMethod() {
		names = append(names, o.t.Method(i).Name)
	}
	return names
}

// standardInterfaces are the exported interfaces of the standard library with exported methods.
func standardInterfaces(t *testing.T) map[string]reflect.Type {
	all := make(map[string]reflect.Type)
	for _, path := range symbols.Std() {
		table, _ := symbols.Lookup(path)
		for name, v := range table {
			if v.Kind() != reflect.Pointer || !v.IsNil() || v.Type().Elem().Kind() != reflect.Interface {
				continue
			}
			iface := v.Type().Elem()
			for i := range iface.NumMethod() {
				if iface.Method(i).IsExported() {
					all[path+"."+name] = iface
				}
			}
		}
	}
	return all
}

// sealed are the interfaces that only their own packages implement.
func sealed(t reflect.Type) bool {
	for i := range t.NumMethod() {
		if !t.Method(i).IsExported() {
			return true
		}
	}
	return false
}

// TestEveryStandardInterface makes an implementation of each interface of the standard library from an object of the other side, and calls
// each method of it.
func TestEveryStandardInterface(t *testing.T) {
	all := standardInterfaces(t)
	made, refused := 0, 0
	for _, name := range slices.Sorted(maps.Keys(all)) {
		iface := all[name]
		object := &implementer{t: iface}
		a, b := conn.Pipe(conn.Config{}, conn.Config{Bind: netproxy.Serve(object)})
		v := reflect.New(iface)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		err := netproxy.Root(a).AssignTo(ctx, v.Interface())
		switch {
		case sealed(iface) || iface == reflect.TypeFor[context.Context]():
			refused++
			if !errors.Is(err, netproxy.ErrUnsupported) {
				t.Errorf("%s: %v", name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		default:
			made++
			for i := range iface.NumMethod() {
				callZero(t, name, iface.Method(i).Name, v.Elem().Method(i), object)
			}
		}
		cancel()
		_ = a.Close()
		_ = b.Close()
		_ = a.Wait()
		_ = b.Wait()
	}
	if made < 160 {
		t.Errorf("%d interfaces are implemented, fewer than there are", made)
	}
	t.Logf("%d interfaces are implemented, %d are refused", made, refused)
}

// callZero calls a method with zeros, and looks whether that arrives.
func callZero(t *testing.T, name, method string, f reflect.Value, object *implementer) {
	defer func() {
		if p := recover(); p != nil && name+"."+method != "testing/quick.Generator.Generate" { // which returns a reflect.Value, here of nothing
			t.Errorf("%s.%s: %v", name, method, p)
		}
	}()
	in := make([]reflect.Value, f.Type().NumIn())
	for i := range in {
		switch in[i] = reflect.Zero(f.Type().In(i)); f.Type().In(i) {
		case reflect.TypeFor[io.Reader](): // which is read on this side
			in[i] = reflect.ValueOf(strings.NewReader("text"))
		case reflect.TypeFor[io.Writer]():
			in[i] = reflect.ValueOf(io.Discard)
		}
	}
	object.called = nil
	call := f.Call
	if f.Type().IsVariadic() {
		call = f.CallSlice
	}
	for _, out := range call(in) {
		if err, ok := out.Interface().(error); ok && err != nil && !strings.Contains(err.Error(), "nil") {
			t.Errorf("%s.%s: %v", name, method, err)
			return
		}
	}
	if !slices.Contains(object.called, method) {
		t.Errorf("%s.%s was not called there, but %v", name, method, object.called)
	}
}
