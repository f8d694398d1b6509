package netproxy

import (
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/internal/wire"
)

// written encodes v: with its definitions or without, its pointers copied.
func written(t testing.TB, v any, full bool) []byte {
	t.Helper()
	e := encoder{out: loopback{}, deep: true, full: full}
	if err := e.dynamic(reflect.ValueOf(v)); err != nil {
		t.Fatal(err)
	}
	return e.buf
}

// FuzzDecode reads anything as anything: it may fail, but neither panic nor make more than the data can fill, nor what cannot be printed.
func FuzzDecode(f *testing.F) {
	targets := []reflect.Type{
		anyType, reflect.TypeFor[Data](), reflect.TypeFor[*Ring](), reflect.TypeFor[[]any](), reflect.TypeFor[map[string][]Tree](),
		errorType, reflect.TypeFor[[16]byte](), proxyType, reflect.TypeFor[func()](), reflect.TypeFor[big.Int](), timeType,
		reflect.TypeFor[*Station](), reflect.TypeFor[Shared](), reflect.TypeFor[fs.FileInfo](), reflect.TypeFor[[]fs.DirEntry](), reflect.TypeFor[net.Addr](),
		reflect.TypeFor[*regexp.Regexp](), reflect.TypeFor[*time.Location](), reflect.TypeFor[*big.Float](), reflect.TypeFor[map[any]any](),
		reflect.TypeFor[[]string](), reflect.TypeFor[map[string]any](), reflect.TypeFor[[]float64](), reflect.TypeFor[map[string]string](),
	}
	ring := &Ring{}
	ring.Next = ring
	var list *Ring
	for range 300 {
		list = &Ring{Next: list}
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		f.Fatal(err)
	}
	one := map[string]int{"a": 1}
	for _, v := range []any{
		sample(), ring, list,
		[]any{1, "x"},
		errors.Join(errors.New("a"), fail(ErrMember, "b")), &PanicError{Value: 1}, func() {},
		&Station{Next: &Station{}, Others: map[string]*Station{}},
		struct{ A, B any }{1, time.Second},
		Shared{A: one, B: one, D: one, P: &one, Q: &one},
		entries[:2],
		addr{"a", "b"},
		regexp.MustCompile("a{2,3}"), time.Now(), time.Now().UTC(), time.UTC, big.NewFloat(1e100),
		[]*int{nil, new(int)},
		map[any]any{1: "a", [2]int8{}: nil},
		[]string{"a", "\xff"},
		map[string]string{"a": "b"},
		[]float64{1, 2.5},
		map[Pair[int]]Names{{}: {"x"}},
	} {
		f.Add(written(f, v, false))
		f.Add(written(f, v, true))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, typ := range targets {
			refs := []any{&object{v: reflect.ValueOf(1)}, &object{v: reflect.ValueOf([]reflect.Value{}), tuple: true}}
			d := newDecoder(loopback{}, data, refs)
			v, err := d.into(typ)
			if err != nil {
				continue
			}
			if text := fmt.Sprint(v); len(text) > 64*(len(data)+maxRepeated) {
				t.Errorf("%d bytes became %d of text", len(data), len(text))
			}
			if typ == anyType {
				e := encoder{out: loopback{}}
				_ = e.dynamic(v) // may refuse, but not panic
			}
		}
	})
}

// cost is how much memory is allocated while f runs.
func cost(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestBombsAreCheap decodes small messages that ask for much.
func TestBombsAreCheap(t *testing.T) {
	deep := func(head []byte, n int) []byte { return append([]byte(strings.Repeat(string(head), n)), 0xf6) }
	typed := func(name string, value []byte) []byte {
		b := wire.AppendArray(wire.AppendTag(nil, tagTyped), 2)
		return append(wire.AppendText(b, name), value...)
	}
	many := func(n int, item func(i int) []byte) []byte {
		b := wire.AppendArray(nil, n)
		for i := range n {
			b = append(b, item(i)...)
		}
		return b
	}
	pattern := func(text string) []byte {
		return typed("regexp.Regexp", wire.AppendBytes(wire.AppendTag(nil, tagCoded), []byte(text)))
	}
	for name, data := range map[string][]byte{
		"arrays in arrays":           deep(wire.AppendArray(nil, 1), 100_000),
		"tags in tags":               deep(wire.AppendTag(nil, tagPointer), 100_000),
		"typed in typed":             deep(append(wire.AppendTag(nil, tagTyped), 0x82, 19), 100_000),
		"later in later":             deep(append(wire.AppendTag(nil, tagLater), 0x81), 100_000),
		"errors in errors":           deep(wire.AppendTag(nil, tagError), 100_000),
		"snapshots":                  deep(append(wire.AppendTag(nil, tagSnapshot), 0x85, 2), 100_000),
		"an array of 2^40":           {0x9b, 0, 0, 1, 0, 0, 0, 0, 0},
		"a text of 2^40":             {0x7b, 0, 0, 1, 0, 0, 0, 0, 0},
		"a map of 2^40":              {0xbb, 0, 0, 1, 0, 0, 0, 0, 0},
		"large array types":          many(200, func(i int) []byte { return typed(fmt.Sprintf("[%d][100]int", i+5), wire.AppendArray(nil, 0)) }),
		"large elements":             typed("[][8192]int", wire.AppendArray(nil, 50)),
		"many type names":            many(20_000, func(i int) []byte { return typed(fmt.Sprintf("[%d]int", i), wire.AppendNil(nil)) }),
		"unknown type names":         many(20_000, func(i int) []byte { return typed(fmt.Sprintf("a/b.T%d", i), wire.AppendNil(nil)) }),
		"regular expressions":        many(100, func(i int) []byte { return pattern(fmt.Sprintf("((x{10}){10}){10}%d", i)) }),
		"a large regular expression": pattern(strings.Repeat("[^a]{1000}", 500)),
		"time zones": many(5000, func(i int) []byte {
			b := wire.AppendArray(wire.AppendTag(nil, tagTime), 5)
			b = wire.AppendInt(wire.AppendInt(wire.AppendInt(b, 1), 1), 3600)
			return wire.AppendText(wire.AppendText(b, "Z"), fmt.Sprintf("Nowhere/Z%d", i))
		}),
		"a huge number": typed("math/big.Rat", wire.AppendText(wire.AppendTag(nil, tagCoded), "1e999999999")),
	} {
		t.Run(name, func(t *testing.T) {
			for _, typ := range []reflect.Type{anyType, reflect.TypeFor[[]any](), reflect.TypeFor[*Station](), reflect.TypeFor[map[string]any](), errorType, proxyType} {
				used := cost(func() { _, _ = newDecoder(loopback{}, data, nil).into(typ) })
				if limit := uint64(128<<20 + 400*len(data)); used > limit {
					t.Errorf("%d bytes, read as a %v, took %d bytes", len(data), typ, used)
				}
			}
		})
	}
}
