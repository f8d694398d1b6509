package netproxy_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"syscall"
	"testing"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/netproxy"
)

// Broken has what fails on the way.
type Broken struct{}

// brokenReader fails behind its first bytes.
type brokenReader struct{ left int }

func (r *brokenReader) Read(b []byte) (int, error) {
	if r.left == 0 {
		return 0, &fs.PathError{Op: "read", Path: "disk", Err: syscall.EIO}
	}
	n := min(r.left, len(b))
	r.left -= n
	return n, nil
}

func (Broken) Reader(n int) io.Reader { return &brokenReader{n} }
func (Broken) Seq() iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		_ = yield(1, nil) && yield(0, &fs.PathError{Op: "next", Path: "row", Err: syscall.EIO})
	}
}
func (Broken) Drain(r io.Reader) (int64, error) { return io.Copy(io.Discard, r) }

func TestErrorsOfStreams(t *testing.T) {
	eachWay(t, func() any { return Broken{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		check := func(what string, err error) {
			t.Helper()
			var path *fs.PathError
			if !errors.As(err, &path) || !errors.Is(err, syscall.EIO) {
				t.Errorf("%s: %#v", what, err)
			}
		}
		for _, size := range []int{0, 10, 1 << 20} {
			r := must[io.Reader](t)(netproxy.Call[io.Reader](ctx, root, "Reader", size))
			n, err := io.Copy(io.Discard, r)
			if check("Copy", err); n != int64(size) {
				t.Errorf("%d bytes of %d", n, size)
			}
			r = must[io.Reader](t)(netproxy.Call[io.Reader](ctx, root, "Reader", size))
			data, err := io.ReadAll(struct{ io.Reader }{r})
			if check("ReadAll", err); len(data) != size {
				t.Errorf("%d bytes of %d", len(data), size)
			}
			// from here to there, where it ends the copying, and back
			n, err = netproxy.Call[int64](ctx, root, "Drain", &brokenReader{size})
			check("Drain", err)
			_ = n
		}
		_, err := async.Of(root).Call("Reader", 0).Call("Read", make([]byte, 4)).Await(ctx)
		check("async", err)
		seq := must[iter.Seq2[int, error]](t)(netproxy.Call[iter.Seq2[int, error]](ctx, root, "Seq"))
		var last error
		for _, err := range seq {
			last = err
		}
		check("Seq2", last)
	})
}
