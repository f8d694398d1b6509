package stub_test

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"sync"
	"testing"

	"github.com/rgo-project/rgo/internal/rtype"
	"github.com/rgo-project/rgo/internal/stub"
)

// Thing answers for methods.
type Thing struct{ asked []string }

func (t *Thing) answer(name string, typ reflect.Type, results ...any) stub.Method[Thing] {
	return stub.Method[Thing]{Name: name, Type: typ, Body: func(p *Thing, args []reflect.Value) []reflect.Value {
		for _, a := range args {
			p.asked = append(p.asked, fmt.Sprint(name, a))
		}
		out := make([]reflect.Value, len(results))
		for i, r := range results {
			out[i] = reflect.New(typ.Out(i)).Elem()
			if r != nil {
				out[i].Set(reflect.ValueOf(r))
			}
		}
		return out
	}}
}

func needed(t testing.TB) {
	t.Helper()
	if err := stub.Supported(); err != nil {
		t.Skip(err)
	}
}

func TestMake(t *testing.T) {
	needed(t)
	var f stub.Factory[Thing]
	f.PkgPath = "example.com/things"
	thing := &Thing{}
	typ, err := f.Make("things.Remote[io.ReadCloser]", []stub.Method[Thing]{
		thing.answer("Read", reflect.TypeFor[func([]byte) (int, error)](), 3, io.EOF),
		thing.answer("Close", reflect.TypeFor[func() error](), nil),
		thing.answer("Printf", reflect.TypeFor[func(string, ...any)]()),
	})
	if err != nil {
		t.Fatal(err)
	}
	if typ.Name() != "Remote[io.ReadCloser]" || typ.PkgPath() != f.PkgPath || fmt.Sprint(typ) != "things.Remote[io.ReadCloser]" {
		t.Errorf("it is called %s, %s in %s", typ, typ.Name(), typ.PkgPath())
	}
	x := f.New(typ, thing).Interface()
	if n, err := x.(io.ReadCloser).Read([]byte("buf")); n != 3 || !errors.Is(err, io.EOF) {
		t.Errorf("Read: %d, %v", n, err)
	}
	x.(interface{ Printf(string, ...any) }).Printf("format", 1, "two")
	if got := fmt.Sprint(thing.asked); got != "[Read[98 117 102] Printfformat Printf[1 two]]" {
		t.Errorf("asked %s", got)
	}
	if _, ok := x.(io.Writer); ok {
		t.Error("it is a Writer")
	}
	again, other := f.New(typ, thing).Interface(), f.New(typ, &Thing{}).Interface()
	if x != again || x == other || len(map[any]int{x: 1, again: 2, other: 3}) != 2 {
		t.Error("== does not go by the thing")
	}
	if f.Held(reflect.ValueOf(x)) != thing || !f.Has(typ) || f.Has(reflect.TypeFor[Thing]()) {
		t.Error("a value does not give its thing back")
	}
	if got := reflect.ValueOf(x).MethodByName("Close").Call(nil); !got[0].IsNil() {
		t.Errorf("Close by reflection: %v", got[0])
	}
}

// Entries are few: types share them.
func TestEntriesAreShared(t *testing.T) {
	needed(t)
	var f stub.Factory[Thing]
	thing := &Thing{}
	closer := thing.answer("Close", reflect.TypeFor[func() error](), nil)
	if _, err := f.Make("p.First", []stub.Method[Thing]{closer}); err != nil {
		t.Fatal(err)
	}
	before, _ := rtype.Entries()
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			if _, err := f.Make(fmt.Sprint("p.T", i), []stub.Method[Thing]{closer}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if after, _ := rtype.Entries(); after != before {
		t.Errorf("50 types with one method took %d entries", after-before)
	}
	other := closer
	other.Key = "other"
	if _, err := f.Make("p.Other", []stub.Method[Thing]{other}); err != nil {
		t.Fatal(err)
	}
	if after, _ := rtype.Entries(); after != before+1 {
		t.Errorf("a body of its own took %d entries", after-before)
	}
}

// A value keeps its thing alive, and nothing else does.
func TestCollected(t *testing.T) {
	needed(t)
	var f stub.Factory[Thing]
	typ, err := f.Make("p.Kept", nil)
	if err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	thing := &Thing{asked: []string{"x"}}
	runtime.AddCleanup(thing, func(c chan struct{}) { close(c) }, gone)
	x := f.New(typ, thing).Interface()
	thing = nil
	for range 3 {
		runtime.GC()
	}
	if p := f.Held(reflect.ValueOf(x)); p.asked[0] != "x" {
		t.Fatal("the thing is gone")
	}
	runtime.KeepAlive(x)
	x = nil
	for {
		select {
		case <-gone:
			return
		default:
			runtime.GC()
		}
	}
}
