package netproxy_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"maps"
	"math/big"
	"math/rand"
	"reflect"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/netproxy"
)

// Library offers funcs of the standard library that write to what they are given.
type Library struct {
	Ints      func([]int)
	Strings   func([]string)
	Slice     func(any, func(i, j int) bool)
	Sort      func(sort.Interface)
	Unmarshal func([]byte, any) error
	ReadFull  func(io.Reader, []byte) (int, error)
	Shuffle   func(int, func(i, j int))
	Sscan     func(string, ...any) (int, error)
	Fscan     func(io.Reader, ...any) (int, error)
	AppendInt func([]byte, int64, int) []byte
	PutUvar   func([]byte, uint64) int
	Read      func(io.Reader, binary.ByteOrder, any) error
	Copy      func(dst, src map[string]int)
	CopyInts  func(dst, src []int) int
	Clear     func(map[string]int)
	Crc       func() hash.Hash32
	Sum       func([]byte) [4]byte
	Contains  func([]byte, []byte) bool
	Grow      func(*Tree) error
	Inc       func(...*int)
	Swap      func(a, b *int)
	Flags     func(name *string, on *bool)
	Same      func(a, b *Tree) bool
	First     func(xs []int) *int
	Tail      func(xs []int) []int
	Add       func(z, x, y *big.Int) *big.Int
	Late      func(xs []int, done func() error) error
	Each      func(xs []string, f func(i int) error) error
	Fail      func(xs []int) error
	Panic     func(xs []int)
	Keep      func(p *netproxy.Proxy) error
	Fill      func(m map[string]any)
	Nil       func(xs []int, m map[string]int, p *int) bool
	Append    func(xs []int) []int
	Index     func(xs []int, p *int, n int)
	Array     func(a *[4]int, s []int)
	Field     func(t *Tree, name *string)
	Deep      func(rows [][]string)
	Scanner   func(r io.Reader, into *[]string) error
	Reverse   func(*Loop)
	Parallel  func(xs []int, f func(int) (int, error)) error
	Lend      func(f func([]int, map[string]*Loop) error) ([]int, int, error)
	Compose   func(all ...func(int) (int, error)) func(int) (int, error)
	Maker     func(n int) (func() (func() (int, error), error), error)
	NoFunc    func(f func()) (func(), []int, error)
	Options   func(o Wishes) int
	Tries     func(xs []string, f func(i int) error) int
}

// Wishes are passed by value, and have parts that are not.
type Wishes struct {
	Items []int
	Named map[string]*Loop
	Any   any
}

// Tree is plain data with everything in it.
type Tree struct {
	Name  string
	Kids  []*Tree
	Count map[string]int
	Best  *Tree
	Any   any
	Notes [2][]string
}

// Loop is a ring of its kind.
type Loop struct {
	N    int
	Next *Loop
}

func library() any {
	return &Library{
		Ints: sort.Ints, Strings: sort.Strings, Slice: sort.Slice, Sort: sort.Sort, Unmarshal: json.Unmarshal, ReadFull: io.ReadFull,
		Shuffle: rand.Shuffle, Sscan: fmt.Sscan, Fscan: fmt.Fscan, AppendInt: strconv.AppendInt, PutUvar: binary.PutUvarint, Read: binary.Read,
		Copy: maps.Copy[map[string]int, map[string]int], CopyInts: func(dst, src []int) int { return copy(dst, src) },
		Clear: func(m map[string]int) { clear(m); m["left"] = 1 }, Crc: crc32.NewIEEE, Contains: bytes.Contains,
		Grow: func(t *Tree) error {
			t.Name += "!"
			t.Kids[0].Name = "first"
			t.Kids = append(t.Kids, &Tree{Name: "new"})
			t.Best = t.Kids[0]
			delete(t.Count, "gone")
			t.Count["more"]++
			t.Any = []int{1, 2}
			t.Notes[1][0] = "noted"
			return errors.New("grown all the same")
		},
		Inc: func(all ...*int) {
			for _, p := range all {
				*p++
			}
		},
		Swap:  func(a, b *int) { *a, *b = *b, *a },
		Flags: func(name *string, on *bool) { *name, *on = "set", true },
		Same:  func(a, b *Tree) bool { a.Name = "one"; return a == b && b.Name == "one" },
		First: func(xs []int) *int { xs[0] = 7; return &xs[0] },
		Tail:  func(xs []int) []int { return xs[1:] },
		Add:   func(z, x, y *big.Int) *big.Int { return z.Add(x, y) },
		Late: func(xs []int, done func() error) error {
			err := done()
			xs[0] = 99
			return err
		},
		Each: func(xs []string, f func(int) error) error {
			for i := range xs {
				xs[i] += "<"
				if err := f(i); err != nil {
					return err
				}
				xs[i] += "*"
			}
			return nil
		},
		Fail:  func(xs []int) error { xs[1] = 5; return io.ErrUnexpectedEOF },
		Panic: func(xs []int) { xs[1] = 5; panic("no") },
		Keep:  func(p *netproxy.Proxy) error { return p.Set(context.Background(), "N", 8) },
		Fill:  func(m map[string]any) { m["list"] = []string{"a"}; m["n"] = 1; m["at"] = time.Unix(1, 0).UTC() },
		Nil:   func(xs []int, m map[string]int, p *int) bool { return xs == nil && m == nil && p == nil },
		Append: func(xs []int) []int {
			xs = append(xs, 1)
			xs[0] = 50
			return xs
		},
		Index: func(xs []int, p *int, n int) { *p = n; xs[0] = xs[2] },
		Array: func(a *[4]int, s []int) { a[0] = 1; s[1] = a[0] + 1 },
		Field: func(t *Tree, name *string) { *name = "by field"; t.Kids = nil },
		Deep:  func(rows [][]string) { rows[0], rows[1] = rows[1], rows[0]; rows[0][0] = "x" },
		Scanner: func(r io.Reader, into *[]string) error {
			s := bufio.NewScanner(r)
			for s.Scan() {
				*into = append(*into, s.Text())
			}
			return s.Err()
		},
		Parallel: func(xs []int, f func(int) (int, error)) error {
			errs := make([]error, len(xs))
			var wg sync.WaitGroup
			for i := range xs {
				wg.Go(func() { xs[i], errs[i] = f(xs[i]) })
			}
			wg.Wait()
			return errors.Join(errs...)
		},
		Lend: func(f func([]int, map[string]*Loop) error) ([]int, int, error) {
			xs, m := []int{3, 1, 2}, map[string]*Loop{"a": {N: 1}}
			a := m["a"]
			err := f(xs, m)
			return xs, a.N, err
		},
		Compose: func(all ...func(int) (int, error)) func(int) (int, error) {
			return func(x int) (_ int, err error) {
				for _, f := range all {
					if x, err = f(x); err != nil {
						return x, err
					}
				}
				return x, nil
			}
		},
		Maker: func(n int) (func() (func() (int, error), error), error) {
			return func() (func() (int, error), error) { return func() (int, error) { n++; return n, nil }, nil }, nil
		},
		NoFunc: func(f func()) (func(), []int, error) { return f, nil, nil },
		Options: func(o Wishes) int {
			o.Items[0], o.Named["a"].N, o.Named["b"] = 5, 6, &Loop{N: 7}
			o.Any.([]int)[1] = 8
			o.Items = nil
			return len(o.Named)
		},
		Tries: func(xs []string, f func(i int) error) (failed int) {
			for i := range xs {
				xs[i] = strings.ToUpper(xs[i])
				if f(i) != nil {
					failed++
				}
			}
			return failed
		},
		Reverse: func(r *Loop) {
			prev, at := (*Loop)(nil), r
			for range 3 {
				at.N *= 10
				at.Next, prev, at = prev, at, at.Next
			}
			r.Next = prev
		},
	}
}

// borrowing binds the library both ways: the last way is that of a callback, in which the roles are changed.
func borrowing(t *testing.T, test func(t *testing.T, ctx context.Context, lib *Library, root *netproxy.Proxy)) {
	eachWay(t, library, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		var lib Library
		if err := netproxy.Bind(ctx, root, &lib); err != nil {
			t.Fatal(err)
		}
		test(t, ctx, &lib, root)
	})
}

func want[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %#v, want %#v", what, got, want)
	}
}

func TestSlicesAreRestored(t *testing.T) {
	borrowing(t, func(t *testing.T, ctx context.Context, lib *Library, root *netproxy.Proxy) {
		xs := []int{3, 1, 2, 9, -4}
		lib.Ints(xs)
		want(t, "Ints", xs, []int{-4, 1, 2, 3, 9})
		part := []int{9, 8, 7, 6, 5}
		lib.Ints(part[1:4])
		want(t, "a part", part, []int{9, 6, 7, 8, 5})
		names := []string{"c", "a", "b"}
		if _, err := netproxy.Call[struct{}](ctx, root, "Strings", names); err != nil {
			t.Fatal(err)
		}
		want(t, "Strings by Call", names, []string{"a", "b", "c"})
		lib.Ints(nil)
		lib.Ints([]int{})

		over := []int{1, 2, 3, 4, 5, 6}
		if n := lib.CopyInts(over[1:], over); n != 5 {
			t.Errorf("copied %d", n)
		}
		want(t, "overlapping", over, []int{1, 1, 2, 3, 4, 5})
		lib.CopyInts(over, over)
		want(t, "the same twice", over, []int{1, 1, 2, 3, 4, 5})

		room := make([]int, 2, 8)
		got := lib.Append(room)
		want(t, "what was appended", got, []int{50, 0, 1})
		want(t, "the slice appended to", room, []int{0, 0})
		want(t, "behind it", room[:3], []int{0, 0, 0})
		want(t, "AppendInt", string(lib.AppendInt([]byte("n="), 42, 10)), "n=42")
		buf := make([]byte, 4)
		if n := lib.PutUvar(buf, 300); n != 2 || buf[0] != 0xac || buf[1] != 2 {
			t.Errorf("PutUvarint: %d, %v", n, buf)
		}
		rows := [][]string{{"a"}, {"b"}}
		a, b := rows[0], rows[1]
		lib.Deep(rows)
		want(t, "rows", rows, [][]string{{"x"}, {"a"}})
		if &rows[0][0] != &b[0] || &rows[1][0] != &a[0] {
			t.Error("the rows are others")
		}
	})
}

func TestPointersAreRestored(t *testing.T) {
	borrowing(t, func(t *testing.T, ctx context.Context, lib *Library, root *netproxy.Proxy) {
		var n int
		var s string
		var f float64
		if k, err := lib.Sscan("12 word 2.5", &n, &s, &f); k != 3 || err != nil || n != 12 || s != "word" || f != 2.5 {
			t.Errorf("Sscan: %d, %v: %d %q %v", k, err, n, s, f)
		}
		if k, err := lib.Fscan(strings.NewReader("7 x"), &n, &s); k != 2 || err != nil || n != 7 || s != "x" {
			t.Errorf("Fscan: %d, %v: %d %q", k, err, n, s)
		}
		var name string
		var on bool
		lib.Flags(&name, &on)
		if name != "set" || !on {
			t.Errorf("flags: %q, %v", name, on)
		}
		a, b := 1, 2
		lib.Swap(&a, &b)
		lib.Inc(&a, &b, &a)
		if a != 4 || b != 2 {
			t.Errorf("a and b: %d, %d", a, b)
		}
		one := &Tree{}
		if !lib.Same(one, one) || one.Name != "one" {
			t.Errorf("the same pointer twice: %+v", one)
		}
		if lib.Same(one, &Tree{}) {
			t.Error("two pointers became one")
		}
		xs := []int{1, 2, 3}
		if p := lib.First(xs); p == nil || *p != 7 || xs[0] != 7 {
			t.Errorf("First: %v, %v", p, xs)
		}
		lib.Index(xs, &xs[2], 30)
		want(t, "an element by its pointer", xs, []int{30, 2, 30})
		tail := lib.Tail(xs)
		if len(tail) != 2 || &tail[0] != &xs[1] {
			t.Errorf("a slice that came home: %v", tail)
		}
		four := [4]int{9, 9, 9, 9}
		lib.Array(&four, four[1:])
		want(t, "an array", four, [4]int{1, 9, 2, 9})
		tree := &Tree{Name: "x", Kids: []*Tree{{}}}
		lib.Field(tree, &tree.Name)
		if tree.Name != "by field" || tree.Kids != nil {
			t.Errorf("a field: %+v", tree)
		}
		z := new(big.Int)
		if got := lib.Add(z, big.NewInt(2), big.NewInt(3)); z.Int64() != 5 || got.Int64() != 5 {
			t.Errorf("Add: %v, %v", z, got)
		}
		if !lib.Nil(nil, nil, nil) {
			t.Error("nil is not nil there")
		}
		kept := &Loop{N: 1}
		if _, err := netproxy.Call[struct{}](ctx, root, "Keep", kept); err != nil || kept.N != 8 {
			t.Errorf("by reference: %v, %v", kept, err)
		}
	})
}

func TestDataIsRestored(t *testing.T) {
	borrowing(t, func(t *testing.T, ctx context.Context, lib *Library, _ *netproxy.Proxy) {
		kid := &Tree{Name: "kid"}
		kids, count := []*Tree{kid, {Name: "other"}}, map[string]int{"gone": 1, "more": 1, "stays": 3}
		tree := &Tree{Name: "top", Kids: kids, Count: count, Notes: [2][]string{nil, {"-"}}}
		if err := lib.Grow(tree); err == nil || err.Error() != "grown all the same" {
			t.Fatal(err)
		}
		if tree.Name != "top!" || kid.Name != "first" || tree.Best != kid || len(tree.Kids) != 3 || tree.Kids[0] != kid || tree.Kids[2].Name != "new" {
			t.Errorf("the tree: %+v", tree)
		}
		want(t, "the map", count, map[string]int{"more": 2, "stays": 3})
		want(t, "any", tree.Any, any([]int{1, 2}))
		want(t, "notes", tree.Notes, [2][]string{nil, {"noted"}})

		type config struct {
			Name  string            `json:"name"`
			Tags  []string          `json:"tags"`
			Inner struct{ X int }   `json:"inner"`
			By    map[string]*int   `json:"by"`
			Extra map[string]string `json:"-"`
		}
		v := config{Extra: map[string]string{"kept": "yes"}}
		if err := lib.Unmarshal([]byte(`{"name":"n","tags":["a","b"],"inner":{"X":4},"by":{"k":5}}`), &v); err != nil {
			t.Fatal(err)
		}
		if v.Name != "n" || !slices.Equal(v.Tags, []string{"a", "b"}) || v.Inner.X != 4 || *v.By["k"] != 5 || v.Extra["kept"] != "yes" {
			t.Errorf("Unmarshal: %+v", v)
		}
		var m map[string]any
		if err := lib.Unmarshal([]byte(`{"a":[1,"x"]}`), &m); err != nil {
			t.Fatal(err)
		}
		want(t, "Unmarshal into a map", m, map[string]any{"a": []any{1.0, "x"}})
		var list []config
		if err := lib.Unmarshal([]byte(`[{"name":"p"},{"name":"q"}]`), &list); err != nil || len(list) != 2 || list[1].Name != "q" {
			t.Errorf("Unmarshal into a slice: %+v, %v", list, err)
		}
		if err := lib.Unmarshal([]byte(`{"name":3}`), &v); err == nil {
			t.Error("Unmarshal of what does not fit")
		}

		dst := map[string]int{"a": 1, "b": 2}
		lib.Copy(dst, map[string]int{"b": 3, "c": 4})
		want(t, "maps.Copy", dst, map[string]int{"a": 1, "b": 3, "c": 4})
		lib.Clear(dst)
		want(t, "clear", dst, map[string]int{"left": 1})
		filled := map[string]any{}
		lib.Fill(filled)
		want(t, "a map of any", filled, map[string]any{"list": []string{"a"}, "n": 1, "at": time.Unix(1, 0).UTC()})

		ring := &Loop{N: 1, Next: &Loop{N: 2, Next: &Loop{N: 3}}}
		second, third := ring.Next, ring.Next.Next
		third.Next = ring
		lib.Reverse(ring)
		if ring.Next != third || third.Next != second || second.Next != ring || ring.N != 10 || third.N != 30 {
			t.Errorf("the ring: %v %v %v", ring, second, third)
		}
	})
}

func TestCallbacksSeeWhatTheCalleeHasDone(t *testing.T) {
	borrowing(t, func(t *testing.T, ctx context.Context, lib *Library, root *netproxy.Proxy) {
		xs := rand.New(rand.NewSource(1)).Perm(100)
		lib.Slice(xs, func(i, j int) bool { return xs[i] < xs[j] })
		if !slices.IsSorted(xs) {
			t.Errorf("sort.Slice: %v", xs)
		}
		words := strings.Fields("the quick brown fox jumps over the lazy dog again and again until it is tired of it")
		lib.Slice(words, func(i, j int) bool { return words[i] > words[j] })
		if !slices.IsSortedFunc(words, func(a, b string) int { return strings.Compare(b, a) }) {
			t.Errorf("sort.Slice: %v", words)
		}
		type person struct {
			Name string
			Age  int
		}
		people := []person{{"c", 3}, {"a", 1}, {"b", 2}}
		if _, err := netproxy.Call[struct{}](ctx, root, "Slice", people, func(i, j int) bool { return people[i].Age < people[j].Age }); err != nil {
			t.Fatal(err)
		}
		want(t, "people", people, []person{{"a", 1}, {"b", 2}, {"c", 3}})
		pointers := []*person{{"c", 3}, {"a", 1}, {"b", 2}}
		c := pointers[0]
		lib.Slice(pointers, func(i, j int) bool { return pointers[i].Age < pointers[j].Age })
		if pointers[2] != c || pointers[0].Age != 1 {
			t.Errorf("pointers: %v", pointers)
		}
		lib.Sort(sort.Reverse(sort.IntSlice(xs)))
		if !slices.IsSortedFunc(xs, func(a, b int) int { return b - a }) {
			t.Errorf("sort.Sort: %v", xs)
		}
		lib.Shuffle(len(xs), func(i, j int) { xs[i], xs[j] = xs[j], xs[i] })
		if slices.IsSortedFunc(xs, func(a, b int) int { return b - a }) {
			t.Error("not shuffled")
		}
		each := []string{"a", "b"}
		err := lib.Each(each, func(i int) error {
			if each[i] != string(rune('a'+i))+"<" {
				t.Errorf("the callback sees %q", each)
			}
			each[i] += ">"
			return nil
		})
		want(t, "both sides wrote", each, []string{"a<>*", "b<>*"})
		if err != nil {
			t.Error(err)
		}

		buf := make([]byte, 10)
		if n, err := lib.ReadFull(strings.NewReader("0123456789abc"), buf); n != 10 || err != nil || string(buf) != "0123456789" {
			t.Errorf("ReadFull: %d, %v, %q", n, err, buf)
		}
		if n, err := lib.ReadFull(strings.NewReader("0123"), buf); n != 4 || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("ReadFull: %d, %v, %q", n, err, buf)
		}
		var head struct {
			A uint16
			B [2]uint8
		}
		if err := lib.Read(strings.NewReader("\x01\x02\x03\x04"), binary.BigEndian, &head); err != nil || head.A != 0x102 || head.B != [2]uint8{3, 4} {
			t.Errorf("binary.Read: %+v, %v", head, err)
		}
		var lines []string
		if err := lib.Scanner(strings.NewReader("x\ny\n"), &lines); err != nil || len(lines) != 2 {
			t.Errorf("Scanner: %q, %v", lines, err)
		}
		h := lib.Crc()
		if _, err := h.Write([]byte("abc")); err != nil {
			t.Fatal(err)
		}
		want(t, "Sum", h.Sum([]byte{1}), []byte{1, 0x35, 0x24, 0x41, 0xc2})
	})
}

func TestPartsOfValuesAreRestored(t *testing.T) {
	borrowing(t, func(t *testing.T, ctx context.Context, lib *Library, _ *netproxy.Proxy) {
		a, xs := &Loop{N: 1}, []int{1, 2}
		o := Wishes{Items: []int{1}, Named: map[string]*Loop{"a": a}, Any: xs}
		if n := lib.Options(o); n != 2 || len(o.Items) != 1 || o.Items[0] != 5 || a.N != 6 || o.Named["b"].N != 7 || xs[1] != 8 {
			t.Errorf("%d, %+v, %+v, %v", n, o, a, xs)
		}
		mixed := []any{Wishes{Items: []int{2}}, "b", &Loop{N: 3}}
		last := mixed[2]
		lib.Slice(mixed, func(i, j int) bool { return i > j })
		if len(mixed) != 3 || !slices.ContainsFunc(mixed, func(x any) bool { return x == "b" }) ||
			!slices.ContainsFunc(mixed, func(x any) bool { w, ok := x.(Wishes); return ok && w.Items[0] == 2 }) {
			t.Errorf("a slice of anything: %#v", mixed)
		}
		if !slices.ContainsFunc(mixed, func(x any) bool { p, ok := x.(*Loop); return ok && p == last }) {
			t.Errorf("a pointer in it is another: %#v", mixed)
		}
		words := []string{"a", "b", "c"}
		failed := lib.Tries(words, func(i int) error {
			if words[i] != strings.ToUpper(words[i]) {
				t.Errorf("callback %d sees %q", i, words)
			}
			switch i {
			case 0:
				panic("at first")
			case 1:
				runtime.Goexit()
			}
			return nil
		})
		if failed != 2 {
			t.Errorf("%d failed", failed)
		}
	})
}

func TestFailedCallsRestore(t *testing.T) {
	borrowing(t, func(t *testing.T, ctx context.Context, lib *Library, _ *netproxy.Proxy) {
		xs := []int{1, 2, 3}
		if err := lib.Fail(xs); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Error(err)
		}
		want(t, "after an error", xs, []int{1, 5, 3})
		xs = []int{1, 2, 3}
		func() {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			lib.Panic(xs)
		}()
		want(t, "after a panic", xs, []int{1, 2, 3})
	})
}

func TestBothSidesLend(t *testing.T) {
	borrowing(t, func(t *testing.T, ctx context.Context, lib *Library, _ *netproxy.Proxy) {
		xs, n, err := lib.Lend(func(xs []int, m map[string]*Loop) error {
			sort.Ints(xs)
			m["a"].N = 7
			return nil
		})
		if err != nil || n != 7 {
			t.Errorf("lent to the callback: %d, %v", n, err)
		}
		want(t, "lent to the callback", xs, []int{1, 2, 3})
		xs = make([]int, 50)
		for i := range xs {
			xs[i] = i
		}
		if err := lib.Parallel(xs, func(x int) (int, error) { return x * 2, nil }); err != nil {
			t.Fatal(err)
		}
		for i, x := range xs {
			if x != 2*i {
				t.Errorf("element %d is %d", i, x)
			}
		}
	})
}

func TestFuncsOfFuncs(t *testing.T) {
	borrowing(t, func(t *testing.T, ctx context.Context, lib *Library, _ *netproxy.Proxy) {
		inc := func(x int) (int, error) { return x + 1, nil }
		twice, err := lib.Compose(inc, timesTwo, inc)(3)
		if twice != 9 || err != nil {
			t.Errorf("Compose: %d, %v", twice, err)
		}
		if _, err := lib.Compose(inc, func(int) (int, error) { return 0, io.EOF })(1); !errors.Is(err, io.EOF) {
			t.Errorf("Compose: %v", err)
		}
		if n, err := lib.Compose()(5); n != 5 || err != nil {
			t.Errorf("Compose of none: %d, %v", n, err)
		}
		make, err := lib.Maker(4)
		if err != nil {
			t.Fatal(err)
		}
		count, err := make()
		if err != nil {
			t.Fatal(err)
		}
		for want := 5; want < 8; want++ {
			if n, err := count(); n != want || err != nil {
				t.Errorf("count: %d, %v", n, err)
			}
		}
		if f, xs, err := lib.NoFunc(nil); f != nil || err != nil || xs != nil {
			t.Error("nil is something")
		}
		ran := 0
		f, _, _ := lib.NoFunc(func() { ran++ })
		if f(); ran != 1 {
			t.Error("a func that came home is another")
		}
	})
}

func timesTwo(x int) (int, error) { return 2 * x, nil }

func TestNothingIsWrittenAfterTheCall(t *testing.T) {
	borrowing(t, func(t *testing.T, ctx context.Context, _ *Library, root *netproxy.Proxy) {
		late, err := netproxy.Func[func(context.Context, []int, func() error) error](ctx, root, "Late")
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			running, cancel := context.WithCancel(ctx)
			xs := []int{1, 2, 3}
			release := make(chan bool)
			err := late(running, xs, func() error { cancel(); <-release; return nil })
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			xs[0] = 5 // a race, if anybody writes
			close(release)
			time.Sleep(time.Millisecond)
			if xs[0] != 5 {
				t.Error("the callee wrote to the memory of a call that was given up")
			}
		}
	})
}

func TestUnchangedDataStaysWhereItIs(t *testing.T) {
	borrowing(t, func(t *testing.T, ctx context.Context, lib *Library, root *netproxy.Proxy) {
		big := bytes.Repeat([]byte("x"), 1<<20)
		before := root.Conn().Stats().BytesIn
		if lib.Contains(big, []byte("y")) {
			t.Error("found")
		}
		if n := root.Conn().Stats().BytesIn - before; n > 1000 {
			t.Errorf("%d bytes came back", n)
		}
		ints := make([]int, 1<<16)
		before = root.Conn().Stats().BytesIn
		lib.CopyInts(ints, []int{1})
		if n := root.Conn().Stats().BytesIn - before; n > 1000 || ints[0] != 1 {
			t.Errorf("%d bytes came back", n)
		}
	})
}
