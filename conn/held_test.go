package conn_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
)

// keeper is a handler whose calls hand their contexts to the test.
type keeper struct{ got chan context.Context }

func (k *keeper) Serve(_ context.Context, in *conn.Inbound) conn.Reply {
	ctx := in.HoldContext()
	switch {
	case ctx != in.HoldContext():
		return failed("two contexts of one call")
	case in.Name == "keep":
		k.got <- ctx
	case in.Name == "fail":
		k.got <- ctx
		return failed("on purpose")
	}
	return conn.Reply{Body: in.Body, Value: "a result"}
}

// quotaError is a cause with a type.
type quotaError struct{ used int }

func (e *quotaError) Error() string { return fmt.Sprintf("quota of %d used up", e.used) }

func (*keeper) EncodeCause(cause error) []byte {
	var quota *quotaError
	if errors.As(cause, &quota) {
		return []byte{byte(quota.used)}
	}
	return nil
}

func (*keeper) DecodeCause(data []byte) error { return &quotaError{int(data[0])} }

// keeping connects two keepers; the contexts are those of the calls of a.
func keeping(t *testing.T) (a, b *conn.Conn, got chan context.Context) {
	t.Helper()
	k := &keeper{make(chan context.Context, 10)}
	bind := func(*conn.Conn) conn.Handler { return k }
	a, b = conn.Pipe(quiet(conn.Config{Bind: bind}), quiet(conn.Config{Bind: bind}))
	t.Cleanup(func() {
		shut(a)
		over(t, a)
		over(t, b)
	})
	return a, b, k.got
}

// begun makes a call that leaves its context behind, in one of the ways there are.
func begun(t *testing.T, ctx context.Context, c *conn.Conn, way int) *conn.Pending {
	t.Helper()
	req := &conn.Request{Name: "keep", Keep: way&1 != 0}
	if way&4 != 0 {
		req.Body.Data = make([]byte, 100<<10) // comes back on a stream of its own
	}
	if way&2 != 0 {
		p := startWith(t, ctx, c, req)
		if _, err := p.Wait(ctx); err != nil {
			t.Fatal(err)
		}
		return p
	}
	if _, err := c.Call(ctx, req); err != nil {
		t.Fatal(err)
	}
	return nil
}

func startWith(t *testing.T, ctx context.Context, c *conn.Conn, req *conn.Request) *conn.Pending {
	t.Helper()
	p, err := c.Start(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ends waits for a context to end.
func ends(t *testing.T, ctx context.Context) {
	t.Helper()
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("the context does not end")
	}
}

func TestAHeldContextEndsWithTheCallers(t *testing.T) {
	a, b, got := keeping(t)
	for way := range 8 {
		ctx, cancel := context.WithCancelCause(t.Context())
		p := begun(t, ctx, a, way)
		held := <-got
		if held.Err() != nil || conn.FromContext(held) != b {
			t.Errorf("way %d: %v after the return", way, held.Err())
		}
		if p != nil {
			p.Release() // of the result, which is another matter
		}
		derived, stop := context.WithCancel(held)
		told := make(chan struct{})
		context.AfterFunc(held, func() { close(told) })
		if st := b.Stats(); st.Held != 1 || a.Stats().HeldThere != 1 {
			t.Errorf("way %d: %+v", way, st)
		}
		cancel(fmt.Errorf("no more: %w", &quotaError{7}))
		ends(t, held)
		ends(t, derived)
		<-told
		var quota *quotaError
		cause := context.Cause(derived)
		if held.Err() != context.Canceled || !errors.As(cause, &quota) || quota.used != 7 || !errors.Is(cause, context.Canceled) {
			t.Errorf("way %d: %v, %v", way, held.Err(), cause)
		}
		if !strings.Contains(cause.Error(), "no more: quota of 7 used up") {
			t.Errorf("way %d: %v", way, cause)
		}
		stop()
		if st := b.Stats(); st.Held != 0 || a.Stats().HeldThere != 0 {
			t.Errorf("way %d: left %+v", way, st)
		}
	}
	if _, err := a.Call(t.Context(), &conn.Request{Name: "fail"}); err != nil {
		t.Error(err)
	}
	if (<-got).Err() != nil {
		t.Error("the context of a call that failed has ended")
	}
}

func TestAHeldContextHasTheDeadline(t *testing.T) {
	a, b, got := keeping(t)
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	begun(t, ctx, a, 0)
	held := <-got
	at, ok := held.Deadline()
	if want, _ := ctx.Deadline(); !ok || at.Sub(want).Abs() > 30*time.Millisecond {
		t.Errorf("deadline %v, %v", at, ok)
	}
	ends(t, held)
	if held.Err() != context.DeadlineExceeded || !errors.Is(context.Cause(held), context.DeadlineExceeded) {
		t.Errorf("%v, %v", held.Err(), context.Cause(held))
	}
	<-ctx.Done() // the clock of the other side may be ahead of ours
	if err := a.Notify(ctx, &conn.Request{Name: "keep"}); err == nil {
		t.Error("a one-way call with a deadline that has passed was sent")
	}
	ctx, stop = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if err := a.Notify(ctx, &conn.Request{Name: "keep"}); err != nil {
		t.Fatal(err)
	}
	stop() // does not matter to it
	held = <-got
	if _, ok := held.Deadline(); !ok {
		t.Error("a one-way call has no deadline")
	}
	ends(t, held)
	if held.Err() != context.DeadlineExceeded {
		t.Errorf("one-way: %v", held.Err())
	}
	eventually(t, "both forget it", func() bool { return a.Stats().HeldThere == 0 && b.Stats().Held == 0 })
}

func TestAHeldContextEndsWithTheConnection(t *testing.T) {
	a, b, got := keeping(t)
	begun(t, t.Context(), a, 0)
	_, err := a.Call(context.Background(), &conn.Request{Name: "keep"})
	if err != nil {
		t.Fatal(err)
	}
	first, endless := <-got, <-got
	if st := b.Stats(); st.Held != 1 {
		t.Errorf("a context that cannot end is held: %+v", st)
	}
	shut(a)
	ends(t, first)
	ends(t, endless)
	if context.Cause(first) == nil || context.Cause(first) == context.Canceled {
		t.Errorf("%v", context.Cause(first))
	}
	if st := b.Stats(); st.Held != 0 || a.Stats().HeldThere != 0 {
		t.Errorf("left %+v", st)
	}
}

// While somebody waits for its end in any way, a context stays held; then it goes.
func TestAContextIsHeldAsLongAsAnybodyCares(t *testing.T) {
	a, b, got := keeping(t)
	for name, care := range map[string]func(ctx context.Context, told chan bool) (leave func()){
		"a goroutine that waits for Done": func(ctx context.Context, told chan bool) func() {
			leave := make(chan bool)
			go func(done <-chan struct{}) {
				select {
				case <-done:
					told <- true
				case <-leave:
				}
			}(ctx.Done())
			return func() { close(leave) }
		},
		"a func to be called after it": func(ctx context.Context, told chan bool) func() {
			stop := context.AfterFunc(ctx, func() { told <- true })
			return func() { stop() }
		},
		"a context made of it": func(ctx context.Context, told chan bool) func() {
			derived, cancel := context.WithCancel(ctx)
			context.AfterFunc(derived, func() {
				if context.Cause(derived) != context.Canceled {
					told <- true
				}
			})
			return cancel
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, leaves := range []bool{false, true} {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				begun(t, ctx, a, 0)
				told := make(chan bool, 1)
				leave := care(<-got, told)
				for range 5 {
					runtime.GC()
					time.Sleep(time.Millisecond)
				}
				if b.Stats().Held != 1 {
					t.Fatal("it is held no more")
				}
				if leaves {
					leave()
				} else {
					cancel()
					if !<-told {
						t.Error("not told")
					}
				}
				eventually(t, "it is held no more", func() bool {
					runtime.GC()
					return b.Stats().Held == 0 && a.Stats().HeldThere == 0
				})
			}
		})
	}
}

func TestDroppedContextsAreWatchedNoMore(t *testing.T) {
	n := 100_000
	if testing.Short() {
		n = 2_000
	}
	a, b, _ := keeping(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var most atomic.Int64
	for i := range n {
		if _, err := a.Call(ctx, &conn.Request{}); err != nil {
			t.Fatal(err)
		}
		if i%1000 == 0 {
			most.Store(max(most.Load(), int64(a.Stats().HeldThere)))
		}
	}
	eventually(t, "nothing is held or watched", func() bool {
		runtime.GC()
		return b.Stats().Held == 0 && a.Stats().HeldThere == 0
	})
	t.Logf("%d calls, at most %d were watched at a time", n, most.Load())
}

// A context of a call that is given up, or never got to the handler, is not held.
func TestNothingIsHeldOfACallGivenUp(t *testing.T) {
	a, b, got := keeping(t)
	for i := range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		p := startWith(t, ctx, a, &conn.Request{Name: "keep"})
		if i%2 == 0 {
			runtime.Gosched()
		}
		cancel()
		<-p.Done()
		select {
		case held := <-got:
			ends(t, held)
		case <-time.After(time.Millisecond):
		}
	}
	eventually(t, "nothing is held or watched", func() bool {
		for len(got) > 0 {
			ends(t, <-got)
		}
		return b.Stats().Held == 0 && a.Stats().HeldThere == 0 && b.Stats().PendingIn == 0
	})
}
