package conn_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/rpc"
	"path/filepath"
	"sync"
	"testing"

	"github.com/hashicorp/yamux"

	"github.com/rgo-project/rgo/conn"
)

// The benchmarks stand beside what they are to be compared with, in one run: go test -run '^$' -bench . -count 6 | benchstat -col /via -

var sizes = map[string]int{"64B": 64, "1MiB": 1 << 20}

func BenchmarkEcho(b *testing.B) {
	for name, size := range sizes {
		b.Run("via=conn/size="+name, func(b *testing.B) {
			c := benchConn(b)
			data := make([]byte, size)
			bench(b, size, func() error {
				_, err := c.Call(context.Background(), &conn.Request{Name: "echo", Body: conn.Message{Data: data}})
				return err
			})
		})
		b.Run("via=netrpc/size="+name, func(b *testing.B) {
			c := benchRPC(b)
			data := make([]byte, size)
			bench(b, size, func() error {
				var back []byte
				return c.Call("Echo.Echo", data, &back)
			})
		})
		b.Run("via=yamux/size="+name, func(b *testing.B) {
			s := benchYamux(b)
			data, back := make([]byte, size), make([]byte, size)
			bench(b, size, func() error {
				go func() { _, _ = s.Write(data) }()
				_, err := io.ReadFull(s, back)
				return err
			})
		})
	}
}

// BenchmarkCallers has 64 callers on one connection.
func BenchmarkCallers(b *testing.B) {
	b.Run("via=conn", func(b *testing.B) {
		c := benchConn(b)
		many(b, func() error {
			_, err := c.Call(context.Background(), &conn.Request{Name: "echo", Body: text("x")})
			return err
		})
	})
	b.Run("via=netrpc", func(b *testing.B) {
		c := benchRPC(b)
		many(b, func() error {
			var back []byte
			return c.Call("Echo.Echo", []byte("x"), &back)
		})
	})
}

// BenchmarkPipelined issues calls without waiting for one another.
func BenchmarkPipelined(b *testing.B) {
	b.Run("via=conn", func(b *testing.B) {
		c := benchConn(b)
		b.ReportAllocs()
		var pending []*conn.Pending
		for b.Loop() {
			p, err := c.Start(context.Background(), &conn.Request{Name: "echo", Body: text("x")})
			if err != nil {
				b.Fatal(err)
			}
			if pending = append(pending, p); len(pending) == 1000 {
				for _, p := range pending {
					if _, err := p.Wait(context.Background()); err != nil {
						b.Fatal(err)
					}
				}
				pending = pending[:0]
			}
		}
	})
	b.Run("via=netrpc", func(b *testing.B) {
		c := benchRPC(b)
		b.ReportAllocs()
		done := make(chan *rpc.Call, 1000)
		n := 0
		for b.Loop() {
			c.Go("Echo.Echo", []byte("x"), new([]byte), done)
			if n++; n == 1000 {
				for ; n > 0; n-- {
					if call := <-done; call.Error != nil {
						b.Fatal(call.Error)
					}
				}
			}
		}
	})
}

func bench(b *testing.B, size int, once func() error) {
	b.SetBytes(int64(2 * size))
	b.ReportAllocs()
	for b.Loop() {
		if err := once(); err != nil {
			b.Fatal(err)
		}
	}
}

func many(b *testing.B, once func() error) {
	b.ReportAllocs()
	var all sync.WaitGroup
	next := make(chan struct{}, 1024)
	for range 64 {
		all.Go(func() {
			for range next {
				if err := once(); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for b.Loop() {
		next <- struct{}{}
	}
	close(next)
	all.Wait()
}

func benchConn(b *testing.B) *conn.Conn {
	s := &conn.Server{Config: quiet(conn.Config{Bind: play})}
	ctx, cancel := context.WithCancel(context.Background())
	ln, err := conn.Listen("unix://" + filepath.Join(b.TempDir(), "s"))
	if err != nil {
		b.Fatal(err)
	}
	served := make(chan error)
	go func() { served <- s.Serve(ctx, ln) }()
	c, err := conn.Dial(context.Background(), "unix://"+ln.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = c.Close()
		_ = c.Wait()
		cancel()
		if err := <-served; !errors.Is(err, context.Canceled) {
			b.Error(err)
		}
	})
	return c
}

// Echo is the service for net/rpc.
type Echo struct{}

// Echo returns what it is given.
func (Echo) Echo(in []byte, out *[]byte) error { *out = in; return nil }

func benchSocket(b *testing.B) (left, right net.Conn) {
	ln, err := net.Listen("unix", filepath.Join(b.TempDir(), "s"))
	if err != nil {
		b.Fatal(err)
	}
	defer shut(ln)
	if left, err = net.Dial("unix", ln.Addr().String()); err != nil {
		b.Fatal(err)
	}
	if right, err = ln.Accept(); err != nil {
		b.Fatal(err)
	}
	return left, right
}

func benchRPC(b *testing.B) *rpc.Client {
	left, right := benchSocket(b)
	s := rpc.NewServer()
	if err := s.Register(Echo{}); err != nil {
		b.Fatal(err)
	}
	over := make(chan struct{})
	go func() { s.ServeConn(right); close(over) }()
	c := rpc.NewClient(left)
	b.Cleanup(func() { shut(c); <-over })
	return c
}

// benchYamux is one stream of yamux's with its defaults, and somebody who sends back what comes.
func benchYamux(b *testing.B) net.Conn {
	left, right := benchSocket(b)
	cfg := yamux.DefaultConfig()
	cfg.LogOutput = io.Discard
	there, err := yamux.Server(right, cfg)
	if err != nil {
		b.Fatal(err)
	}
	here, err := yamux.Client(left, cfg)
	if err != nil {
		b.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		s, err := there.AcceptStream()
		if err == nil {
			_, _ = io.Copy(s, s)
		}
	}()
	s, err := here.OpenStream()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { shut(s); <-over; shut(here); shut(there) })
	return s
}

// BenchmarkHeldContext is an echo whose handler asks for the caller's context and drops it.
func BenchmarkHeldContext(b *testing.B) {
	for name, hold := range map[string]bool{"held": true, "not": false} {
		b.Run(name, func(b *testing.B) {
			bind := func(*conn.Conn) conn.Handler {
				return conn.HandlerFunc(func(_ context.Context, in *conn.Inbound) conn.Reply {
					if hold {
						_ = in.HoldContext()
					}
					return conn.Reply{Body: in.Body}
				})
			}
			x, y := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: bind}))
			ctx, cancel := context.WithCancel(context.Background())
			b.ReportAllocs()
			for b.Loop() {
				if _, err := x.Call(ctx, &conn.Request{Name: "echo"}); err != nil {
					b.Fatal(err)
				}
			}
			cancel()
			shut(x)
			_ = y.Wait()
		})
	}
}
