package reify_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"testing"
	"unsafe"

	"github.com/rgo-project/rgo/interp/internal/reify"
)

func TestSmoke(t *testing.T) {
	const src = `package main
type P struct { X int; y string; Next *P; M map[P2]P2; A [2]Q; E }
type P2 struct { f float64; s string; _ int; i interface{ Foo() } }
type Q map[string][2]P2
type E interface { Bar(P) (E, error); baz() }
func (p P) String() string { return "" }
func (p *P) Set(x int, y string) {}
type L []L
type F func(F, ...F) F
type C chan C
type I int
func (I) Error() string { return "" }
type PP *PP
type A [3]struct{ p *A; PI *I }
type D map[string]D
func (D) String() string { return "" }
`
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := (&types.Config{}).Check("main", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ts := reify.New(reify.Config{
		Known: func(*types.Named) (reflect.Type, bool) { return nil, false },
		Method: func(sel *types.Selection) reify.Method {
			return func(recv unsafe.Pointer, args []reflect.Value) []reflect.Value {
				runtime.GC()
				return []reflect.Value{reflect.ValueOf(fmt.Sprint(sel))}
			}
		},
	})
	for _, name := range pkg.Scope().Names() {
		rt := ts.Of(pkg.Scope().Lookup(name).Type())
		t.Log(rt, rt.Name(), rt.PkgPath(), rt.Kind(), rt.Size(), rt.Comparable(), rt.NumMethod(), reflect.PointerTo(rt).NumMethod())
		if rt.Kind() == reflect.Struct {
			for i := range rt.NumField() {
				t.Log("   ", rt.Field(i))
			}
		}
		for i := range rt.NumMethod() {
			t.Log("   ", rt.Method(i))
		}
		v := reflect.New(rt)
		t.Logf("%v %+v %T", v.Elem(), v.Elem().Interface(), v.Elem().Interface())
		if s, ok := v.Interface().(fmt.Stringer); ok {
			t.Log(s.String())
		}
		if s, ok := v.Elem().Interface().(fmt.Stringer); ok {
			t.Log(s.String())
		}
		j, err := json.Marshal(v.Interface())
		t.Log(string(j), err)
	}
}
