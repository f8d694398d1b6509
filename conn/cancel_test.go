package conn_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
)

func TestCancelCrosses(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		why := errors.New("changed my mind")
		ctx, cancel := context.WithCancelCause(t.Context())
		served := stats(t, c).Served
		failed := make(chan error)
		go func() { // ends with the call; joined by the receive below
			_, err := c.Call(ctx, &conn.Request{Name: "hang"})
			failed <- err
		}()
		eventually(t, "the handler runs", func() bool { // one that is given up before never does
			served++ // by asking
			return stats(t, c).Served == served+1
		})
		cancel(why)
		err := <-failed
		var given *conn.CanceledError
		if !errors.Is(err, why) || !errors.Is(err, context.Canceled) || !errors.As(err, &given) || !given.MayHaveRun {
			t.Errorf("%v", err)
		}
		eventually(t, "the handler knows why", func() bool { return strings.Contains(call(t, c, nil, "notes", ""), "changed my mind") })

		ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer stop()
		p, err := c.Start(ctx, &conn.Request{Name: "hang"})
		if err != nil {
			t.Fatal(err)
		}
		// Both ends watch the clock: either the handler says so, or we do.
		ret, err := p.Wait(t.Context())
		if !errors.Is(err, context.DeadlineExceeded) && !(ret.Failed && string(ret.Body.Data) == context.DeadlineExceeded.Error()) {
			t.Errorf("after the deadline: %s, %v", ret.Body.Data, err)
		}
		<-ctx.Done()
		if _, err := c.Call(ctx, &conn.Request{Name: "echo"}); !errors.As(err, &given) || given.MayHaveRun {
			t.Errorf("with a context that has ended: %v", err)
		}
		eventually(t, "nothing is under way", func() bool { return c.Stats().PendingOut == 0 && stats(t, c).PendingIn == 1 })
	})
}

// A caller that stops waiting does not give the call up.
func TestWaitIsNotCancel(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: play}))
	p := start(t, a, &conn.Request{Name: "sleep", Body: text("50ms")})
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := p.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if ret, err := p.Wait(t.Context()); err != nil || string(ret.Body.Data) != "slept" {
		t.Errorf("%s, %v", ret.Body.Data, err)
	}
	a.Close()
	over(t, a)
	over(t, b)
}

// Bodies of calls that are given up half-way leave nothing behind at either end.
func TestCancelWithBodiesOnTheirWay(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		for i := range 30 {
			ctx, cancel := context.WithCancel(t.Context())
			p, err := c.Start(ctx, &conn.Request{Name: "echo", Body: conn.Message{Data: make([]byte, 5<<20)}})
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(i) * 300 * time.Microsecond)
			cancel()
			<-p.Done()
		}
		var here, there conn.Stats
		defer func() { t.Logf("here %+v\nthere %+v", here, there) }()
		eventually(t, "nothing is left", func() bool {
			here, there = c.Stats(), stats(t, c)
			return here.Streams == 0 && here.PendingOut == 0 && there.Streams == 0 && there.PendingIn == 1
		})
	})
}

// frozen is a peer that has shaken hands and then neither reads nor writes.
func frozen(t *testing.T, cfg conn.Config) (c *conn.Conn, thaw func()) {
	t.Helper()
	left, right := linkPair(t)
	accepted := make(chan error)
	go func() {
		_, err := conn.Handshake(context.Background(), right, quiet(conn.Config{}))
		accepted <- err
	}()
	c, err := conn.Client(context.Background(), left, quiet(cfg))
	if errB := <-accepted; err != nil || errB != nil {
		t.Fatal(err, errB)
	}
	return c, func() { shut(right) }
}

func TestCallsToFrozenPeer(t *testing.T) {
	c, thaw := frozen(t, conn.Config{WriteTimeout: 30 * time.Second})
	// Fill everything between here and there.
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	var last *conn.Pending
	for {
		p, err := c.Start(t.Context(), &conn.Request{Name: "x", Body: conn.Message{Data: make([]byte, 60<<10)}})
		if err != nil {
			t.Fatal(err)
		}
		last = p
		if c.Stats().PendingOut > 400 || ctx.Err() != nil {
			break
		}
		// the queue is full when a Start has to wait
		short, done := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err = c.Start(short, &conn.Request{Name: "y", Body: conn.Message{Data: make([]byte, 60<<10)}})
		done()
		if err != nil {
			var given *conn.CanceledError
			if !errors.As(err, &given) || given.MayHaveRun {
				t.Errorf("waiting for room: %v", err)
			}
			break
		}
	}
	last.Cancel(nil)
	var given *conn.CanceledError
	if _, err := last.Wait(t.Context()); !errors.As(err, &given) || given.MayHaveRun {
		t.Errorf("a call whose frame was still queued: %v", err)
	}
	from := time.Now()
	c.Close()
	if took := time.Since(from); took > 2*time.Second {
		t.Errorf("Close took %v", took)
	}
	thaw()
	over(t, c)
}

func TestSilentPeerIsNoticed(t *testing.T) {
	c, thaw := frozen(t, conn.Config{KeepAlive: time.Second, WriteTimeout: 300 * time.Millisecond})
	_, err := c.Call(t.Context(), &conn.Request{Name: "x"})
	var lost *conn.LostError
	if !errors.As(err, &lost) || !lost.MayHaveRun {
		t.Errorf("%v", err)
	}
	if err := joined(t, c); err == nil {
		t.Error("Wait says that all is well")
	}
	thaw()
}

func TestPeerDiesAtOnce(t *testing.T) {
	left, right := linkPair(t)
	a, b := shakePair(t, left, right, conn.Config{Bind: play}, conn.Config{Bind: play})
	p := start(t, a, &conn.Request{Name: "hang"})
	eventually(t, "it runs", func() bool { return b.Stats().Served == 1 })
	from := time.Now()
	shut(right) // as the system does for a process that was killed
	var lost *conn.LostError
	if _, err := p.Wait(t.Context()); !errors.As(err, &lost) || !lost.MayHaveRun || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v", err)
	}
	if took := time.Since(from); took > time.Second {
		t.Errorf("took %v", took)
	}
	if _, err := a.Call(t.Context(), &conn.Request{}); !errors.As(err, &lost) || lost.MayHaveRun {
		t.Errorf("afterwards: %v", err)
	}
	if joined(t, a) == nil || joined(t, b) == nil {
		t.Error("Wait says that all is well")
	}
}

func TestCloseFailsWhatIsUnderWay(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{Bind: play}), quiet(conn.Config{Bind: play}))
	out := start(t, a, &conn.Request{Name: "hang"})
	in := start(t, b, &conn.Request{Name: "hang"})
	eventually(t, "both run", func() bool { return a.Stats().Served == 1 && b.Stats().Served == 1 })
	a.Close()
	a.Close()
	var lost *conn.LostError
	if _, err := out.Wait(t.Context()); !errors.As(err, &lost) || !errors.Is(err, conn.ErrClosed) {
		t.Errorf("our call: %v", err)
	}
	if _, err := in.Wait(t.Context()); !errors.As(err, &lost) || errors.Is(err, conn.ErrClosed) {
		t.Errorf("the peer's call: %v", err)
	}
	if err := joined(t, a); err != nil {
		t.Errorf("Wait of who closed: %v", err)
	}
	if err := joined(t, b); err != nil {
		t.Errorf("Wait of the other: %v", err)
	}
	if context.Cause(a.Context()) == nil || context.Cause(b.Context()) == nil {
		t.Error("the contexts of the connections go on")
	}
}

func TestCloseInsideHandler(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: play}))
	var lost *conn.LostError
	if _, err := a.Call(t.Context(), &conn.Request{Name: "close"}); !errors.As(err, &lost) {
		t.Errorf("%v", err)
	}
	over(t, a)
	if err := joined(t, b); err != nil {
		t.Error(err)
	}
}

func TestShutdownWaitsForCalls(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{Bind: play}), quiet(conn.Config{Bind: play}))
	p := start(t, a, &conn.Request{Name: "sleep", Body: text("100ms")})
	eventually(t, "it runs", func() bool { return b.Stats().Served == 1 })
	down := make(chan error)
	go func() { down <- b.Shutdown(context.Background()) }()
	eventually(t, "new calls are refused", func() bool {
		var refused *conn.CallError
		_, err := a.Call(t.Context(), &conn.Request{Name: "echo"})
		return errors.As(err, &refused) && refused.Code == conn.CodeDraining
	})
	if ret, err := p.Wait(t.Context()); err != nil || string(ret.Body.Data) != "slept" {
		t.Errorf("%s, %v", ret.Body.Data, err)
	}
	if err := <-down; err != nil {
		t.Error(err)
	}
	over(t, a)
	over(t, b)
}

func TestShutdownIsBounded(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: play}))
	start(t, a, &conn.Request{Name: "hang"})
	eventually(t, "it runs", func() bool { return b.Stats().Served == 1 })
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if err := b.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	over(t, a)
	over(t, b)
}

func TestAbortTellsThePeer(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{}))
	b.Abort("the session was killed by its owner")
	if err := joined(t, a); err == nil || !strings.Contains(err.Error(), "killed by its owner") {
		t.Error(err)
	}
	over(t, b)
}

func TestStreams(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		s, err := c.OpenStream(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p := start(t, c, &conn.Request{Name: "stream", Body: text(id(s))})
		want := strings.Repeat("over and over ", 200_000)
		go func() {
			_, _ = io.Copy(s, strings.NewReader(want))
			_ = s.CloseWrite()
		}()
		got, err := io.ReadAll(s)
		if err != nil || string(got) != want {
			t.Errorf("%d of %d bytes, %v", len(got), len(want), err)
		}
		if _, err := p.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := s.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("write after close: %v", err)
		}
		eventually(t, "no streams are left", func() bool { return c.Stats().Streams == 0 && stats(t, c).Streams == 0 })
	})
}

// What is no text must not reach the peer as text, which would end the connection.
func TestTextThatIsNone(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		var refused *conn.CallError
		if _, err := c.Call(t.Context(), &conn.Request{Name: "ec\xffho"}); !errors.As(err, &refused) || refused.Code != conn.CodeBadTarget {
			t.Errorf("a name: %v", err)
		}
		eventually(t, "the handler is told", func() bool { // a call that is given up before its handler runs never reaches it
			p := start(t, c, &conn.Request{Name: "hang"})
			time.Sleep(time.Millisecond)
			p.Cancel(errors.New("\xff\xfe"))
			return strings.Contains(call(t, c, nil, "notes", ""), "\uFFFD")
		})
	})
}
