package netproxy_test

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/rgo-project/rgo/netproxy"
)

// Choosy takes what it says and nothing else.
type Choosy struct{}

type Locked struct {
	n int
	*sync.Mutex
}

func (*Choosy) File(n int, f *os.File) string        { return f.Name() }
func (*Choosy) Files(fs ...*os.File) int             { return len(fs) }
func (*Choosy) Locked(s Locked) int                  { return s.n }
func (*Choosy) Book(b *Book) string                  { return b.Name }
func (*Choosy) Struct(b Book) string                 { return b.Name }
func (*Choosy) Map(m map[string]Book) int            { return len(m) }
func (*Choosy) Any(x any) any                        { return x }
func (*Choosy) Reader(r io.Reader) error             { return nil }
func (*Choosy) Opened() *os.File                     { return os.Stdin }
func (*Choosy) Number(n int8, u uint, f float32) int { return int(n) }

func TestWhatCannotCrossIsRefusedWithTheReason(t *testing.T) {
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // it was not written to
	n := 1
	eachWay(t, func() any { return &Choosy{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		for _, c := range []struct {
			name string
			args []any
			kind error
			says []string
		}{
			{"File", []any{1, file}, netproxy.ErrArgument, []string{"argument 2 of File", "*os.File", "unexported state", "io.ReadWriteCloser", "*netproxy.Proxy"}},
			{"Files", []any{file}, netproxy.ErrArgument, []string{"argument 1 of Files", "*os.File"}},
			{"Locked", []any{Locked{1, &sync.Mutex{}}}, netproxy.ErrArgument, []string{"argument 1 of Locked", "netproxy_test.Locked", "unexported state"}},
			{"Locked", []any{&Locked{}}, netproxy.ErrArgument, []string{"argument 1 of Locked", "netproxy_test.Locked", "unexported state"}},
			{"Book", []any{&Book{}}, netproxy.ErrArgument, []string{"argument 1 of Book", "netproxy.Copy"}},
			{"Book", []any{make(chan int)}, netproxy.ErrArgument, []string{"argument 1 of Book", "chan int", "different things"}},
			{"Struct", []any{make(chan int)}, netproxy.ErrArgument, []string{"argument 1 of Struct", "chan int"}},
			{"Struct", []any{7}, netproxy.ErrArgument, []string{"argument 1 of Struct"}},
			{"Any", []any{unsafe.Pointer(&n)}, netproxy.ErrUnsupported, []string{"Any: argument 1", "unsafe.Pointer", "another process"}},
			{"Any", []any{[]any{1, struct{ P unsafe.Pointer }{}}}, netproxy.ErrUnsupported, []string{"Any: argument 1: element 1: field P"}},
			{"Any", []any{context.Background()}, netproxy.ErrUnsupported, []string{"argument 1", "context.Context"}},
			{"Map", []any{map[string]any{"a": Book{}, "b": file}}, netproxy.ErrArgument, []string{"argument 1 of Map", "element b", "*os.File"}},
			{"Number", []any{300, 1, 1}, netproxy.ErrArgument, []string{"argument 1 of Number", "300 does not fit int8"}},
			{"Number", []any{1, -1, 1}, netproxy.ErrArgument, []string{"argument 2 of Number", "-1 does not fit uint"}},
			{"Number", []any{1, 1, 1e300}, netproxy.ErrArgument, []string{"argument 3 of Number", "1e+300 does not fit float32"}},
			{"Number", []any{1.5, 1, 1}, netproxy.ErrArgument, []string{"1.5 does not fit int8"}},
			{"Number", []any{1i, 1, 1}, netproxy.ErrArgument, []string{"does not fit int8"}},
			{"Number", []any{1, 1, 1<<24 + 1}, netproxy.ErrArgument, []string{"does not fit float32"}},
			{"Number", []any{1, 1}, netproxy.ErrArgument, []string{"takes 3 arguments, not 2"}},
		} {
			_, err := root.Call(ctx, c.name, c.args...)
			if !errors.Is(err, c.kind) {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			for _, want := range c.says {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%s: %q does not say %q", c.name, err, want)
				}
			}
		}
		if _, err := netproxy.Call[*os.File](ctx, root, "Opened"); !errors.Is(err, netproxy.ErrArgument) || !strings.Contains(err.Error(), "*os.File") {
			t.Errorf("a typed result: %v", err)
		}
		if _, err := root.Call(ctx, "Struct", Book{Name: "Emma"}); err != nil { // the connection is none the worse for it
			t.Error(err)
		}
	})
}
