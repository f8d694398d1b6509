package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/netproxy"
)

// Bomb panics.
type Bomb struct {
	value any
	none  map[string]int
}

func (b *Bomb) Go()          { panic(b.value) }
func (b *Bomb) Err() error   { panic(b.value) }
func (b *Bomb) Map()         { b.none["x"] = 1 }
func (b *Bomb) Index(i int)  { _ = make([]int, 1)[i] }
func (b *Bomb) Deref()       { var n *Node; n.depth = 1 }
func (b *Bomb) Assert(x any) { _ = x.(fmt.Stringer) }
func (b *Bomb) Run(f func()) { f() }
func (b *Bomb) Exit()        { runtime.Goexit() }
func (b *Bomb) Nested(f func()) (s string) {
	defer func() { s = fmt.Sprint(recover()) }()
	f()
	return ""
}

// Pos is plain data.
type Pos struct {
	X, Y int
	Name string
}

func TestPanicValues(t *testing.T) {
	ch := make(chan int)
	for _, c := range []struct{ value, want any }{
		{1, 1},
		{"ouch", "ouch"},
		{2.5, 2.5},
		{[]string{"a"}, []string{"a"}},
		{true, true},
		{uint8(3), uint8(3)},
		{time.Second, time.Second},
		{map[string]int{"a": 1}, map[string]int{"a": 1}},
		{[]byte("x"), []byte("x")},
		{ch, fmt.Sprint(ch)},
		{&Node{3}, fmt.Sprint(&Node{3})},
		{struct{ c chan int }{ch}, fmt.Sprint(struct{ c chan int }{ch})},
	} {
		eachWay(t, func() any { return &Bomb{value: c.value} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
			for _, name := range []string{"Go", "Err"} {
				_, err := root.Call(ctx, name)
				var p *netproxy.PanicError
				if !errors.As(err, &p) || !reflect.DeepEqual(p.Value, c.want) || !strings.Contains(p.Stack, "(*Bomb)."+name) || p.Peer != "there" {
					t.Errorf("%v: %#v", c.value, err)
				}
				if want := fmt.Sprintf("panic: %v", c.value); err.Error() != want {
					t.Errorf("%q, not %q", err, want)
				}
			}
		})
	}
	options := netproxy.Options{Type: func(name string) (reflect.Type, bool) { return reflect.TypeFor[Pos](), strings.HasSuffix(name, ".Pos") }}
	_, err := inRow(t, &Bomb{value: Pos{1, 2, "n"}}, options, netproxy.Options{}, options).Call(deadline(t), "Go")
	var p *netproxy.PanicError
	if !errors.As(err, &p) || p.Value != (Pos{1, 2, "n"}) {
		t.Errorf("a struct: %#v", err)
	}
}

func TestPanicsWithErrors(t *testing.T) {
	path := &fs.PathError{Op: "o", Path: "p", Err: io.EOF}
	eachWay(t, func() any { return &Bomb{value: fmt.Errorf("on: %w", path)} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		_, err := root.Call(ctx, "Go")
		var p *netproxy.PanicError
		var as *fs.PathError
		if !errors.As(err, &p) || !errors.As(err, &as) || *as != *path || !errors.Is(err, io.EOF) || err.Error() != "panic: on: o p: EOF" {
			t.Errorf("%#v", err)
		}
		for _, call := range []func() error{
			func() error { return second(root.Call(ctx, "Map")) },
			func() error { return second(root.Call(ctx, "Index", 5)) },
			func() error { return second(root.Call(ctx, "Deref")) },
			func() error { return second(root.Call(ctx, "Assert", 5)) },
			func() error { return second(root.Call(ctx, "Run", func() { (&Bomb{}).Map() })) },
		} {
			err := call()
			var fault runtime.Error
			if !errors.As(err, &p) || !errors.As(err, &fault) || !strings.Contains(err.Error(), fault.Error()) || !strings.HasPrefix(err.Error(), "panic: ") {
				t.Errorf("%#v", err)
			}
		}
		var assertion *runtime.TypeAssertionError
		if _, err := root.Call(ctx, "Assert", 5); !errors.As(err, &assertion) || assertion.Error() != "interface conversion: int is not fmt.Stringer: missing method String" {
			t.Errorf("Assert: %v", err)
		}
		// a func without an error panics here with the error
		func() {
			defer func() {
				err, _ := recover().(error)
				if !errors.As(err, &p) || !errors.As(err, &as) {
					t.Errorf("the func panicked with %v", err)
				}
			}()
			must[func()](t)(netproxy.Func[func()](ctx, root, "Go"))()
		}()
		// in a callback: it comes home as what it was, wrapped in what happened there
		mine := errors.New("mine")
		_, err = root.Call(ctx, "Run", func() { panic(mine) })
		if !errors.As(err, &p) || !errors.Is(err, mine) {
			t.Errorf("%#v", err)
		}
		if s, err := netproxy.Call[string](ctx, root, "Nested", func() { panic("inner") }); !strings.Contains(s, "panic: inner") || err != nil {
			t.Errorf("%q, %v", s, err)
		}
	})
}

func TestStacksOfHops(t *testing.T) {
	root := inRow(t, &Player{"far"}, netproxy.Options{}, netproxy.Options{}, netproxy.Options{})
	ctx := deadline(t)
	_, err := root.Call(ctx, "Open", "/no/such/file")
	var remote *netproxy.RemoteError
	if !errors.As(err, &remote) {
		t.Fatal(err)
	}
	hops := remote.Hops()
	if len(hops) != 2 || hops[0].Peer != "peer2" || !strings.Contains(hops[0].Stack, "(*Player).Open") || hops[1].Peer != "peer1" {
		t.Errorf("%q", hops)
	}
	if !strings.Contains(remote.Stack, "(*Player).Open") || remote.Peer != "peer1" || remote.Type != "*fs.PathError" {
		t.Errorf("%#v", remote)
	}
	// relayed by code of the one in the middle
	far := inRow(t, &Player{"far"}, netproxy.Options{}, netproxy.Options{})
	near := inRow(t, &relay{far}, netproxy.Options{}, netproxy.Options{})
	_, err = near.Call(ctx, "Do", "Open", "/no/such/file")
	if !errors.As(err, &remote) {
		t.Fatal(err)
	}
	long := fmt.Sprintf("%+v", err)
	for _, part := range []string{err.Error(), "*fs.PathError", "(*Player).Open", "(*relay).Do", "panic_test.go:", "nest_test.go:", "[at peer1]"} {
		if !strings.Contains(long, part) {
			t.Errorf("no %q in\n%s", part, long)
		}
	}
	if hops := remote.Hops(); len(hops) != 2 || !strings.Contains(hops[0].Stack, "(*Player).Open") || !strings.Contains(hops[1].Stack, "(*relay).Do") {
		t.Errorf("%q", hops)
	}
	for _, format := range []string{"%v", "%s"} {
		if s := fmt.Sprintf(format, err); s != err.Error() {
			t.Errorf("%s: %q", format, s)
		}
	}
	if s := fmt.Sprintf("%q", err); s != fmt.Sprintf("%q", err.Error()) {
		t.Error(s)
	}
	_, err = near.Call(ctx, "Do", "Panic", "ouch")
	var p *netproxy.PanicError
	if !errors.As(err, &p) || p.Value != "ouch" || len(p.Hops()) != 2 || !strings.Contains(p.Stack, "(*Player).Panic") || !strings.Contains(p.Hops()[1].Stack, "(*relay).Do") {
		t.Errorf("%#v", err)
	}
	if long := fmt.Sprintf("%+v", err); !strings.HasPrefix(long, "panic: ouch\n[at peer1]\n") || !strings.Contains(long, "(*relay).Do") {
		t.Errorf("%s", long)
	}
	_, err = near.Call(ctx, "Must", "Panic", "ouch")
	if !errors.As(err, &p) || !strings.Contains(p.Stack, "(*relay).Must") {
		t.Errorf("%#v", err)
	}
	if inner, _ := p.Value.(*netproxy.PanicError); inner == nil || inner.Value != "ouch" || !strings.Contains(inner.Stack, "(*Player).Panic") {
		t.Errorf("what it panicked with: %#v", p.Value)
	}
	if long := fmt.Sprintf("%+v", err); !strings.Contains(long, "(*Player).Panic") || !strings.Contains(long, "(*relay).Must") {
		t.Errorf("%s", long)
	}
}

// Do has the next peer do something.
func (r *relay) Do(ctx context.Context, name string, arg any) error {
	_, err := r.next.Call(ctx, name, arg)
	return err
}

// Must panics where Do fails.
func (r *relay) Must(ctx context.Context, name string, arg any) {
	if err := r.Do(ctx, name, arg); err != nil {
		panic(err)
	}
}

func TestStacksAreWithheld(t *testing.T) {
	hide := netproxy.Options{HideStacks: true}
	far := inRow(t, &Player{"far"}, netproxy.Options{}, netproxy.Options{})
	ctx := deadline(t)
	for name, root := range map[string]*netproxy.Proxy{
		"at the end":              inRow(t, &Player{"p"}, netproxy.Options{}, hide),
		"on the way":              inRow(t, &Player{"p"}, netproxy.Options{}, hide, netproxy.Options{}),
		"on the way, by code":     inRow(t, &relay{far}, netproxy.Options{}, hide),
		"at the end, through one": inRow(t, &Player{"p"}, netproxy.Options{}, netproxy.Options{}, hide),
	} {
		call := func(member string, arg any) error {
			if name == "on the way, by code" {
				return second(root.Call(ctx, "Do", member, arg))
			}
			return second(root.Call(ctx, member, arg))
		}
		err := call("Open", "/no/such/file")
		var remote *netproxy.RemoteError
		if !errors.As(err, &remote) || !errors.Is(err, fs.ErrNotExist) || strings.Contains(fmt.Sprintf("%+v", err), ".go:") || remote.Stack != "" {
			t.Errorf("%s: %+v", name, err)
		}
		for _, h := range remote.Hops() {
			if strings.Contains(h.Stack, "Open") {
				t.Errorf("%s: %q", name, h)
			}
		}
		err = call("Panic", "ouch")
		var p *netproxy.PanicError
		if !errors.As(err, &p) || p.Value != "ouch" || p.Stack != "" || strings.Contains(fmt.Sprintf("%+v", err), ".go:") {
			t.Errorf("%s: %+v", name, err)
		}
		err = call("Panic", fs.ErrExist)
		if !errors.As(err, &p) || !errors.Is(err, fs.ErrExist) || p.Stack != "" {
			t.Errorf("%s: %+v", name, err)
		}
	}
}

func TestGoexitEverywhere(t *testing.T) {
	eachWay(t, func() any { return &Bomb{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		begun := time.Now()
		for _, call := range []func() error{
			func() error { return second(root.Call(ctx, "Exit")) },
			func() error { return second(root.Call(ctx, "Run", runtime.Goexit)) },
			func() error { return second(root.Call(ctx, "Run", func() { new(testing.T).FailNow() })) },
			func() error { return must[func() error](t)(netproxy.Func[func() error](ctx, root, "Exit"))() },
		} {
			if err := call(); !errors.Is(err, netproxy.ErrGoexit) {
				t.Errorf("%v", err)
			}
		}
		if d := time.Since(begun); d > 10*time.Second {
			t.Errorf("it took %v", d)
		}
		if s, err := netproxy.Call[string](ctx, root, "Nested", func() {}); s != "" && s != "<nil>" || err != nil {
			t.Errorf("afterwards: %q, %v", s, err)
		}
	})
	near := pair(t, &relay{pair(t, &Player{"far"})})
	if err := second(near.Call(deadline(t), "Try", func() error { runtime.Goexit(); return nil })); !errors.Is(err, netproxy.ErrGoexit) {
		t.Errorf("through two: %v", err)
	}
	if err := second(near.Call(deadline(t), "Do", "Run", func() { runtime.Goexit() })); !errors.Is(err, netproxy.ErrGoexit) {
		t.Errorf("through two: %v", err)
	}
}
