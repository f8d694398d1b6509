package netproxy

import (
	"reflect"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// FuzzTypeName: a type that is made of its name has that name, as written here, and is within the bounds.
func FuzzTypeName(f *testing.F) {
	for _, t := range []reflect.Type{
		reflect.TypeFor[map[string][]*int](), reflect.TypeFor[func(int, ...string) (error, bool)](), reflect.TypeFor[<-chan [3]any](),
		reflect.TypeFor[func(func(func()))](), reflect.TypeFor[chan<- chan int](), reflect.TypeFor[*map[[2]int8]bool](),
	} {
		f.Add(typeName(t))
	}
	f.Add("[65536][65536]int")
	f.Add("map[[]int]int")
	f.Add("func(...int, int)")
	f.Add(strings.Repeat("*", 100) + "int")
	f.Fuzz(func(t *testing.T, name string) {
		made, ok := parseType(name, registeredType)
		if !ok {
			return
		}
		if len(name) > maxTypeName || made.Size() > maxTypeSize {
			t.Fatalf("%d bytes made a type of size %d", len(name), made.Size())
		}
		if again, ok := parseType(typeName(made), registeredType); !ok || again != made {
			t.Fatalf("%q became %v, named %q, which becomes %v", name, made, typeName(made), again)
		}
		_ = shortName(name)
	})
}

// FuzzDescription: what a peer tells of a type is understood or refused, and a digest that does not fit is not believed.
func FuzzDescription(f *testing.F) {
	tell := func(typ, lines string) []byte {
		return wire.AppendText(wire.AppendText(wire.AppendArray(nil, 2), typ), lines)
	}
	m := describeMembers(reflect.TypeFor[*Market]())
	f.Add(tell("x.Market", m.lines()), m.digest)
	f.Add(tell("x.Market", m.lines()), uint64(0))
	f.Add(tell("", "A func()\nA func()\n"), uint64(0))
	f.Add(tell("", "A func"), uint64(1))
	s := newSpace(nil, Options{})
	f.Fuzz(func(t *testing.T, data []byte, digest uint64) {
		d, err := s.described(conn.Return{Body: conn.Message{Data: data}}, descriptionKey{digest: digest})
		if err != nil {
			return
		}
		for _, typ := range d.methods {
			if !strings.HasPrefix(typ, "func(") {
				t.Fatalf("a method is a %q", typ)
			}
		}
		if len(d.methods) > len(data) {
			t.Fatalf("%d bytes told of %d methods", len(data), len(d.methods))
		}
	})
}
