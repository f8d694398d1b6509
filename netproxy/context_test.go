package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rgo-project/rgo/netproxy"
)

// Clerk keeps the contexts that it is given.
type Clerk struct {
	kept context.Context
	cmd  *exec.Cmd
	why  chan [2]error
}

func newClerk() any { return &Clerk{why: make(chan [2]error, 1)} }

// asking is how the tests ask a Clerk.
type asking struct {
	Why  func(context.Context) error
	Told func(context.Context) (cause, of error, err error)
}

func (c *Clerk) Keep(ctx context.Context) { c.kept = ctx }
func (c *Clerk) Kept() error              { return c.kept.Err() }
func (c *Clerk) Mixed(a int, ctx context.Context, b string) (string, bool) {
	return fmt.Sprint(a, b), ctx != nil
}

func (c *Clerk) Two(a, b context.Context) error {
	<-a.Done()
	<-b.Done()
	return context.Cause(b)
}

// Why waits for the end of the context, and notes why it ended.
func (c *Clerk) Why(ctx context.Context) error {
	<-ctx.Done()
	c.why <- [2]error{context.Cause(ctx), ctx.Err()}
	return ctx.Err()
}

// Told says what Why has noted.
func (c *Clerk) Told() (cause, of error, _ error) {
	told := <-c.why
	return told[0], told[1], nil
}

func (c *Clerk) Sleep(ctx context.Context) error {
	c.cmd = exec.CommandContext(ctx, "sleep", "60")
	return c.cmd.Start()
}

func (c *Clerk) Awake() string { return c.cmd.Wait().Error() }

// Later calls back when it has returned.
func (c *Clerk) Later(f func(string) error) { go f("x") }

// Wait calls back, and returns when that is over.
func (c *Clerk) Wait(f func() error) error { return f() }

func TestContextOutlivesItsCall(t *testing.T) {
	eachWay(t, func() any { return &Clerk{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		var api struct {
			Sleep func(context.Context) error
			Awake func() (string, error)
			Keep  func(context.Context) error
			Kept  func() error
		}
		if err := netproxy.Bind(ctx, root, &api); err != nil {
			t.Fatal(err)
		}
		running, cancel := context.WithCancel(ctx)
		defer cancel()
		if err := api.Sleep(running); err != nil {
			t.Fatal(err)
		}
		if err := api.Keep(running); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
		if err := api.Kept(); err != nil {
			t.Fatalf("the context has ended with its call: %v", err)
		}
		time.AfterFunc(20*time.Millisecond, cancel)
		if got, err := api.Awake(); got != "signal: killed" || err != nil {
			t.Errorf("the command: %q, %v", got, err)
		}
		for ctx.Err() == nil {
			if err := api.Kept(); errors.Is(err, context.Canceled) {
				return
			}
		}
		t.Error("the context that was kept never ended")
	})
}

func TestContextsLeaveNothingBehind(t *testing.T) {
	eachWay(t, newClerk, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		mixed, err := netproxy.Func[func(int, context.Context, string) (string, bool, error)](ctx, root, "Mixed")
		if err != nil {
			t.Fatal(err)
		}
		running, cancel := context.WithCancel(ctx)
		defer cancel()
		for range 500 {
			if _, _, err := mixed(1, running, ""); err != nil {
				t.Fatal(err)
			}
		}
		for ctx.Err() == nil {
			runtime.GC()
			if root.Conn().Stats().HeldThere == 0 {
				return
			}
			time.Sleep(time.Millisecond)
		}
		t.Errorf("left: %+v", root.Conn().Stats())
	})
}

func TestContextCrossesAnywhere(t *testing.T) {
	eachWay(t, func() any { return &Clerk{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		mixed, err := netproxy.Func[func(int, context.Context, string) (string, bool, error)](ctx, root, "Mixed")
		if err != nil {
			t.Fatal(err)
		}
		if s, ok, err := mixed(1, ctx, "x"); s != "1x" || !ok || err != nil {
			t.Errorf("Mixed: %q, %v, %v", s, ok, err)
		}
		two, err := netproxy.Func[func(a, b context.Context) error](ctx, root, "Two")
		if err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(ctx, 30*time.Millisecond)
		defer cancel()
		if err := two(short, short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("one context twice: %v", err)
		}
		if err := two(short, ctx); !errors.Is(err, netproxy.ErrUnsupported) {
			t.Errorf("two contexts: %v", err)
		}
	})
}

func TestCauseCrosses(t *testing.T) {
	mine := &custom{7}
	eachWay(t, newClerk, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		var api asking
		if err := netproxy.Bind(ctx, root, &api); err != nil {
			t.Fatal(err)
		}
		for _, cause := range []error{io.ErrUnexpectedEOF, fmt.Errorf("no more of it: %w", fs.ErrClosed), mine, nil} {
			running, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(10*time.Millisecond, func() { cancel(cause) })
			err := api.Why(running)
			if !errors.Is(err, context.Canceled) || cause != nil && !errors.Is(err, cause) {
				t.Errorf("%v here: %v", cause, err)
			}
			if cause == nil {
				cause = context.Canceled
			}
			there, of, err := api.Told(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if !errors.Is(there, cause) || !errors.Is(of, context.Canceled) {
				t.Errorf("%v there: %v (%v)", cause, there, of)
			}
		}
	})
}

func TestDeadlineCrosses(t *testing.T) {
	eachWay(t, newClerk, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		var api asking
		if err := netproxy.Bind(ctx, root, &api); err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		if err := api.Why(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("here: %v", err)
		}
		cause, of, err := api.Told(ctx)
		if !errors.Is(cause, context.DeadlineExceeded) || !errors.Is(of, context.DeadlineExceeded) || err != nil {
			t.Errorf("there: %v (%v), %v", cause, of, err)
		}
	})
}

func TestCallbacksOutliveTheirCall(t *testing.T) {
	eachWay(t, func() any { return &Clerk{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		var ran atomic.Int32
		for range 100 {
			done := make(chan string, 1)
			if _, err := root.Call(ctx, "Later", func(s string) error { time.Sleep(time.Millisecond); ran.Add(1); done <- s; return nil }); err != nil {
				t.Fatal(err)
			}
			select {
			case <-done:
			case <-ctx.Done():
				t.Fatalf("a callback is lost, after %d", ran.Load())
			}
		}
	})
}

func TestCallbacksEndWithTheirCall(t *testing.T) {
	eachWay(t, func() any { return &Clerk{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		running, cancel := context.WithCancelCause(ctx)
		ended := make(chan error, 1)
		_, err := root.Call(running, "Wait", func(ctx context.Context) error {
			cancel(fs.ErrClosed)
			<-ctx.Done()
			ended <- context.Cause(ctx)
			return ctx.Err()
		})
		if !errors.Is(err, fs.ErrClosed) {
			t.Errorf("the call: %v", err)
		}
		select {
		case err := <-ended:
			if !errors.Is(err, fs.ErrClosed) {
				t.Errorf("the callback's context ended with %v", err)
			}
		case <-ctx.Done():
			t.Error("the callback was not told")
		}
	})
}
