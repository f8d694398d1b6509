package conn_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
)

// smallPair is a connection whose transport takes little at once.
func smallPair(t *testing.T) (a, b *conn.Conn) {
	t.Helper()
	return smallPairOf(t, conn.Config{Bind: play}, conn.Config{Bind: play})
}

func smallPairOf(t *testing.T, cfgA, cfgB conn.Config) (a, b *conn.Conn) {
	t.Helper()
	left, right := linkPair(t)
	for _, c := range []net.Conn{left, right} {
		if err := c.(*net.UnixConn).SetWriteBuffer(4 << 10); err != nil {
			t.Fatal(err)
		}
	}
	return shakePair(t, left, right, cfgA, cfgB)
}

// What the system does not take at once goes out ahead of everything behind it, whoever writes that.
func TestFramesThatTheSystemTakesInPieces(t *testing.T) {
	a, b := smallPair(t)
	defer over(t, b)
	defer shut(a)
	ctx := context.Background()
	var callers sync.WaitGroup
	for caller := range 3 {
		callers.Add(1)
		go func() {
			defer callers.Done()
			for n := range 40 {
				want := bytes.Repeat(fmt.Appendf(nil, "%d/%d ", caller, n), 10_000/(caller+1))
				ret, err := a.Call(ctx, &conn.Request{Name: "echo", Body: conn.Message{Data: bytes.Clone(want)}})
				if err != nil || !bytes.Equal(ret.Body.Data, want) {
					t.Errorf("caller %d, call %d: %d bytes of %d came back: %v", caller, n, len(ret.Body.Data), len(want), err)
					return
				}
			}
		}()
		if caller == 0 {
			callers.Wait() // alone first, then together
		}
	}
	callers.Wait()
}

// A result in pieces that is on its way is not cut off by an orderly end.
func TestShutdownLetsResultsThrough(t *testing.T) {
	a, b := slowPair(t, 5*time.Millisecond)
	defer over(t, a)
	want := bytes.Repeat([]byte("0123456789abcdef"), 1<<18)
	p, err := a.Start(context.Background(), &conn.Request{Name: "echo", Body: conn.Message{Data: bytes.Clone(want)}})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the call has been served", func() bool { st := b.Stats(); return st.Served == 1 && st.PendingIn == 0 })
	if err := b.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	ret, err := p.Wait(context.Background())
	if err != nil || !bytes.Equal(ret.Body.Data, want) {
		t.Errorf("%d bytes of %d: %v", len(ret.Body.Data), len(want), err)
	}
}

// Small calls pass between the pieces of large ones, which arrive whole.
func TestManyBodiesByTurns(t *testing.T) {
	a, b := smallPair(t)
	defer over(t, b)
	defer shut(a)
	ctx := context.Background()
	var callers sync.WaitGroup
	for caller := range 6 {
		callers.Go(func() {
			for n := range 5 {
				want := bytes.Repeat(fmt.Appendf(nil, "%d/%d ", caller, n), 100<<(2*(caller%4)))
				ret, err := a.Call(ctx, &conn.Request{Name: "echo", Body: conn.Message{Data: bytes.Clone(want)}})
				if err != nil || !bytes.Equal(ret.Body.Data, want) {
					t.Errorf("caller %d, call %d: %d bytes of %d came back: %v", caller, n, len(ret.Body.Data), len(want), err)
					return
				}
			}
		})
	}
	callers.Wait()
}
