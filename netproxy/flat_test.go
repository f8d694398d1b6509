package netproxy

import (
	"bytes"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/rgo-project/rgo/internal/wire"
)

type (
	inner struct {
		S Named
		F float32
	}
	// Plain is flat. Loose has the same fields, which are read and written by reflection, since one more is not.
	Plain struct {
		B    bool
		I    int
		I8   int8
		I16  int16
		I32  Named
		I64  int64
		U    uint
		U8   uint8
		U16  uint16
		U32  uint32
		U64  uint64
		Uptr uintptr
		inner
		F64   float64
		S     string
		T     time.Time
		Deep  struct{ In struct{ A, B string } }
		Empty struct{}
	}
	Loose struct {
		B    bool
		I    int
		I8   int8
		I16  int16
		I32  Named
		I64  int64
		U    uint
		U8   uint8
		U16  uint16
		U32  uint32
		U64  uint64
		Uptr uintptr
		inner
		F64   float64
		S     string
		T     time.Time
		Deep  struct{ In struct{ A, B string } }
		Empty struct{}
		More  []int
	}
)

func plains() []Plain {
	least, most := Plain{}, Plain{
		B: true, I: math.MaxInt, I8: math.MaxInt8, I16: math.MaxInt16, I32: math.MaxInt32, I64: math.MaxInt64,
		U: math.MaxUint, U8: math.MaxUint8, U16: math.MaxUint16, U32: math.MaxUint32, U64: math.MaxUint64, Uptr: math.MaxUint32,
		inner: inner{S: 5, F: 1.5}, F64: math.Pi, S: "text", T: time.Unix(1e9, 5).UTC(),
	}
	most.Deep.In.A = "ä"
	negative := Plain{
		I: math.MinInt, I8: math.MinInt8, I16: math.MinInt16, I32: math.MinInt32, I64: math.MinInt64, inner: inner{F: float32(math.Inf(-1))},
		F64: math.Copysign(0, -1), S: "\xff", T: time.Date(2024, 7, 1, 0, 0, 0, 1, time.FixedZone("X", -3600)),
	}
	return []Plain{least, most, negative, most}
}

func TestFlatValuesAreWrittenAsReflectionWritesThem(t *testing.T) {
	if !planOf(reflect.TypeFor[Plain]()).flat || planOf(reflect.TypeFor[Loose]()).flat {
		t.Fatal("which of the two is flat has changed")
	}
	for _, v := range plains() {
		inVariable, inInterface := encoder{out: loopback{}}, encoder{out: loopback{}}
		if err := inVariable.dynamic(reflect.ValueOf(&v).Elem()); err != nil {
			t.Fatal(err)
		}
		if err := inInterface.dynamic(reflect.ValueOf(v)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(inVariable.buf, inInterface.buf) {
			t.Errorf("%+v:\n%s\n%s", v, shown(t, inVariable.buf), shown(t, inInterface.buf))
		}
		if inVariable.shared.values != inInterface.shared.values {
			t.Errorf("%d values, or %d?", inVariable.shared.values, inInterface.shared.values)
		}
	}
}

func shown(t *testing.T, data []byte) string {
	t.Helper()
	text, err := wire.Diagnose(data)
	if err != nil {
		t.Error(err)
	}
	return text
}

// FuzzFlat reads anything as a list of flat structs, and as one of structs with a field more, which come the general way: what is read is the same.
func FuzzFlat(f *testing.F) {
	lists := []any{
		plains(),
		[]Plain{},
		[]map[string]any{{"I": 1}},
		[]struct{ I8, U8, I64, U64, F64, S, B, T, Empty any }{{I8: 200}, {U8: -1}, {I64: 2.0}, {U64: 1.5}, {F64: 1 << 60}, {S: []byte("b")}, {B: 1}, {T: "t"}, {Empty: 1}, {I8: 7.0, U8: 2}},
		[]struct{ S, B, I, Other any }{{"permuted", true, -3, []any{1, struct{ A int }{2}}}, {}},
		[]struct{ Deep any }{{struct{ In any }{struct{ B, A string }{"b", "a"}}}, {nil}},
	}
	for _, list := range lists {
		e := encoder{out: loopback{}, deep: true}
		if err := e.bare(reflect.ValueOf(list), planOf(reflect.TypeOf(list))); err != nil {
			f.Fatal(err)
		}
		f.Add(e.buf)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var flat []Plain
		var loose []Loose
		one, two := newDecoder(loopback{}, data, nil), newDecoder(loopback{}, data, nil)
		err1, err2 := one.value(reflect.ValueOf(&flat).Elem()), two.value(reflect.ValueOf(&loose).Elem())
		if (err1 == nil) != (err2 == nil) {
			t.Fatalf("%v, but %v", err1, err2)
		}
		if err1 != nil {
			return
		}
		if one.cost != two.cost || one.r.Len() != two.r.Len() {
			t.Fatalf("%d values up to %d, but %d up to %d", one.cost, one.r.Len(), two.cost, two.r.Len())
		}
		if len(flat) != len(loose) || (flat == nil) != (loose == nil) {
			t.Fatalf("%d elements, but %d", len(flat), len(loose))
		}
		for i := range flat {
			a, b := reflect.ValueOf(flat[i]), reflect.ValueOf(loose[i])
			for j := range a.NumField() {
				if x, y := textOfPlain(t, a.Field(j)), textOfPlain(t, b.Field(j)); x != y {
					t.Fatalf("%s is %s, but %s", a.Type().Field(j).Name, x, y)
				}
			}
		}
	})
}

// textOfPlain tells values apart, NaN included.
func textOfPlain(t *testing.T, v reflect.Value) string {
	t.Helper()
	e := encoder{out: loopback{}}
	if err := e.bare(v, planOf(v.Type())); err != nil {
		t.Fatal(err)
	}
	return string(e.buf)
}
