package netproxy_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
	"github.com/rgo-project/rgo/netproxy"
)

// Vault has more than anybody should see.
type Vault struct {
	Secret string
	Codes  []int
	Count  int
	Map    map[string]int
	Inner  *Vault
	file   bytes.Buffer
	closed bool
	once   sync.Once
	gone   chan struct{}
}

func newVault() *Vault {
	return &Vault{Secret: "s3cret", Codes: []int{1, 2, 3}, Count: 5, Map: map[string]int{"a": 1}, gone: make(chan struct{})}
}

func (v *Vault) Read(p []byte) (int, error)  { return v.file.Read(p) }
func (v *Vault) Write(p []byte) (int, error) { return v.file.Write(p) }
func (v *Vault) Close() error                { v.closed = true; return nil }
func (v *Vault) String() string              { return "Vault " + v.Secret }
func (v *Vault) Unreferenced()               { v.once.Do(func() { close(v.gone) }) }
func (v *Vault) Open() io.Reader             { return v }
func (v *Vault) Self() Opener                { return v }

// Opener is a part of a Vault.
type Opener interface {
	Open() io.Reader
	Self() Opener
}

// Bank hands out facets, and takes things back.
type Bank struct {
	vault  *Vault
	Reader *netproxy.Facet
	Any    any
}

func (b *Bank) Grant() any                         { return b.Reader }
func (b *Bank) List() []any                        { return []any{1, b.Reader} }
func (b *Bank) Echo(x any) any                     { return x }
func (b *Bank) IsReader(r io.Reader) bool          { return r == io.Reader(b.vault) }
func (b *Bank) IsWriter(w io.Writer) bool          { return w == io.Writer(b.vault) }
func (b *Bank) IsVault(v *Vault) bool              { return v == b.vault }
func (b *Bank) IsFacet(f *netproxy.Facet) bool     { return f == b.Reader }
func (b *Bank) Give(f func(*netproxy.Proxy)) error { f(nil); return nil }

func newBank() *Bank {
	v := newVault()
	f := netproxy.Narrow[io.ReadWriter](v)
	return &Bank{vault: v, Reader: f, Any: f}
}

func denied(t *testing.T, what string, err error, kinds ...error) {
	t.Helper()
	for _, kind := range append(kinds, netproxy.ErrDenied) {
		if !errors.Is(err, kind) {
			t.Errorf("%s: %v, which is no %v", what, err, kind)
			return
		}
	}
	if !strings.Contains(err.Error(), "facet") {
		t.Errorf("%s: the error does not say what refused: %v", what, err)
	}
}

func TestAFacetHasWhatIsGrantedAndNothingElse(t *testing.T) {
	var bank *Bank
	eachWay(t, func() any { bank = newBank(); return bank }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		f := must[*netproxy.Proxy](t)(root.Call(ctx, "Grant"))
		if f.Type() != "netproxy.Facet[io.ReadWriter]" {
			t.Errorf("its type is %q", f.Type())
		}
		if n, err := netproxy.Call[int](ctx, f, "Write", []byte("hello")); n != 5 || err != nil {
			t.Errorf("Write: %d, %v", n, err)
		}
		if got := must[[]string](t)(f.Names(ctx)); !slices.Equal(got, []string{"Read", "Write"}) {
			t.Errorf("Names: %q", got)
		}
		if got := must[string](t)(f.Display(ctx)); strings.Contains(got, "s3cret") || got != "facet io.ReadWriter of *netproxy_test.Vault" {
			t.Errorf("Display: %q", got)
		}
		for _, name := range []string{"Secret", "Close", "Codes", "String", "Revoke", "Until", "Inner", "file", "Deep", "of", ""} {
			_, err := f.Call(ctx, name)
			denied(t, "Call "+name, err)
			_, err = f.Get(ctx, name)
			denied(t, "Get "+name, err)
			denied(t, "Set "+name, f.Set(ctx, name, 1))
			_, err = netproxy.Get[string](ctx, f, name)
			denied(t, "typed Get "+name, err)
			_, err = netproxy.Func[func() error](ctx, f, name)
			if name != "" {
				denied(t, "Func "+name, err)
			}
		}
		_, err := f.Call(ctx, "Close")
		if denied(t, "Close", err, netproxy.ErrMember); !strings.Contains(err.Error(), "granted is only Read, Write") {
			t.Errorf("the error does not say what is granted: %v", err)
		}
		_, err = netproxy.Value[struct{ Secret string }](ctx, f)
		denied(t, "Value", err)
		_, err = f.Elem(ctx)
		denied(t, "Elem", err)
		_, err = f.Index(ctx, 0)
		denied(t, "Index", err)
		_, err = f.Len(ctx)
		denied(t, "Len", err)
		for _, err := range f.All(ctx) {
			denied(t, "All", err)
		}
		if bank.vault.closed || bank.vault.Secret != "s3cret" {
			t.Error("something was done all the same")
		}
	})
}

func TestEveryWayToAFacetIsTheFacet(t *testing.T) {
	eachWay(t, func() any { return newBank() }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		ways := map[string]*netproxy.Proxy{
			"a result":            must[*netproxy.Proxy](t)(root.Call(ctx, "Grant")),
			"a field":             must[*netproxy.Proxy](t)(root.Get(ctx, "Reader")),
			"a field of any":      must[*netproxy.Proxy](t)(root.Get(ctx, "Any")),
			"in a slice":          must[[]any](t)(netproxy.Call[[]any](ctx, root, "List"))[1].(*netproxy.Proxy),
			"pipelined":           netproxy.Pipelined(ctx, root, "Grant"),
			"echoed":              must[*netproxy.Proxy](t)(root.Call(ctx, "Echo", must[*netproxy.Proxy](t)(root.Call(ctx, "Grant")))),
			"the field's Facet":   must[*netproxy.Proxy](t)(root.Get(ctx, "Reader")),
			"typed":               must[*netproxy.Proxy](t)(netproxy.Get[*netproxy.Proxy](ctx, root, "Reader")),
			"a copy of the value": must[[]any](t)(netproxy.Call[[]any](ctx, root, "Echo", []any{must[*netproxy.Proxy](t)(root.Call(ctx, "Grant"))}))[0].(*netproxy.Proxy),
		}
		for way, f := range ways {
			if n, err := netproxy.Call[int](ctx, f, "Write", []byte("x")); n != 1 || err != nil {
				t.Errorf("%s: Write: %d, %v", way, n, err)
			}
			for _, name := range []string{"Revoke", "Close", "Secret"} {
				_, err := f.Get(ctx, name)
				denied(t, way+": "+name, err, netproxy.ErrMember)
			}
			_, err := f.Elem(ctx)
			denied(t, way+": Elem", err)
		}
	})
}

func TestAFacetComesHome(t *testing.T) {
	eachWay(t, func() any { return newBank() }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		f := must[*netproxy.Proxy](t)(root.Call(ctx, "Grant"))
		for name, want := range map[string]bool{"IsReader": true, "IsWriter": true, "IsFacet": true} {
			if got, err := netproxy.Call[bool](ctx, root, name, f); got != want || err != nil {
				t.Errorf("%s: %t, %v", name, got, err)
			}
		}
		_, err := root.Call(ctx, "IsVault", f)
		denied(t, "as the whole object", err, netproxy.ErrArgument)
		if back := must[*netproxy.Proxy](t)(root.Call(ctx, "Echo", f)); back != f {
			t.Error("echoed it is another one")
		}
	})
}

func TestAFacetIsRevokedAndExpires(t *testing.T) {
	var bank *Bank
	eachWay(t, func() any { bank = newBank(); return bank }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		f := must[*netproxy.Proxy](t)(root.Call(ctx, "Grant"))
		write := must[func([]byte) (int, error)](t)(netproxy.Func[func([]byte) (int, error)](ctx, f, "Write"))
		method := must[*netproxy.Proxy](t)(f.Get(ctx, "Write"))
		all := func(what string, kind error) {
			t.Helper()
			_, err := write([]byte("x"))
			denied(t, what+": a func", err, kind)
			_, err = method.Call(ctx, "", []byte("x"))
			denied(t, what+": a method", err, kind)
			_, err = f.Call(ctx, "Write", []byte("x"))
			denied(t, what+": a call", err, kind)
			_, err = f.Names(ctx)
			denied(t, what+": Names", err, kind)
			_, err = netproxy.Call[int](ctx, netproxy.Pipelined(ctx, root, "Grant"), "Write", []byte("x"))
			denied(t, what+": pipelined", err, kind)
			_, err = root.Call(ctx, "IsReader", f)
			denied(t, what+": as an argument", err, kind)
		}
		bank.Reader.Until(time.Now().Add(time.Hour))
		if _, err := write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		bank.Reader.Until(time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC))
		all("expired", netproxy.ErrExpired)
		if _, err := f.Call(ctx, "Read", 1); !strings.Contains(err.Error(), "facet io.ReadWriter of *netproxy_test.Vault, expired at 2020-01-02T03:04:05Z") {
			t.Errorf("the error of an expired one: %v", err)
		}
		bank.Reader.Until(time.Time{})
		if _, err := write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		bank.Reader.Revoke(errors.New("the audit is over"))
		bank.Reader.Revoke(errors.New("again"))
		all("revoked", netproxy.ErrRevoked)
		if _, err := f.Call(ctx, "Write"); !strings.Contains(err.Error(), "was revoked: the audit is over") {
			t.Errorf("the error of a revoked one: %v", err)
		}
	})
}

// Shop is offered as a list of members.
type Shop struct {
	Name   string
	Prices map[string]int
	Tags   []string
	Stock  int
	Key    string
}

func (s *Shop) Sell(n int) int { s.Stock -= n; return s.Stock }
func (s *Shop) Burn()          { s.Stock = 0 }

func TestAFacetOfAListOfMembers(t *testing.T) {
	var shop *Shop
	offer := func() any {
		shop = &Shop{Name: "x", Prices: map[string]int{"a": 1}, Tags: []string{"t"}, Stock: 10}
		return netproxy.Only(shop, "Name", "Prices", "Tags", "Sell").Settable("Name")
	}
	eachWay(t, offer, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		if err := root.Set(ctx, "Name", "y"); err != nil || shop.Name != "y" {
			t.Errorf("Set Name: %v, %q", err, shop.Name)
		}
		if n, err := netproxy.Call[int](ctx, root, "Sell", 3); n != 7 || err != nil {
			t.Errorf("Sell: %d, %v", n, err)
		}
		for _, name := range []string{"Prices", "Tags", "Stock"} {
			denied(t, "Set "+name, root.Set(ctx, name, nil), netproxy.ErrMember)
		}
		prices := must[*netproxy.Proxy](t)(root.Get(ctx, "Prices"))
		_ = prices.SetIndex(ctx, "a", 100) // of a copy
		_ = netproxy.Pipelined(ctx, root, "Sell", 0).Wait(ctx)
		tags := must[*netproxy.Proxy](t)(root.Get(ctx, "Tags"))
		_ = tags.SetIndex(ctx, 0, "evil")
		_ = tags.Append(ctx, "evil")
		if shop.Prices["a"] != 1 || shop.Tags[0] != "t" || len(shop.Tags) != 1 {
			t.Errorf("what was granted for reading has changed: %+v", shop)
		}
		if got := must[map[string]int](t)(netproxy.Get[map[string]int](ctx, root, "Prices")); got["a"] != 1 {
			t.Errorf("Prices: %v", got)
		}
		_, err := root.Call(ctx, "Burn")
		denied(t, "Burn", err, netproxy.ErrMember)
		_, err = root.Get(ctx, "Key")
		denied(t, "Key", err, netproxy.ErrMember)
	})
}

func TestADeepFacetNarrowsResults(t *testing.T) {
	var f *netproxy.Facet
	eachWay(t, func() any { f = netproxy.Narrow[Opener](newVault()).Deep(); return f }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		r := must[*netproxy.Proxy](t)(root.Call(ctx, "Open"))
		if got := must[[]string](t)(r.Names(ctx)); !slices.Equal(got, []string{"Read"}) {
			t.Errorf("the result has %q", got)
		}
		again := must[*netproxy.Proxy](t)(must[*netproxy.Proxy](t)(root.Call(ctx, "Self")).Call(ctx, "Self"))
		_, err := again.Call(ctx, "Close")
		denied(t, "Close of a result of a result", err, netproxy.ErrMember)
		viaMethod := must[*netproxy.Proxy](t)(must[*netproxy.Proxy](t)(root.Get(ctx, "Open")).Call(ctx, ""))
		_, err = viaMethod.Call(ctx, "Write", []byte("x"))
		denied(t, "Write of a result of a method value", err, netproxy.ErrMember)
		f.Revoke(nil)
		_, err = again.Call(ctx, "Open")
		denied(t, "revoked", err, netproxy.ErrRevoked)
	})
}

func TestAFacetOfAnObjectOfAThirdPeer(t *testing.T) {
	shop := &Shop{Name: "far", Tags: []string{"t"}, Stock: 3}
	far := pair(t, shop)
	root := pair(t, netproxy.Only(far, "Name", "Tags", "Sell"))
	ctx := deadline(t)
	if n, err := netproxy.Call[int](ctx, root, "Sell", 1); n != 2 || err != nil {
		t.Errorf("Sell: %d, %v", n, err)
	}
	_, err := root.Call(ctx, "Burn")
	denied(t, "Burn", err, netproxy.ErrMember)
	denied(t, "Set", root.Set(ctx, "Name", "x"), netproxy.ErrMember)
	_ = must[*netproxy.Proxy](t)(root.Get(ctx, "Tags")).SetIndex(ctx, 0, "evil")
	if shop.Tags[0] != "t" {
		t.Error("what was granted for reading has changed")
	}
	type seller interface{ Sell(n int) int }
	if n := must[seller](t)(netproxy.As[seller](ctx, root)).Sell(1); n != 1 {
		t.Errorf("as an interface: %d", n)
	}
	if _, err := netproxy.As[interface{ Burn() }](ctx, root); err == nil {
		t.Error("it is taken for what was not granted")
	}
}

func TestTheObjectOfAFacetIsToldWhenItIsHeldNoMore(t *testing.T) {
	bank := newBank()
	root := pair(t, bank)
	ctx := deadline(t)
	must[*netproxy.Proxy](t)(root.Call(ctx, "Grant")).Release()
	select {
	case <-bank.vault.gone:
	case <-ctx.Done():
		t.Error("it was not told")
	}
}

func TestBulkDataThroughAFacet(t *testing.T) {
	bank := newBank()
	root := pair(t, bank)
	ctx := deadline(t)
	f := must[*netproxy.Proxy](t)(root.Call(ctx, "Grant"))
	w := must[io.Writer](t)(netproxy.As[io.Writer](ctx, f))
	if _, err := netproxy.As[io.ReadCloser](ctx, f); err == nil {
		t.Error("it is taken for something that it was not granted as")
	}
	if _, ok := w.(io.Closer); ok {
		t.Error("it has a partner that was not granted")
	}
	data := bytes.Repeat([]byte("0123456789"), 100_000)
	if n, err := io.Copy(w, bytes.NewReader(data)); n != int64(len(data)) || err != nil {
		t.Fatalf("copied %d, %v", n, err)
	}
	if !bytes.Equal(bank.vault.file.Bytes(), data) {
		t.Error("other bytes arrived")
	}
	bank.Reader.Revoke(nil)
	_, err := io.Copy(w, bytes.NewReader(data))
	denied(t, "a copy after it was revoked", err, netproxy.ErrRevoked)
}

// TestNoRawRequestGetsMoreOfAFacet tries every operation, with every argument that could mean something.
func TestNoRawRequestGetsMoreOfAFacet(t *testing.T) {
	bank := newBank()
	const count = 0x51c0ffee51c0ff // as long as nothing else here is by chance
	bank.vault.Count = count
	left, right := conn.Pipe(conn.Config{Name: "here", Bind: netproxy.Options{}.Bind}, conn.Config{Name: "there", Bind: netproxy.Serve(bank.Reader)})
	t.Cleanup(func() { shut(t, left, right) })
	ctx := deadline(t)
	text := func(s string) []byte { return wire.AppendText(wire.AppendArray(nil, 1), s) }
	bodies := [][]byte{
		wire.AppendArray(nil, 0), wire.AppendUint(wire.AppendArray(nil, 1), 0), wire.AppendUint(wire.AppendArray(nil, 1), 10),
		text("Secret"), text("Close"), text("a"), wire.AppendUint(wire.AppendText(wire.AppendArray(nil, 2), "Secret"), 1),
	}
	allowed := map[string]bool{"Read": true, "Write": true}
	for op := range 70 {
		for _, name := range []string{"", "Secret", "Close", "Codes", "Count", "Inner", "file", "Revoke", "Until", "Deep", "Settable", "String", "Unreferenced"} {
			for i, body := range bodies {
				for want := range conn.Want(3) {
					if allowed[name] {
						continue
					}
					limit := 5 * time.Second
					if op == 42 || op == 43 {
						limit = 10 * time.Millisecond // these wait for a stream that does not come
					}
					bounded, stop := context.WithTimeout(ctx, limit)
					ret, err := left.Call(bounded, &conn.Request{Op: conn.Op(op), Name: name, Want: want, Body: conn.Message{Data: body}})
					stop()
					what := fmt.Sprintf("op %d %q body %d want %d", op, name, i, want)
					if err != nil {
						if limit > time.Second {
							t.Fatalf("%s: %v", what, err)
						}
						continue
					}
					if bytes.Contains(ret.Body.Data, []byte("s3cret")) || bytes.Contains(ret.Body.Data, wire.AppendUint(nil, count)) || len(ret.Body.Refs) > 0 && op != 36 { // which is Names: a list of its own
						t.Errorf("%s: got %q and %d references", what, ret.Body.Data, len(ret.Body.Refs))
					}
				}
			}
		}
	}
	if bank.vault.closed || bank.vault.Secret != "s3cret" || len(bank.vault.Codes) != 3 {
		t.Error("something was done all the same")
	}
	if _, err := netproxy.Call[int](ctx, netproxy.Root(left), "Write", []byte("x")); err != nil {
		t.Errorf("what is granted works no more: %v", err)
	}
}

func TestFacetsThatCannotBe(t *testing.T) {
	for what, make := range map[string]func(){
		"no interface":   func() { netproxy.Narrow[*Vault](newVault()) },
		"nil":            func() { netproxy.Narrow[io.Reader](nil) },
		"nil of a list":  func() { netproxy.Only(nil, "x") },
		"no such member": func() { netproxy.Only(newVault(), "Sekret") },
		"not to be set":  func() { netproxy.Only(newVault(), "Read").Settable("Wriet") },
	} {
		func() {
			defer func() {
				if p, ok := recover().(string); !ok || !strings.HasPrefix(p, "netproxy: ") {
					t.Errorf("%s: panics with %v", what, p)
				}
			}()
			make()
			t.Errorf("%s: it can", what)
		}()
	}
}

// Account has a field that is not for peers.
type Account struct {
	Name string
	Pin  string `rgo:"-"`
	Keys
}

// Keys are a part of an Account.
type Keys struct {
	Private string `rgo:"-"`
	Public  string
}

// Ledger has accounts, as objects and as data.
type Ledger struct{ account *Account }

func (l *Ledger) Object() *Account { return l.account }
func (l *Ledger) Data() Account    { return *l.account }
func (l *Ledger) Store(a Account) {
	a.Pin, a.Private = l.account.Pin+a.Pin, l.account.Private+a.Private
	*l.account = a
}
func (l *Ledger) Any() map[string]any { return map[string]any{"x": *l.account} }

func TestFieldsThatAreNotForPeers(t *testing.T) {
	var ledger *Ledger
	eachWay(t, func() any {
		ledger = &Ledger{&Account{Name: "x", Pin: "4711", Keys: Keys{"private", "public"}}}
		return ledger
	}, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		p := must[*netproxy.Proxy](t)(root.Call(ctx, "Object"))
		for _, name := range []string{"Pin", "Private"} {
			if _, err := p.Get(ctx, name); !errors.Is(err, netproxy.ErrMember) || !errors.Is(err, netproxy.ErrDenied) || !strings.Contains(err.Error(), `rgo:"-"`) {
				t.Errorf("Get %s: %v", name, err)
			}
			if err := p.Set(ctx, name, "x"); !errors.Is(err, netproxy.ErrMember) {
				t.Errorf("Set %s: %v", name, err)
			}
		}
		if got := must[[]string](t)(p.Names(ctx)); !slices.Equal(got, []string{"Keys", "Name", "Public"}) {
			t.Errorf("Names: %q", got)
		}
		if s := must[string](t)(p.Display(ctx)); strings.Contains(s, "4711") || strings.Contains(s, "private") {
			t.Errorf("Display: %s", s)
		}
		a := must[Account](t)(netproxy.Call[Account](ctx, root, "Data"))
		if a.Pin != "" || a.Private != "" || a.Name != "x" || a.Public != "public" {
			t.Errorf("as data: %+v", a)
		}
		if s := fmt.Sprint(must[any](t)(netproxy.Call[any](ctx, root, "Any"))); strings.Contains(s, "4711") || strings.Contains(s, "private") {
			t.Errorf("inside of data: %s", s)
		}
		a.Name, a.Pin, a.Private = "y", "evil", "evil"
		if _, err := root.Call(ctx, "Store", a); err != nil || ledger.account.Name != "y" || ledger.account.Pin != "4711" || ledger.account.Private != "private" {
			t.Errorf("Store: %v, %+v", err, ledger.account)
		}
	})
}
