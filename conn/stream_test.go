package conn_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
)

func id(s *conn.Stream) string { return fmt.Sprint(s.ID()) }

// streamPair makes the two ends of one stream.
func streamPair(t *testing.T, a, b *conn.Conn) (left, right *conn.Stream) {
	t.Helper()
	left, err := a.OpenStream(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if right, err = b.AcceptStream(t.Context(), left.ID()); err != nil {
		t.Fatal(err)
	}
	return left, right
}

func streamConns(t *testing.T, lim conn.Limits) (a, b *conn.Conn) {
	a, b = conn.Pipe(quiet(conn.Config{Limits: lim}), quiet(conn.Config{Limits: lim}))
	t.Cleanup(func() {
		a.Close()
		over(t, a)
		over(t, b)
	})
	return a, b
}

func TestStreamDeadline(t *testing.T) {
	a, b := streamConns(t, conn.Limits{})
	left, _ := streamPair(t, a, b)
	if err := left.SetReadDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := left.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error(err)
	}
}

// A reader that gives up wakes the writer at the other end, which would otherwise wait for room for ever.
func TestStreamReaderGivesUp(t *testing.T) {
	a, b := streamConns(t, conn.Limits{})
	left, right := streamPair(t, a, b)
	wrote := make(chan error)
	go func() {
		for {
			if _, err := left.Write(make([]byte, 64<<10)); err != nil {
				wrote <- err
				return
			}
		}
	}()
	time.Sleep(20 * time.Millisecond)
	if err := right.Close(); err != nil {
		t.Error(err)
	}
	select {
	case err := <-wrote:
		if !errors.Is(err, io.ErrClosedPipe) {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the writer still waits")
	}
	shut(left)
}

// What was written before Close can be read to the end, even when the writer has not read all.
func TestStreamCloseKeepsWhatWasWritten(t *testing.T) {
	a, b := streamConns(t, conn.Limits{})
	left, right := streamPair(t, a, b)
	if _, err := right.Write([]byte("unread")); err != nil {
		t.Fatal(err)
	}
	if _, err := left.Write([]byte("last words")); err != nil {
		t.Fatal(err)
	}
	shut(left)
	time.Sleep(10 * time.Millisecond)
	if got, err := io.ReadAll(right); err != nil || string(got) != "last words" {
		t.Errorf("%q, %v", got, err)
	}
	shut(right)
}

// The end of a lost connection is not the end of the data.
func TestStreamOfLostConnection(t *testing.T) {
	l, r := linkPair(t)
	a, b := shakePair(t, l, r, conn.Config{}, conn.Config{})
	left, right := streamPair(t, a, b)
	if _, err := left.Write([]byte("half of it")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(right, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	shut(l)
	var lost *conn.LostError
	if _, err := right.Read(make([]byte, 1)); !errors.As(err, &lost) {
		t.Errorf("%v", err)
	}
	over(t, a)
	over(t, b)
}

func TestStreamLimitWaits(t *testing.T) {
	a, b := streamConns(t, conn.Limits{MaxStreams: 2})
	one, _ := streamPair(t, a, b)
	streamPair(t, a, b)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := a.OpenStream(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a third stream: %v", err)
	}
	shut(one)
	three, err := a.OpenStream(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shut(three)
}

func TestAcceptStreamThatNeverComes(t *testing.T) {
	_, b := streamConns(t, conn.Limits{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := b.AcceptStream(ctx, 77); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// What the peer has written before it closed in an orderly way is read to the end, however late.
func TestStreamOutlivesItsPeer(t *testing.T) {
	const size = 900 << 10
	for range 20 {
		a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{}))
		ours, err := a.OpenStream(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := b.AcceptStream(t.Context(), ours.ID())
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			if _, err := theirs.Write(make([]byte, size)); err != nil {
				t.Errorf("write: %v", err)
			}
			shut(theirs)
			b.Close()
		}()
		n, buf := 0, make([]byte, 50<<10)
		for {
			k, err := ours.Read(buf)
			n += k
			if err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Microsecond)
		}
		if n != size {
			t.Fatalf("read %d of %d bytes", n, size)
		}
		shut(ours)
		over(t, a)
		over(t, b)
	}
}
