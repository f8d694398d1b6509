package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/netproxy"
)

// Funcs has methods of all sorts.
type Funcs struct{}

func (Funcs) Printf(format string, args ...any) string { return fmt.Sprintf(format, args...) }
func (Funcs) Sum(base int, more ...int) (sum int, count int, e error) { // results with names
	for _, n := range more {
		base += n
	}
	return base, len(more), nil
}
func (Funcs) Adder(n int) func(int) int { return func(m int) int { return n + m } }
func (Funcs) Compose(fs ...func(string) string) func(string) (string, error) {
	return func(s string) (string, error) {
		for _, f := range fs {
			s = f(s)
		}
		return s, nil
	}
}
func (Funcs) Twice(f func(func(int) int) int) int { return f(func(n int) int { return 2 * n }) }

type base struct {
	Adder func(int) (func(int) int, error)
}

func TestBindAllSorts(t *testing.T) {
	eachWay(t, func() any { return Funcs{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		var api struct {
			base
			Printf  func(string, ...any) string
			Sum     func(ctx context.Context, base int, more ...int) (int, int, error)
			Chain   func(...func(string) string) (func(string) (string, error), error) `rgo:"Compose"`
			Twice   func(func(func(int) int) int) int
			Missing func() error `rgo:",optional"`
			note    string       `rgo:"-"`
		}
		api.note = "kept"
		if err := netproxy.Bind(ctx, root, &api); err != nil {
			t.Fatal(err)
		}
		if got := api.Printf("%d %s %v", 1, "a", []int{2}); got != "1 a [2]" {
			t.Errorf("%q", got)
		}
		if got := api.Printf("none"); got != "none" {
			t.Errorf("%q", got)
		}
		if sum, n, err := api.Sum(ctx, 1, 2, 3); sum != 6 || n != 2 || err != nil {
			t.Errorf("%d, %d, %v", sum, n, err)
		}
		if add, err := api.Adder(3); err != nil || add(4) != 7 {
			t.Errorf("%v", err)
		}
		shout, err := api.Chain(strings.ToUpper, func(s string) string { return s + "!" })
		if err != nil {
			t.Fatal(err)
		}
		if got, err := shout("hey"); got != "HEY!" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		if got := api.Twice(func(double func(int) int) int { return double(4) + 1 }); got != 9 {
			t.Errorf("%d", got)
		}
		if api.Missing != nil || api.note != "kept" {
			t.Errorf("%v, %q", api.Missing == nil, api.note)
		}

		var wrong struct {
			Printf func(string, ...any) string
			Sum    func(int) int
			Absent func()
			Adder  func(int) int `rgo:",optional"`
		}
		err = netproxy.Bind(ctx, root, &wrong)
		if !errors.Is(err, netproxy.ErrArgument) || !errors.Is(err, netproxy.ErrMember) || wrong.Printf != nil {
			t.Errorf("%v", err)
		}
		for _, want := range []string{"Sum", "func(int, ...int) (int, int, error)", "func(int) int", "Absent", "Adder"} {
			if !strings.Contains(fmt.Sprint(err), want) {
				t.Errorf("%q is not in: %v", want, err)
			}
		}
		for _, api := range []any{&struct{ N int }{}, &struct {
			F func() `rgo:",maybe"`
		}{}, struct{ F func() }{}, nil} {
			if err := netproxy.Bind(ctx, root, api); !errors.Is(err, netproxy.ErrArgument) {
				t.Errorf("%T: %v", api, err)
			}
		}
	})
}
