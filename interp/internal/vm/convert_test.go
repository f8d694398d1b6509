package vm

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
)

// TestNumberConversions converts between all kinds of numbers, and between named types of these kinds.
func TestNumberConversions(t *testing.T) {
	convertFrom(t, integerEdges[int]())
	convertFrom(t, integerEdges[int8]())
	convertFrom(t, integerEdges[int16]())
	convertFrom(t, integerEdges[int32]())
	convertFrom(t, integerEdges[int64]())
	convertFrom(t, integerEdges[uint]())
	convertFrom(t, integerEdges[uint8]())
	convertFrom(t, integerEdges[uint16]())
	convertFrom(t, integerEdges[uint32]())
	convertFrom(t, integerEdges[uint64]())
	convertFrom(t, integerEdges[uintptr]())
	convertFrom(t, append(floatEdges[float32](), float32(math.Inf(1)), float32(math.Inf(-1))))
	convertFrom(t, append(floatEdges[float64](), math.Inf(1), math.Inf(-1)))
}

func convertFrom[S integer | float](t *testing.T, edges []S) {
	names := []string{"int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr", "float32", "float64"}
	from := reflect.TypeFor[S]()
	t.Run(from.Name(), func(t *testing.T) {
		var src strings.Builder
		fmt.Fprintf(&src, "package main\ntype source %v\n", from)
		for _, to := range names {
			fmt.Fprintf(&src, "type my%s %s\n", to, to)
			fmt.Fprintf(&src, "func to_%s(x %v) %s { return %s(x) }\n", to, from, to, to)
			fmt.Fprintf(&src, "func tonamed_%s(x %v) %s { return %s(my%s(source(x))) }\n", to, from, to, to, to)
		}
		p := runnable(t, src.String())
		convertFromTo[S, int](t, p, edges)
		convertFromTo[S, int8](t, p, edges)
		convertFromTo[S, int16](t, p, edges)
		convertFromTo[S, int32](t, p, edges)
		convertFromTo[S, int64](t, p, edges)
		convertFromTo[S, uint](t, p, edges)
		convertFromTo[S, uint8](t, p, edges)
		convertFromTo[S, uint16](t, p, edges)
		convertFromTo[S, uint32](t, p, edges)
		convertFromTo[S, uint64](t, p, edges)
		convertFromTo[S, uintptr](t, p, edges)
		convertFromTo[S, float32](t, p, edges)
		convertFromTo[S, float64](t, p, edges)
	})
}

func convertFromTo[S, D integer | float](t *testing.T, p source, edges []S) {
	t.Helper()
	to := reflect.TypeFor[D]().Name()
	plain, named := p.fn("to_"+to).(func(S) D), p.fn("tonamed_"+to).(func(S) D)
	for _, x := range edges {
		want := fmt.Sprint(D(x))
		if got := fmt.Sprint(plain(x)); got != want {
			t.Errorf("%s(%v) is %s, want %s", to, x, got, want)
		}
		if got := fmt.Sprint(named(x)); got != want {
			t.Errorf("%s(%v) through named types is %s, want %s", to, x, got, want)
		}
	}
}

func TestComplexConversions(t *testing.T) {
	p := runnable(t, `package main
type c64 complex64
func narrow(x complex128) complex64 { return complex64(c64(x)) }
func wide(x complex64) complex128 { return complex128(c64(x)) }
`)
	narrow, wide := p.fn("narrow").(func(complex128) complex64), p.fn("wide").(func(complex64) complex128)
	for _, x := range append(complexEdges[complex128](), 0.1+0.2i, 1e300-1e-300i) {
		if got, want := fmt.Sprint(narrow(x)), fmt.Sprint(complex64(x)); got != want {
			t.Errorf("complex64(%v) is %s, want %s", x, got, want)
		}
	}
	for _, x := range append(complexEdges[complex64](), 0.1+0.2i) {
		if got, want := fmt.Sprint(wide(x)), fmt.Sprint(complex128(x)); got != want {
			t.Errorf("complex128(%v) is %s, want %s", x, got, want)
		}
	}
}

// TestCodePoints converts integers of all kinds to strings.
func TestCodePoints(t *testing.T) {
	codePoints(t, integerEdges[int]())
	codePoints(t, integerEdges[int8]())
	codePoints(t, integerEdges[int16]())
	codePoints(t, []int32{-1, 0, 'a', 'é', '世', '😀', 0xD7FF, 0xD800, 0xDFFF, 0xE000, 0xFFFD, 0x10FFFF, 0x110000, math.MaxInt32, math.MinInt32})
	codePoints(t, integerEdges[int64]())
	codePoints(t, integerEdges[uint]())
	codePoints(t, integerEdges[uint8]())
	codePoints(t, integerEdges[uint16]())
	codePoints(t, integerEdges[uint32]())
	codePoints(t, append(integerEdges[uint64](), 1<<32+'a'))
	codePoints(t, integerEdges[uintptr]())
}

func codePoints[T integer](t *testing.T, edges []T) {
	t.Helper()
	f := runnable(t, fmt.Sprintf("package main\nfunc f(x %v) string { return string(x) }", reflect.TypeFor[T]())).fn("f").(func(T) string)
	for _, x := range edges {
		want := "\uFFFD"
		if x >= 0 && uint64(x) <= math.MaxInt32 {
			want = string(rune(x))
		}
		if got := f(x); got != want {
			t.Errorf("string(%T(%v)) is %q, want %q", x, x, got, want)
		}
	}
}

func TestStringConversions(t *testing.T) {
	p := runnable(t, `package main
type (
	B     byte
	R     rune
	S     string
	bytes []byte
	Bs    []B
	Rs    []R
)
func bytesOf(s string) []byte { return []byte(s) }
func runesOf(s string) []rune { return []rune(s) }
func ofBytes(b []byte) string { return string(b) }
func ofRunes(r []rune) string { return string(r) }
func named(s string) string   { return string(Bs(S(s))) + string(S(Rs(s))) + string(bytes(s)) }
func constant() []byte        { return []byte("héllo") }
func empty() (bool, bool)     { return []byte("") == nil, []rune("") == nil }
func apart(s string) string   { b := []byte(s); b[0] = '!'; return s + string(b) }
`)
	bytesOf, runesOf := p.fn("bytesOf").(func(string) []byte), p.fn("runesOf").(func(string) []rune)
	ofBytes, ofRunes := p.fn("ofBytes").(func([]byte) string), p.fn("ofRunes").(func([]rune) string)
	named := p.fn("named").(func(string) string)
	for _, s := range []string{"", "a", "héllo, 世界 😀", "\xff\xfe broken \xe4\xb8", strings.Repeat("long", 100)} {
		if got := bytesOf(s); !reflect.DeepEqual(got, []byte(s)) || ofBytes(got) != s {
			t.Errorf("the bytes of %q are %v", s, got)
		}
		if got := runesOf(s); !reflect.DeepEqual(got, []rune(s)) || ofRunes(got) != string([]rune(s)) {
			t.Errorf("the runes of %q are %v", s, got)
		}
		if got, want := named(s), s+string([]rune(s))+s; got != want {
			t.Errorf("named types make %q of %q, want %q", got, s, want)
		}
	}
	if got := ofRunes([]rune{-1, 0xD800, 'x', math.MaxInt32}); got != "\uFFFD\uFFFDx\uFFFD" {
		t.Errorf("invalid runes make %q", got)
	}
	if got := p.fn("constant").(func() []byte)(); string(got) != "héllo" {
		t.Errorf("a constant's bytes are %q", got)
	}
	if b, r := p.fn("empty").(func() (bool, bool))(); b || r {
		t.Error("the bytes or runes of an empty string are nil")
	}
	if got := p.fn("apart").(func(string) string)("abc"); got != "abc!bc" {
		t.Errorf("a string shares its bytes with what it was converted to: %q", got)
	}
}

func TestUnsafePointers(t *testing.T) {
	got := output(t, `package main
import "unsafe"
type P *[2]int32
func main() {
	f := 1.5
	println(*(*uint64)(unsafe.Pointer(&f)))
	a := [2]int32{3, 4}
	p := unsafe.Pointer(&a)
	println(*(*int32)(unsafe.Pointer(uintptr(p) + 4)))
	println((*[2]int32)(P(p))[1], uintptr(p) == uintptr(unsafe.Pointer(&a[0])))
}`)
	if want := "4609434218613702656\n4\n4 true\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSliceToArray(t *testing.T) {
	p := runnable(t, `package main
type A [4]string
func pointer(s []string) *[4]string { return (*[4]string)(s) }
func array(s []string) [4]string { return [4]string(s) }
func named(s []string) A { return A(s) }
func none(s []string) (*[0]string, [0]string) { return (*[0]string)(s), [0]string(s) }
`)
	pointer, array := p.fn("pointer").(func([]string) *[4]string), p.fn("array").(func([]string) [4]string)
	s := []string{"a", "b", "c", "d", "e"}
	if got := pointer(s); got != (*[4]string)(s) {
		t.Errorf("the array is at %p, want %p", got, &s[0])
	}
	if got := array(s); got != [4]string(s) {
		t.Errorf("the array is %v", got)
	}
	short := s[:2]
	for name, f := range map[string][2]func() any{
		"pointer": {func() any { return pointer(short) }, func() any { return (*[4]string)(short) }},
		"array":   {func() any { return array(short) }, func() any { return [4]string(short) }},
		"nil":     {func() any { return pointer(nil) }, func() any { return (*[4]string)([]string(nil)) }},
	} {
		if got, want := outcome(f[0]), outcome(f[1]); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	none := p.fn("none").(func([]string) (*[0]string, [0]string))
	if p, _ := none(nil); p != nil {
		t.Error("the array of a nil slice is not nil")
	}
	if p, _ := none(s[:0]); p == nil {
		t.Error("the array of an empty slice is nil")
	}
}
