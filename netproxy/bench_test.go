package netproxy_test

import (
	"context"
	"errors"
	"net"
	"net/rpc"
	"path/filepath"
	"testing"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/rpyc"
	"github.com/rgo-project/rgo/netproxy"
)

// Arith is served by both.
type Arith struct{}

func (Arith) Double(n int) int { return 2 * n }
func (Arith) Times(n int, f func(int) int) (sum int) {
	for i := range n {
		sum += f(i)
	}
	return sum
}

// RPCArith is Arith as net/rpc wants it.
type RPCArith struct{}

func (RPCArith) Double(n int, out *int) error { *out = 2 * n; return nil }

// benchRoot dials an Arith on a unix socket.
func benchRoot(b *testing.B) *netproxy.Proxy { return benchWith(b, Arith{}) }

// socketPair makes a connection through a unix socket.
func socketPair(b *testing.B) (left, right net.Conn) {
	b.Helper()
	l, err := net.Listen("unix", filepath.Join(b.TempDir(), "s"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if left, err = net.Dial("unix", l.Addr().String()); err != nil {
		b.Fatal(err)
	}
	if right, err = l.Accept(); err != nil {
		b.Fatal(err)
	}
	return left, right
}

// benchWith dials root on a unix socket.
func benchWith(b *testing.B, root any) *netproxy.Proxy {
	b.Helper()
	path := filepath.Join(b.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		b.Fatal(err)
	}
	served := make(chan *conn.Conn, 1)
	go func() { // joined by the receive below
		nc, err := l.Accept()
		if err != nil {
			close(served)
			return
		}
		c, _ := conn.Accept(context.Background(), nc, conn.Config{Bind: netproxy.Serve(root)})
		served <- c
	}()
	nc, err := net.Dial("unix", path)
	if err != nil {
		b.Fatal(err)
	}
	c, err := conn.Client(b.Context(), nc, conn.Config{})
	if err != nil {
		b.Fatal(err)
	}
	there := <-served
	b.Cleanup(func() { _ = l.Close(); shut(b, c, there) })
	return netproxy.Root(c)
}

func BenchmarkCall(b *testing.B) {
	b.Run("rgo", func(b *testing.B) {
		root := benchRoot(b)
		ctx := context.Background()
		b.ReportAllocs()
		for b.Loop() {
			if n, err := netproxy.Call[int](ctx, root, "Double", 21); n != 42 || err != nil {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("net-rpc", func(b *testing.B) {
		s := rpc.NewServer()
		if err := s.Register(RPCArith{}); err != nil {
			b.Fatal(err)
		}
		l, err := net.Listen("unix", filepath.Join(b.TempDir(), "s"))
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		go func() { // ends with the client's Close
			if nc, err := l.Accept(); err == nil {
				s.ServeConn(nc)
			}
		}()
		c, err := rpc.Dial("unix", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		b.ReportAllocs()
		for b.Loop() {
			var n int
			if err := c.Call("RPCArith.Double", 21, &n); n != 42 || err != nil {
				b.Fatal(n, err)
			}
		}
	})
}

func BenchmarkCallback(b *testing.B) {
	b.Run("rgo", func(b *testing.B) {
		root := benchRoot(b)
		b.ReportAllocs()
		n := b.N
		b.ResetTimer()
		if _, err := netproxy.Call[int](context.Background(), root, "Times", n, func(i int) int { return i }); err != nil {
			b.Fatal(err)
		}
	})
	b.Run("rpyc", func(b *testing.B) {
		each, err := rpyc.Callback(b.Context(), 2000)
		if errors.Is(err, rpyc.ErrAbsent) {
			b.Skip(err)
		}
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(each.Nanoseconds()), "ns/op")
	})
}

func BenchmarkPipelined(b *testing.B) {
	root := benchRoot(b)
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		h := async.Of(root)
		var last *async.Result
		for range 100 {
			last = h.Call("Double", 1)
		}
		if _, err := last.Await(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

// Doubler is what an Arith is.
type Doubler interface{ Double(n int) (int, error) }

// BenchmarkTyped compares the ways of a typed call in one run.
func BenchmarkTyped(b *testing.B) {
	root := benchRoot(b)
	ctx := context.Background()
	double := must[func(int) (int, error)](b)(netproxy.Func[func(int) (int, error)](ctx, root, "Double"))
	doubler := must[Doubler](b)(netproxy.As[Doubler](ctx, root))
	for name, call := range map[string]func(int) (int, error){
		"Call": func(n int) (int, error) { return netproxy.Call[int](ctx, root, "Double", n) },
		"Func": double,
		"As":   doubler.Double,
		"Proxy": func(n int) (int, error) {
			got, err := root.Call(ctx, "Double", n)
			if err != nil {
				return 0, err
			}
			return got.Interface().(int), nil
		},
		"Promise": func(n int) (int, error) { return async.Call[int](async.Of(root), "Double", n).Await(ctx) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if n, err := call(21); n != 42 || err != nil {
					b.Fatal(n, err)
				}
			}
		})
	}
}
