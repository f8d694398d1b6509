package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/netproxy"
)

// Yard is where work is begun and not waited for.
type Yard struct {
	mu    sync.Mutex
	done  []string
	calls atomic.Int64

	Out   chan string
	Items []string
}

func newYard() *Yard { return &Yard{Out: make(chan string, 100), Items: []string{"a", "b", "c"}} }

func (y *Yard) Do(what string) string {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.done = append(y.done, what)
	return what
}

func (y *Yard) Done() []string {
	y.mu.Lock()
	defer y.mu.Unlock()
	return slices.Clone(y.done)
}

func (y *Yard) Fail(what string) (*Yard, error) {
	y.Do("fail " + what)
	return nil, &fs.PathError{Op: "do", Path: what, Err: fs.ErrPermission}
}

func (y *Yard) Self() *Yard          { y.calls.Add(1); return y }
func (y *Yard) Sizes(n int) []int    { return make([]int, n) }
func (y *Yard) Ages() map[string]int { return map[string]int{"x": 1} }
func (y *Yard) Book(n int) *Book     { return &Book{"B", n} }
func (y *Yard) Opener() func(string) io.Reader {
	return func(s string) io.Reader { return strings.NewReader(s) }
}
func (y *Yard) None()              {}
func (y *Yard) Two() (int, string) { return 2, "two" }

func (y *Yard) Left(ctx context.Context) time.Duration {
	at, ok := ctx.Deadline()
	if !ok {
		return 0
	}
	return time.Until(at)
}

func (y *Yard) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		y.Do("cancelled: " + context.Cause(ctx).Error())
		return ctx.Err()
	}
}

func yards(t *testing.T, test func(t *testing.T, ctx context.Context, yard *Yard, root *netproxy.Proxy)) {
	t.Helper()
	yard := newYard()
	eachWay(t, func() any { yard = newYard(); return yard }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		test(t, ctx, yard, root)
	})
}

func TestEveryOperationHasAnAsynchronousForm(t *testing.T) {
	yards(t, func(t *testing.T, ctx context.Context, yard *Yard, root *netproxy.Proxy) {
		h := async.Of(root)
		items, out := h.Get("Items"), h.Get("Out")
		got, err := async.All(ctx,
			items.Append("d"), items.SetIndex(0, "A"), items.Len(), items.Index(-1), // one line of work
			out.Send("s"), out.Recv(), out.CloseSend(), // another
			h.Call("Ages").Delete("x"), h.Call("Book", 1).Elem().Get("Pages"))
		if err != nil {
			t.Fatal(err)
		}
		if got[2] != 4 || got[3] != "d" || got[5] != "s" || got[8] != 1 || yard.Items[0] != "A" {
			t.Errorf("%v", got)
		}
		got, err = async.All(ctx, h.Set("Items", []string{"z"}), h.Get("Items").Display())
		if err != nil || got[1] != "[z]" || yard.Items[0] != "z" {
			t.Errorf("%v, %v", got, err)
		}
		if _, open := <-yard.Out; open {
			t.Error("CloseSend left the channel open")
		}
		if names, err := async.Value[[]string](ctx, h.Names()); err != nil || !slices.Contains(names, "Sizes") || !slices.Contains(names, "Items") {
			t.Errorf("Names = %v, %v", names, err)
		}
	})
}

func TestTypedPromisesComeInTheSameReply(t *testing.T) {
	yards(t, func(t *testing.T, ctx context.Context, _ *Yard, root *netproxy.Proxy) {
		before := root.Conn().Stats()
		h := async.Of(root)
		sizes := async.Call[[]int](h, "Sizes", 3)
		ages := async.Call[map[string]int](h.Call("Self"), "Ages")
		book := async.Call[Book](h, "Book", 7)
		void := async.Call[struct{}](h, "None")
		items := async.Get[[]string](h, "Items")
		item := async.Index[string](h.Get("Items"), -1)
		var failed []error
		check := func(ok bool, what any, err error) {
			if !ok || err != nil {
				failed = append(failed, fmt.Errorf("%v, %w", what, err))
			}
		}
		s, err := sizes.Await(ctx)
		check(len(s) == 3, s, err)
		a, err := ages.Await(ctx)
		check(a["x"] == 1, a, err)
		b, err := book.Await(ctx)
		check(b.Pages == 7, b, err)
		_, err = void.Await(ctx)
		check(true, "void", err)
		i, err := items.Await(ctx)
		check(slices.Equal(i, []string{"a", "b", "c"}), i, err)
		last, err := item.Await(ctx)
		check(last == "c", last, err)
		if err := errors.Join(failed...); err != nil {
			t.Error(err)
		}
		st := root.Conn().Stats()
		if trips, calls := st.RoundTrips-before.RoundTrips, st.Started-before.Started; trips != 1 || calls != 8 {
			t.Errorf("%d round trips, %d calls", trips, calls)
		}
		opener, err := async.Call[func(string) (*netproxy.Proxy, error)](h, "Opener").Await(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := opener("text"); err != nil || r.Type() != "*strings.Reader" {
			t.Errorf("a func: %v, %v", r, err)
		}
		if _, err := async.Call[int](h, "Two").Await(ctx); !errors.Is(err, netproxy.ErrArgument) {
			t.Errorf("two results as one: %v", err)
		}
		if _, err := async.Call[int8](h, "Left").Await(ctx); err != nil {
			t.Errorf("Left: %v", err)
		}
		if _, err := async.Call[string](h, "Sizes", 1).Await(ctx); !errors.Is(err, netproxy.ErrArgument) {
			t.Errorf("a slice as a string: %v", err)
		}
	})
}

func TestValueOfAResultUnderWayCostsNoTripOfItsOwn(t *testing.T) {
	yards(t, func(t *testing.T, ctx context.Context, _ *Yard, root *netproxy.Proxy) {
		for what, f := range map[string]func() error{
			"slice": func() error {
				v, err := async.Value[[]int](ctx, async.Of(root).Call("Sizes", 3))
				return is(err, len(v) == 3, v)
			},
			"struct": func() error {
				v, err := async.Value[Book](ctx, async.Of(root).Call("Book", 3))
				return is(err, v.Pages == 3, v)
			},
			"int": func() error {
				v, err := async.Value[int](ctx, async.Of(root).Call("Book", 3).Get("Pages"))
				return is(err, v == 3, v)
			},
			"error": func() error {
				_, err := async.Value[[]int](ctx, async.Of(root).Call("Fail", "x"))
				return is(nil, errors.Is(err, fs.ErrPermission), err)
			},
			"any": func() error {
				v, err := async.Value[any](ctx, async.Of(root).Call("Two"))
				return is(err, fmt.Sprint(v) == "[2 two]", v)
			},
			"void": func() error { _, err := async.Value[struct{}](ctx, async.Of(root).Call("None")); return err },
		} {
			before := root.Conn().Stats().RoundTrips
			if err := f(); err != nil {
				t.Errorf("%s: %v", what, err)
			}
			if trips := root.Conn().Stats().RoundTrips - before; trips > 1 {
				t.Errorf("%s: %d round trips", what, trips)
			}
		}
		r := async.Of(root).Call("Sizes", 3)
		if _, err := r.Await(ctx); err != nil {
			t.Fatal(err)
		}
		if v, err := async.Value[[]int](ctx, r); err != nil || len(v) != 3 {
			t.Errorf("of a result that is here: %v, %v", v, err)
		}
	})
}

func is(err error, ok bool, what any) error {
	if err == nil && !ok {
		return fmt.Errorf("got %v", what)
	}
	return err
}

func TestAnErrorInTheMiddleOfALine(t *testing.T) {
	yards(t, func(t *testing.T, ctx context.Context, yard *Yard, root *netproxy.Proxy) {
		h := async.Of(root)
		first := h.Call("Do", "1")
		bad := h.Call("Fail", "2")
		onBad := bad.Call("Do", "never")
		onThat := onBad.Call("Len")
		withBad := h.Call("Do", bad)
		after := h.Call("Do", "3")
		typed := async.Call[string](bad, "Do", "never")
		for what, r := range map[string]*async.Result{"the failure": bad, "on it": onBad, "on that": onThat, "with it": withBad} {
			var path *fs.PathError
			if _, err := r.Await(ctx); !errors.Is(err, fs.ErrPermission) || !errors.As(err, &path) || path.Path != "2" {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := typed.Await(ctx); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("typed, on it: %v", err)
		}
		for _, r := range []*async.Result{first, after} {
			if _, err := r.Await(ctx); err != nil {
				t.Errorf("what does not depend on it: %v", err)
			}
		}
		if got := yard.Done(); !slices.Equal(got, []string{"1", "fail 2", "3"}) {
			t.Errorf("done: %q", got)
		}
	})
}

func TestDeadlinesOfALineAndOfAnOperation(t *testing.T) {
	yards(t, func(t *testing.T, ctx context.Context, yard *Yard, root *netproxy.Proxy) {
		minute, cancel := context.WithTimeout(ctx, 15*time.Second)
		defer cancel()
		left, err := async.Value[time.Duration](ctx, async.Of(root).With(minute).Call("Self").Call("Left"))
		if err != nil || left <= 0 || left > 15*time.Second {
			t.Errorf("Left = %v, %v", left, err)
		}
		left, err = async.Call[time.Duration](async.Of(root).Within(time.Hour), "Left").Await(ctx)
		if err != nil || left < 59*time.Minute {
			t.Errorf("Left within = %v, %v", left, err)
		}
		h := async.Of(root)
		slow := h.Within(20*time.Millisecond).Call("Sleep", time.Minute)
		behind := h.Call("Do", "behind it")
		if _, err := slow.Await(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Sleep: %v", err)
		}
		if v, err := behind.Await(ctx); v != "behind it" || err != nil {
			t.Errorf("the next of the line: %v, %v", v, err)
		}
		line, stop := context.WithCancelCause(ctx)
		hanging := async.Of(root).With(line).Call("Sleep", time.Minute)
		time.Sleep(10 * time.Millisecond)
		stop(errors.New("changed my mind"))
		if _, err := hanging.Await(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		if !settle(t, func() bool { return strings.HasSuffix(strings.Join(yard.Done(), "\n"), "changed my mind") }) {
			t.Errorf("over there: %q", yard.Done())
		}
		if _, err := async.Of(root).With(line).Call("Self").Await(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("begun behind the end: %v", err)
		}
	})
}

func TestNotifyIsCarriedOutInItsPlace(t *testing.T) {
	yards(t, func(t *testing.T, ctx context.Context, yard *Yard, root *netproxy.Proxy) {
		before := root.Conn().Stats()
		h := async.Of(root)
		for i := range 300 {
			if err := h.Notify("Do", fmt.Sprint(i)); err != nil {
				t.Fatal(err)
			}
			if i%100 == 50 {
				if err := h.Notify("Fail", "x"); err != nil {
					t.Fatal(err)
				}
			}
		}
		if st := root.Conn().Stats(); st.RoundTrips != before.RoundTrips {
			t.Errorf("%d round trips", st.RoundTrips-before.RoundTrips)
		}
		if _, err := h.Call("Do", "last").Await(ctx); err != nil {
			t.Fatal(err)
		}
		got := slices.DeleteFunc(yard.Done(), func(s string) bool { return s == "fail x" })
		if len(got) != 301 || !slices.IsSortedFunc(got[:300], byNumber) || got[300] != "last" {
			t.Errorf("done: %q", got)
		}
		if err := root.Notify(ctx, "Do", "alone"); err != nil {
			t.Error(err)
		}
		if !settle(t, func() bool { return slices.Contains(yard.Done(), "alone") }) {
			t.Error("a call notified was not made")
		}
		if err := root.Notify(ctx, "Do", ctx); !errors.Is(err, netproxy.ErrUnsupported) {
			t.Errorf("what cannot cross: %v", err)
		}
		done, cancel := context.WithCancel(ctx)
		cancel()
		if err := root.Notify(done, "Do", "x"); !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that is over: %v", err)
		}
		shut(t, root.Conn())
		if err := root.Notify(ctx, "Do", "x"); err == nil {
			t.Error("over a connection that has ended")
		}
		if err := h.Notify("Do", "x"); err == nil {
			t.Error("on a handle of a connection that has ended")
		}
	})
}

func byNumber(a, b string) int {
	var n, m int
	_, _ = fmt.Sscan(a, &n)
	_, _ = fmt.Sscan(b, &m)
	return n - m
}

func TestEachOverTheWire(t *testing.T) {
	yards(t, func(t *testing.T, ctx context.Context, yard *Yard, root *netproxy.Proxy) {
		items := make([]int, 500)
		for i := range items {
			items[i] = i
		}
		got, err := async.Each(ctx, 50, items, func(n int) *async.Promise[[]int] { return async.Call[[]int](async.Of(root), "Sizes", n) })
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range got {
			if len(s) != i {
				t.Fatalf("item %d has %d", i, len(s))
			}
		}
		_, err = async.Each(ctx, 4, items, func(n int) *async.Result {
			if n == 5 {
				return async.Of(root).Call("Fail", "five")
			}
			return async.Of(root).Call("Sleep", time.Duration(n/4)*time.Minute)
		})
		var item *async.ItemError
		if !errors.As(err, &item) || item.Index != 5 || !errors.Is(err, fs.ErrPermission) {
			t.Errorf("the first error: %v", err)
		}
		if !settle(t, func() bool { return root.Conn().Stats().PendingOut == 0 }) {
			t.Error("the others were not cancelled")
		}
	})
}

func TestResultsAreReadyOnceAndForAll(t *testing.T) {
	yards(t, func(t *testing.T, ctx context.Context, _ *Yard, root *netproxy.Proxy) {
		var calls atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			r := async.Of(root).Call("Sizes", 1)
			p := async.Call[[]int](async.Of(root), "Sizes", 1)
			for range 10 {
				wg.Add(2)
				go r.OnReady(func(r *async.Result) { defer wg.Done(); count(t, &calls, r.Err()) })
				go p.OnReady(func(p *async.Promise[[]int]) { defer wg.Done(); count(t, &calls, p.Err()) })
			}
		}
		wg.Wait()
		if n := calls.Load(); n != 400 {
			t.Errorf("%d calls", n)
		}
	})
}

func count(t *testing.T, n *atomic.Int64, err error) {
	if err != nil {
		t.Error(err)
	}
	n.Add(1)
}

func TestAsynchronousOperationsOnACopy(t *testing.T) {
	ctx := t.Context()
	p := netproxy.Held([]string{"a", "b"})
	if s, err := async.Index[string](async.Of(p), 1).Await(ctx); s != "b" || err != nil {
		t.Errorf("%v, %v", s, err)
	}
	if _, err := async.Index[int](async.Of(p), 1).Await(ctx); err == nil {
		t.Error("a string as an int")
	}
	if n, err := async.Value[int](ctx, async.Of(p).Len()); n != 2 || err != nil {
		t.Errorf("%v, %v", n, err)
	}
	if err := async.Of(netproxy.Held(os.Getpid)).Notify(""); err != nil {
		t.Error(err)
	}
}
