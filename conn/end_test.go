package conn_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
)

// plug is a link that takes nothing while it is locked, and knows what it has taken.
type plug struct {
	net.Conn
	sync.Mutex
	taken bytes.Buffer
}

func (l *plug) Write(p []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	l.taken.Write(p)
	return l.Conn.Write(p)
}

// A call that still waits to be written when the connection ends is said not to have been sent, so it must not be: what is written to the end
// is what others count on.
func TestCallsInTheQueueWhenTheConnectionEnds(t *testing.T) {
	for name, end := range map[string]func(a *conn.Conn){
		"closed":  func(a *conn.Conn) { _ = a.Close() },
		"aborted": func(a *conn.Conn) { a.Abort("enough"); <-a.Done() },
	} {
		t.Run(name, func(t *testing.T) {
			x, y := linkPair(t)
			link := &plug{Conn: x}
			a, b := shakePair(t, link, y, conn.Config{}, conn.Config{Bind: play})
			link.Lock()
			var calls []*conn.Pending
			for _, name := range []string{"in the middle", "queued", "also queued"} {
				p, err := a.Start(t.Context(), &conn.Request{Name: name})
				if err != nil {
					t.Fatal(err)
				}
				calls = append(calls, p)
				eventually(t, "a frame is being written", func() bool { return a.Stats().FramesOut > 0 })
			}
			if err := a.Notify(t.Context(), &conn.Request{Name: "one-way"}); err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() { defer close(ended); end(a) }() // joined below
			for i, p := range calls {
				_, err := p.Wait(t.Context())
				var lost *conn.LostError
				if !errors.As(err, &lost) || lost.MayHaveRun != (i == 0) {
					t.Errorf("call %d: %v", i, err)
				}
			}
			link.Unlock()
			<-ended
			over(t, a)
			over(t, b)
			for text, want := range map[string]bool{"in the middle": true, "queued": false, "one-way": true} {
				if bytes.Contains(link.taken.Bytes(), []byte(text)) != want {
					t.Errorf("%q was written: %v", text, !want)
				}
			}
		})
	}
}

// What builds on a call that was given up ends as that did.
func TestBuildingOnACallThatWasGivenUp(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: play}))
	t.Cleanup(func() { shut(a); over(t, a); over(t, b) })
	for _, want := range []error{context.Canceled, context.DeadlineExceeded} {
		p, err := a.Start(t.Context(), &conn.Request{Name: "hang", Keep: true})
		if err != nil {
			t.Fatal(err)
		}
		p.Cancel(want)
		for what, req := range map[string]*conn.Request{
			"target":   {Target: p, Name: "echo"},
			"argument": {Name: "echo", Body: conn.Message{Refs: []any{p}}},
		} {
			if _, err := a.Call(t.Context(), req); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", what, err, want)
			}
		}
	}
}

// A stream whose call was never sent is closed over there at once, whether it has come or is still to come, instead of waiting for somebody to ask for it.
func TestStreamsThatNobodyWillAskFor(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		for i := range 20 {
			st, err := c.OpenStream(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if i%2 == 0 {
				eventually(t, "the stream has come", func() bool { return stats(t, c).Streams > 0 })
			}
			if err := st.Withdraw(); err != nil {
				t.Error(err)
			}
			eventually(t, "no stream is left", func() bool { return stats(t, c).Streams == 0 && c.Stats().Streams == 0 })
		}
		if got := call(t, c, nil, "echo", "still there"); got != "still there" {
			t.Error(got)
		}
	})
}

// A stream that ends right behind the handshake is refused like one that ends in it.
func TestAStreamThatEndsBehindTheHandshake(t *testing.T) {
	x, y := net.Pipe()
	var dialling sync.WaitGroup
	dialling.Go(func() {
		if c, err := conn.Client(t.Context(), x, quiet(conn.Config{})); err == nil { // it is the first to have done
			over(t, c)
		}
	})
	_, err := conn.Accept(t.Context(), ended{y}, quiet(conn.Config{}))
	var refused *conn.RefusedError
	if !errors.As(err, &refused) || !errors.Is(err, net.ErrClosed) {
		t.Errorf("%T %v", err, err)
	}
	dialling.Wait()
}

// ended is a link whose deadline cannot be set any more.
type ended struct{ net.Conn }

func (ended) SetDeadline(time.Time) error { return net.ErrClosed }

// A stream that is opened too late, when nobody wants it any more, does not stay over there.
func TestAStreamThatIsOpenedTooLate(t *testing.T) {
	x, y := linkPair(t)
	link := &plug{Conn: x}
	a, b := shakePair(t, link, y, conn.Config{}, conn.Config{Bind: play})
	t.Cleanup(func() { shut(a); over(t, a); over(t, b) })
	link.Lock()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := a.OpenStream(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	link.Unlock()
	st, err := a.OpenStream(t.Context()) // which comes behind it
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the second stream has come", func() bool { return b.Stats().Streams > 0 })
	if err := st.Withdraw(); err != nil {
		t.Error(err)
	}
	eventually(t, "no stream is left", func() bool { return a.Stats().Streams+b.Stats().Streams == 0 })
}
