package netproxy

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/internal/wire"
)

type (
	Celsius float64
	Names   []string
	Station struct {
		Base
		Name   string `json:"name"`
		Temp   Celsius
		Names  Names
		When   time.Time
		Next   *Station
		Others map[string]*Station
		Grid   [2][]Pair[Celsius]
		Anon   struct{ X, Y int }
		Any    any
		hidden
	}
	hidden struct{ Seen bool }
)

// described writes v with its type's definition, and reads it as somebody who knows none of its types.
func described(t *testing.T, v any) any {
	t.Helper()
	e := encoder{out: loopback{}, deep: true, full: true}
	if err := e.dynamic(reflect.ValueOf(v)); err != nil {
		t.Fatal(err)
	}
	got, err := newDecoder(loopback{}, e.buf, e.refs).any()
	if err != nil {
		text, _ := wire.Diagnose(e.buf)
		t.Fatalf("%v\n%s", err, text)
	}
	return got
}

func TestTypesAreMadeOfTheirDefinitions(t *testing.T) {
	s := &Station{
		Base: Base{7}, Name: "north", Temp: -3.5, Names: Names{"a"}, When: time.Unix(5, 0).UTC(), Any: int8(3),
		Others: map[string]*Station{}, Grid: [2][]Pair[Celsius]{{{1, 2}}, nil}, hidden: hidden{true},
	}
	s.Next = s
	s.Anon.Y = 4
	got := described(t, s)
	typ := reflect.TypeOf(got)
	if typ == reflect.TypeOf(s) || typ.Kind() != reflect.Pointer || typ.String() != "*netproxy.Station" {
		t.Fatalf("a %v", typ)
	}
	if f, ok := typ.Elem().FieldByName("Name"); !ok || f.Tag != `json:"name"` {
		t.Errorf("the field is %v", f)
	}
	back, err := convert(reflect.ValueOf(got), reflect.TypeOf(s))
	if err != nil {
		t.Fatal(err)
	}
	same := back.Interface().(*Station)
	if same.Next != same {
		t.Error("the ring is open")
	}
	same.Next, s.Next = nil, nil
	if !reflect.DeepEqual(same, s) {
		t.Errorf("%+v\nbecame %+v", s, same)
	}
	// what is made is the real thing to those who look at it, and made once
	if err := json.Unmarshal([]byte(`{"name": "south", "ID": 9, "Others": {"x": {"name": "y"}}, "Anon": {"X": 1}, "Seen": false}`), got); err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%+v", reflect.ValueOf(got).Elem().Field(0)); text != "{ID:9}" {
		t.Error(text)
	}
	if err := json.Unmarshal([]byte(`{"name": 3}`), got); err == nil || !strings.Contains(err.Error(), "Go struct field Station.name of type string") {
		t.Error(err)
	}
	if again := described(t, s); reflect.TypeOf(again) != typ {
		t.Errorf("made a second time: %v", reflect.TypeOf(again))
	}
	for _, v := range []any{
		map[Pair[int]]Names{{1, 2}: {"x"}}, []*hidden{{true}}, struct{ A, B any }{1, "x"}, [3]struct{ C Celsius }{}, Celsius(2), Names{"b"}, []Celsius{1},
	} {
		got := described(t, v)
		back, err := convert(reflect.ValueOf(got), reflect.TypeOf(v))
		if err != nil || !reflect.DeepEqual(back.Interface(), v) {
			t.Errorf("%T: %#v became %#v and %#v, %v", v, v, got, back, err)
		}
	}
}

func TestDefinitionsThatAreNotSound(t *testing.T) {
	def := func(name string, kind uint64, items ...func([]byte) []byte) []byte {
		b := wire.AppendArray(wire.AppendTag(nil, tagTyped), 2)
		b = wire.AppendArray(wire.AppendTag(b, tagDefined), 2+len(items))
		b = wire.AppendUint(wire.AppendText(b, name), kind)
		for _, f := range items {
			b = f(b)
		}
		return wire.AppendNil(b)
	}
	text := func(s string) func([]byte) []byte {
		return func(b []byte) []byte { return wire.AppendText(b, s) }
	}
	number := func(n uint64) func([]byte) []byte {
		return func(b []byte) []byte { return wire.AppendUint(b, n) }
	}
	no := func(b []byte) []byte { return wire.AppendBool(b, false) }
	for name, data := range map[string][]byte{
		"a struct that contains itself": def("p.T", defStruct, text("X"), number(firstNamed), text(""), no),
		"an array of itself":            def("p.T", defArray, number(firstNamed), number(2)),
		"a slice of itself":             def("p.T", defSlice, number(firstNamed)),
		"two fields of one name":        def("p.T", defStruct, text("X"), number(1), text(""), no, text("X"), number(1), text(""), no),
		"no name of a field":            def("p.T", defStruct, text("x y"), number(1), text(""), no),
		"an unexported field":           def("p.T", defStruct, text("x"), number(1), text(""), no),
		"a huge array":                  def("p.T", defArray, number(1), number(1<<40)),
		"a map of slices":               def("p.T", defMap, number(20), number(1)),
		"a kind that is none":           def("p.T", 77, number(1)),
		"a basic type that is none":     def("p.T", defBasic, number(24)),
		"half a field":                  def("p.T", defStruct, text("X"), number(1)),
	} {
		x, err := newDecoder(loopback{}, data, nil).any()
		if err == nil && x != nil {
			t.Errorf("%s: made a %T", name, x)
		}
	}
}

// TestManyDefinitionsCostABoundedAmount floods the process with types.
func TestManyDefinitionsCostABoundedAmount(t *testing.T) {
	define := func(i int) (any, error) {
		b := wire.AppendArray(wire.AppendTag(nil, tagTyped), 2)
		b = wire.AppendArray(wire.AppendTag(b, tagDefined), 6)
		b = wire.AppendUint(wire.AppendText(b, "flood.T"), defStruct)
		b = wire.AppendUint(wire.AppendText(b, fmt.Sprintf("F%d", i)), 1)
		b = wire.AppendBool(wire.AppendText(b, ""), false)
		b = wire.AppendArray(wire.AppendTag(b, tagStruct), 2)
		b = wire.AppendText(wire.AppendArray(b, 1), fmt.Sprintf("F%d", i))
		return newDecoder(loopback{}, wire.AppendInt(b, 5), nil).any()
	}
	madeTypes.Lock()
	was, text := madeTypes.types, madeTypes.text
	madeTypes.types, madeTypes.text = nil, maxMadeText-4000
	madeTypes.Unlock()
	defer func() {
		madeTypes.Lock()
		madeTypes.types, madeTypes.text = was, text
		madeTypes.Unlock()
	}()
	made := 0
	for i := range 1000 {
		x, err := define(i)
		if err != nil {
			t.Fatal(err)
		}
		if _, isRecord := x.(Record); !isRecord {
			made++
		}
	}
	if made < 10 || made > 200 {
		t.Errorf("%d types were made, the others are records", made)
	}
	b := wire.AppendArray(wire.AppendTag(nil, tagTyped), 2)
	for range 1000 { // pointers to pointers to pointers
		b = wire.AppendArray(wire.AppendTag(b, tagDefined), 3)
		b = wire.AppendUint(wire.AppendText(b, ""), defPointer)
	}
	if _, err := newDecoder(loopback{}, wire.AppendNil(wire.AppendUint(b, 1)), nil).any(); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
}
