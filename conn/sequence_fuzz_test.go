package conn_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/babble"
)

// FuzzSequences: whatever frames, pieces and frames of the multiplexer a peer sends, in whatever order, whole or damaged, the connection ends in order or
// with a reason that the peer is told, and nothing is left of it.
func FuzzSequences(f *testing.F) {
	words := &babble.Vocabulary{
		Names:  []string{"echo", "object", "objects", "hang", "kind", "call", "down", "fail", "panic", "goexit", "hold", "ask", "stream", "notes", "deadline"},
		Ops:    3,
		Bodies: [][]byte{nil, []byte("1"), []byte("2"), []byte("incr"), []byte("self"), bytes.Repeat([]byte("x"), 300), {0x82, 0x01, 0x60}},
	}
	for kind := range byte(16) {
		f.Add([]byte{kind, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7})
		f.Add([]byte{0, 0, 4, 0, 3, 0, 0, 0, 0, 1, 0, 2, 1, kind, 1, 1, 1, 1, 1, 1, 1, 1, kind, 2, 2, 2})
	}
	f.Add([]byte{0, 0, 4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 8, 11, 4, 0, 11, 4, 0}) // a body in pieces
	f.Add([]byte{13, 1, 1, 1, 0, 0, 4, 0, 12, 0, 0, 0, 0, 0, 0, 2, 1, 13, 0, 0, 1, 5, 13, 1, 4, 1, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		left := func() net.Conn {
			left, right := linkPair(t)
			before, goroutines := allocated(), runtime.NumGoroutine()
			var served *conn.Conn
			accepted := make(chan error)
			go func() {
				c, err := conn.Accept(context.Background(), right, quiet(conn.Config{Bind: play, Limits: conn.Limits{
					MaxCalls: 4, MaxNested: 6, MaxDepth: 3, MaxResults: 3, MaxExports: 8, MaxImports: 8, MaxStreams: 2, MaxBulk: 1 << 10,
				}}))
				served = c
				accepted <- err
			}()
			if err := babble.Shake(left); err != nil {
				t.Fatal(err)
			}
			if err := <-accepted; err != nil {
				t.Fatal(err)
			}
			told := make(chan []byte)
			go func() {
				all, _ := io.ReadAll(left) // which ends with the connection
				told <- all
			}()
			_, _ = left.Write(words.Speak(data)) // the end may come before the write is through
			_ = left.(*net.UnixConn).CloseWrite()
			err, said := joined(t, served), <-told
			var broke *conn.ProtocolError
			switch {
			case err == nil:
			case errors.As(err, &broke):
				if reason := firstBytes(err.Error(), 100); !broke.ByPeer && !bytes.Contains(said, []byte(reason)) {
					t.Fatalf("%v, of which the peer is not told", err)
				}
			case !strings.Contains(err.Error(), "lost") && !strings.Contains(err.Error(), "ended by"):
				t.Fatalf("an end of no kind: %v", err)
			}
			if st := served.Stats(); st.PendingOut+st.PendingIn+st.Results+st.Exports+st.Imports+st.Held+st.HeldThere+st.Streams != 0 {
				t.Fatalf("left over: %+v", st)
			}
			if used := allocated() - before; used > 16<<20 {
				t.Fatalf("%d bytes made it allocate %d", len(data), used)
			}
			settled(t, goroutines+1) // left is still open, and one may be a timer's
			return left
		}()
		shut(left)
	})
}

func firstBytes(s string, n int) string { return s[:min(n, len(s))] }

// allocated is how much memory has been allocated in all.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// settled waits until no more goroutines run than there were.
func settled(t *testing.T, most int) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > most; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			buf := make([]byte, 1<<20)
			t.Fatalf("goroutines are left:\n%s", buf[:runtime.Stack(buf, true)])
		}
	}
}
