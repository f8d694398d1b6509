package netproxy_test

import (
	"context"
	"io"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// Quay has all that the operations of bulk data, channels and sequences are for.
type Quay struct {
	*source
	sink
	C     chan int
	Pages func(func(int, string) bool)
}

func (y *Quay) Write(p []byte) (int, error)                  { return y.sink.Write(p) }
func (y *Quay) ReadAt(p []byte, off int64) (int, error)      { return min(len(p), int(uint16(off))), io.EOF }
func (y *Quay) ReadTwo(p []byte) (int, string, error)        { return 1, "two", nil }
func (y *Quay) ReadWrong(p []byte, more []byte) (int, error) { return len(p) + 1, nil }
func (y *Quay) ReadLies(p []byte) (int, error)               { return len(p) + 1, nil }

// FuzzFlow asks for bulk data, values of channels and elements of sequences in wrong ways: the connection holds, and nothing is left over.
func FuzzFlow(f *testing.F) {
	for op := uint8(33); op < 50; op++ {
		f.Add(op, "", "", []byte{0x80})
		f.Add(op, "", "Read", []byte{0x81, 0x19, 0xff, 0xff})
		f.Add(op, "", "ReadLies", []byte{0x81, 5})
		f.Add(op, "", "ReadAt", []byte{0x82, 0x1a, 0xff, 0xff, 0xff, 0xff, 0x20})
		f.Add(op, "C", "", []byte{0x82, 0x19, 0xff, 0xff, 3})
		f.Add(op, "C", "", []byte{0x83, 1, 2, 3})
		f.Add(op, "Pages", "", []byte{0x84, 1, 0, 2, 2})
		f.Add(op, "Pages", "", []byte{0x84, 0x19, 0xff, 0xff, 0x19, 0xff, 0xff, 0, 0})
	}
	f.Fuzz(func(t *testing.T, op uint8, member, name string, body []byte) {
		if !utf8.ValidString(name) || !utf8.ValidString(member) {
			return
		}
		quay := &Quay{source: newSource(1000, io.EOF), C: make(chan int, 4)}
		quay.Pages = func(yield func(int, string) bool) {
			for i := 0; yield(i, "x"); i++ {
			}
		}
		left, right := conn.Pipe(conn.Config{Bind: netproxy.Serve(nil)}, conn.Config{Bind: netproxy.Serve(quay)})
		defer shut(t, left, right)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		req := &conn.Request{Op: conn.Op(op), Name: name, Body: conn.Message{Data: body}}
		if member != "" {
			of, err := left.Start(ctx, &conn.Request{Op: 1, Name: member, Keep: true, Body: conn.Message{Data: []byte{0x80}}})
			if err != nil {
				t.Fatal(err)
			}
			defer of.Release()
			req.Target = of
		}
		ret, _ := left.Call(ctx, req) // whatever comes of it
		if left.Err() != nil || right.Err() != nil {
			t.Fatalf("the connection was lost: %v, %v", left.Err(), right.Err())
		}
		if len(ret.Body.Data) > 2<<20 {
			t.Fatalf("%d bytes came back", len(ret.Body.Data))
		}
	})
}

// FuzzPages iterates over what answers with anything, and receives from it.
func FuzzPages(f *testing.F) {
	f.Add([]byte{0x83, 1, 5, 0xf6}, []byte{0x80})
	f.Add([]byte{0x85, 3, 5, 6, 7, 0xf6}, []byte{0x81, 0xf5})
	f.Add([]byte{0x80}, []byte{0x80})
	f.Add([]byte{0x83, 2, 1, 0xc8, 0x83, 0, 0xf6, 0}, []byte{0x84, 1, 2, 3, 0xf5})
	f.Fuzz(func(t *testing.T, first, next []byte) {
		answer := conn.HandlerFunc(func(_ context.Context, in *conn.Inbound) conn.Reply {
			body := conn.Message{Data: next}
			if in.Target == nil {
				body = conn.Message{Data: first, Refs: []any{conn.Export{Object: new(int)}}}
			}
			return conn.Reply{Body: body}
		})
		left, right := conn.Pipe(conn.Config{}, conn.Config{Bind: func(*conn.Conn) conn.Handler { return answer }})
		defer shut(t, left, right)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		n := 0
		for _, err := range netproxy.Root(left).All(ctx) {
			if n++; err != nil || n > 3000 {
				break
			}
		}
		if c, err := netproxy.Get[<-chan any](ctx, netproxy.Root(left), "C"); err == nil && c != nil {
			for range 100 {
				select {
				case _, ok := <-c:
					if !ok {
						return
					}
				case <-time.After(5 * time.Millisecond):
					return
				}
			}
		}
		if n, _ := netproxy.EndOf(netproxy.Root(left)).(io.Reader).Read(make([]byte, 10)); n < 0 || n > 10 {
			t.Errorf("%d bytes in a buffer of 10", n)
		}
	})
}
