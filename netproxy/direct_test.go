package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/netproxy"
)

// Counter has methods that are called in the shortest way, and beside each one that does the same and takes a context, which is called in the general way.
type Counter struct{ N int }

func (c *Counter) Add(n int) int { c.N += n; return c.N }

func (c *Counter) Half(n int64) (int64, error) {
	if n%2 != 0 {
		return n / 2, fmt.Errorf("%d is odd: %w", n, fs.ErrInvalid)
	}
	return n / 2, nil
}

func (c *Counter) Root(x float64) float64 { return math.Sqrt(x) }
func (c *Counter) Upper(s string) string  { return strings.ToUpper(s) }
func (c *Counter) Cut(s string) string    { return s[:1] } // of what may be half a letter then
func (c *Counter) Empty(s string) bool    { return s == "" }
func (c *Counter) Is() (string, error)    { return "a counter", nil }
func (c *Counter) Fall(why string) int    { panic(why) }
func (c *Counter) Leave(n int) int        { runtime.Goexit(); return n }
func (c Counter) Value() int              { return c.N }

func (c *Counter) AddIn(_ context.Context, n int) int               { return c.Add(n) }
func (c *Counter) HalfIn(_ context.Context, n int64) (int64, error) { return c.Half(n) }
func (c *Counter) RootIn(_ context.Context, x float64) float64      { return c.Root(x) }
func (c *Counter) UpperIn(_ context.Context, s string) string       { return c.Upper(s) }
func (c *Counter) CutIn(_ context.Context, s string) string         { return c.Cut(s) }
func (c *Counter) EmptyIn(_ context.Context, s string) bool         { return c.Empty(s) }
func (c *Counter) IsIn(context.Context) (string, error)             { return c.Is() }
func (c *Counter) FallIn(_ context.Context, why string) int         { return c.Fall(why) }
func (c *Counter) LeaveIn(_ context.Context, n int) int             { return c.Leave(n) }
func (c *Counter) ValueIn(context.Context) int                      { return c.Value() }

// Adder is Add as a func of its own, and AdderIn the same in the general way.
func (c *Counter) Adder() func(int) int                    { return c.Add }
func (c *Counter) AdderIn() func(context.Context, int) int { return c.AddIn }

// TestDirectCallsAreLikeOthers calls each method with what fits, with what has to be made fit, and with what does not fit: whichever way a call is carried out, what comes
// of it is the same.
func TestDirectCallsAreLikeOthers(t *testing.T) {
	type code int
	all := []any{
		0, 7, -7, int64(8), int64(-9), math.MaxInt64, uint8(200), uint64(math.MaxUint64), 2.0, 2.5, float32(16), math.Inf(1), "text", "", "ä", "\xff\xfe",
		true, nil, code(5),
		[]int{1},
		map[string]int{"a": 1},
		&Counter{}, errors.New("an error"), netproxy.Share(3),
	}
	lists := [][]any{{}, {1, 2}, {"a", "b"}}
	for _, x := range all {
		lists = append(lists, []any{x})
	}
	eachWay(t, func() any { return &Counter{N: 1} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		same := strings.NewReplacer("context.Context, ", "", "context.Context", "", "In, ", ", ", "In ", " ", `In"`, `"`)
		for _, name := range []string{"Add", "Half", "Root", "Upper", "Cut", "Empty", "Is", "Value", "Fall", "Leave"} {
			for _, args := range lists {
				if err := root.Set(ctx, "N", 1); err != nil {
					t.Fatal(err)
				}
				a, errA := root.Call(ctx, name, args...)
				if err := root.Set(ctx, "N", 1); err != nil {
					t.Fatal(err)
				}
				b, errB := root.Call(ctx, name+"In", args...)
				if said, want := outcome(a, errA), same.Replace(outcome(b, errB)); said != want {
					t.Errorf("%s(%#v): %s; in the general way: %s", name, args, said, want)
				}
				if errors.Is(errA, fs.ErrInvalid) != errors.Is(errB, fs.ErrInvalid) || errors.Is(errA, netproxy.ErrArgument) != errors.Is(errB, netproxy.ErrArgument) ||
					errors.Is(errA, netproxy.ErrGoexit) != errors.Is(errB, netproxy.ErrGoexit) {
					t.Errorf("%s(%#v): %v; in the general way: %v", name, args, errA, errB)
				}
			}
		}
	})
}

func outcome(p *netproxy.Proxy, err error) string {
	if err != nil {
		return fmt.Sprintf("error %v", err)
	}
	return fmt.Sprintf("%T %q", p.Interface(), fmt.Sprint(p.Interface()))
}

// TestDirectCallsAreTypedAndAhead calls the same methods for a type, ahead, one-way, and as a func that was returned.
func TestDirectCallsAreTypedAndAhead(t *testing.T) {
	eachWay(t, func() any { return &Counter{N: 1} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		if n := must[int64](t)(netproxy.Call[int64](ctx, root, "Half", 8)); n != 4 {
			t.Errorf("Half(8) = %d", n)
		}
		n, err := netproxy.Call[int8](ctx, root, "Add", math.MaxInt16)
		if !errors.Is(err, netproxy.ErrArgument) {
			t.Errorf("a number that does not fit an int8: %d, %v", n, err)
		}
		if s := must[string](t)(netproxy.Call[string](ctx, root, "Cut", "ä")); s != "\xc3" {
			t.Errorf("half a letter came as %q", s)
		}
		if _, err := netproxy.Call[string](ctx, root, "Add", 1); !errors.Is(err, netproxy.ErrArgument) {
			t.Errorf("a number where a string is wanted: %v", err)
		}
		var panicked *netproxy.PanicError
		if _, err := netproxy.Call[int](ctx, root, "Fall", "over"); !errors.As(err, &panicked) || !strings.Contains(panicked.Stack, "Fall") {
			t.Errorf("a panic came as %v", err)
		}
		if err := root.Set(ctx, "N", 0); err != nil {
			t.Fatal(err)
		}
		h := async.Of(root)
		var last *async.Promise[int]
		for range 100 {
			if err := h.Notify("Add", 1); err != nil {
				t.Fatal(err)
			}
			last = async.Call[int](h, "Add", 1)
		}
		if n := must[int](t)(last.Await(ctx)); n != 200 {
			t.Errorf("after 200 additions in a row: %d", n)
		}
		add := must[func(int) (int, error)](t)(netproxy.Call[func(int) (int, error)](ctx, root, "Adder"))
		if n := must[int](t)(add(5)); n != 205 {
			t.Errorf("a func that was returned: %d", n)
		}
		apart := must[func(int) (int, error)](t)(netproxy.Func[func(int) (int, error)](ctx, root, "Add"))
		if n := must[int](t)(apart(5)); n != 210 {
			t.Errorf("a method by itself: %d", n)
		}
		value := must[func() (int, error)](t)(netproxy.Func[func() (int, error)](ctx, root, "Value"))
		if n := must[int](t)(value()); n != 210 {
			t.Errorf("a method of a value by itself: %d", n)
		}
		half := async.Call[int64](h, "Half", int64(3))
		if v, err := half.Await(ctx); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("an error of a call begun ahead: %d, %v", v, err)
		}
	})
}
