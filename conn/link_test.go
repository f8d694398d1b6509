package conn_test

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
)

// slowPair connects two playgrounds by a link that takes its time each way.
func slowPair(t *testing.T, each time.Duration) (a, b *conn.Conn) {
	t.Helper()
	left, right := linkPair(t)
	return shakePair(t, delayed(left, each), delayed(right, each), conn.Config{Bind: play}, conn.Config{Bind: play})
}

// linkPair makes a link within this process: it has buffers, as links do. It is a unix socket, for tests that make thousands.
func linkPair(t testing.TB) (left, right net.Conn) {
	t.Helper()
	dir, err := os.MkdirTemp("", "link")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // a socket that is open needs no name
	ln, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer shut(ln)
	if left, err = net.Dial("unix", ln.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if right, err = ln.Accept(); err != nil {
		t.Fatal(err)
	}
	return left, right
}

// shakePair makes the two ends of a connection of the two ends of a link.
func shakePair(t *testing.T, left, right io.ReadWriteCloser, cfgA, cfgB conn.Config) (a, b *conn.Conn) {
	t.Helper()
	type end struct {
		c   *conn.Conn
		err error
	}
	accepted := make(chan end)
	go func() {
		c, err := conn.Accept(context.Background(), right, quiet(cfgB))
		accepted <- end{c, err}
	}()
	a, err := conn.Client(context.Background(), left, quiet(cfgA))
	other := <-accepted
	if err != nil || other.err != nil {
		t.Fatal(err, other.err)
	}
	return a, other.c
}

// delayedLink hands on what is written to it some time later, in order.
type delayedLink struct {
	io.ReadWriteCloser
	delay time.Duration
	queue chan packet
	stop  chan struct{}
	once  sync.Once
}

type packet struct {
	due  time.Time
	data []byte
}

func delayed(rw io.ReadWriteCloser, delay time.Duration) io.ReadWriteCloser {
	l := &delayedLink{ReadWriteCloser: rw, delay: delay, queue: make(chan packet, 1<<12), stop: make(chan struct{})}
	go func() { // ends with Close
		for {
			select {
			case p := <-l.queue:
				time.Sleep(time.Until(p.due))
				if _, err := rw.Write(p.data); err != nil {
					return
				}
			case <-l.stop:
				return
			}
		}
	}()
	return l
}

func (l *delayedLink) Write(p []byte) (int, error) {
	select {
	case l.queue <- packet{time.Now().Add(l.delay), append([]byte(nil), p...)}:
		return len(p), nil
	case <-l.stop:
		return 0, io.ErrClosedPipe
	}
}

func (l *delayedLink) Close() error {
	l.once.Do(func() { close(l.stop) })
	return l.ReadWriteCloser.Close()
}
