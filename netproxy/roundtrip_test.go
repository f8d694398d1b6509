package netproxy_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/netproxy"
)

// Types of a program, which the other side knows only where it says so.
type (
	Level   int16
	Label   string
	Ratio   float32
	Flag    bool
	Letters []byte
	Index   map[Label][]Level
	Triple  [3]Level
	UUID    [16]byte // marshals itself, and is an array

	Everything struct {
		Bool    bool
		Ints    []int64
		Level   Level `json:"level,omitempty"`
		Empty   []string
		Nil     []string
		NoMap   map[string]int
		Map     map[string]int
		Bytes   []byte
		NoBytes []byte
		Arr     [2]struct{ X, Y float64 }
		Anon    struct {
			A any `db:"a"`
			B []any
		}
		Embedded
		*Outer
		embedded
		When time.Time
		For  time.Duration
		Big  *big.Int
		Text string
		Addr netip.Addr
		Fn   func() int
		_    [4]byte
	}
	Embedded struct{ ID int }
	Outer    struct{ Depth *Outer }
	embedded struct{ Quiet bool } // whose fields are exported

	Linked struct {
		Value int
		Next  *Linked
	}
	Doubly struct {
		Name       string
		Prev, Next *Doubly
	}
	Branch struct {
		Kids []Branch
		Tags map[string]Branch
	}

	// Money marshals itself by its value, Secret by its pointer, Stamped has the methods of what is embedded in it.
	Money   struct{ cents int64 }
	Secret  struct{ text string }
	Stamped struct {
		time.Time
		Note string
	}
)

func (u UUID) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%x", u[:]), nil }
func (u *UUID) UnmarshalText(b []byte) error {
	_, err := fmt.Sscanf(string(b), "%x", u)
	return err
}

func (m Money) MarshalBinary() ([]byte, error) { return strconv.AppendInt(nil, m.cents, 10), nil }
func (m *Money) UnmarshalBinary(b []byte) (err error) {
	m.cents, err = strconv.ParseInt(string(b), 10, 64)
	return err
}

func (s *Secret) MarshalText() ([]byte, error) { return []byte(s.text), nil }
func (s *Secret) UnmarshalText(b []byte) error { s.text = string(b); return nil }

// trip is one value on its way there and back.
type trip struct {
	title string
	echo  any // func(T) (T, bool), at the other side: whether it arrived as it was
	run   func(t *testing.T, ctx context.Context, root *netproxy.Proxy, name string)
}

// Trips offers the echoes of a table.
type Trips []trip

func (all Trips) Names() []string { return nil }
func (all Trips) Lookup(name string) (reflect.Value, error) {
	switch name {
	case "any":
		return reflect.ValueOf(func(x any) []any { return []any{x} }), nil
	case "type":
		return reflect.ValueOf(func(x any) string { return fmt.Sprintf("%T", x) }), nil
	}
	i, err := strconv.Atoi(name[1:])
	return reflect.ValueOf(all[i].echo), err
}

// there makes the trips of a value: as an argument and a result of its own type, and in an any if the type is one that everybody knows.
func there[T any](v T) trip {
	return thereSame(v, func(a, b T) bool { return reflect.DeepEqual(a, b) })
}

func thereSame[T any](v T, same func(a, b T) bool) trip {
	typ := reflect.TypeFor[T]()
	return trip{
		title: fmt.Sprintf("%v %.30q", typ, fmt.Sprint(v)),
		echo:  func(x T) (T, bool) { return x, same(x, v) },
		run: func(t *testing.T, ctx context.Context, root *netproxy.Proxy, name string) {
			call, err := netproxy.Func[func(context.Context, any) (T, bool, error)](ctx, root, name)
			if err != nil {
				t.Fatal(err)
			}
			got, arrived, err := call(ctx, netproxy.Copy(v))
			if err != nil || !arrived || !same(got, v) {
				t.Errorf("typed: %#v came back as %#v, %v, %v", v, got, arrived, err)
			}
			// in an any, each way
			in, err := netproxy.Func[func(context.Context, any) ([]any, error)](ctx, root, "any")
			if err != nil {
				t.Fatal(err)
			}
			list, err := in(ctx, netproxy.Copy(v))
			if err != nil || len(list) != 1 {
				t.Fatalf("any: %v, %v", list, err)
			}
			if back, ok := list[0].(T); ok {
				if !same(back, v) {
					t.Errorf("any: %#v came back as %#v", v, back)
				}
			} else if known(typ) {
				t.Errorf("any: %#v came back as %#v", v, list[0])
			}
			if typ.Kind() == reflect.Pointer {
				return
			}
			// and whatever it has become there, it can be told to be what it was
			again, _, err := call(ctx, list[0])
			if err != nil || !same(again, v) {
				t.Errorf("from any: %#v came back as %#v and then %#v, %v", v, list[0], again, err)
			}
		},
	}
}

// known says whether a type is one that values keep in an any.
func known(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer: // by reference, in a dynamic result
		return false
	case reflect.Slice, reflect.Array:
		if t.Name() == "" {
			return known(t.Elem())
		}
	case reflect.Map:
		if t.Name() == "" {
			return known(t.Key()) && known(t.Elem())
		}
	case reflect.Struct:
		if t.Name() == "" {
			for i := range t.NumField() {
				if !known(t.Field(i).Type) {
					return false
				}
			}
			return true
		}
	case reflect.Interface:
		return t.NumMethod() == 0
	}
	return t.Name() != "" && !strings.HasPrefix(t.PkgPath(), "github.com/")
}

// sameBits compares floats with their signs and as NaN.
func sameBits(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }

func sameTime(a, b time.Time) bool {
	return a.Equal(b) && a.Format(time.RFC3339Nano+" MST") == b.Format(time.RFC3339Nano+" MST") && a.Location().String() == b.Location().String()
}

func numbers() []trip {
	return []trip{
		there(true), there(false), there(0), there(math.MaxInt), there(math.MinInt),
		there(int8(math.MaxInt8)), there(int8(math.MinInt8)), there(int16(math.MaxInt16)), there(int16(math.MinInt16)),
		there(int32(math.MaxInt32)), there(int32(math.MinInt32)), there(int64(math.MaxInt64)), there(int64(math.MinInt64)),
		there(uint(math.MaxUint)), there(uint8(math.MaxUint8)), there(uint16(math.MaxUint16)), there(uint32(math.MaxUint32)),
		there(uint64(math.MaxUint64)), there(uintptr(math.MaxUint)), there('ß'),
		there(float32(math.MaxFloat32)), there(float32(math.SmallestNonzeroFloat32)), there(math.MaxFloat64), there(math.SmallestNonzeroFloat64),
		there(math.Inf(1)), there(math.Inf(-1)), there(float32(math.Inf(-1))), there(1e-310), there(0.1), there(float32(0.1)),
		thereSame(math.NaN(), sameBits), thereSame(math.Copysign(0, -1), sameBits),
		thereSame(float32(math.NaN()), func(a, b float32) bool { return a != a && b != b }),
		there(complex64(1 - 2i)), there(complex(math.Inf(1), math.MaxFloat64)),
		thereSame(complex(math.NaN(), math.Copysign(0, -1)), func(a, b complex128) bool {
			return sameBits(real(a), real(b)) && sameBits(imag(a), imag(b))
		}),
		there(Level(-7)), there(Ratio(2.5)), there(Flag(true)), there(fs.FileMode(0o4755) | fs.ModeDir), there(90 * time.Minute), there(time.March), there(time.Sunday),
		there(big.NewInt(0).Lsh(big.NewInt(-5), 300)), there(*big.NewInt(12)), there(big.NewRat(-22, 7)), there((*big.Int)(nil)), there(*big.NewRat(1, 3)),
		thereSame(new(big.Float).SetPrec(300).SetMode(big.ToZero).Quo(big.NewFloat(1), big.NewFloat(3)), func(a, b *big.Float) bool {
			return a.Cmp(b) == 0 && a.Prec() == b.Prec() && a.Mode() == b.Mode()
		}),
		there(new(big.Float).SetInf(true)), there((*big.Float)(nil)),
	}
}

func texts() []trip {
	return []trip{
		there(""), there("grüß\x00dich"), there("\xff\xfe not UTF-8"), there(Label("x")), there(Label("\x80")),
		there([]byte(nil)), there([]byte{}), there([]byte{0, 255}), there(slices.Repeat([]byte{1, 2, 3}, 100_000)), there(Letters("abc")), there(Letters(nil)),
		there([4]byte{1, 2, 3, 4}), there(UUID{15: 1}), there([]UUID{{1}, {2}}), there(strings.Repeat("long ", 50_000)),
		there(json.RawMessage(`{"a":1}`)), there(json.Number("1e400")), there([]json.RawMessage{json.RawMessage("1"), nil}),
		there([]string{"", "\xff"}), there([]string(nil)), there([]string{}),
	}
}

func collections() []trip {
	one := 1
	return []trip{
		there([]int(nil)), there([]int{}), there([]int{1, -1, math.MaxInt}), there([]bool{true, false}), there([]float64{1, 2.5, math.Inf(1)}),
		there([]float32{0.1}), there([]uint16{65535}), there([]int8{-128}), there([]time.Duration{1, 2}), there([][]int{nil, {}, {1}}), there([][]byte{nil, {}, {1}}),
		there([]any{nil, 1, int8(2), "x", 2.5, float32(1.5), []byte("b"), []any{}, map[string]any{"k": uint8(1)}, time.Second, 'r', true, [2]int8{1, 2}, []string(nil)}),
		there([0]int{}), there([3]string{"a", "b"}), there([2][2]int8{{1, 2}, {3, 4}}), there(Triple{1, 2, 3}),
		there(map[string]int(nil)), there(map[string]int{}), there(map[string]int{"a": 1, "\xff": 2}), there(map[string]string{"k": "\xfe"}),
		there(map[string]any{"a": nil, "b": []any{map[string]any{}}}), there(map[bool]int8{true: 1}), there(map[float64]string{math.Inf(1): "inf", 0.5: "half"}),
		there(map[[2]int]string{{1, 2}: "x"}), there(map[struct{ A, B int }]bool{{1, 2}: true}), there(map[any]any{1: "a", "b": 2, [1]int8{3}: nil, time.Second: 1.5}),
		there(map[complex128]int{1i: 1}), there(map[time.Duration][]int{1: nil, 2: {}}), there(map[netip.Addr]int{netip.MustParseAddr("::1"): 1}),
		thereSame(map[float64]int{math.NaN(): 1, math.Copysign(math.NaN(), -1): 2}, func(a, b map[float64]int) bool {
			sum := func(m map[float64]int) (n int) {
				for k, v := range m {
					if k != k {
						n += v
					}
				}
				return n
			}
			return len(a) == len(b) && sum(a) == sum(b)
		}),
		there(Index{"a": {1, 2}, "b": nil}), there(map[string][]Level{"x": {}}), there(url.Values{"q": {"1", "2"}}), there(http.Header{"A": nil}),
		there([]*int{&one, nil}), there(map[string]*int{"n": nil, "one": &one}),
	}
}

func wellKnown() []trip {
	vienna, err := time.LoadLocation("Europe/Vienna")
	if err != nil {
		vienna = time.UTC
	}
	at := time.Date(2024, 7, 1, 12, 30, 0, 123456789, time.UTC)
	return []trip{
		thereSame(at, sameTime), thereSame(at.In(vienna), sameTime), thereSame(at.Local(), sameTime), thereSame(time.Time{}, sameTime),
		thereSame(at.In(time.FixedZone("X", 3723)), sameTime), thereSame(at.In(time.FixedZone("", -1)), sameTime),
		thereSame(at.In(time.FixedZone("CET", 3600)), sameTime),
		thereSame(time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC), sameTime), thereSame(time.Date(10000, 12, 31, 23, 59, 59, 999999999, time.FixedZone("far", 50400)), sameTime),
		thereSame(time.Now(), func(a, b time.Time) bool { return a.Equal(b) && a.Round(0).String() == b.Round(0).String() }),
		there([]time.Time{at, {}}), there(&at), there(time.UTC), there(time.Local), there((*time.Location)(nil)),
		thereSame(vienna, func(a, b *time.Location) bool { return a.String() == b.String() }),
		there(netip.Addr{}), there(netip.MustParseAddr("fe80::1%eth0")), there(netip.MustParseAddrPort("1.2.3.4:80")), there(netip.AddrPort{}),
		there(netip.MustParsePrefix("10.0.0.0/8")), there(netip.Prefix{}),
		there(net.IPv4(1, 2, 3, 4)), there(net.IP(nil)), there(net.IPNet{IP: net.IP{1, 2, 3, 4}, Mask: net.CIDRMask(8, 32)}), there(net.HardwareAddr{1, 2, 3, 4, 5, 6}),
		there(&net.TCPAddr{IP: net.IPv6loopback, Port: 80, Zone: "z"}), there(net.UnixAddr{Name: "@x", Net: "unix"}),
		there(url.URL{Scheme: "https", User: url.UserPassword("u", "p:@/"), Host: "h:1", Path: "/a b", RawQuery: "q=%", Fragment: "f"}),
		there(&url.URL{Opaque: "x@y", Scheme: "mailto", ForceQuery: true}), there((*url.URL)(nil)), there(&url.URL{Host: "not parsable %"}), there(url.User("only")),
		thereSame(regexp.MustCompile(`(?i)^a{2,3}[^\d]+$`), func(a, b *regexp.Regexp) bool { return a.String() == b.String() && b.MatchString("AAx") }),
		there((*regexp.Regexp)(nil)),
	}
}

func structs() []trip {
	full := Everything{
		Bool: true, Ints: []int64{1}, Level: 3, Empty: []string{}, Map: map[string]int{}, Bytes: []byte{}, Arr: [2]struct{ X, Y float64 }{{1, 2}, {3, 4}},
		Embedded: Embedded{7}, Outer: &Outer{&Outer{}}, embedded: embedded{true}, When: time.Unix(1, 2).UTC(), For: time.Hour, Big: big.NewInt(1), Text: "\xff",
		Addr: netip.IPv6Unspecified(),
	}
	full.Anon.A, full.Anon.B = int8(1), []any{nil, uint(2)}
	list := &Linked{Value: 1, Next: &Linked{Value: 2, Next: &Linked{}}}
	ring := &Doubly{Name: "a"}
	ring.Next = &Doubly{Name: "b", Prev: ring, Next: ring}
	ring.Prev = ring.Next
	level := Level(4)
	to, toNil := &level, (*Level)(nil)
	shape := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "A", Type: reflect.TypeFor[int8](), Tag: `x:"y"`}})).Elem()
	shape.Field(0).SetInt(5)
	return []trip{
		there(Everything{}), there(full), there([]Everything{full, {}}), there(struct{}{}), there(struct{ X, Y int }{1, 2}), there([]struct{ S []string }{{nil}, {[]string{}}}),
		there(list), thereSame(ring, func(a, b *Doubly) bool {
			return a.Next.Next == a && a.Prev == a.Next && a.Next.Prev == a && a.Name+a.Next.Name == b.Name+b.Next.Name
		}),
		there(Branch{Kids: []Branch{{}, {Tags: map[string]Branch{"t": {}}}}}),
		there(Couple[string, []Level]{"k", []Level{1}}), there(Couple[*Level, Couple[int8, any]]{&level, Couple[int8, any]{1, "x"}}), there([]Couple[Label, Flag]{{"a", true}}),
		there(Money{1299}), there(map[string]Money{"a": {1}}), there([]Money{{1}, {2}}), there(&Money{5}), there(Secret{"s"}), there([]Secret{{"t"}}), there(&Secret{"u"}),
		there(Stamped{time.Unix(5, 0).UTC(), "not lost"}), there(&to), there(&toNil), there((**Level)(nil)), there((func())(nil)), there((chan int)(nil)),
		there(struct{ A any }{nil}), there(struct{ A any }{[]any{}}), there([]struct{ Err error }{{nil}}), there(fs.FileMode(0)), there([]any{any(nil)}),
		{
			title: "a type made by reflect",
			echo:  reflect.MakeFunc(reflect.FuncOf([]reflect.Type{shape.Type()}, []reflect.Type{shape.Type()}, false), func(in []reflect.Value) []reflect.Value { return in }).Interface(),
			run: func(t *testing.T, ctx context.Context, root *netproxy.Proxy, name string) {
				got, err := netproxy.Call[struct{ A int }](ctx, root, name, shape.Interface())
				if got.A != 5 || err != nil {
					t.Errorf("%+v, %v", got, err)
				}
			},
		},
	}
}

// TestRoundTrips sends values of every kind there and back.
func TestRoundTrips(t *testing.T) {
	for name, all := range map[string]Trips{
		"numbers": numbers(), "texts": texts(), "collections": collections(), "well-known": wellKnown(), "structs": structs(),
	} {
		t.Run(name, func(t *testing.T) {
			eachWay(t, func() any { return all }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
				for i, trip := range all {
					t.Run(trip.title, func(t *testing.T) { trip.run(t, ctx, root, fmt.Sprintf("T%d", i)) })
				}
			})
		})
	}
}
