package netproxy

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/internal/wire"
)

func TestSharedPointersKeepTheirShape(t *testing.T) {
	ring := &Ring{Name: "a"}
	ring.Next = &Ring{Name: "b", Next: ring}
	got, err := across(ring, reflect.TypeFor[*Ring](), true)
	r, ok := got.(*Ring)
	if err != nil || !ok || r == ring || r.Next.Name != "b" || r.Next.Next != r {
		t.Errorf("ring: %+v, %v", got, err)
	}
	leaf := &Tree{}
	got, err = across(Tree{[]*Tree{leaf, {[]*Tree{leaf}}}}, reflect.TypeFor[Tree](), true)
	if tree, ok := got.(Tree); err != nil || !ok || tree.Kids[0] != tree.Kids[1].Kids[0] || tree.Kids[0] == leaf {
		t.Errorf("tree: %+v, %v", got, err)
	}
	var list *Ring
	for range 100_000 {
		list = &Ring{Next: list}
	}
	got, err = across([]*Ring{list, list.Next, list}, reflect.TypeFor[[]*Ring](), true)
	lists, ok := got.([]*Ring)
	if err != nil || !ok || lists[0] != lists[2] || lists[0].Next != lists[1] {
		t.Fatalf("a long list: %v", err)
	}
	n := 0
	for at := lists[0]; at != nil; at = at.Next {
		n++
	}
	if n != 100_000 {
		t.Errorf("a list of %d", n)
	}
	if _, err := across(list, anyType, true); !errors.Is(err, ErrArgument) {
		t.Errorf("a long list of a type that is not known: %v", err)
	}
}

// Shared has maps that are one.
type Shared struct {
	A, B map[string]int
	C    map[string]int64
	D    any
	P, Q *map[string]int
}

func TestOneMapInTwoPlacesStaysOne(t *testing.T) {
	m := map[string]int{"x": 1}
	for _, deep := range []bool{false, true} {
		s := Shared{A: m, B: m, D: m}
		if deep {
			s.P, s.Q = &m, &m
		}
		got, err := across(s, reflect.TypeFor[Shared](), deep)
		if err != nil {
			t.Fatal(err)
		}
		to := got.(Shared)
		to.A["y"] = 2
		if to.B["y"] != 2 || to.D.(map[string]int)["y"] != 2 || len(m) != 1 {
			t.Errorf("%+v", to)
		}
		if deep && (to.P != to.Q || (*to.P)["y"] != 2) {
			t.Errorf("%+v", to)
		}
		// where the types are others, each has its own
		type other struct {
			A map[string]int
			B map[string]int64
			D map[string]any
		}
		got, err = across(s, reflect.TypeFor[other](), deep)
		if o := got.(other); err != nil || o.A["x"] != 1 || o.B["x"] != 1 || o.D["x"] != 1 {
			t.Errorf("%+v, %v", o, err)
		}
	}
	// one that stands in many places does not blow a message up, nor is it refused
	large := map[string]int{}
	for i := range 2000 {
		large[strings.Repeat("k", i%50)+string(rune('a'+i))] = i
	}
	list := make([]any, 1000)
	for i := range list {
		list[i] = large
	}
	if got, err := across(list, anyType, false); err != nil || len(got.([]any)) != 1000 {
		t.Error(err)
	}
}

func TestWhatContainsItselfIsRefused(t *testing.T) {
	loop := map[string]any{}
	loop["self"] = loop
	inner := map[string]any{"up": nil}
	outer := map[string]any{"down": []any{inner}}
	inner["up"] = outer
	slice := []any{nil, nil}
	slice[0], slice[1] = slice, slice
	type Self []Self
	self := Self{nil, nil}
	self[0], self[1] = self, self
	type Map map[string]Map
	m := Map{}
	m["m"] = m
	var ring any
	ring = &ring
	for name, v := range map[string]any{"map": loop, "two maps": outer, "slice": slice, "type": self, "map type": m} {
		for _, deep := range []bool{false, true} {
			if _, err := across(v, anyType, deep); !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), "netproxy.Share") {
				t.Errorf("a %s that contains itself: %v", name, err)
			}
		}
	}
	if got, err := across(ring, reflect.TypeFor[*any](), true); err != nil || *got.(*any) != got {
		t.Errorf("a pointer to itself: %v, %v", got, err)
	}
}

// TestRingsThatNobodyCouldWalk are refused: a slice or a map that contains itself crashes whoever prints it.
func TestRingsThatNobodyCouldWalk(t *testing.T) {
	again := func(b []byte, n uint64) []byte { return wire.AppendUint(wire.AppendTag(b, tagAgain), n) }
	list := again(wire.AppendArray(wire.AppendTag(nil, tagPointer), 1), 0)
	table := again(wire.AppendText(wire.AppendMap(wire.AppendTag(nil, tagPointer), 1), "k"), 0)
	for _, data := range [][]byte{list, table} {
		for _, typ := range []reflect.Type{
			anyType, reflect.TypeFor[[]any](), reflect.TypeFor[map[string]any](), reflect.TypeFor[[1]any](), reflect.TypeFor[*[]any](),
			reflect.TypeFor[map[any]any](), proxyType,
		} {
			if v, err := newDecoder(loopback{}, data, nil).into(typ); err == nil {
				t.Errorf("%x became a %v: not printed", data, v.Type())
			}
		}
	}
	for name, data := range map[string][]byte{
		"nothing later":         wire.AppendArray(wire.AppendTag(nil, tagLater), 0),
		"one too many":          wire.AppendNil(wire.AppendNil(wire.AppendArray(wire.AppendTag(nil, tagLater), 2))),
		"never":                 wire.AppendNil(wire.AppendTag(wire.AppendArray(wire.AppendTag(nil, tagLater), 1), tagLater)),
		"a pointer of the past": again(nil, 3),
	} {
		if v, err := newDecoder(loopback{}, data, nil).into(reflect.TypeFor[*Ring]()); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: %v, %v", name, v, err)
		}
	}
}
