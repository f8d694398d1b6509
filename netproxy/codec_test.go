package netproxy

import (
	"errors"
	"math"
	"math/big"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/internal/wire"
)

var _ async.Object = (*Proxy)(nil)

// across writes v and reads it as a t, as if it had gone over a connection.
func across(v any, t reflect.Type, deep bool) (any, error) {
	e := encoder{out: loopback{}, deep: deep}
	if err := e.dynamic(reflect.ValueOf(v)); err != nil {
		return nil, err
	}
	if err := wire.Check(e.buf, wire.Limits{MaxNesting: 2000}); err != nil {
		return nil, err
	}
	d := newDecoder(loopback{}, e.buf, e.refs)
	got, err := d.into(t)
	if err == nil && d.r.Len() != 0 {
		err = errors.New("something is left over")
	}
	return got.Interface(), err
}

type (
	Named       int32
	Pair[T any] struct{ A, B T }
	Base        struct{ ID int }
	Data        struct {
		Base
		Anon struct {
			X, Y float32
			Tag  string `json:"t"`
		}
		Any    any
		Ptr    *Named
		Bytes  []byte
		Nil    []int
		Empty  []int
		M      map[Named][]string
		NilM   map[string]int
		When   time.Time
		For    time.Duration
		Big    *big.Int
		Addr   netip.Addr
		URL    url.URL
		Pair   Pair[string]
		C      complex128
		U      uint64
		Arr    [3]bool
		Iface  error
		Rune   rune
		NotUTF string
	}
	Ring struct {
		Next *Ring
		Name string
	}
	Tree struct{ Kids []*Tree }
)

func sample() Data {
	n := Named(-5)
	d := Data{
		Base: Base{7}, Any: []any{int8(1), "x", nil, 2.5}, Ptr: &n, Bytes: []byte{0, 255}, Empty: []int{}, M: map[Named][]string{1: {"a"}, -1: nil},
		When: time.Date(2024, 2, 29, 12, 0, 0, 123456789, time.UTC), For: time.Hour, Big: big.NewInt(0).Lsh(big.NewInt(1), 200),
		Addr: netip.MustParseAddr("fe80::1%eth0"), URL: url.URL{Scheme: "https", User: url.UserPassword("u", "p"), Host: "h", Path: "/p"},
		Pair: Pair[string]{"l", "r"}, C: complex(1, math.Inf(-1)), U: math.MaxUint64, Arr: [3]bool{true, false, true}, Rune: 'ß', NotUTF: "\xff\x00",
	}
	d.Anon.X, d.Anon.Tag = 1.5, "t"
	return d
}

func TestDataKeepTheirValue(t *testing.T) {
	for _, v := range []any{
		sample(), int8(math.MinInt8), int16(math.MaxInt16), int64(math.MinInt64), uint64(math.MaxUint64), int(-1), uint8(255), uintptr(7),
		float32(math.SmallestNonzeroFloat32), math.MaxFloat64, math.Inf(1), math.Copysign(0, -1), "", "x", "\xff",
		[]byte{},
		[]byte(nil),
		[0]int{},
		[]string(nil),
		[]string{},
		map[string]int(nil),
		map[string]int{},
		map[[2]int]bool{{1, 2}: true},
		struct{}{},
		Named(3),
		Pair[int]{1, 2},
		[]Pair[Named]{{1, 2}, {3, 4}},
		time.Duration(-1),
		time.Time{},
		map[any]any{1: "a", "b": 2.0},
		time.Date(2024, 7, 1, 0, 0, 0, 0, time.FixedZone("X", 3723)),
	} {
		got, err := across(v, reflect.TypeOf(v), true)
		if err != nil || !reflect.DeepEqual(got, v) {
			t.Errorf("%T: %#v\n became %#v, %v", v, v, got, err)
		}
	}
	got, err := across(math.NaN(), reflect.TypeFor[float64](), false)
	if f, ok := got.(float64); !ok || !math.IsNaN(f) || err != nil {
		t.Errorf("NaN became %v, %v", got, err)
	}
	if zone, err := time.LoadLocation("Europe/Vienna"); err == nil {
		at := time.Date(2024, 7, 1, 12, 0, 0, 0, zone)
		got, err := across(at, timeType, false)
		if back, ok := got.(time.Time); !ok || err != nil || !back.Equal(at) || back.Location().String() != "Europe/Vienna" {
			t.Errorf("%v became %v, %v", at, got, err)
		}
	}
}

func TestASmallMessageCannotMeanALargeTree(t *testing.T) {
	b := wire.AppendArray(nil, 60)
	b = wire.AppendArray(wire.AppendTag(b, tagPointer), 0)
	for i := range 59 { // each holds the one before twice
		b = wire.AppendArray(wire.AppendTag(b, tagPointer), 2)
		b = wire.AppendUint(wire.AppendTag(b, tagAgain), uint64(i))
		b = wire.AppendUint(wire.AppendTag(b, tagAgain), uint64(i))
	}
	if _, err := newDecoder(loopback{}, b, nil).any(); !errors.Is(err, ErrMalformed) {
		t.Errorf("%d bytes that mean 2^59 lists: %v", len(b), err)
	}
}

func TestNumbersFitOrFail(t *testing.T) {
	fits := []struct {
		in   any
		want any
	}{
		{1, int8(1)},
		{-1, int64(-1)},
		{255, uint8(255)},
		{uint64(7), 7},
		{1, 1.0},
		{2.0, 2},
		{float32(0.5), 0.5},
		{0.1, float32(0.1)},
		{1 << 53, float64(1 << 53)},
		{3, complex64(3)},
		{1.5, complex128(1.5)},
		{math.Inf(-1), float32(math.Inf(-1))},
		{uint64(1 << 63), float64(1 << 63)},
		{math.MinInt64, float64(math.MinInt64)},
		{1 << 60, float32(1 << 60)},
		{complex(2, 0), 2.0},
		{complex64(3), 3},
		{math.SmallestNonzeroFloat32, float32(math.SmallestNonzeroFloat32)},
		{time.Second, int64(1e9)},
		{[]int{1, 2}, []int8{1, 2}},
		{[]any{1, 2}, []float64{1, 2}},
		{[]int{1}, []byte{1}},
		{[2]int{1, 2}, []int{1, 2}},
		{"12", *big.NewInt(12)},
		{[]byte{1}, [1]byte{1}},
		{7, Named(7)},
		{"x", any("x")},
	}
	for _, c := range fits {
		got, err := across(c.in, reflect.TypeOf(c.want), false)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%T %v as a %T: %v, %v", c.in, c.in, c.want, got, err)
		}
	}
	for _, c := range []struct{ in, to any }{
		{128, int8(0)},
		{-1, uint(0)},
		{256, byte(0)},
		{1.5, 0},
		{math.NaN(), 0},
		{math.Inf(1), 0},
		{1e300, float32(0)},
		{1e-300, float32(0)},
		{-1e300, float32(0)},
		{complex(1e300, math.Inf(1)), complex64(0)},
		{uint64(1<<63 + 1<<30), float32(0)},
		{complex(1, 1), float32(0)},
		{complex(math.NaN(), 0), 0},
		{1<<53 + 1, 0.0},
		{uint64(math.MaxUint64), int64(0)},
		{uint64(math.MaxUint64), 0.0},
		{-0.5, uint8(0)},
		{1e19, int64(0)},
		{1i, 0.0},
		{1<<24 + 1, float32(0)},
		{"1", 0},
		{1, "1"},
		{true, 1},
		{1, true},
		{nil, 0},
		{nil, ""},
		{[]int{300}, []byte{}},
		{[]int{1, 2}, [3]int{}},
		{"x", []byte{}},
		{math.MaxInt64, 0.0},
		{struct{ A int }{1}, 1},
		{map[string]int{}, []int{}},
	} {
		got, err := across(c.in, reflect.TypeOf(c.to), false)
		if err == nil {
			t.Errorf("%T %v became %T %v", c.in, c.in, c.to, got)
		}
	}
}

func TestUnknownStructsBecomeRecords(t *testing.T) {
	type hidden struct {
		A int
		B []Base
	}
	got, err := across([]any{hidden{1, []Base{{2}}}}, anyType, false)
	list, ok := got.([]any)
	if err != nil || !ok {
		t.Fatalf("%#v, %v", got, err)
	}
	r, ok := list[0].(Record)
	if a, _ := r.Field("A"); !ok || a != 1 || r.Type != "netproxy.hidden" {
		t.Errorf("%#v", list[0])
	}
	if s := r.String(); !strings.HasPrefix(s, "netproxy.hidden{A: 1, B: ") {
		t.Error(s)
	}
	// handed on, it is what it was
	again, err := across(list, reflect.TypeFor[[]hidden](), false)
	if err != nil || !reflect.DeepEqual(again, []hidden{{1, []Base{{2}}}}) {
		t.Errorf("a record became %#v, %v", again, err)
	}
	if same, err := across(list[0], reflect.TypeFor[Record](), false); err != nil || !reflect.DeepEqual(same, list[0]) {
		t.Errorf("a record became %#v, %v", same, err)
	}
	if of, err := across(Base{3}, reflect.TypeFor[Record](), false); err != nil || of.(Record).String() != "netproxy.Base{ID: 3}" {
		t.Errorf("%#v, %v", of, err)
	}
	// by name, what both have
	type other struct {
		C string
		A int8
	}
	back, err := across(hidden{A: 1}, reflect.TypeFor[other](), false)
	if back != (other{A: 1}) || err != nil {
		t.Errorf("%#v, %v", back, err)
	}
}

func TestTypeNames(t *testing.T) {
	lookup := func(name string) (reflect.Type, bool) {
		t, ok := map[string]reflect.Type{"net/url.URL": reflect.TypeFor[url.URL]()}[name]
		return t, ok
	}
	for _, typ := range []reflect.Type{
		reflect.TypeFor[map[string][]*url.URL](), reflect.TypeFor[func(int, ...string) (url.URL, error)](), reflect.TypeFor[[4]func()](),
		reflect.TypeFor[<-chan int](), reflect.TypeFor[chan<- []byte](), reflect.TypeFor[chan any](), reflect.TypeFor[func(func(int) bool) error](),
		reflect.TypeFor[map[[2]int]time.Duration](),
	} {
		got, ok := parseType(typeName(typ), lookup)
		if !ok || got != typ {
			t.Errorf("%s came out as %v", typeName(typ), got)
		}
	}
	for _, bad := range []string{
		"", "nope", "[]", "map[func()]int", "map[[]int]int", "[99999999]int", "[-1]int", "[65535][65535]int", "func(", "func(int", "func(...int, int)", "int)",
		"map[int", strings.Repeat("[]", 20) + "int", strings.Repeat("x", 5000), "chan [65535]int64", "*", "[3",
	} {
		if got, ok := parseType(bad, lookup); ok {
			t.Errorf("%.40q came out as %v", bad, got)
		}
	}
	if s := shortName("map[net/url.URL][]*a/b.C"); s != "map[url.URL][]*b.C" {
		t.Error(s)
	}
}

// A few bytes can stand for a number that nobody could print.
func TestNumbersThatTakeTooLong(t *testing.T) {
	large := new(big.Float).SetMantExp(big.NewFloat(1), 1<<30)
	for _, x := range []*big.Float{large, new(big.Float).Neg(large), new(big.Float).SetMantExp(big.NewFloat(1), -1<<30), new(big.Float).SetPrec(1 << 30).SetInt64(1)} {
		if _, err := across(x, reflect.TypeFor[*big.Float](), false); !errors.Is(err, ErrArgument) {
			t.Error(err)
		}
	}
	fine := new(big.Float).SetMantExp(big.NewFloat(1).SetPrec(1000), 1<<19)
	if got, err := across(fine, reflect.TypeFor[*big.Float](), false); err != nil || got.(*big.Float).Cmp(fine) != 0 {
		t.Error(err)
	}
}
