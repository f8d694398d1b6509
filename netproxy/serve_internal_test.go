package netproxy

import (
	"context"
	"net"
	"testing"

	"github.com/rgo-project/rgo/conn"
)

// echoes is what the benchmarks of a call's steps call.
type echoes struct{}

func (*echoes) Echo(x int64) int64                  { return x }
func (*echoes) Join(a, b string) string             { return a + b }
func (*echoes) Within(_ context.Context, x int) int { return x }
func (*echoes) Fails(x int) (int, error)            { return x, nil }

// servedSpace is the space of the one end of a connection at which an echoes is served.
func servedSpace(b *testing.B) *Space {
	left, right := net.Pipe()
	made := make(chan *conn.Conn, 1)
	go func() { // joined by the receive below
		c, _ := conn.Client(context.Background(), left, conn.Config{})
		made <- c
	}()
	c, err := conn.Accept(context.Background(), right, conn.Config{Bind: Serve(&echoes{})})
	if err != nil {
		b.Fatal(err)
	}
	there := <-made
	b.Cleanup(func() {
		for _, c := range []*conn.Conn{c, there} {
			_ = c.Close()
			_ = c.Wait()
		}
	})
	s, err := Options{}.Attach(c)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkServe is what this package does for a call of the peer's: everything between the connection's handing the call over and its getting the reply.
func BenchmarkServe(b *testing.B) {
	s := servedSpace(b)
	for _, call := range []struct {
		name string
		args []any
	}{
		{"Echo", []any{int64(1 << 40)}},
		{"Join", []any{"one", "two"}},
		{"Within", []any{7}},
		{"Fails", []any{7}},
	} {
		b.Run(call.name, func(b *testing.B) {
			body, err := s.arguments(call.args, largeInside)
			if err != nil {
				b.Fatal(err)
			}
			ctx := context.Background()
			b.ReportAllocs()
			for b.Loop() {
				in := &conn.Inbound{Op: opCall, Name: call.name, Want: wantValue, Body: body}
				if reply := s.Serve(ctx, in); reply.Failed {
					b.Fatal(reply.Err)
				}
			}
		})
	}
}
