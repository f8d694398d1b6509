package netproxy_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// Host is what one finds at a machine.
type Host struct{ dir string }

func (h *Host) Open(name string) (*os.File, error)   { return os.Open(filepath.Join(h.dir, name)) }
func (h *Host) Create(name string) (*os.File, error) { return os.Create(filepath.Join(h.dir, name)) }

func (h *Host) Command(name string, args ...string) *exec.Cmd {
	return exec.Command(name, args...)
}
func (h *Host) Dial(network, addr string) (net.Conn, error) { return net.Dial(network, addr) }

func (h *Host) ListenPacket() (net.PacketConn, error) { return net.ListenPacket("udp", "127.0.0.1:0") }

// Letter can only be written out, and Box only filled.
func (h *Host) Letter(n int) *Letter { return &Letter{n} }
func (h *Host) Box() *Box            { return &Box{} }

type Letter struct{ n int }

func (l *Letter) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, io.LimitReader(zeros{make([]byte, 1000)}, int64(l.n)))
}

type Box struct{ n atomic.Int64 }

func (b *Box) ReadFrom(r io.Reader) (int64, error) {
	n, err := io.Copy(io.Discard, r)
	b.n.Add(n)
	return n, err
}
func (b *Box) Size() int64 { return b.n.Load() }

func (h *Host) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-From", "there")
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.Copy(w, r.Body) // the client sees it
	})
}

// Consume reads something of the other side's here.
func (h *Host) Consume(r io.Reader) (int64, error) { return io.Copy(io.Discard, r) }

// Fill writes to something of the other side's.
func (h *Host) Fill(w io.Writer, n int64) (int64, error) {
	return io.Copy(w, io.LimitReader(zeros{make([]byte, 100_000)}, n))
}

func (h *Host) Lines(r io.Reader) (n int, err error) {
	s := bufio.NewScanner(r)
	for s.Scan() {
		n++
	}
	return n, s.Err()
}

func newHost(t testing.TB) *Host {
	h := &Host{t.TempDir()}
	var lines bytes.Buffer
	for i := range 20_000 {
		fmt.Fprintf(&lines, "line %d\n", i)
	}
	if err := os.WriteFile(filepath.Join(h.dir, "lines"), lines.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestFilesOfTheOtherSide(t *testing.T) {
	host := newHost(t)
	want, _ := os.ReadFile(filepath.Join(host.dir, "lines"))
	eachWay(t, func() any { return host }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		f := must[io.ReadSeekCloser](t)(netproxy.Call[io.ReadSeekCloser](ctx, root, "Open", "lines"))
		defer func() { _ = f.Close() }()
		if _, ok := f.(io.WriterTo); !ok {
			t.Error("it cannot stream")
		}
		var got bytes.Buffer
		if n, err := io.Copy(&got, f); n != int64(len(want)) || err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Error(n, err)
		}
		if at, err := f.Seek(-10, io.SeekEnd); at != int64(len(want)-10) || err != nil {
			t.Error(at, err)
		}
		if rest, err := io.ReadAll(f); string(rest) != string(want[len(want)-10:]) || err != nil {
			t.Errorf("%q %v", rest, err)
		}
		buf := make([]byte, 2<<20)
		at := must[io.ReaderAt](t)(netproxy.Call[io.ReaderAt](ctx, root, "Open", "lines"))
		if n, err := at.ReadAt(buf, 5); n != len(want)-5 || err != io.EOF || !bytes.Equal(buf[:n], want[5:]) {
			t.Error(n, err)
		}
		if n, err := at.ReadAt(buf[:6], 0); n != 6 || err != nil {
			t.Error(n, err)
		}
		if err := at.(io.Closer).Close(); err != nil {
			t.Error(err)
		}
		if _, err := at.ReadAt(buf, 0); !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
		out := must[io.WriteCloser](t)(netproxy.Call[io.WriteCloser](ctx, root, "Create", "copy"))
		if n, err := io.Copy(out, bytes.NewReader(want)); n != int64(len(want)) || err != nil {
			t.Error(n, err)
		}
		if _, err := fmt.Fprintf(out, "%d more\n", 1); err != nil {
			t.Error(err)
		}
		if err := out.Close(); err != nil {
			t.Error(err)
		}
		if all, _ := os.ReadFile(filepath.Join(host.dir, "copy")); string(all) != string(want)+"1 more\n" {
			t.Errorf("%d bytes", len(all))
		}
		if _, err := io.Copy(out, strings.NewReader("x")); !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
}

func TestScanningAFileOfTheOtherSide(t *testing.T) {
	host := newHost(t)
	eachWay(t, func() any { return host }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		f := must[io.ReadCloser](t)(netproxy.Call[io.ReadCloser](ctx, root, "Open", "lines"))
		defer func() { _ = f.Close() }()
		r := must[io.ReadCloser](t)(netproxy.Streamed(f))
		defer func() { _ = r.Close() }()
		if n, err := (*Host)(nil).Lines(r); n != 20_000 || err != nil {
			t.Error(n, err)
		}
	})
}

func TestReadersAndWritersAsArguments(t *testing.T) {
	eachWay(t, func() any { return newHost(t) }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		if n, err := netproxy.Call[int64](ctx, root, "Consume", newSource(1<<20, io.EOF)); n != 1<<20 || err != nil {
			t.Error(n, err)
		}
		if _, err := netproxy.Call[int64](ctx, root, "Consume", newSource(1000, os.ErrInvalid)); !errors.Is(err, os.ErrInvalid) {
			t.Error(err)
		}
		var got sink
		if n, err := netproxy.Call[int64](ctx, root, "Fill", &got, 1<<20); n != 1<<20 || err != nil || got.data.Len() != 1<<20 {
			t.Error(n, err)
		}
		full := &sink{most: 5000, fail: errFull}
		if _, err := netproxy.Call[int64](ctx, root, "Fill", full, 1<<30); !errors.Is(err, errFull) {
			t.Error(err)
		}
		idle(t, root)
	})
}

func TestCommandsOfTheOtherSide(t *testing.T) {
	if _, err := exec.LookPath("tr"); err != nil {
		t.Skip(err)
	}
	eachWay(t, func() any { return newHost(t) }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		cmd := must[*netproxy.Proxy](t)(root.Call(ctx, "Command", "tr", "a-z", "A-Z"))
		in := must[io.WriteCloser](t)(netproxy.Call[io.WriteCloser](ctx, cmd, "StdinPipe"))
		out := must[io.ReadCloser](t)(netproxy.Call[io.ReadCloser](ctx, cmd, "StdoutPipe"))
		if _, err := cmd.Call(ctx, "Start"); err != nil {
			t.Fatal(err)
		}
		wrote := make(chan error, 1)
		go func() { // ends when all is written
			_, err := io.Copy(in, strings.NewReader(strings.Repeat("hello ", 100_000)))
			wrote <- errors.Join(err, in.Close())
		}()
		all, err := io.ReadAll(out)
		if string(all) != strings.Repeat("HELLO ", 100_000) || err != nil {
			t.Error(len(all), err)
		}
		if err := <-wrote; err != nil {
			t.Error(err)
		}
		if _, err := cmd.Call(ctx, "Wait"); err != nil {
			t.Error(err)
		}
	})
}

func TestConnectionsOfTheOtherSide(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() { // ends with the listener
		defer close(served)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.CopyN(c, c, 1<<20)
			_, _ = c.Read(make([]byte, 1)) // until the other end closes
			_ = c.Close()
		}
	}()
	defer func() { _ = l.Close(); <-served }()
	eachWay(t, func() any { return newHost(t) }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		c := must[net.Conn](t)(netproxy.Call[net.Conn](ctx, root, "Dial", "tcp", l.Addr().String()))
		if c.RemoteAddr().String() != l.Addr().String() {
			t.Error(c.RemoteAddr())
		}
		go func() { _, _ = c.Write(make([]byte, 1<<20)) }() // the reads below say whether it has worked
		if n, err := io.ReadFull(c, make([]byte, 1<<20)); n != 1<<20 || err != nil {
			t.Error(n, err)
		}
		if err := c.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
			t.Error(err)
		}
		_, err := c.Read(make([]byte, 1))
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error(err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if _, err := c.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
}

func TestPacketsOfTheOtherSide(t *testing.T) {
	eachWay(t, func() any { return newHost(t) }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		c := must[net.PacketConn](t)(netproxy.Call[net.PacketConn](ctx, root, "ListenPacket"))
		defer func() { _ = c.Close() }()
		mine, err := net.Dial("udp", c.LocalAddr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = mine.Close() }()
		if _, err := mine.Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 1500)
		n, from, err := c.ReadFrom(buf)
		if string(buf[:n]) != "hello" || err != nil || from.String() != mine.LocalAddr().String() {
			t.Error(n, from, err)
		}
	})
}

func TestWhatCanOnlyBeWrittenOutOrFilled(t *testing.T) {
	eachWay(t, func() any { return newHost(t) }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		letter := must[io.WriterTo](t)(netproxy.Call[io.WriterTo](ctx, root, "Letter", 300_000))
		var got sink
		if n, err := letter.WriteTo(&got); n != 300_000 || err != nil || got.data.Len() != 300_000 {
			t.Error(n, err)
		}
		box := must[*netproxy.Proxy](t)(root.Call(ctx, "Box"))
		if n, err := must[io.ReaderFrom](t)(netproxy.As[io.ReaderFrom](ctx, box)).ReadFrom(newSource(300_000, io.EOF)); n != 300_000 || err != nil {
			t.Error(n, err)
		}
		if n := must[int64](t)(netproxy.Call[int64](ctx, box, "Size")); n != 300_000 {
			t.Error(n)
		}
		idle(t, root)
	})
}

func TestCopiesWithoutAFreeStream(t *testing.T) {
	config := conn.Config{Limits: conn.Limits{MaxStreams: 2}}
	there := config
	out := &sink{}
	there.Bind = netproxy.Serve(&Desk{newSource(100_000, io.EOF), out})
	left, right := conn.Pipe(config, there)
	t.Cleanup(func() { shut(t, left, right) })
	root, ctx := netproxy.Root(left), deadline(t)
	for range 2 { // which nobody gives back
		if _, err := left.OpenStream(ctx); err != nil {
			t.Fatal(err)
		}
	}
	var got sink
	if n, err := io.Copy(&got, remote[io.Reader](t, ctx, root, "In")); n != 100_000 || err != nil || got.sum() != contents(100_000) {
		t.Error(n, err)
	}
	if n, err := io.Copy(remote[io.Writer](t, ctx, root, "Out"), newSource(100_000, io.EOF)); n != 100_000 || err != nil || out.sum() != contents(100_000) {
		t.Error(n, err)
	}
}

func TestAReaderThatPanicsHere(t *testing.T) {
	root := pair(t, &Desk{nil, &sink{}})
	out := remote[io.Writer](t, deadline(t), root, "Out")
	func() {
		defer func() {
			if p := recover(); p != "bomb" {
				t.Error(p)
			}
		}()
		_, _ = io.Copy(out, readerFunc(func([]byte) (int, error) { panic("bomb") }))
	}()
	idle(t, root)
}

func TestAHandlerOfTheOtherSideStreams(t *testing.T) {
	eachWay(t, func() any { return newHost(t) }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) {
		h := must[http.Handler](t)(netproxy.Call[http.Handler](ctx, root, "Handler"))
		s := httptest.NewServer(h)
		defer s.Close()
		client := s.Client()
		data := bytes.Repeat([]byte("0123456789"), 100_000)
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL, bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		got, err := io.ReadAll(res.Body)
		if !bytes.Equal(got, data) || err != nil || res.StatusCode != http.StatusAccepted || res.Header.Get("X-From") != "there" {
			t.Error(len(got), err, res.StatusCode, res.Header)
		}
	})
}
