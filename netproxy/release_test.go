package netproxy_test

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// Tap is a thing to be closed.
type Tap struct {
	closed atomic.Int64
	drops  string
}

func (t *Tap) Close() error {
	t.closed.Add(1)
	return nil
}

func (t *Tap) Read(p []byte) (int, error) { return copy(p, t.drops), io.EOF }

// Plumber gives out taps.
type Plumber struct {
	tap   *Tap
	asked any // the tap, to be closed when it is released
	kept  []any
	freed atomic.Int64
}

func newPlumber() *Plumber {
	p := &Plumber{tap: &Tap{drops: "drip"}}
	p.asked = netproxy.CloseOnRelease(p.tap)
	return p
}

func (p *Plumber) Open() any              { return p.asked }
func (p *Plumber) OpenPlain() *Tap        { return p.tap }
func (p *Plumber) OpenAnew() any          { return netproxy.CloseOnRelease(p.tap) }
func (p *Plumber) IsIt(x any) bool        { return x == any(p.tap) }
func (p *Plumber) Both() (any, any)       { return p.asked, p.asked }
func (p *Plumber) Pair() []any            { return []any{p.asked, p.asked} }
func (p *Plumber) Bad() (any, chan<- any) { return p.asked, nil }
func (p *Plumber) Take(x any)             { p.kept = append(p.kept, x) }
func (p *Plumber) Fail(any) error         { return io.ErrUnexpectedEOF }
func (p *Plumber) Two(any, int)           {}
func (p *Plumber) Counter() any {
	n := 0
	return netproxy.OnRelease(func() int { n++; return n }, func() { p.freed.Add(1) })
}

func TestCloseOnRelease(t *testing.T) {
	for name, use := range map[string]func(t *testing.T, ctx context.Context, root *netproxy.Proxy){
		"released": func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
			must[*netproxy.Proxy](t)(root.Call(ctx, "Open")).Release()
		},
		"dropped": func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
			must[*netproxy.Proxy](t)(root.Call(ctx, "Open"))
		},
		"received twice": func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
			a, b := must[*netproxy.Proxy](t)(root.Call(ctx, "Open")), must[*netproxy.Proxy](t)(root.Call(ctx, "Open"))
			if a != b {
				t.Error("one object is two proxies")
			}
			a.Release()
		},
		"several at once": func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
			all := must[*netproxy.Proxy](t)(root.Call(ctx, "Both")).Results()
			list := must[[]*netproxy.Proxy](t)(netproxy.Call[[]*netproxy.Proxy](ctx, root, "Pair"))
			if all[0] != all[1] || list[0] != list[1] || list[0] != all[0] {
				t.Error("one object is several proxies")
			}
			all[0].Release()
		},
		"without asking first, then asking": func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
			a, b := must[*netproxy.Proxy](t)(root.Call(ctx, "OpenPlain")), must[*netproxy.Proxy](t)(root.Call(ctx, "Open"))
			if a != b {
				t.Error("one object is two proxies")
			}
			a.Release()
		},
		"asked for each time": func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
			must[*netproxy.Proxy](t)(root.Call(ctx, "OpenAnew"))
			must[*netproxy.Proxy](t)(root.Call(ctx, "OpenAnew")).Release()
		},
		"used and sent home": func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
			r := must[io.ReadCloser](t)(netproxy.Call[io.ReadCloser](ctx, root, "Open"))
			if b, err := io.ReadAll(r); string(b) != "drip" || err != nil {
				t.Errorf("%q, %v", b, err)
			}
			if same, err := netproxy.Call[bool](ctx, root, "IsIt", r); !same || err != nil {
				t.Errorf("it came home as another one: %v", err)
			}
			p, _ := netproxy.ProxyOf(r)
			p.Release()
		},
		"of a call that nobody waits for": func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
			if err := root.Notify(ctx, "Open"); err != nil {
				t.Error(err)
			}
		},
		"pipelined on": func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
			p := netproxy.Pipelined(ctx, root, "Open")
			if _, err := netproxy.Get[int](ctx, p, "nothing"); err == nil {
				t.Error("a tap has nothing")
			}
			if err := p.Wait(ctx); err != nil {
				t.Error(err)
			}
			p.Release()
		},
		"lost with the connection": func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
			must[*netproxy.Proxy](t)(root.Call(ctx, "Open"))
			_ = root.Conn().Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			home := newPlumber()
			eachOf := map[string]func() (context.Context, *netproxy.Proxy){
				"pipe": func() (context.Context, *netproxy.Proxy) { return deadline(t), pair(t, home) },
				"unix": func() (context.Context, *netproxy.Proxy) { ctx := deadline(t); return ctx, dialed(t, ctx, home) },
			}
			for way, connect := range eachOf {
				t.Run(way, func(t *testing.T) {
					home.tap = &Tap{drops: "drip"}
					home.asked = netproxy.CloseOnRelease(home.tap)
					ctx, root := connect()
					use(t, ctx, root)
					if !settle(t, func() bool { return home.tap.closed.Load() > 0 }) {
						t.Fatal("it was not closed")
					}
					time.Sleep(5 * time.Millisecond)
					if n := home.tap.closed.Load(); n != 1 {
						t.Errorf("closed %d times", n)
					}
				})
			}
		})
	}
}

func TestOnReleaseOfArguments(t *testing.T) {
	home := newPlumber()
	eachWay(t, func() any { return home }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		var freed atomic.Int64
		free := func() { freed.Add(1) }
		give := func(x any) any { return netproxy.OnRelease(x, free) }
		for name, call := range map[string]func() error{
			"the callee fails":      func() error { _, err := root.Call(ctx, "Fail", give(&Tap{})); return err },
			"no such method":        func() error { _, err := root.Call(ctx, "Nothing", give(&Tap{})); return err },
			"the next argument":     func() error { _, err := root.Call(ctx, "Two", give(&Tap{}), context.Background()); return err },
			"the next does not fit": func() error { _, err := root.Call(ctx, "Two", give(&Tap{}), "x"); return err },
			"a struct by reference": func() error { _, err := root.Call(ctx, "Fail", give(Tap{}.drops)); return err },
			"a context that is over": func() error {
				ctx, stop := context.WithCancel(ctx)
				stop()
				_, err := root.Call(ctx, "Fail", give(&Tap{}))
				return err
			},
		} {
			before := freed.Load()
			if err := call(); err == nil {
				t.Errorf("%s: no error", name)
			}
			if !settle(t, func() bool { return freed.Load() > before }) || freed.Load() != before+1 {
				t.Errorf("%s: told %d times", name, freed.Load()-before)
			}
		}
		f := must[func() int](t)(netproxy.Call[func() int](ctx, root, "Counter"))
		if f() != 1 || f() != 2 {
			t.Error("the func does not count")
		}
		was := home.freed.Load()
		runtime.KeepAlive(f)
		f = nil
		if !settle(t, func() bool { return home.freed.Load() == was+1 }) {
			t.Error("the func is not let go")
		}
	})
}

// Two peers hold one thing: it is closed when the second lets go.
func TestOnReleaseWaitsForTheLastPeer(t *testing.T) {
	home := newPlumber()
	ctx := deadline(t)
	one, two := pair(t, home), pair(t, home)
	a, b := must[*netproxy.Proxy](t)(one.Call(ctx, "Open")), must[*netproxy.Proxy](t)(two.Call(ctx, "Open"))
	a.Release()
	if err := must[*netproxy.Proxy](t)(one.Get(ctx, "Open")).Wait(ctx); err != nil { // behind the release
		t.Error(err)
	}
	time.Sleep(20 * time.Millisecond)
	if home.tap.closed.Load() != 0 {
		t.Error("closed while the other peer holds it")
	}
	b.Release()
	if !settle(t, func() bool { return home.tap.closed.Load() == 1 }) {
		t.Error("not closed")
	}
}

// OnRelease of what stays here is the thing itself.
func TestOnReleaseLocally(t *testing.T) {
	tap := &Tap{}
	root := pair(t, newPlumber())
	ctx := deadline(t)
	list := must[*netproxy.Proxy](t)(netproxy.Pipelined(ctx, root, "Pair").Index(ctx, 0))
	list.Release()
	if netproxy.OnRelease(nil, nil) != nil || netproxy.CloseOnRelease(nil) != nil {
		t.Error("of nothing")
	}
	var none *Tap
	if netproxy.CloseOnRelease(none) != any(none) {
		t.Error("of a nil pointer")
	}
	if netproxy.CloseOnRelease(tap) == any(tap) {
		t.Error("it cannot be told from the tap itself")
	}
}

func TestScope(t *testing.T) {
	eachWay(t, func() any { return &Mill{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		before := must[*netproxy.Proxy](t)(root.Call(ctx, "Grind"))
		in, end := netproxy.Scope(ctx)
		flour := must[*netproxy.Proxy](t)(root.Call(in, "Grind"))
		kept := netproxy.Keep(must[*netproxy.Proxy](t)(root.Call(in, "Grind")))
		bags := must[[]*netproxy.Proxy](t)(netproxy.Call[[]*netproxy.Proxy](in, root, "Bags", 10))
		grind := must[func() (*netproxy.Proxy, error)](t)(netproxy.Func[func() (*netproxy.Proxy, error)](in, root, "Grind"))
		stays := netproxy.Keep(must[func() (*netproxy.Proxy, error)](t)(netproxy.Func[func() (*netproxy.Proxy, error)](in, root, "Bag")))
		late := netproxy.Pipelined(in, root, "Grind")
		lateKept := netproxy.Keep(netproxy.Pipelined(in, root, "Grind"))
		for _, p := range []*netproxy.Proxy{late, lateKept} {
			if err := p.Wait(ctx); err != nil {
				t.Fatal(err)
			}
		}
		end()
		end()
		for i, p := range append(bags, flour, late) {
			if _, err := p.Display(ctx); !errors.Is(err, netproxy.ErrReleased) {
				t.Errorf("%d after the scope: %v", i, err)
			}
		}
		if _, err := grind(); !errors.Is(err, netproxy.ErrReleased) {
			t.Errorf("a func after the scope: %v", err)
		}
		for _, p := range []*netproxy.Proxy{before, kept, lateKept} {
			if _, err := p.Display(ctx); err != nil {
				t.Errorf("not of the scope: %v", err)
			}
		}
		if _, err := stays(); err != nil {
			t.Errorf("a func that was kept: %v", err)
		}
		if _, err := root.Call(in, "Grind"); !errors.Is(err, context.Canceled) {
			t.Errorf("the context of the scope goes on: %v", err)
		}
		runtime.KeepAlive(bags)
	})
}

func (m *Mill) Bag() *Flour { return m.Grind() }

// A leak is found by reading the dump.
func TestADumpTellsWhatLeaks(t *testing.T) {
	var kept []*netproxy.Proxy
	left, right := conn.Pipe(conn.Config{Name: "here", Origins: true}, conn.Config{Name: "there", Origins: true, Bind: netproxy.Serve(&Mill{})})
	defer shut(t, left, right)
	root, ctx := netproxy.Root(left), deadline(t)
	for range 100 {
		if _, err := root.Call(ctx, "Grind"); err != nil { // these are dropped
			t.Fatal(err)
		}
	}
	for range 40 {
		kept = append(kept, must[*netproxy.Proxy](t)(root.Call(ctx, "Grind"))) // these are not
	}
	if !settle(t, func() bool { return left.Stats().Imports == 40 && right.Stats().Exports == 40 }) {
		t.Errorf("%d imports", left.Stats().Imports)
	}
	here, there := left.Dump().String(), right.Dump().String()
	for _, want := range []string{"Flour at there", `result of our call Call "Grind"`, "release_test.go:", "TestADumpTellsWhatLeaks"} {
		if !strings.Contains(here, want) {
			t.Errorf("no %q here:\n%s", want, here)
		}
	}
	for _, want := range []string{"*netproxy_test.Flour", `result of the peer's call Call "Grind"`} {
		if !strings.Contains(there, want) {
			t.Errorf("no %q there:\n%s", want, there)
		}
	}
	runtime.KeepAlive(kept)
}
