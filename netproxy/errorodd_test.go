package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"reflect"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/netproxy"
)

// Errors that are odd.
type (
	panicky struct{ by any }
	loops   struct{ name string }
	list    []string
	table   map[string]int
	fun     func()
)

func (p panicky) Error() string { panic(p.by) }
func (l *loops) Error() string  { return l.name }
func (l *loops) Unwrap() error  { return l }
func (l list) Error() string    { return "list" }
func (l table) Error() string   { return "table" }
func (l fun) Error() string     { return "fun" }

// unwrapsBadly panics where it is asked what it wraps.
type unwrapsBadly struct{}

func (unwrapsBadly) Error() string { return "bad" }
func (unwrapsBadly) Unwrap() error { panic("no") }
func (unwrapsBadly) Is(error) bool { panic("no") }
func (unwrapsBadly) Timeout() bool { panic("no") }
func (unwrapsBadly) As(any) bool   { panic("no") }

// everything claims to be whatever is asked for.
type everything struct{}

func (everything) Error() string   { return "everything" }
func (everything) Is(error) bool   { return true }
func (everything) Unwrap() []error { return []error{nil, everything{}, everything{}, everything{}} }

// IsMine says whether an error that has come home is the one that went.
func (f *Failing) IsMine(i int, err error) bool {
	if !reflect.TypeOf(err).Comparable() || !reflect.ValueOf(err).Comparable() {
		return reflect.TypeOf(err) == reflect.TypeOf(f.ways[i])
	}
	return err == f.ways[i] //nolint:errorlint // the very error
}

func TestOddErrors(t *testing.T) {
	var nilPath *fs.PathError
	var nilCustom *custom
	deep := error(io.EOF)
	for range 1000 {
		deep = fmt.Errorf("x%w", deep)
	}
	var many []error
	for i := range 1000 {
		many = append(many, fmt.Errorf("error %d", i))
	}
	many = append(many, fs.ErrClosed)
	bush := error(fs.ErrExist)
	for range 16 {
		bush = errors.Join(bush, bush)
	}
	huge := errors.New(strings.Repeat("ä", 1<<20))
	for range 20 {
		huge = fmt.Errorf("more: %w", huge)
	}
	f := &Failing{ways: []error{
		nilPath, nilCustom,
		panicky{"x"},
		panicky{io.EOF},
		panicky{panicky{}},
		&loops{"l"},
		list{"a"},
		table{"a": 1},
		fun(func() {}), fun(nil), list(nil),
		errors.Join(list{"b"}, table{}), deep, errors.Join(many...), bush, huge,
		unwrapsBadly{},
		everything{},
		&netproxy.RemoteError{Text: "by hand"}, (*netproxy.RemoteError)(nil), (*netproxy.PanicError)(nil), &netproxy.PanicError{Value: 3},
		&netproxy.PanicError{Value: panicky{1}}, &net.OpError{}, &fs.PathError{}, errors.New(""), errors.New("\xff\xfe"),
		Many{nil, io.EOF, nil},
	}}
	eachWay(t, func() any { return f }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		for i := range f.ways {
			_, err := root.Call(ctx, "Fail", i)
			if err == nil {
				t.Errorf("%d: %T came as nil", i, f.ways[i])
				continue
			}
			if len(err.Error()) > 100<<10 || len(fmt.Sprintf("%+v", err)) > 10<<20 {
				t.Errorf("%T: %d bytes of text", f.ways[i], len(err.Error()))
			}
			var path *fs.PathError
			_, _ = errors.Is(err, fs.ErrInvalid), errors.As(err, &path)
			if ok, err := netproxy.Call[bool](ctx, root, "IsMine", i, err); err != nil || !ok {
				t.Errorf("%T there and back: %v, %v", f.ways[i], ok, err)
			}
		}
		is := func(i int, target error) {
			t.Helper()
			if _, err := root.Call(ctx, "Fail", i); !errors.Is(err, target) {
				t.Errorf("%T is not %v", f.ways[i], target)
			}
		}
		is(12, io.EOF)
		is(13, fs.ErrClosed)
		is(14, fs.ErrExist)
		is(17, io.ErrNoProgress)
		is(27, io.EOF)
		for i, text := range map[int]string{0: "<nil>", 1: "<nil>", 5: "l", 6: "list", 18: "by hand", 21: "panic: 3", 25: "", 26: "\xff\xfe"} {
			if _, err := root.Call(ctx, "Fail", i); err == nil || err.Error() != text {
				t.Errorf("%T: %q", f.ways[i], err)
			}
		}
	})
}
