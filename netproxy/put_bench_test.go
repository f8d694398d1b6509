package netproxy_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/rpc"
	"testing"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// Sink takes bytes. RPCSink is the same as net/rpc wants it.
type (
	Sink    struct{}
	RPCSink struct{}
)

func (Sink) Put(b []byte) int              { return len(b) }
func (RPCSink) Put(b []byte, n *int) error { *n = len(b); return nil }
func (Sink) Change(b []byte) int           { b[len(b)/2]++; return len(b) }
func (Sink) Echo(b []byte) []byte          { return b }
func (Sink) Text(s string) int             { return len(s) }
func listenTCP(b *testing.B) (net.Listener, error) {
	b.Helper()
	return net.Listen("tcp", "127.0.0.1:0")
}

// BenchmarkPut gives away a MiB and waits for the answer.
func BenchmarkPut(b *testing.B) {
	payload := make([]byte, 1<<20)
	for i := range payload {
		payload[i] = byte(i * i >> 3)
	}
	l, err := listenTCP(b)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	accepted := make(chan net.Conn)
	dial := func(b *testing.B) (here, there net.Conn) {
		b.Helper()
		go func() { // ends with the accepting
			nc, _ := l.Accept()
			accepted <- nc
		}()
		here, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		return here, <-accepted
	}
	measure := func(b *testing.B, put func() (int, error)) {
		b.Helper()
		b.SetBytes(int64(len(payload)))
		b.ReportAllocs()
		for b.Loop() {
			if n, err := put(); n != len(payload) || err != nil {
				b.Fatal(n, err)
			}
		}
	}
	b.Run("rgo", func(b *testing.B) {
		here, there := dial(b)
		served := make(chan *conn.Conn)
		go func() { // joined by the receive
			c, _ := conn.Accept(context.Background(), there, conn.Config{Bind: netproxy.Serve(Sink{})})
			served <- c
		}()
		c, err := conn.Client(b.Context(), here, conn.Config{})
		if err != nil {
			b.Fatal(err)
		}
		at := <-served
		defer shut(b, c, at)
		root, ctx := netproxy.Root(c), context.Background()
		for _, name := range []string{"Put", "Change"} {
			b.Run(name, func(b *testing.B) {
				measure(b, func() (int, error) { return netproxy.Call[int](ctx, root, name, payload) })
			})
		}
		b.Run("Echo", func(b *testing.B) {
			measure(b, func() (int, error) {
				got, err := netproxy.Call[[]byte](ctx, root, "Echo", payload)
				return len(got), err
			})
		})
		b.Run("async", func(b *testing.B) {
			last := async.Call[int](async.Of(root), "Put", payload)
			measure(b, func() (int, error) {
				next := async.Call[int](async.Of(root), "Put", payload)
				n, err := last.Await(ctx)
				last = next
				return n, err
			})
			if _, err := last.Await(ctx); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("net-rpc", func(b *testing.B) {
		here, there := dial(b)
		s := rpc.NewServer()
		if err := s.Register(RPCSink{}); err != nil {
			b.Fatal(err)
		}
		go s.ServeConn(there) // ends with the client's Close
		c := rpc.NewClient(here)
		defer func() { _ = c.Close() }()
		measure(b, func() (n int, err error) {
			err = c.Call("RPCSink.Put", payload, &n)
			return n, err
		})
	})
	b.Run("tcp", func(b *testing.B) {
		here, there := dial(b)
		defer func() { _ = here.Close() }()
		go func() { // ends with the client's Close
			defer func() { _ = there.Close() }()
			buf := make([]byte, len(payload))
			for head := make([]byte, 8); ; {
				if _, err := io.ReadFull(there, head); err != nil {
					return
				}
				if _, err := io.ReadFull(there, buf[:binary.BigEndian.Uint64(head)]); err != nil {
					return
				}
				if _, err := there.Write(head); err != nil {
					return
				}
			}
		}()
		head := make([]byte, 8)
		measure(b, func() (int, error) {
			binary.BigEndian.PutUint64(head, uint64(len(payload)))
			parts := net.Buffers{head, payload}
			if _, err := parts.WriteTo(here); err != nil {
				return 0, err
			}
			_, err := io.ReadFull(here, head)
			return int(binary.BigEndian.Uint64(head)), err
		})
	})
}
