package netproxy_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/netproxy"
)

// Shelf is a small world to point at from the other side.
type Shelf struct {
	Title  string
	Books  []Book
	Prices map[string]float64
	Best   *Book
	Any    any
	Hello  func(string) string
	News   chan string
	Matrix [2][3]int
	secret int
	In     Inner
}

type Inner struct{ Deep Deeper }

type Deeper struct{ N int }

type Book struct {
	Name  string
	Pages int
}

func (b *Book) Thicker(n int)         { b.Pages += n }
func (b Book) String() string         { return fmt.Sprintf("%s (%d)", b.Name, b.Pages) }
func (s *Shelf) Self() *Shelf         { return s }
func (s *Shelf) IsSelf(o *Shelf) bool { return s == o }
func (s *Shelf) Secret() int          { return s.secret }
func (s *Shelf) Two() (int, string)   { return 2, "two" }
func (s *Shelf) None()                {}
func (s *Shelf) Sum(ns ...int) (sum int) {
	for _, n := range ns {
		sum += n
	}
	return sum
}
func (s *Shelf) Open(name string) (fs.File, error) { return os.Open(name) }
func (s *Shelf) Small(n int8) int8                 { return n }
func (s *Shelf) Echo(x any) any                    { return x }
func (s *Shelf) Type(x any) string                 { return fmt.Sprintf("%T", x) }
func (s *Shelf) Fail() error                       { return fmt.Errorf("shelf: %w", fs.ErrNotExist) }

func (s *Shelf) Left(ctx context.Context) bool {
	d, ok := ctx.Deadline()
	return ok && time.Until(d) > 0
}
func (s *Shelf) Apply(f func(int) int, n int) int { return f(n) }
func (s *Shelf) Adder(n int) func(int) int        { return func(m int) int { return n + m } }
func (s *Shelf) Words() []string                  { return strings.Fields("a b c") }

// Holds says whether the shelf itself is in x, however x is packed.
func (s *Shelf) Holds(x any) bool {
	switch x := x.(type) {
	case []any:
		return x[0] == any(s)
	case map[string]any:
		return x["x"] == any(s)
	case netproxy.Record:
		what, _ := x.Field("What")
		return what == any(s)
	}
	return false
}

func (s *Shelf) Weigh(b *Book) int { return b.Pages }

func newShelf() *Shelf {
	s := &Shelf{
		Title:  "novels",
		Books:  []Book{{"Emma", 474}, {"Ulysses", 730}},
		Prices: map[string]float64{"Emma": 7.5},
		Any:    int64(9),
		Hello:  func(n string) string { return "hello " + n },
		News:   make(chan string, 4),
		secret: 42,
	}
	s.Best = &s.Books[1]
	return s
}

func TestOperationsOnALiveStruct(t *testing.T) {
	shelf := newShelf()
	eachWay(t, func() any { *shelf = *newShelf(); return shelf }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		if s, err := netproxy.Get[string](ctx, root, "Title"); s != "novels" || err != nil {
			t.Errorf("Title = %q, %v", s, err)
		}
		if err := root.Set(ctx, "Title", "poems"); err != nil || shelf.Title != "poems" {
			t.Errorf("after Set: %q, %v", shelf.Title, err)
		}
		if n, err := netproxy.Call[int](ctx, root, "Sum", 1, 2, 3); n != 6 || err != nil {
			t.Errorf("Sum = %d, %v", n, err)
		}
		if n, err := netproxy.Call[int](ctx, root, "Sum"); n != 0 || err != nil {
			t.Errorf("Sum of none = %d, %v", n, err)
		}
		if _, err := netproxy.Call[struct{}](ctx, root, "None"); err != nil {
			t.Errorf("None: %v", err)
		}
		two := must[*netproxy.Proxy](t)(root.Call(ctx, "Two")).Results()
		if len(two) != 2 || two[0].Interface() != 2 || two[1].Interface() != "two" {
			t.Errorf("Two = %v", two)
		}
		if ok, err := netproxy.Call[bool](ctx, root, "Left"); !ok || err != nil {
			t.Errorf("the callee's context has no deadline: %v, %v", ok, err)
		}
		if s, err := netproxy.Call[string](ctx, root, "Hello", "you"); s != "hello you" || err != nil {
			t.Errorf("a func in a field: %q, %v", s, err)
		}
		names := must[[]string](t)(root.Names(ctx))
		if !slices.Contains(names, "Sum") || !slices.Contains(names, "Title") || slices.Contains(names, "secret") {
			t.Errorf("Names = %q", names)
		}
		if s := must[string](t)(must[*netproxy.Proxy](t)(root.Get(ctx, "Best")).Display(ctx)); s != "Ulysses (730)" {
			t.Errorf("Display = %q", s)
		}
	})
}

func TestOperationsOnAPointerInAField(t *testing.T) {
	shelf := newShelf()
	eachWay(t, func() any { *shelf = *newShelf(); return shelf }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		best := must[*netproxy.Proxy](t)(root.Get(ctx, "Best"))
		if want := "<*netproxy_test.Book at "; !strings.HasPrefix(best.String(), want) {
			t.Errorf("String() = %q, want %s...", best, want)
		}
		if _, err := best.Call(ctx, "Thicker", 70); err != nil || shelf.Best.Pages != 800 {
			t.Errorf("after Thicker: %d, %v", shelf.Best.Pages, err)
		}
		if err := best.Set(ctx, "Pages", 801); err != nil || shelf.Best.Pages != 801 {
			t.Errorf("after Set: %d, %v", shelf.Best.Pages, err)
		}
		if b, err := netproxy.Value[Book](ctx, best); b != (Book{"Ulysses", 801}) || err != nil {
			t.Errorf("Value = %v, %v", b, err)
		}
		if b, err := netproxy.Value[*Book](ctx, best); err != nil || *b != (Book{"Ulysses", 801}) || b == shelf.Best {
			t.Errorf("Value of the pointer = %v, %v", b, err)
		}
		if b := must[*netproxy.Proxy](t)(best.Elem(ctx)); b.Type() != "netproxy.Record" && !strings.Contains(fmt.Sprint(b), "801") {
			t.Errorf("Elem = %v", b)
		}
	})
}

func TestOperationsOnASlice(t *testing.T) {
	shelf := newShelf()
	eachWay(t, func() any { *shelf = *newShelf(); return shelf }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		books := must[*netproxy.Proxy](t)(root.Get(ctx, "Books"))
		if again := must[*netproxy.Proxy](t)(root.Get(ctx, "Books")); again != books {
			t.Error("the same variable is two proxies")
		}
		if err := books.Append(ctx, Book{"Middlemarch", 880}, map[string]any{}); err == nil {
			t.Error("a map was appended to a slice of books")
		}
		if err := books.Append(ctx, Book{"Middlemarch", 880}); err != nil || len(shelf.Books) != 3 || shelf.Books[2].Pages != 880 {
			t.Fatalf("after Append: %v, %v", shelf.Books, err)
		}
		if n, err := books.Len(ctx); n != 3 || err != nil {
			t.Errorf("Len = %d, %v", n, err)
		}
		if b, err := netproxy.Index[Book](ctx, books, -1); b.Name != "Middlemarch" || err != nil {
			t.Errorf("the last = %v, %v", b, err)
		}
		if err := books.SetIndex(ctx, 0, Book{"Persuasion", 249}); err != nil || shelf.Books[0].Name != "Persuasion" {
			t.Errorf("after SetIndex: %v, %v", shelf.Books, err)
		}
		_, err := books.Index(ctx, 3)
		if !errors.Is(err, netproxy.ErrElement) {
			t.Errorf("beyond the end: %v", err)
		}
		if got, err := netproxy.Value[[]Book](ctx, books); !slices.Equal(got, shelf.Books) || err != nil {
			t.Errorf("Value = %v, %v", got, err)
		}
		var seen []string
		for item, err := range books.All(ctx) {
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, fmt.Sprint(item.Key, must[string](t)(netproxy.Get[string](ctx, item.Value, "Name"))))
		}
		if want := []string{"0Persuasion", "1Ulysses", "2Middlemarch"}; !slices.Equal(seen, want) {
			t.Errorf("All: %q", seen)
		}
		words := must[*netproxy.Proxy](t)(root.Call(ctx, "Words"))
		if err := words.Append(ctx, "d"); err != nil {
			t.Errorf("a slice that a call returned: %v", err)
		}
		if got, err := netproxy.Value[[]string](ctx, words); !slices.Equal(got, []string{"a", "b", "c", "d"}) || err != nil {
			t.Errorf("after Append: %v, %v", got, err)
		}
	})
}

func TestOperationsOnAMap(t *testing.T) {
	shelf := newShelf()
	eachWay(t, func() any { *shelf = *newShelf(); return shelf }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		prices := must[*netproxy.Proxy](t)(root.Get(ctx, "Prices"))
		if f, err := netproxy.Index[float64](ctx, prices, "Emma"); f != 7.5 || err != nil {
			t.Errorf("Emma = %v, %v", f, err)
		}
		if err := prices.SetIndex(ctx, "Ulysses", 12); err != nil || shelf.Prices["Ulysses"] != 12 {
			t.Errorf("after SetIndex: %v, %v", shelf.Prices, err)
		}
		if err := prices.Delete(ctx, "Emma"); err != nil || len(shelf.Prices) != 1 {
			t.Errorf("after Delete: %v, %v", shelf.Prices, err)
		}
		if _, err := prices.Index(ctx, "Emma"); !errors.Is(err, netproxy.ErrElement) {
			t.Errorf("what is not there: %v", err)
		}
		if err := prices.SetIndex(ctx, 1, 2); !errors.Is(err, netproxy.ErrArgument) {
			t.Errorf("a number as a key of strings: %v", err)
		}
		n := 0
		for item, err := range prices.All(ctx) {
			if err != nil || item.Key.Interface() != "Ulysses" || item.Value.Interface() != 12.0 {
				t.Errorf("All: %v, %v", item, err)
			}
			n++
		}
		if n != 1 {
			t.Errorf("All: %d elements", n)
		}
	})
}

func TestOperationsOnAnArray(t *testing.T) {
	shelf := newShelf()
	eachWay(t, func() any { *shelf = *newShelf(); return shelf }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		p := netproxy.Pipelined(ctx, root, "Self")
		m := must[*netproxy.Proxy](t)(p.Get(ctx, "Matrix"))
		if n, err := m.Len(ctx); n != 2 || err != nil {
			t.Errorf("Len = %v, %v", n, err)
		}
		if a, err := netproxy.Value[[2][3]int](ctx, m); a != shelf.Matrix || err != nil {
			t.Errorf("Value = %v, %v", a, err)
		}
		if _, err := netproxy.Value[[3][3]int](ctx, m); !errors.Is(err, netproxy.ErrArgument) {
			t.Errorf("as a longer one: %v", err)
		}
	})
}

func TestOperationsOnAChannel(t *testing.T) {
	shelf := newShelf()
	eachWay(t, func() any { *shelf = *newShelf(); return shelf }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		news := must[*netproxy.Proxy](t)(root.Get(ctx, "News"))
		for _, s := range []string{"a", "b", "c"} {
			if err := news.Send(ctx, s); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := news.Len(ctx); n != 3 || err != nil {
			t.Errorf("Len = %d, %v", n, err)
		}
		if s := must[*netproxy.Proxy](t)(news.Recv(ctx)).Interface(); s != "a" {
			t.Errorf("Recv = %v", s)
		}
		if err := news.CloseSend(ctx); err != nil {
			t.Fatal(err)
		}
		var rest []any
		for item, err := range news.All(ctx) {
			if err != nil {
				t.Fatal(err)
			}
			rest = append(rest, item.Value.Interface())
		}
		if !slices.Equal(rest, []any{"b", "c"}) {
			t.Errorf("All: %v", rest)
		}
		if _, err := news.Recv(ctx); err != io.EOF { //nolint:errorlint // the very error
			t.Errorf("Recv of a closed channel: %v", err)
		}
		err := news.Send(ctx, "too late")
		var p *netproxy.PanicError
		if !errors.As(err, &p) || !strings.Contains(err.Error(), "closed channel") {
			t.Errorf("Send on a closed channel: %v", err)
		}
	})
}

func TestARecvThatIsGivenUpEnds(t *testing.T) {
	shelf := newShelf()
	root := pair(t, shelf)
	news := must[*netproxy.Proxy](t)(root.Get(deadline(t), "News"))
	ctx, cancel := context.WithTimeout(deadline(t), 10*time.Millisecond)
	defer cancel()
	if _, err := news.Recv(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Recv: %v", err)
	}
	for range 100 {
		if root.Conn().Stats().PendingOut == 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
}

func TestFuncsInBothDirections(t *testing.T) {
	eachWay(t, func() any { return newShelf() }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		n, err := netproxy.Call[int](ctx, root, "Apply", func(n int) int { return n * n }, 7)
		if n != 49 || err != nil {
			t.Errorf("Apply = %d, %v", n, err)
		}
		add, err := netproxy.Call[func(int) int](ctx, root, "Adder", 40)
		if err != nil || add(2) != 42 {
			t.Errorf("Adder: %v", err)
		}
		// the func that came from there goes home as itself, and there is no callback
		before := root.Conn().Stats().Served
		if n, err := netproxy.Call[int](ctx, root, "Apply", add, 2); n != 42 || err != nil {
			t.Errorf("Apply(add) = %d, %v", n, err)
		}
		if root.Conn().Stats().Served != before {
			t.Error("a func of the other side was called through here")
		}
		sum, err := netproxy.Func[func(context.Context, ...int) (int, error)](ctx, root, "Sum")
		if err != nil {
			t.Fatal(err)
		}
		if n, err := sum(ctx, 1, 2, 3); n != 6 || err != nil {
			t.Errorf("sum = %d, %v", n, err)
		}
		if _, err := netproxy.Func[func(string) int](ctx, root, "Sum"); !errors.Is(err, netproxy.ErrArgument) {
			t.Errorf("a wrong signature: %v", err)
		}
		var api struct {
			Sum func(...int) (int, error)
			Two func() (int, string)
		}
		trips := root.Conn().Stats().RoundTrips
		if err := netproxy.Bind(ctx, root, &api); err != nil {
			t.Fatal(err)
		}
		if made := root.Conn().Stats().RoundTrips - trips; made > 2 {
			t.Errorf("Bind took %d round trips", made)
		}
		if n, s := api.Two(); n != 2 || s != "two" {
			t.Errorf("Two = %v, %v", n, s)
		}
	})
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	root := pair(t, newShelf())
	ctx := deadline(t)
	for _, c := range []struct {
		name string
		do   func() error
		is   error
		says []string
	}{
		{"a misspelt member", func() error { _, err := root.Get(ctx, "Bokks"); return err }, netproxy.ErrMember, []string{"*netproxy_test.Shelf", "Bokks", "Books"}},
		{"an unexported field", func() error { _, err := root.Get(ctx, "secret"); return err }, netproxy.ErrMember, []string{"not exported"}},
		{"too few arguments", func() error { _, err := root.Call(ctx, "Small"); return err }, netproxy.ErrArgument, []string{"Small takes 1 argument, not 0", "func(int8) int8"}},
		{"a number that does not fit", func() error { _, err := root.Call(ctx, "Small", 300); return err }, netproxy.ErrArgument, []string{"argument 1 of Small", "300 does not fit int8"}},
		{"a text for a number", func() error { _, err := root.Call(ctx, "Small", "x"); return err }, netproxy.ErrArgument, []string{"argument 1 of Small", "text string cannot become int8"}},
		{"a pointer of ours", func() error { _, err := root.Call(ctx, "IsSelf", newShelf()); return err }, netproxy.ErrArgument, []string{"argument 1 of IsSelf", "*netproxy_test.Shelf", "*netproxy.Proxy"}},
		{"calling a string", func() error { _, err := root.Call(ctx, "Title"); return err }, netproxy.ErrUnsupported, []string{"Title is a string"}},
		{"setting a method", func() error { return root.Set(ctx, "Two", 1) }, netproxy.ErrMember, []string{"cannot be set"}},
		{"no elements", func() error { _, err := root.Index(ctx, 1); return err }, netproxy.ErrUnsupported, []string{"has no elements"}},
		{"no channel", func() error { return root.Send(ctx, 1) }, netproxy.ErrUnsupported, []string{"wants a channel"}},
		{"a context as an argument", func() error { _, err := root.Call(ctx, "Echo", ctx); return err }, netproxy.ErrUnsupported, []string{"context.Context"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.do()
			if !errors.Is(err, c.is) {
				t.Errorf("%v, want a %v", err, c.is)
			}
			for _, s := range c.says {
				if err != nil && !strings.Contains(err.Error(), s) {
					t.Errorf("%q does not say %q", err, s)
				}
			}
		})
	}
}

func TestIdentity(t *testing.T) {
	shelf := newShelf()
	root := pair(t, shelf)
	ctx := deadline(t)
	self := must[*netproxy.Proxy](t)(root.Call(ctx, "Self"))
	if again := must[*netproxy.Proxy](t)(root.Call(ctx, "Self")); again != self {
		t.Error("the same object is two proxies")
	}
	if ok := must[bool](t)(netproxy.Call[bool](ctx, root, "IsSelf", self)); !ok {
		t.Error("a proxy that came home is not the object")
	}
	if m, n := must[*netproxy.Proxy](t)(root.Get(ctx, "Sum")), must[*netproxy.Proxy](t)(root.Get(ctx, "Sum")); m != n {
		t.Error("the same method is two proxies")
	}
	// inside a slice, a map, a struct
	type box struct{ What any }
	for _, x := range []any{[]any{self}, map[string]any{"x": self}, []*netproxy.Proxy{self}, box{self}} {
		if ok, err := netproxy.Call[bool](ctx, root, "Holds", x); !ok || err != nil {
			t.Errorf("%T: the proxy in it did not come home as the object: %v", x, err)
		}
	}
	mine := &Book{"mine", 1}
	var got any
	list := must[[]any](t)(netproxy.Call[[]any](ctx, root, "Echo", []any{mine, map[string]any{"s": self}}))
	if got = list[0]; got != any(mine) {
		t.Errorf("ours came back as %v", got)
	}
	if m, ok := list[1].(map[string]any); !ok || m["s"] != any(self) {
		t.Errorf("theirs came back as %v", list[1])
	}
}

func TestDynamicTypesKeepTheirNames(t *testing.T) {
	root := pair(t, newShelf())
	ctx := deadline(t)
	for _, x := range []any{
		1, int8(1), uint64(1), float32(1.5), "s", []byte("b"), true, time.Second, fs.FileMode(0o644),
		[]string{"a"},
		map[string]int{"a": 1},
		[]time.Duration{1},
		[2]int{1, 2},
		time.Now().UTC().Round(0), complex64(1i),
		[]any{1, "x", nil, int16(3)},
	} {
		p := must[*netproxy.Proxy](t)(root.Call(ctx, "Echo", x))
		want := strings.ReplaceAll(fmt.Sprintf("%T", x), "interface {}", "any")
		if p.Type() != want {
			t.Errorf("%v came back as a %s, was a %s", x, p.Type(), want)
		}
		if s := must[string](t)(netproxy.Call[string](ctx, root, "Type", x)); s != fmt.Sprintf("%T", x) {
			t.Errorf("%v arrived as a %s, was a %s", x, s, want)
		}
		var back any
		if k := reflect.TypeOf(x).Kind(); k == reflect.Slice && want != "[]uint8" || k == reflect.Map {
			continue // a reference
		}
		if back = p.Interface(); !reflect.DeepEqual(back, x) {
			t.Errorf("%#v came back as %#v", x, back)
		}
	}
}

func TestLargeValues(t *testing.T) {
	eachWay(t, func() any { return newShelf() }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		big := bytes.Repeat([]byte("0123456789abcdef"), 200_000)
		if got, err := netproxy.Call[[]byte](ctx, root, "Echo", big); !bytes.Equal(got, big) || err != nil {
			t.Errorf("%d bytes came back as %d: %v", len(big), len(got), err)
		}
		books := make([]Book, 20_000)
		for i := range books {
			books[i] = Book{fmt.Sprint("book ", i), i}
		}
		if got, err := netproxy.Call[[]Book](ctx, root, "Echo", books); !slices.Equal(got, books) || err != nil {
			t.Errorf("%d books came back as %d: %v", len(books), len(got), err)
		}
		if n, err := netproxy.Call[int](ctx, root, "Sum", 1); n != 1 || err != nil {
			t.Errorf("a call behind them: %v, %v", n, err)
		}
	})
}

func TestShareAndCopy(t *testing.T) {
	root := pair(t, newShelf())
	ctx := deadline(t)
	book := &Book{"A", 3}
	if _, err := root.Call(ctx, "Weigh", book); !errors.Is(err, netproxy.ErrArgument) || !strings.Contains(err.Error(), "netproxy.Copy") {
		t.Errorf("a shared pointer for a pointer: %v", err)
	}
	if n, err := netproxy.Call[int](ctx, root, "Weigh", netproxy.Copy(book)); n != 3 || err != nil {
		t.Errorf("a copied pointer: %d, %v", n, err)
	}
	if n, err := netproxy.Call[int](ctx, root, "Weigh", *book); n != 3 || err != nil {
		t.Errorf("a value for a pointer: %d, %v", n, err)
	}
	list := []int{1, 2}
	if s, err := netproxy.Call[string](ctx, root, "Type", netproxy.Share(list)); s != "*netproxy.Proxy" || err != nil {
		t.Errorf("a shared slice arrived as %s, %v", s, err)
	}
	m := map[string]int{"a": 1}
	back, err := netproxy.Call[map[string]int](ctx, root, "Echo", netproxy.Share(m))
	if err != nil {
		t.Fatal(err)
	}
	if back["b"] = 2; m["b"] != 2 {
		t.Error("a shared map did not come home as itself")
	}
}
