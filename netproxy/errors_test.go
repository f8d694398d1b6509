//lint:file-ignore SA1019,ST1008 errors are tested with what they have, and where they may stand

package netproxy_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os/exec"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// inRow connects peers in a row, each with options of its own: what the first sees of the root of the last.
func inRow(t *testing.T, root any, peers ...netproxy.Options) *netproxy.Proxy {
	t.Helper()
	for i := len(peers) - 1; i > 0; i-- {
		there := peers[i]
		at := root
		there.Root = func(*conn.Conn) any { return at }
		left, right := conn.Pipe(
			conn.Config{Name: fmt.Sprint("peer", i-1), Bind: peers[i-1].Bind}, conn.Config{Name: fmt.Sprint("peer", i), Bind: there.Bind})
		t.Cleanup(func() { shut(t, left, right) })
		root = netproxy.Root(left)
	}
	return root.(*netproxy.Proxy)
}

// Refusal is an error that a program declares.
type Refusal struct {
	Code  int
	Why   []string
	At    time.Time
	Inner error
	Tags  map[string]any
}

func (r *Refusal) Error() string { return fmt.Sprintf("refused (%d): %v", r.Code, r.Why) }
func (r *Refusal) Unwrap() error { return r.Inner }

// Grade is an error that is a number.
type Grade int

func (l Grade) Error() string { return fmt.Sprintf("grade %d", int(l)) }

// Hushed is an error with unexported fields, which writes itself as text.
type Hushed struct{ hidden string }

func (s Hushed) Error() string                    { return "secret of " + s.hidden }
func (s Hushed) MarshalText() ([]byte, error)     { return []byte(s.hidden), nil }
func (s *Hushed) UnmarshalText(text []byte) error { s.hidden = string(text); return nil }

// Sealed is one that writes itself as JSON.
type Sealed struct{ n int }

func (s *Sealed) Error() string                   { return fmt.Sprintf("sealed %d", s.n) }
func (s *Sealed) MarshalJSON() ([]byte, error)    { return json.Marshal(s.n) }
func (s *Sealed) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &s.n) }

// Many is an error that is several.
type Many []error

func (m Many) Error() string   { return fmt.Sprintf("%d errors", len(m)) }
func (m Many) Unwrap() []error { return m }

// knows is the Type of Options of a peer that knows the types of the samples.
func knows(samples ...any) netproxy.Options {
	return netproxy.Options{Type: func(name string) (reflect.Type, bool) {
		for _, x := range samples {
			if t := reflect.TypeOf(x); t.PkgPath()+"."+t.Name() == name {
				return t, true
			}
		}
		return nil, false
	}}
}

func TestErrorsOfTypesThatAreKnown(t *testing.T) {
	all := knows(Refusal{}, Grade(0), Hushed{}, Sealed{}, Many{})
	refusal := &Refusal{7, []string{"a", "b"}, time.Unix(5, 0).UTC(), fs.ErrExist, map[string]any{"n": 1, "s": []byte("x")}}
	f := &Failing{ways: []error{
		refusal, Grade(3),
		Hushed{"me"},
		&Hushed{"you"}, &Sealed{5},
		Many{io.EOF, Grade(1), refusal},
		fmt.Errorf("a: %w, b: %w", Grade(9), &Sealed{6}), errors.Join(refusal, Hushed{"x"}), &Refusal{Inner: &Refusal{Inner: Grade(2)}},
	}}
	check := func(t *testing.T, root *netproxy.Proxy, known bool) {
		t.Helper()
		ctx := deadline(t)
		for i, want := range f.ways {
			_, err := root.Call(ctx, "Wrapped", i)
			if err == nil || err.Error() != "wrapped: "+want.Error() {
				t.Fatalf("%T came as %v", want, err)
			}
			for _, part := range chain(want) {
				typ := reflect.TypeOf(part)
				if strings.HasPrefix(typ.String(), "*fmt.") || strings.HasPrefix(typ.String(), "*errors.") {
					continue
				}
				got, ok := asType(err, typ)
				if ok != known {
					t.Errorf("%T in %T: found %v", part, want, ok)
				}
				if first, _ := asType(want, typ); ok && !reflect.DeepEqual(got, first) {
					t.Errorf("%#v came as %#v", first, got)
				}
			}
		}
		if _, err := root.Call(ctx, "Fail", 0); !errors.Is(err, fs.ErrExist) {
			t.Errorf("what it wraps: %v", err)
		}
	}
	for _, c := range []struct {
		name  string
		peers []netproxy.Options
		known bool
	}{
		{"two", []netproxy.Options{all, {}}, true},
		{"two, not known", []netproxy.Options{{}, all}, false},
		{"three", []netproxy.Options{all, all, all}, true},
		{"not known in the middle", []netproxy.Options{all, {}, {}}, true},
		{"not known in the middle of four", []netproxy.Options{all, {}, {}, all}, true},
		{"not known here", []netproxy.Options{{}, all, all}, false},
	} {
		t.Run(c.name, func(t *testing.T) { check(t, inRow(t, f, c.peers...), c.known) })
	}
	t.Run("relayed by code", func(t *testing.T) { // the error is in the hands of the one in the middle
		root := inRow(t, &relay{inRow(t, &Player{"far"}, netproxy.Options{}, all)}, all, netproxy.Options{})
		_, err := root.Call(deadline(t), "Wrap", func() error { return refusal })
		var found *Refusal
		if !errors.As(err, &found) || found != refusal {
			t.Errorf("our own came back as %v", err)
		}
		far := inRow(t, &relay{inRow(t, f, netproxy.Options{}, all)}, all, netproxy.Options{})
		_, err = far.Call(deadline(t), "Fail", 0)
		found = nil
		if !errors.As(err, &found) || found == refusal || !reflect.DeepEqual(found, refusal) {
			t.Errorf("through hands: %#v in %v", found, err)
		}
	})
}

// Fail asks the next peer.
func (r *relay) Fail(ctx context.Context, i int) error {
	_, err := r.next.Call(ctx, "Fail", i)
	return err
}

var (
	errSold  = errors.New("sold out")
	errOther = &custom{99}
)

func init() {
	netproxy.RegisterError("example.org/shop.ErrSoldOut", errSold)
	netproxy.RegisterError("example.org/shop.ErrOther", errOther)
	netproxy.RegisterError("example.org/shop.ErrSoldOut", errSold) // again, the same
}

func TestRegisteredErrors(t *testing.T) {
	f := &Failing{ways: []error{errSold, errOther}}
	eachWay(t, func() any { return f }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		for i, want := range f.ways {
			if _, err := root.Call(ctx, "Fail", i); err != want { //nolint:errorlint // the very error
				t.Errorf("%v", err)
			}
			if _, err := root.Call(ctx, "Wrapped", i); !errors.Is(err, want) || errors.Is(err, f.ways[1-i]) {
				t.Errorf("%v", err)
			}
		}
	})
	for name, bad := range map[string]func(){
		"a name twice":    func() { netproxy.RegisterError("example.org/shop.ErrSoldOut", io.EOF) },
		"no name":         func() { netproxy.RegisterError("", errSold) },
		"no error":        func() { netproxy.RegisterError("x", nil) },
		"not comparable":  func() { netproxy.RegisterError("x", Many{}) },
		"of the library":  func() { netproxy.RegisterError("io.EOF", errSold) },
		"of this package": func() { netproxy.RegisterError("netproxy.ErrMember", errSold) },
	} {
		func() {
			defer func() {
				if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), "RegisterError") {
					t.Errorf("%s: %v", name, p)
				}
			}()
			bad()
		}()
	}
}

func TestSentinelsThatAreNotKnownInTheMiddle(t *testing.T) {
	house := netproxy.Options{Sentinels: map[string]error{"house": errHouse}}
	root := inRow(t, House{}, house, netproxy.Options{}, house)
	if _, err := root.Call(deadline(t), "Rule"); !errors.Is(err, errHouse) || err.Error() != "sorry: house rule" {
		t.Errorf("%v", err)
	}
	f := &Failing{ways: []error{errHouse}}
	if _, err := inRow(t, f, house, netproxy.Options{}, house).Call(deadline(t), "Fail", 0); !errors.Is(err, errHouse) || err.Error() != "house rule" {
		t.Errorf("%v", err)
	}
	if _, err := inRow(t, f, netproxy.Options{}, house).Call(deadline(t), "Fail", 0); err == nil || err.Error() != "house rule" {
		t.Errorf("not known here: %v", err)
	}
}

// slow is an error of a type that nobody else knows, which may be a matter of time.
type slow struct{ timeout, temporary bool }

func (slow) Error() string     { return "slow" }
func (s slow) Timeout() bool   { return s.timeout }
func (s slow) Temporary() bool { return s.temporary }

// late has half of it.
type late struct{}

func (late) Error() string { return "late" }
func (late) Timeout() bool { return true }

func TestWhatErrorsCanDo(t *testing.T) {
	f := &Failing{ways: []error{slow{true, false}, slow{false, true}, late{}, errors.New("plain"), fmt.Errorf("over: %w", late{})}}
	eachWay(t, func() any { return f }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		for i, want := range f.ways {
			_, err := root.Call(ctx, "Wrapped", i)
			var a, b net.Error
			if errors.As(err, &a) != errors.As(want, &b) || b != nil && (a.Timeout() != b.Timeout() || a.Temporary() != b.Temporary() || a.Error() != b.Error()) { //nolint:staticcheck // as they say
				t.Errorf("%T: %v", want, a)
			}
			var c, d interface{ Timeout() bool }
			if errors.As(err, &c) != errors.As(want, &d) || d != nil && c.Timeout() != d.Timeout() {
				t.Errorf("%T: %v", want, c)
			}
			var e, g interface{ Unwrap() error }
			if errors.As(err, &e) != true || i == 4 && e.Unwrap() == nil {
				t.Errorf("%T: Unwrap %v, %v", want, e, g)
			}
			var h fmt.Formatter
			var j runtime.Error
			if errors.As(err, &h) && h == nil || errors.As(err, &j) {
				t.Errorf("%T: %v, %v", want, h, j)
			}
		}
	})
}

// Taker takes errors of certain types.
type Taker struct{}

func (Taker) Path(e *fs.PathError) string { return e.Path }
func (Taker) Net(e net.Error) bool        { return e.Timeout() }
func (Taker) Number(e syscall.Errno) bool { return e == syscall.EPERM }
func (Taker) Lev(e Grade) int             { return int(e) }
func (Taker) Any(e any) string            { return fmt.Sprint(e) }
func (Taker) Same(e error) error          { return e }
func (Taker) List(e []error) error        { return errors.Join(e...) }
func (Taker) Two() (error, error)         { return io.EOF, fmt.Errorf("two: %w", fs.ErrClosed) } //nolint:revive,staticcheck // an error that is a result
func (Taker) Nil() (error, int)           { return nil, 1 }                                      //nolint:revive,staticcheck // likewise
func (Taker) NilPointer() (error, int)    { var p *Refusal; return p, 1 }                        //nolint:revive,staticcheck // likewise
func (Taker) Read(b []byte) (int, error)  { return copy(b, "rest"), io.EOF }

func TestErrorsAsArguments(t *testing.T) {
	eachWay(t, func() any { return Taker{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		if s, err := netproxy.Call[string](ctx, root, "Path", &fs.PathError{Op: "o", Path: "p", Err: io.EOF}); s != "p" || err != nil {
			t.Errorf("Path: %q, %v", s, err)
		}
		if _, err := root.Call(ctx, "Path", io.EOF); !errors.Is(err, netproxy.ErrArgument) {
			t.Errorf("Path: %v", err)
		}
		if _, err := root.Call(ctx, "Path", errors.New("x")); !errors.Is(err, netproxy.ErrArgument) || !strings.Contains(err.Error(), "*errors.errorString") {
			t.Errorf("Path: %v", err)
		}
		if ok, err := netproxy.Call[bool](ctx, root, "Net", slow{timeout: true}); !ok || err != nil {
			t.Errorf("Net: %v, %v", ok, err)
		}
		if _, err := root.Call(ctx, "Net", errors.New("x")); !errors.Is(err, netproxy.ErrArgument) {
			t.Errorf("Net: %v", err)
		}
		if ok, err := netproxy.Call[bool](ctx, root, "Number", syscall.EPERM); !ok || err != nil {
			t.Errorf("Number: %v, %v", ok, err)
		}
		if s, err := netproxy.Call[string](ctx, root, "Any", fmt.Errorf("x: %w", io.EOF)); s != "x: EOF" || err != nil {
			t.Errorf("Any: %q, %v", s, err)
		}
		mine := &custom{5}
		if _, err := root.Call(ctx, "Same", mine); err != error(mine) { //nolint:errorlint // the very error
			t.Errorf("Same: %#v", err)
		}
		if _, err := root.Call(ctx, "List", []error{mine, fs.ErrExist}); !errors.Is(err, mine) || !errors.Is(err, fs.ErrExist) {
			t.Errorf("List: %#v", err)
		}
		var none *Refusal
		if _, err := root.Call(ctx, "Same", error(none)); err != nil && err.Error() != "<nil>" {
			t.Errorf("a nil pointer: %#v", err)
		}
		if got, err := netproxy.Func[func() (error, error)](ctx, root, "Two"); err != nil {
			t.Error(err)
		} else if a, b := got(); a != io.EOF || !errors.Is(b, fs.ErrClosed) { //nolint:errorlint // the very error
			t.Errorf("Two: %v, %v", a, b)
		}
		if got, err := netproxy.Func[func() (error, int)](ctx, root, "Nil"); err != nil {
			t.Error(err)
		} else if a, n := got(); a != nil || n != 1 {
			t.Errorf("Nil: %v, %v", a, n)
		}
		if got, err := netproxy.Func[func() (error, int)](ctx, root, "NilPointer"); err != nil {
			t.Error(err)
		} else if a, n := got(); a == nil || n != 1 || a.Error() != "<nil>" {
			t.Errorf("NilPointer: %v, %v", a, n)
		}
		read, err := netproxy.Func[func([]byte) (int, error)](ctx, root, "Read")
		if err != nil {
			t.Fatal(err)
		}
		if n, err := read(make([]byte, 10)); n != 4 || err != io.EOF { //nolint:errorlint // the very error
			t.Errorf("Read: %d, %v", n, err)
		}
	})
}

func TestErrorsInsideOfValues(t *testing.T) {
	f := &Failing{ways: []error{&fs.PathError{Op: "o", Path: "p", Err: syscall.ENOENT}, io.EOF}}
	eachWay(t, func() any { return f }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		for i, want := range f.ways {
			list, err := netproxy.Call[[]any](ctx, root, "Inside", i)
			if err != nil || len(list) != 3 {
				t.Fatalf("%v, %v", list, err)
			}
			in := reflect.ValueOf(list[1]).Field(0).Interface()
			for _, x := range []any{list[0], in, list[2].(map[string]error)["e"]} {
				err, _ := x.(error)
				sameError(t, err, want)
			}
		}
	})
}

func TestExitError(t *testing.T) {
	_, failed := exec.Command("sh", "-c", "echo sorry >&2; exit 7").Output()
	f := &Failing{ways: []error{failed}}
	eachWay(t, func() any { return f }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		_, err := root.Call(ctx, "Wrapped", 0)
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 7 || string(exit.Stderr) != "sorry\n" || exit.Success() || exit.String() != "exit status 7" || exit.Pid() == 0 {
			t.Errorf("%v: %+v", err, exit)
		}
	})
}

func TestErrorsOfConnectionsThroughHops(t *testing.T) {
	ctx := deadline(t)
	far := dialed(t, ctx, &Player{"far"})
	near := pair(t, &relay{far})
	hop := hopped(t, &Player{"far"})
	// a call that the one in the middle gave up
	_, err := near.Call(ctx, "Hang")
	var canceled *conn.CanceledError
	if !errors.Is(err, context.DeadlineExceeded) || errors.As(err, &canceled) {
		t.Errorf("given up in the middle: %#v", err)
	}
	shut(t, far.Conn())
	_, err = near.Call(ctx, "Try", func() error { return nil })
	var remote *netproxy.RemoteError
	if !errors.As(err, &remote) || err.Error() == "" {
		t.Errorf("lost in the middle: %#v", err)
	}
	var lost *conn.LostError
	if !errors.As(err, &lost) || lost.MayHaveRun {
		t.Errorf("lost in the middle: %#v", err)
	}
	if s, err := netproxy.Call[string](ctx, hop, "Run", func() {}); s != "ran" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
}

// Hang gives up after a while.
func (r *relay) Hang(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, 30*time.Millisecond)
	defer stop()
	_, err := r.next.Call(ctx, "Hang")
	return err
}
