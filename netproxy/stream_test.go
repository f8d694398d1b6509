package netproxy_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// Desk has what one reads from and writes to.
type Desk struct {
	In  *source
	Out *sink
}

// source has size bytes to read, then its error.
type source struct {
	left  atomic.Int64
	rand  *rand.ChaCha8
	fail  error
	reads atomic.Int64
	bomb  bool
}

func newSource(size int, fail error) *source {
	s := &source{rand: rand.NewChaCha8([32]byte{1}), fail: fail}
	s.left.Store(int64(size))
	return s
}

func (s *source) Read(p []byte) (int, error) {
	s.reads.Add(1)
	left := int(s.left.Load())
	if left == 0 {
		if s.bomb {
			panic("bomb")
		}
		return 0, s.fail
	}
	n := min(len(p), left)
	_, _ = s.rand.Read(p[:n]) // does not fail
	if s.left.Add(-int64(n)) == 0 && !s.bomb {
		return n, s.fail
	}
	return n, nil
}

// sink takes most bytes, then it fails.
type sink struct {
	mu   sync.Mutex
	data bytes.Buffer
	most int
	fail error
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.most > 0 && s.data.Len()+len(p) > s.most {
		n, _ := s.data.Write(p[:s.most-s.data.Len()])
		return n, s.fail
	}
	return s.data.Write(p)
}

func (s *sink) sum() [32]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return sha256.Sum256(s.data.Bytes())
}

func contents(size int) [32]byte {
	b := make([]byte, size)
	_, _ = newSource(size, io.EOF).Read(b)
	return sha256.Sum256(b)
}

func remote[T any](t testing.TB, ctx context.Context, root *netproxy.Proxy, name string) T {
	t.Helper()
	p := must[*netproxy.Proxy](t)(root.Get(ctx, name))
	return netproxy.EndOf(p).(T)
}

// idle waits for all streams and calls of the connection to be over.
func idle(t testing.TB, root *netproxy.Proxy) {
	t.Helper()
	if !settle(t, func() bool { st := root.Conn().Stats(); return st.Streams == 0 && st.PendingOut == 0 }) {
		t.Errorf("left over: %+v", root.Conn().Stats())
	}
}

func TestCopyEitherWay(t *testing.T) {
	for _, size := range []int{0, 1, 4096, copyPiece, copyPiece + 1, 3<<20 + 17} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			eachWay(t, func() any { return &Desk{newSource(size, io.EOF), &sink{}} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
				var got sink
				n, err := io.Copy(&got, remote[io.Reader](t, ctx, root, "In"))
				if n != int64(size) || err != nil || got.sum() != contents(size) {
					t.Errorf("from there: %d, %v", n, err)
				}
				out := remote[io.Writer](t, ctx, root, "Out")
				n, err = io.Copy(out, newSource(size, io.EOF))
				if n != int64(size) || err != nil {
					t.Errorf("to there: %d, %v", n, err)
				}
				back := must[[]byte](t)(netproxy.Call[[]byte](ctx, root, "Taken"))
				if sha256.Sum256(back) != contents(size) {
					t.Errorf("%d other bytes arrived", len(back))
				}
				idle(t, root)
			})
		})
	}
}

const copyPiece = 64<<10 - 4

func (d *Desk) Taken() []byte {
	d.Out.mu.Lock()
	defer d.Out.mu.Unlock()
	return bytes.Clone(d.Out.data.Bytes())
}

var errFull = fmt.Errorf("disk: %w", io.ErrShortBuffer)

func TestErrorsOfEitherEndArriveWithTheirIdentity(t *testing.T) {
	const size = 300_000
	desk := func() any {
		return &Desk{newSource(size, os.ErrPermission), &sink{most: 100_000, fail: errFull}}
	}
	eachWay(t, desk, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		var got sink
		n, err := io.Copy(&got, remote[io.Reader](t, ctx, root, "In"))
		if n != size || !errors.Is(err, os.ErrPermission) || got.sum() != contents(size) {
			t.Errorf("a reader that fails there: %d, %v", n, err)
		}
		out := remote[io.Writer](t, ctx, root, "Out")
		if n, err = io.Copy(out, newSource(50_000, os.ErrExist)); n != 50_000 || err != os.ErrExist { //nolint:errorlint // the very error
			t.Errorf("a reader that fails here: %d, %v", n, err)
		}
		if n, err = io.Copy(out, newSource(64<<20, io.EOF)); n != 50_000 || !errors.Is(err, io.ErrShortBuffer) || err.Error() != errFull.Error() {
			t.Errorf("a writer that fails there: %d, %v", n, err)
		}
		idle(t, root)
	})
}

func TestAWriterThatFailsStopsTheReaderThere(t *testing.T) {
	endless := newSource(1<<40, io.EOF)
	root := pair(t, &Desk{endless, nil})
	got := &sink{most: 10_000, fail: errFull}
	n, err := io.Copy(got, remote[io.Reader](t, deadline(t), root, "In"))
	if n != 10_000 || err != errFull { //nolint:errorlint // the very error
		t.Errorf("%d, %v", n, err)
	}
	idle(t, root)
	before := endless.reads.Load()
	time.Sleep(20 * time.Millisecond)
	if now := endless.reads.Load(); now != before {
		t.Errorf("%d reads since", now-before)
	}
}

func TestAReaderThatPanicsThere(t *testing.T) {
	in := newSource(1000, io.EOF)
	in.bomb = true
	eachWay(t, func() any { return &Desk{in, nil} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		in.left.Store(1000)
		var got sink
		n, err := io.Copy(&got, remote[io.Reader](t, ctx, root, "In"))
		var p *netproxy.PanicError
		if n != 1000 || !errors.As(err, &p) || p.Value != "bomb" || !strings.Contains(p.Stack, "source") {
			t.Errorf("%d, %v", n, err)
		}
		idle(t, root)
	})
}

func TestReadBringsWhatWasAskedFor(t *testing.T) {
	eachWay(t, func() any { return &Desk{newSource(10_000_000, io.EOF), &sink{}} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		in := remote[io.Reader](t, ctx, root, "In")
		sent := root.Conn().Stats().BytesOut
		buf := make([]byte, 3<<20)
		if n, err := in.Read(buf[:1000]); n != 1000 || err != nil {
			t.Error(n, err)
		}
		if n, err := in.Read(buf[:0]); n != 0 || err != nil {
			t.Error(n, err)
		}
		if n, err := io.ReadFull(in, buf); n != len(buf) || err != nil {
			t.Error(n, err)
		}
		if sent = root.Conn().Stats().BytesOut - sent; sent > 1000 {
			t.Errorf("%d bytes were sent in order to read", sent)
		}
		rest, err := io.ReadAll(in)
		if len(rest) != 10_000_000-1000-3<<20 || err != nil {
			t.Error(len(rest), err)
		}
		all := sha256.New()
		_, _ = all.Write(nil)
	})
	root := pair(t, &Desk{newSource(10, io.EOF), nil})
	if n, err := remote[io.Reader](t, deadline(t), root, "In").Read(make([]byte, 20)); n != 10 || err != io.EOF {
		t.Errorf("the last bytes come with EOF: %d, %v", n, err)
	}
}

func TestCopyBetweenTwoPeers(t *testing.T) {
	const size = 1 << 20
	a := pair(t, &Desk{newSource(size, io.EOF), nil})
	out := &sink{}
	b := pair(t, &Desk{nil, out})
	ctx := deadline(t)
	n, err := io.Copy(remote[io.Writer](t, ctx, b, "Out"), remote[io.Reader](t, ctx, a, "In"))
	if n != size || err != nil || out.sum() != contents(size) {
		t.Errorf("%d, %v", n, err)
	}
	idle(t, a)
	idle(t, b)
}

func TestCopyBetweenTwoObjectsOfOnePeerStaysThere(t *testing.T) {
	const size = 1 << 20
	out := &sink{}
	root := pair(t, &Desk{newSource(size, io.EOF), out})
	ctx := deadline(t)
	n, err := io.Copy(remote[io.Writer](t, ctx, root, "Out"), remote[io.Reader](t, ctx, root, "In"))
	if n != size || err != nil || out.sum() != contents(size) {
		t.Errorf("%d, %v", n, err)
	}
	if st := root.Conn().Stats(); st.BytesIn > 10_000 || st.BytesOut > 10_000 {
		t.Errorf("it went through here: %+v", st)
	}
}

func TestALostPeerEndsCopies(t *testing.T) {
	for _, way := range []string{"from there", "to there"} {
		t.Run(way, func(t *testing.T) {
			hold := make(chan struct{})
			defer close(hold)
			left, right := conn.Pipe(conn.Config{}, conn.Config{Bind: netproxy.Serve(&Desk{newSource(1<<40, io.EOF), &sink{}})})
			defer shut(t, left, right)
			root := netproxy.Root(left)
			ctx := deadline(t)
			moved := make(chan struct{})
			go func() { // joined by the end of the copy
				<-moved
				right.Abort("gone")
			}()
			var once sync.Once
			tell := func() { once.Do(func() { close(moved) }) }
			var err error
			if way == "from there" {
				_, err = io.Copy(writerFunc(func(p []byte) (int, error) { tell(); return len(p), nil }), remote[io.Reader](t, ctx, root, "In"))
			} else {
				_, err = io.Copy(remote[io.Writer](t, ctx, root, "Out"), readerFunc(func(p []byte) (int, error) { tell(); return len(p), nil }))
			}
			var lost *conn.LostError
			if !errors.As(err, &lost) {
				t.Errorf("%T %v", err, err)
			}
		})
	}
}

type (
	writerFunc func([]byte) (int, error)
	readerFunc func([]byte) (int, error)
)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
func (f readerFunc) Read(p []byte) (int, error)  { return f(p) }

func TestASlowWriterHoldsTheReaderBack(t *testing.T) {
	in := newSource(1<<30, io.EOF)
	root := pair(t, &Desk{in, nil})
	stop := errors.New("enough")
	_, err := io.Copy(writerFunc(func(p []byte) (int, error) {
		time.Sleep(30 * time.Millisecond)
		if ahead := 1<<30 - in.left.Load(); ahead > 8<<20 {
			return 0, fmt.Errorf("%d bytes read ahead", ahead)
		}
		return 0, stop
	}), remote[io.Reader](t, deadline(t), root, "In"))
	if err != stop { //nolint:errorlint // the very error
		t.Error(err)
	}
}

func TestStreamed(t *testing.T) {
	eachWay(t, func() any { return &Desk{newSource(1<<20, io.EOF), nil} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		before := root.Conn().Stats().Started
		r, err := netproxy.Streamed(remote[io.Reader](t, ctx, root, "In"))
		if err != nil {
			t.Fatal(err)
		}
		var got sink
		n, err := io.CopyBuffer(&got, struct{ io.Reader }{r}, make([]byte, 1000))
		if n != 1<<20 || err != nil || got.sum() != contents(1<<20) {
			t.Errorf("%d, %v", n, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if _, err := r.Read(make([]byte, 1)); err != io.EOF {
			t.Error(err)
		}
		if calls := root.Conn().Stats().Started - before; calls > 2 {
			t.Errorf("%d calls", calls)
		}
		idle(t, root)
	})
	t.Run("given up", func(t *testing.T) {
		root := pair(t, &Desk{newSource(1<<40, io.EOF), nil})
		r, err := netproxy.Streamed(remote[io.Reader](t, deadline(t), root, "In"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(r, make([]byte, 10)); err != nil {
			t.Error(err)
		}
		_ = r.Close()
		if _, err := r.Read(make([]byte, 1)); err == nil || err == io.EOF {
			t.Error(err)
		}
		idle(t, root)
	})
}

func TestCopyOfWhatCannotBeRead(t *testing.T) {
	eachWay(t, func() any { return &Desk{} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		this := netproxy.EndOf(root)
		if _, err := io.Copy(io.Discard, this.(io.Reader)); !errors.Is(err, netproxy.ErrMember) {
			t.Error(err)
		}
		if _, err := io.Copy(this.(io.Writer), newSource(10<<20, io.EOF)); !errors.Is(err, netproxy.ErrMember) {
			t.Error(err)
		}
		idle(t, root)
	})
}

// Files are read and written with buffers of our own.
func TestCopyOfFiles(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	data := make([]byte, 1<<20)
	_, _ = newSource(len(data), io.EOF).Read(data)
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	type disk struct {
		Open, Create func(string) (*os.File, error)
	}
	eachWay(t, func() any { return &disk{os.Open, os.Create} }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		open := must[*netproxy.Proxy](t)(root.Call(ctx, "Open", name))
		copied := name + "2"
		create := must[*netproxy.Proxy](t)(root.Call(ctx, "Create", copied))
		local, err := os.Create(name + "3")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = local.Close() }()
		if n, err := io.Copy(local, netproxy.EndOf(open).(io.Reader)); n != 1<<20 || err != nil {
			t.Error(n, err)
		}
		if _, err := local.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(netproxy.EndOf(create).(io.Writer), local); n != 1<<20 || err != nil {
			t.Error(n, err)
		}
		for _, f := range []*netproxy.Proxy{open, create} {
			if _, err := f.Call(ctx, "Close"); err != nil {
				t.Error(err)
			}
		}
		if got, err := os.ReadFile(copied); !bytes.Equal(got, data) || err != nil {
			t.Error(len(got), err)
		}
	})
}

func BenchmarkCopy(b *testing.B) {
	const size = 256 << 20
	block := make([]byte, 1<<20)
	b.Run("unix", func(b *testing.B) {
		left, right := socketPair(b)
		defer func() { _ = left.Close(); _ = right.Close() }()
		b.SetBytes(size)
		for b.Loop() {
			done := make(chan error)
			go func() {
				_, err := io.CopyN(left, zeros{block}, size)
				done <- err
			}()
			if _, err := io.CopyN(io.Discard, right, size); err != nil {
				b.Fatal(err)
			}
			<-done
		}
	})
	b.Run("stream", func(b *testing.B) { // of the connection, with nothing around it
		root := benchWith(b, &pipes{block: block})
		b.SetBytes(size)
		for b.Loop() {
			st, err := root.Conn().OpenStream(context.Background())
			if err != nil {
				b.Fatal(err)
			}
			done := make(chan error)
			go func() {
				_, err := root.Call(context.Background(), "Fill", st.ID(), size)
				done <- err
			}()
			if n, err := io.CopyBuffer(writerFunc((&null{}).Write), st, make([]byte, 64<<10)); n != size || err != nil {
				b.Fatal(n, err)
			}
			if err := <-done; err != nil {
				b.Fatal(err)
			}
			_ = st.Close()
		}
	})
	b.Run("from-there", func(b *testing.B) {
		root := benchWith(b, &bench{block})
		b.SetBytes(size)
		for b.Loop() {
			p, err := root.Call(context.Background(), "Zeros", size)
			if err != nil {
				b.Fatal(err)
			}
			if n, err := io.Copy(writerFunc(func(p []byte) (int, error) { return len(p), nil }), netproxy.EndOf(p).(io.Reader)); n != size || err != nil {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("to-there", func(b *testing.B) {
		root := benchWith(b, &bench{block})
		b.SetBytes(size)
		for b.Loop() {
			p, err := root.Call(context.Background(), "Null")
			if err != nil {
				b.Fatal(err)
			}
			if n, err := io.Copy(netproxy.EndOf(p).(io.Writer), io.LimitReader(zeros{block}, size)); n != size || err != nil {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("small-reads", func(b *testing.B) {
		root := benchWith(b, &bench{block})
		p, err := root.Call(context.Background(), "Zeros", 1<<50)
		if err != nil {
			b.Fatal(err)
		}
		r := netproxy.EndOf(p).(io.Reader)
		b.SetBytes(4096)
		buf := make([]byte, 4096)
		for b.Loop() {
			if _, err := r.Read(buf); err != nil {
				b.Fatal(err)
			}
		}
	})
	runtime.KeepAlive(block)
}

// pipes writes to streams of the connection.
type pipes struct{ block []byte }

func (p *pipes) Fill(ctx context.Context, id uint32, n int64) error {
	st, err := conn.FromContext(ctx).AcceptStream(ctx, id)
	if err != nil {
		return err
	}
	if _, err := io.CopyBuffer(writerFunc(st.Write), &limited{zeros{p.block}, n}, make([]byte, 64<<10)); err != nil {
		return err
	}
	st.Retire()
	return nil
}

type bench struct{ block []byte }

func (z *bench) Zeros(n int64) *limited { return &limited{zeros{z.block}, n} }
func (z *bench) Null() *null            { return &null{} }

type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, io.EOF
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}

type null struct{}

func (*null) Write(p []byte) (int, error) { return len(p), nil }

// zeros reads as cheaply as can be while touching the bytes.
type zeros struct{ block []byte }

func (z zeros) Read(p []byte) (int, error) { return copy(p, z.block), nil }
