package reify_test

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/rgo-project/rgo/internal/rtype"
	"github.com/rgo-project/rgo/interp/internal/reify"
)

// TestLookup finds the session's methods of runtime types.
func TestLookup(t *testing.T) {
	s := newSession(t)
	s.input(`
type B struct{}
func (B) Promoted() {}
type T struct { B }
func (T) Value() {}
func (*T) Pointer() {}
func (T) unexported() {}`)
	rt := s.of("T")
	for _, c := range []struct {
		rt            reflect.Type
		name, pkgPath string
		want          string
	}{
		{rt, "Value", "", "method (main.T) Value()"},
		{rt, "Promoted", "", "method (main.T) Promoted()"},
		{rt, "Pointer", "", ""},
		{rt, "unexported", "main", "method (main.T) unexported()"},
		{rt, "unexported", "other", ""},
		{reflect.PointerTo(rt), "Value", "", "method (*main.T) Value()"},
		{reflect.PointerTo(rt), "Pointer", "", "method (*main.T) Pointer()"},
		{reflect.TypeFor[reflect.Value](), "Len", "", ""},
	} {
		got := ""
		if sel, ok := s.types.Lookup(c.rt, c.name, c.pkgPath); ok {
			got = types.SelectionString(sel, func(p *types.Package) string { return p.Name() })
		}
		if got != c.want {
			t.Errorf("%v.%s is %q, want %q", c.rt, c.name, got, c.want)
		}
	}
}

// TestNilPointers checks who answers for methods of T on a pointer that is nil: (*T).M, which says so.
func TestNilPointers(t *testing.T) {
	s := newSession(t)
	s.input("type T struct { A, b int }\nfunc (T) Value() {}\nfunc (*T) Pointer() {}")
	p := reflect.New(s.of("T"))
	p.MethodByName("Value").Call(nil)
	p.Elem().MethodByName("Value").Call(nil)
	p.Type().Elem().Method(0).Func.Call([]reflect.Value{p.Elem()})
	reflect.Zero(p.Type()).MethodByName("Value").Call(nil)
	reflect.Zero(p.Type()).MethodByName("Pointer").Call(nil)
	want := []string{
		"method (main.T) Value()", "method (main.T) Value()", "method (main.T) Value()", "method (*main.T) Value()", "method (*main.T) Pointer()",
	}
	if !slices.Equal(s.calls, want) {
		t.Errorf("called %q", s.calls)
	}
}

// TestRenewedEntries adds methods one by one: those there were need no code again.
func TestRenewedEntries(t *testing.T) {
	s := newSession(t)
	var methods strings.Builder
	const n = 30
	for i := range n {
		fmt.Fprintf(&methods, "func (T) M%d(int) {}\n", i)
	}
	s.input("type T struct { a, b int }\n" + methods.String())
	whole := s.named("T")
	pkg := types.NewPackage("main", "main")
	grown := types.NewNamed(types.NewTypeName(0, pkg, "T", nil), whole.Underlying(), nil)
	before, _ := rtype.Entries()
	for m := range whole.Methods() {
		sig := m.Signature()
		recv := types.NewParam(0, pkg, "", grown)
		grown.AddMethod(types.NewFunc(0, pkg, m.Name(), types.NewSignatureType(recv, nil, nil, sig.Params(), nil, false)))
		s.types.Renew(grown)
		if rt := s.types.Of(grown); rt.NumMethod() != grown.NumMethods() {
			t.Fatalf("%d methods", rt.NumMethod())
		}
	}
	if after, _ := rtype.Entries(); after-before != 2*n {
		t.Errorf("%d methods took %d entries", n, after-before)
	}
	v := reflect.New(s.types.Of(grown)).Elem()
	for i := range n {
		v.Method(i).Call([]reflect.Value{reflect.ValueOf(i)})
		v.Type().Method(i).Func.Call([]reflect.Value{v, reflect.ValueOf(i)})
	}
	if len(s.calls) != 2*n || s.calls[0] != "method (main.T) M0(int)" {
		t.Errorf("called %q", s.calls)
	}
}

// TestPoolRunsOut refuses a type whose methods are too many, and gives back what it took.
func TestPoolRunsOut(t *testing.T) {
	s := newSession(t)
	s.input("type T struct { a int; u *U }\nfunc (T) M() {}\ntype U struct { t T }\nfunc (U) M() {}\nfunc (U) N() {}")
	var taken []*rtype.Entry
	for {
		e, err := rtype.NewEntry(reflect.ValueOf(func() {}))
		if err != nil {
			break
		}
		taken = append(taken, e)
	}
	taken[0].Release() // enough for half of a method
	err := refusal(s.types, s.named("T"))
	if err == nil || !strings.Contains(err.Error(), "16384 entries") {
		t.Errorf("the error is %v", err)
	}
	for _, e := range taken[1:] {
		e.Release()
	}
	if rt := s.of("T"); rt.NumMethod() != 1 || s.of("U").NumMethod() != 2 || rt.Field(1).Type.Elem() != s.of("U") {
		t.Error("not made when there were entries again")
	}
}

// TestCompiledInterfaces takes an unnamed interface that compiled code has.
func TestCompiledInterfaces(t *testing.T) {
	want := reflect.TypeFor[interface{ Foo() int }]()
	ts := reify.New(reify.Config{
		Known: func(*types.Named) (reflect.Type, bool) { return nil, false },
		Interface: func(typ *types.Interface) (reflect.Type, bool) {
			return want, typ.NumMethods() == 1 && typ.Method(0).Name() == "Foo"
		},
	})
	s := newSession(t)
	s.input("var a func(interface { Foo() int })\nvar b interface { Bar() }")
	if got := ts.Of(s.object("a").Type()); got != reflect.TypeFor[func(interface{ Foo() int })]() {
		t.Errorf("%v is another type than compiled", got)
	}
	if got := ts.Of(s.object("b").Type()); got == want || got.Method(0).Name != "Bar" {
		t.Errorf("got %v", got)
	}
}

// TestInterfaceValues keeps values in interfaces of the session, and takes them out.
func TestInterfaceValues(t *testing.T) {
	s := newSession(t)
	s.input(`
type T struct { a, b int }
func (T) Shown(n int) string { return "" }
func (*T) hidden() {}
func (T) String() string { return "" }
type Both interface { hidden(); Shown(int) string }
type Shower interface { Shown(int) string }
type Nothing interface {}
var unnamed interface { Shower; String() string }`)
	p := reflect.New(s.of("T"))
	for name, v := range map[string]reflect.Value{"Both": p, "Shower": p.Elem(), "unnamed": p.Elem(), "Nothing": p.Elem()} {
		rt := s.of(name)
		iface := reflect.New(rt).Elem()
		iface.Set(v)
		first := *(*unsafe.Pointer)(iface.Addr().UnsafePointer())
		if itab, ok := rtype.Itab(rt, v.Type()); !ok || itab != first {
			t.Errorf("the first word of a %s is another one", name)
		}
		if iface.Elem().Type() != v.Type() || !v.Type().Implements(rt) || v.Convert(rt).Elem().Type() != v.Type() {
			t.Errorf("a %v in a %s is a %v", v.Type(), name, iface.Elem().Type())
		}
		if m := iface.MethodByName("Shown"); rt.NumMethod() > 0 {
			s.calls = nil
			m.Call([]reflect.Value{reflect.ValueOf(3)})
			if len(s.calls) != 1 {
				t.Errorf("%s: called %q", name, s.calls)
			}
		}
		m := reflect.MakeMap(reflect.MapOf(rt, reflect.TypeFor[int]()))
		m.SetMapIndex(iface, reflect.ValueOf(1))
		m.SetMapIndex(v.Convert(rt), reflect.ValueOf(2))
		if m.Len() != 1 || m.MapIndex(iface).Int() != 2 {
			t.Errorf("%s: the map is %v", name, m)
		}
	}
	if p.Elem().Type().Implements(s.of("Both")) {
		t.Error("T has a method of *T")
	}
	if _, ok := rtype.Itab(s.of("Both"), p.Elem().Type()); ok {
		t.Error("the runtime finds a method of *T on T")
	}
}
