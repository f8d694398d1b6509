package conn_test

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/rgo-project/rgo/conn"
)

// What follows Data arrives behind it, however long it is, and whichever way it goes.
func TestTail(t *testing.T) {
	big := bytes.Repeat([]byte("0123456789"), 30_000)
	messages := map[string]conn.Message{
		"one part":            {Data: []byte("data "), Tail: [][]byte{[]byte("tail")}},
		"nothing before it":   {Tail: [][]byte{[]byte("tail"), nil, []byte(" tail")}},
		"a large part":        {Data: []byte("data "), Tail: [][]byte{big}},
		"parts of all sizes":  {Data: []byte("data "), Tail: [][]byte{[]byte("small"), big, nil, {}, big[:70_000], []byte("end")}},
		"large data":          {Data: bytes.Clone(big), Tail: [][]byte{[]byte("tail")}},
		"together just large": {Data: bytes.Clone(big[:40_000]), Tail: [][]byte{big[:40_000]}},
		"many parts":          {Tail: slices.Collect(slices.Chunk(big, 10))},
	}
	transports := map[string]func(t *testing.T, a, b conn.Config) (x, y *conn.Conn){
		"socket": smallPairOf,
		"pipe":   func(_ *testing.T, a, b conn.Config) (x, y *conn.Conn) { return conn.Pipe(quiet(a), quiet(b)) },
	}
	for name, m := range messages {
		for via, pair := range transports {
			t.Run(name+"/"+via, func(t *testing.T) { testTail(t, m, pair) })
		}
	}
}

func testTail(t *testing.T, m conn.Message, pair func(t *testing.T, a, b conn.Config) (x, y *conn.Conn)) {
	want := bytes.Join(append([][]byte{m.Data}, m.Tail...), nil)
	var freed atomic.Int64
	message := func() conn.Message {
		return conn.Message{Data: bytes.Clone(m.Data), Tail: m.Tail, Free: func() { freed.Add(1) }}
	}
	a, b := pair(t, conn.Config{}, conn.Config{Bind: func(*conn.Conn) conn.Handler {
		return conn.HandlerFunc(func(_ context.Context, in *conn.Inbound) conn.Reply {
			if !bytes.Equal(in.Body.Data, want) || in.Body.Tail != nil {
				return failed("%d bytes and %d parts came", len(in.Body.Data), len(in.Body.Tail))
			}
			return conn.Reply{Body: message()}
		})
	}})
	defer over(t, b)
	defer shut(a)
	ret, err := a.Call(t.Context(), &conn.Request{Body: message()})
	if err != nil || ret.Failed || !bytes.Equal(ret.Body.Data, want) || ret.Body.Tail != nil {
		t.Errorf("%d bytes of %d and %d parts came back, failed: %v, %v", len(ret.Body.Data), len(want), len(ret.Body.Tail), ret.Failed, err)
	}
	eventually(t, "it is said of both messages that they are no longer read", func() bool { return freed.Load() == 2 })
}

// A tail counts to the size of a body.
func TestTailTooLarge(t *testing.T) {
	a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: play, Limits: conn.Limits{MaxValue: 100_000}}))
	defer over(t, b)
	defer shut(a)
	_, err := a.Call(t.Context(), &conn.Request{Name: "echo", Body: conn.Message{Data: make([]byte, 50_000), Tail: [][]byte{make([]byte, 50_001)}}})
	var refused *conn.CallError
	if !errors.As(err, &refused) || refused.Code != conn.CodeTooLarge {
		t.Errorf("the call says: %v", err)
	}
}

// Whoever lends memory to a call may write to it as soon as the call has returned, whatever made it return: what the peer gets is what stood there
// before, or nothing.
func TestLentMemoryIsNotReadAfterTheCall(t *testing.T) {
	const size = 400_000
	var torn, whole atomic.Int64
	check := func(*conn.Conn) conn.Handler {
		return conn.HandlerFunc(func(_ context.Context, in *conn.Inbound) conn.Reply {
			if len(in.Body.Data) != size || bytes.Count(in.Body.Data, in.Body.Data[:1]) != size {
				torn.Add(1)
			}
			whole.Add(1)
			return done("")
		})
	}
	for name, end := range map[string]func(a, b *conn.Conn, cancel context.CancelFunc){
		"given up":            func(_, _ *conn.Conn, cancel context.CancelFunc) { cancel() },
		"the connection ends": func(a, _ *conn.Conn, _ context.CancelFunc) { a.Abort("a test") },
		"the peer goes":       func(_, b *conn.Conn, _ context.CancelFunc) { b.Abort("a test") },
		"another body as well": func(a, _ *conn.Conn, cancel context.CancelFunc) {
			go cancel()
			_, _ = a.Call(context.Background(), &conn.Request{Body: conn.Message{Data: make([]byte, size)}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			memory := make([]byte, size)
			for round := range 8 {
				a, b := smallPairOf(t, conn.Config{}, conn.Config{Bind: check})
				for step := range 5 {
					for i := range memory {
						memory[i] = byte(1 + 5*round + step)
					}
					ctx, cancel := context.WithCancel(context.Background())
					until := a.Stats().BytesOut + uint64(round*step)*size/30
					ended := make(chan struct{})
					go func() {
						defer close(ended)
						for a.Stats().BytesOut < until && a.Err() == nil {
							runtime.Gosched()
						}
						end(a, b, cancel)
					}()
					_, err := a.Call(ctx, &conn.Request{Body: conn.Message{Tail: [][]byte{memory}}})
					clear(memory)
					cancel()
					<-ended
					if err != nil && !errors.Is(err, context.Canceled) && !isLost(err) {
						t.Error(err)
					}
				}
				shut(a)
				shut(b)
				over(t, a)
				over(t, b)
			}
		})
	}
	if torn.Load() > 0 {
		t.Errorf("%d of %d bodies that came whole had been written to meanwhile", torn.Load(), whole.Load())
	}
}

func isLost(err error) bool {
	var lost *conn.LostError
	return errors.As(err, &lost)
}

// A call that the peer refuses before it has all of its body gives the memory back, too.
func TestLentMemoryOfARefusedCall(t *testing.T) {
	a, b := smallPairOf(t, conn.Config{}, conn.Config{Bind: play, Limits: conn.Limits{MaxCalls: 1}})
	defer over(t, b)
	defer shut(a)
	hang, cancel := context.WithCancel(context.Background())
	defer cancel()
	p, err := a.Start(hang, &conn.Request{Name: "hang"})
	if err != nil {
		t.Fatal(err)
	}
	memory := make([]byte, 1<<20)
	for n := range 20 {
		_, err := a.Call(context.Background(), &conn.Request{Name: "echo", Body: conn.Message{Tail: [][]byte{memory}}})
		for i := range memory {
			memory[i] = byte(n)
		}
		var refused *conn.CallError
		if !errors.As(err, &refused) || refused.Code != conn.CodeTooMany {
			t.Fatalf("call %d: %v", n, err)
		}
	}
	cancel()
	<-p.Done()
	eventually(t, "nothing is on its way", func() bool { return b.Stats().PendingIn == 0 })
	if got := call(t, a, nil, "echo", "after"); got != "after" {
		t.Error(got)
	}
}
