package netproxy_test

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pair connects two peers, offering here and there, and returns the root of the latter.
func pair(t testing.TB, there any, more ...func(here, there *netproxy.Options)) *netproxy.Proxy {
	t.Helper()
	var a, b netproxy.Options
	b.Root = func(*conn.Conn) any { return there }
	for _, f := range more {
		f(&a, &b)
	}
	left, right := conn.Pipe(conn.Config{Name: "here", Bind: a.Bind}, conn.Config{Name: "there", Bind: b.Bind})
	t.Cleanup(func() { shut(t, left, right) })
	return netproxy.Root(left)
}

// shut closes connections and joins them.
func shut(t testing.TB, all ...*conn.Conn) {
	t.Helper()
	for _, c := range all {
		_ = c.Close() // a peer may have closed first
	}
	for _, c := range all {
		_ = c.Wait()
	}
}

// eachWay runs a test over a connection in memory, over a unix socket, and through a peer in the middle.
func eachWay(t *testing.T, there func() any, test func(t *testing.T, ctx context.Context, root *netproxy.Proxy)) {
	t.Helper()
	t.Run("pipe", func(t *testing.T) {
		test(t, deadline(t), pair(t, there()))
	})
	t.Run("unix", func(t *testing.T) {
		ctx := deadline(t)
		test(t, ctx, dialed(t, ctx, there()))
	})
	t.Run("hop", func(t *testing.T) {
		test(t, deadline(t), hopped(t, there()))
	})
}

// hopped serves root at the third of three peers in a row, and returns it as the first one has it from the second.
func hopped(t testing.TB, root any, more ...func(here, there *netproxy.Options)) *netproxy.Proxy {
	t.Helper()
	far := pair(t, root, more...)
	left, right := conn.Pipe(conn.Config{Name: "here"}, conn.Config{Name: "middle", Bind: netproxy.Serve(far)})
	t.Cleanup(func() { shut(t, left, right) })
	return netproxy.Root(left)
}

// dialed serves root on a unix socket and dials it.
func dialed(t *testing.T, ctx context.Context, root any) *netproxy.Proxy {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }() // it has served its purpose
	type accepted struct {
		c   *conn.Conn
		err error
	}
	got := make(chan accepted, 1)
	go func() { // ends with the handshake; joined by the receive below
		nc, err := l.Accept()
		if err != nil {
			got <- accepted{nil, err}
			return
		}
		c, err := conn.Accept(ctx, nc, conn.Config{Name: "there", Bind: netproxy.Serve(root)})
		got <- accepted{c, err}
	}()
	nc, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	c, err := conn.Client(ctx, nc, conn.Config{Name: "here"})
	if err != nil {
		t.Fatal(err)
	}
	there := <-got
	if there.err != nil {
		t.Fatal(there.err)
	}
	t.Cleanup(func() { shut(t, c, there.c) })
	return netproxy.Root(c)
}

func deadline(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// must is for what a test takes for granted.
func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
