package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rgo-project/rgo/netproxy"
)

// Clerk keeps the contexts that it is given.
type Clerk struct {
	kept context.Context
	cmd  *exec.Cmd
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

// Why waits for the end of the context, and tells why it ended.
func (c *Clerk) Why(ctx context.Context, tell func(of context.Context, cause error, err error, text string) error) error {
	<-ctx.Done()
	cause := context.Cause(ctx)
	_ = tell(context.WithoutCancel(ctx), cause, ctx.Err(), cause.Error()) // who is told may have gone
	return ctx.Err()
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
	eachWay(t, func() any { return &Clerk{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		type told struct {
			cause, of error
			text      string
		}
		got := make(chan told, 1)
		why, err := netproxy.Func[func(context.Context, func(cause, of error, text string)) error](ctx, root, "Why")
		if err != nil {
			t.Fatal(err)
		}
		for _, cause := range []error{io.ErrUnexpectedEOF, fmt.Errorf("no more of it: %w", fs.ErrClosed), mine, nil} {
			running, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(10*time.Millisecond, func() { cancel(cause) })
			err := why(running, func(cause, of error, text string) { got <- told{cause, of, text} })
			if !errors.Is(err, context.Canceled) || cause != nil && !errors.Is(err, cause) {
				t.Errorf("%v here: %v", cause, err)
			}
			if cause == nil {
				cause = context.Canceled
			}
			select {
			case there := <-got:
				if !errors.Is(there.cause, cause) || !errors.Is(there.of, context.Canceled) {
					t.Errorf("%v there: %v (%v), %q", cause, there.cause, there.of, there.text)
				}
			case <-ctx.Done():
				t.Fatal("the callee has not been told")
			}
		}
	})
}

func TestDeadlineCrosses(t *testing.T) {
	there := make(chan error, 1)
	clerk := func() any { return &Clerk{} }
	eachWay(t, clerk, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		tell := func(cause, of error, _ string) { there <- of }
		why, err := netproxy.Func[func(context.Context, func(cause, of error, text string)) error](ctx, root, "Why")
		if err != nil {
			t.Fatal(err)
		}
		if err := why(short, tell); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("here: %v", err)
		}
		select {
		case err := <-there:
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("there: %v", err)
			}
		case <-ctx.Done():
			t.Error("the callee's context has not ended")
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
