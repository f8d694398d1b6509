package netproxy_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/netproxy"
)

// Cabinet offers things to be used as interfaces.
type Cabinet struct {
	dir  string
	last any
}

func (d *Cabinet) Open(name string) (*os.File, error) { return os.Open(filepath.Join(d.dir, name)) }

func (d *Cabinet) Create(name string) (*os.File, error) { return os.Create(filepath.Join(d.dir, name)) }
func (d *Cabinet) Buffer(text string) *bytes.Buffer     { return bytes.NewBufferString(text) }
func (d *Cabinet) Take(x any) any                       { d.last = x; return x }
func (d *Cabinet) Last() any                            { return d.last }
func (d *Cabinet) IsLast(x any) bool                    { return d.last == x }
func (d *Cabinet) ReadAll(r io.Reader) (string, error) {
	b, err := io.ReadAll(r)
	return string(b), err
}
func (d *Cabinet) Readers(list []io.Reader) (n int)       { return len(list) }
func (d *Cabinet) TypeOf(r io.Reader) string              { return fmt.Sprintf("%T", r) }
func (d *Cabinet) Nothing() io.Reader                     { return nil }
func (d *Cabinet) NilBuffer() io.Reader                   { return (*bytes.Buffer)(nil) }
func (d *Cabinet) Greeter() Greeter                       { return &english{} }
func (d *Cabinet) GreetWith(g Greeter, who string) string { return g.Greet(who) }
func (d *Cabinet) Close(a, b int) string                  { return "a shelf does not close" }

// Greeter is a user's own interface.
type Greeter interface {
	Greet(who string) string
	GreetAll(greeting string, who ...string) (text string, n int, err error)
}

type english struct{ greeted []string }

func (e *english) Greet(who string) string {
	e.greeted = append(e.greeted, who)
	return "Hello, " + who
}

func (e *english) GreetAll(greeting string, who ...string) (string, int, error) {
	if len(who) == 0 {
		return "", 0, fs.ErrInvalid
	}
	return greeting + ", " + strings.Join(who, " and "), len(who), nil
}
func (e *english) String() string { return "english" }

func newCabinet(t testing.TB) *Cabinet {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f"), []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	return &Cabinet{dir: dir}
}

func TestAs(t *testing.T) {
	eachWay(t, func() any { return newCabinet(t) }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		f := must[io.ReadSeekCloser](t)(netproxy.Call[io.ReadSeekCloser](ctx, root, "Open", "f"))
		if _, err := f.Seek(3, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		p, ok := netproxy.ProxyOf(f)
		if !ok || p.Type() != "*os.File" {
			t.Fatalf("made of %v", p)
		}
		if name := must[string](t)(netproxy.Call[string](ctx, p, "Name")); filepath.Base(name) != "f" {
			t.Errorf("name %q", name)
		}
		again := must[io.ReadSeekCloser](t)(netproxy.As[io.ReadSeekCloser](ctx, p))
		if again != f || map[any]int{f: 1}[again] != 1 {
			t.Error("made twice of one proxy, they differ")
		}
		for what, has := range map[string]bool{
			"io.ReaderAt":    isA[io.ReaderAt](f),
			"fs.ReadDirFile": isA[fs.ReadDirFile](f),
			"io.WriterAt":    isA[io.WriterAt](f),
		} {
			if !has {
				t.Errorf("the file over there is an %s, this is not", what)
			}
		}
		for what, has := range map[string]bool{"fmt.Stringer": isA[fmt.Stringer](f), "fs.FS": isA[fs.FS](f), "error": isA[error](f)} {
			if has {
				t.Errorf("the file over there is no %s, this is one", what)
			}
		}
		if got := fmt.Sprintf("%T", f); got != "netproxy.Remote[io.ReadSeekCloser]" {
			t.Errorf("it is a %s", got)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if err := f.Close(); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("closed twice: %v", err)
		}
	})
}

func isA[T any](x any) bool { _, ok := x.(T); return ok }

// What does not fit is said at once, with both signatures.
func TestAsRefuses(t *testing.T) {
	eachWay(t, func() any { return newCabinet(t) }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		type closer interface {
			Close() error
			Clos(a, b int) string
			Opn(string) (io.Reader, error)
		}
		_, err := netproxy.As[closer](ctx, root)
		if !errors.Is(err, netproxy.ErrArgument) {
			t.Fatalf("%v", err)
		}
		for _, want := range []string{"func(int, int) string there", "func() error here", "Opn is missing", "is it Open", "*netproxy_test.Cabinet"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q is not in: %v", want, err)
			}
		}
		type sealed interface {
			Close(a, b int) string
			hidden()
		}
		if _, err := netproxy.As[sealed](ctx, root); !errors.Is(err, netproxy.ErrUnsupported) || !strings.Contains(err.Error(), "hidden is not exported") {
			t.Errorf("sealed: %v", err)
		}
		if _, err := netproxy.As[context.Context](ctx, root); !errors.Is(err, netproxy.ErrUnsupported) {
			t.Errorf("a context: %v", err)
		}
		if _, err := netproxy.Call[io.Writer](ctx, root, "Greeter"); !errors.Is(err, netproxy.ErrArgument) {
			t.Errorf("a result: %v", err)
		}
		if _, err := root.Call(ctx, "ReadAll", &english{}); !errors.Is(err, netproxy.ErrArgument) || !strings.Contains(err.Error(), "Read is missing") {
			t.Errorf("an argument: %v", err)
		}
	})
}

// A user's own interface, in both directions, with nothing registered.
func TestAsOwnInterface(t *testing.T) {
	eachWay(t, func() any { return newCabinet(t) }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		g := must[Greeter](t)(netproxy.Call[Greeter](ctx, root, "Greeter"))
		if got := g.Greet("Ann"); got != "Hello, Ann" {
			t.Errorf("%q", got)
		}
		if text, n, err := g.GreetAll("Hi", "Ann", "Bob"); text != "Hi, Ann and Bob" || n != 2 || err != nil {
			t.Errorf("%q, %d, %v", text, n, err)
		}
		if _, _, err := g.GreetAll("Hi"); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%v", err)
		}
		if got := fmt.Sprint(g); got != "english" {
			t.Errorf("printed as %s", got)
		}
		mine := &english{}
		if got := must[string](t)(netproxy.Call[string](ctx, root, "GreetWith", mine, "Cid")); got != "Hello, Cid" || fmt.Sprint(mine.greeted) != "[Cid]" {
			t.Errorf("%q, %v", got, mine.greeted)
		}
		all := g.GreetAll // a method as a value
		if _, n, err := all("Hi", "Ann"); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		type withContext interface {
			Greet(ctx context.Context, who string) (string, error)
		}
		c := must[withContext](t)(netproxy.As[withContext](ctx, must[*netproxy.Proxy](t)(root.Call(ctx, "Greeter"))))
		if got, err := c.Greet(ctx, "Dan"); got != "Hello, Dan" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		canceled, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := c.Greet(canceled, "Dan"); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
}

func TestAsGoesHome(t *testing.T) {
	eachWay(t, func() any { return newCabinet(t) }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		b := must[*netproxy.Proxy](t)(root.Call(ctx, "Buffer", "text"))
		if _, err := root.Call(ctx, "Take", b); err != nil {
			t.Fatal(err)
		}
		r := must[io.Reader](t)(netproxy.As[io.Reader](ctx, b))
		if !must[bool](t)(netproxy.Call[bool](ctx, root, "IsLast", r)) {
			t.Error("a wrapper that goes home is not the original")
		}
		if got := must[string](t)(netproxy.Call[string](ctx, root, "TypeOf", r)); got != "*bytes.Buffer" {
			t.Errorf("at home it is a %s", got)
		}
		last := must[io.Reader](t)(netproxy.Call[io.Reader](ctx, root, "Last"))
		if last != r {
			t.Error("it came again and is another one")
		}
		mine := strings.NewReader("mine")
		back := must[io.Reader](t)(netproxy.Call[io.Reader](ctx, root, "Take", mine))
		if back != io.Reader(mine) {
			t.Errorf("what came home is a %T", back)
		}
		if n := must[int](t)(netproxy.Call[int](ctx, root, "Readers", []io.Reader{r, mine, nil})); n != 3 {
			t.Errorf("%d", n)
		}
		if r, err := netproxy.Call[io.Reader](ctx, root, "Nothing"); r != nil || err != nil {
			t.Errorf("nil came as %v, %v", r, err)
		}
	})
}
