package reify_test

import (
	"fmt"
	"go/types"
	"reflect"
	"testing"
	"unsafe"

	"github.com/rgo-project/rgo/interp/internal/reify"
)

// BenchmarkCall calls a method of a made type from compiled code, and only what is needed to get there.
func BenchmarkCall(b *testing.B) {
	s := newSession(b)
	s.input("type T struct { A, b int }\nfunc (T) Nothing() {}")
	ts := reify.New(reify.Config{
		Known: func(*types.Named) (reflect.Type, bool) { return nil, false },
		Method: func(*types.Selection) reify.Method {
			return func(unsafe.Pointer, []reflect.Value) []reflect.Value { return nil }
		},
	})
	v := reflect.New(ts.Of(s.named("T"))).Elem().Interface().(interface{ Nothing() })
	b.ReportAllocs()
	for b.Loop() {
		v.Nothing()
	}
}

// BenchmarkOf makes struct types without methods.
func BenchmarkOf(b *testing.B) {
	s := newSession(b)
	pkg := types.NewPackage("main", "main")
	i := 0
	for b.Loop() {
		i++
		n := types.NewNamed(types.NewTypeName(0, pkg, fmt.Sprint("T", i), nil), nil, nil)
		n.SetUnderlying(types.NewStruct([]*types.Var{
			types.NewField(0, pkg, "next", types.NewPointer(n), false), types.NewField(0, pkg, "Text", types.Typ[types.String], false),
		}, nil))
		s.types.Of(n)
	}
}

// BenchmarkKnown asks for a type that has been made.
func BenchmarkKnown(b *testing.B) {
	s := newSession(b)
	s.input("type T struct { A, b int }\nvar v map[string][]*T")
	s.of("v")
	typ := s.object("v").Type()
	for b.Loop() {
		s.types.Of(typ)
	}
}
