package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// pack is a namespace, such as a package is.
type pack struct {
	vars  map[string]any // pointers to variables
	funcs map[string]any
}

func (p *pack) Lookup(name string) (reflect.Value, error) {
	if v, ok := p.vars[name]; ok {
		return reflect.ValueOf(v).Elem(), nil
	}
	return reflect.ValueOf(p.funcs[name]), nil
}

func (p *pack) Names() (names []string) {
	for name := range p.vars {
		names = append(names, name)
	}
	for name := range p.funcs {
		names = append(names, name)
	}
	return names
}

func TestANamespace(t *testing.T) {
	args := []string{"a"}
	level := 3
	p := &pack{map[string]any{"Args": &args, "Level": &level}, map[string]any{"Join": strings.Join}}
	root := pair(t, p)
	ctx := deadline(t)
	if s, err := netproxy.Call[string](ctx, root, "Join", []string{"x", "y"}, "-"); s != "x-y" || err != nil {
		t.Errorf("Join = %q, %v", s, err)
	}
	proxy := must[*netproxy.Proxy](t)(root.Get(ctx, "Args"))
	if err := proxy.Append(ctx, "lucy"); err != nil || len(args) != 2 || args[1] != "lucy" {
		t.Errorf("Args = %q, %v", args, err)
	}
	if err := root.Set(ctx, "Level", 4); err != nil || level != 4 {
		t.Errorf("Level = %d, %v", level, err)
	}
	if _, err := root.Get(ctx, "Agrs"); !errors.Is(err, netproxy.ErrMember) || !strings.Contains(err.Error(), "Args") {
		t.Errorf("Agrs: %v", err)
	}
	if err := root.Set(ctx, "Join", 1); !errors.Is(err, netproxy.ErrMember) {
		t.Errorf("setting a func: %v", err)
	}
	// as a promise: the handle itself costs nothing
	handle := pair(t, map[string]any{"strings": p})
	before := handle.Conn().Stats().RoundTrips
	strs := async.Of(handle).Index("strings")
	if got := must[string](t)(async.Value[string](ctx, strs.Call("Join", []string{"a", "b"}, "+"))); got != "a+b" {
		t.Error(got)
	}
	if trips := handle.Conn().Stats().RoundTrips - before; trips != 1 {
		t.Errorf("%d round trips", trips)
	}
}

func TestNothingIsOffered(t *testing.T) {
	left, right := conn.Pipe(conn.Config{}, conn.Config{})
	defer shut(t, left, right)
	ctx := deadline(t)
	var refused *conn.CallError
	if _, err := netproxy.Root(left).Get(ctx, "x"); !errors.As(err, &refused) || refused.Code != conn.CodeNothing {
		t.Errorf("without a handler: %v", err)
	}
	netproxy.Root(right) // has a space now, which offers nothing
	if _, err := netproxy.Root(left).Get(ctx, "x"); !errors.Is(err, netproxy.ErrMember) {
		t.Errorf("without a root: %v", err)
	}
	other := conn.HandlerFunc(func(context.Context, *conn.Inbound) conn.Reply { return conn.Reply{} })
	a, b := conn.Pipe(conn.Config{Bind: func(*conn.Conn) conn.Handler { return other }}, conn.Config{})
	defer shut(t, a, b)
	if _, err := netproxy.Root(a).Get(ctx, "x"); err == nil || !strings.Contains(err.Error(), "HandlerFunc") {
		t.Errorf("with a handler that is no Space: %v", err)
	}
}

// Stringer as remote objects are made to fit it.
type remoteStringer struct{ p *netproxy.Proxy }

func (r remoteStringer) String() string {
	s, err := netproxy.Call[string](context.Background(), r.p, "String")
	if err != nil {
		return err.Error()
	}
	return s
}

var errHouse = errors.New("house rule")

// House uses what Options add.
type House struct{}

func (House) Print(s fmt.Stringer) string { return "printed " + s.String() }
func (House) Rule() error                 { return fmt.Errorf("sorry: %w", errHouse) }
func (House) Book() Book                  { return Book{"B", 1} }
func (House) Broken() any                 { return struct{ P any }{make(chan int)} }

func TestOptions(t *testing.T) {
	root := pair(t, House{}, func(here, there *netproxy.Options) {
		here.Sentinels = map[string]error{"house": errHouse}
		there.Sentinels = map[string]error{"house": errHouse}
		here.Type = func(name string) (reflect.Type, bool) {
			return reflect.TypeFor[Book](), strings.HasSuffix(name, "netproxy_test.Book")
		}
		there.Implement = func(t reflect.Type, p *netproxy.Proxy) (reflect.Value, bool) {
			return reflect.ValueOf(remoteStringer{p}), t == reflect.TypeFor[fmt.Stringer]()
		}
	})
	ctx := deadline(t)
	if s, err := netproxy.Call[string](ctx, root, "Print", &Book{"A", 2}); s != "printed A (2)" || err != nil {
		t.Errorf("Print = %q, %v", s, err)
	}
	if _, err := root.Call(ctx, "Rule"); !errors.Is(err, errHouse) || err.Error() != "sorry: house rule" {
		t.Errorf("Rule: %v", err)
	}
	if b := must[*netproxy.Proxy](t)(root.Call(ctx, "Book")).Interface(); b != (Book{"B", 1}) {
		t.Errorf("Book = %#v", b)
	}
	if s, err := netproxy.Call[fmt.Stringer](ctx, root, "Book"); err != nil || s.String() != "B (1)" {
		t.Errorf("Book as a Stringer: %v, %v", s, err)
	}
	if _, err := netproxy.Call[fmt.Stringer](ctx, root, "Broken"); !errors.Is(err, netproxy.ErrArgument) {
		t.Errorf("what is no Stringer: %v", err)
	}
}

func TestCopiesCostNoRoundTrip(t *testing.T) {
	root := pair(t, newShelf())
	ctx := deadline(t)
	in := must[*netproxy.Proxy](t)(root.Get(ctx, "In"))
	before := root.Conn().Stats().Started
	deep := must[*netproxy.Proxy](t)(in.Get(ctx, "Deep"))
	if n, err := netproxy.Get[int](ctx, deep, "N"); n != 0 || err != nil {
		t.Errorf("N = %d, %v", n, err)
	}
	if err := in.Set(ctx, "Deep", 1); err == nil {
		t.Error("a field of a copy was set")
	}
	if n := root.Conn().Stats().Started - before; n != 0 {
		t.Errorf("%d calls", n)
	}
	// while it is under way it is the thing itself
	h := async.Of(root).Get("In").Get("Deep").Set("N", 5)
	if _, err := h.Await(ctx); err != nil {
		t.Fatal(err)
	}
	if n := must[int](t)(async.Value[int](ctx, async.Of(root).Get("In").Get("Deep").Get("N"))); n != 5 {
		t.Errorf("N = %d", n)
	}
}

func TestCancelOfAnAsynchronousCall(t *testing.T) {
	root := pair(t, &Player{"B"})
	ctx := deadline(t)
	r := async.Of(root).Call("Hang")
	r.Cancel()
	if _, err := r.Await(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Hang: %v", err)
	}
	again := async.Of(root).Call("Parse", async.Of(root).Call("Node")) // a result of the wrong type as an argument
	if _, err := again.Await(ctx); !errors.Is(err, netproxy.ErrArgument) {
		t.Errorf("Parse(Node): %v", err)
	}
	other := pair(t, &Player{"C"})
	if _, err := async.Of(other).Call("Parse", async.Of(root).Call("Node")).Await(ctx); !errors.Is(err, netproxy.ErrUnsupported) {
		t.Errorf("a result of another peer as an argument: %v", err)
	}
}

// FuzzServe has a peer ask for anything.
func FuzzServe(f *testing.F) {
	f.Add(uint8(3), "Sum", uint8(0), []byte{0x83, 1, 2, 3})
	f.Add(uint8(1), "Books", uint8(1), []byte{0x80})
	f.Add(uint8(4), "", uint8(0), []byte{0x81, 0x61, 'x'})
	f.Add(uint8(33), "", uint8(2), []byte{0x80})
	f.Fuzz(func(t *testing.T, op uint8, name string, want uint8, body []byte) {
		if !utf8.ValidString(name) { // which no Proxy sends
			return
		}
		root := newShelf()
		left, right := conn.Pipe(conn.Config{Bind: netproxy.Serve(nil)}, conn.Config{Bind: netproxy.Serve(root)})
		defer shut(t, left, right)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		ret, err := left.Call(ctx, &conn.Request{Op: conn.Op(op), Name: name, Want: conn.Want(want), Body: conn.Message{Data: body}})
		var refused *conn.CallError
		if err != nil && !errors.As(err, &refused) {
			t.Fatalf("the connection was lost: %v", err)
		}
		if err == nil && len(ret.Body.Data) > 1<<20 {
			t.Fatalf("%d bytes came back", len(ret.Body.Data))
		}
	})
}
