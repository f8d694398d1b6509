package conn_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// late is a context whose deadline has passed, and whose timer is late.
type late struct{ context.Context }

func (late) Deadline() (time.Time, bool) { return time.Now().Add(-time.Millisecond), true }

// notSent checks the error of a call whose deadline passed before it was sent.
func notSent(t *testing.T, err error) {
	t.Helper()
	var given *conn.CanceledError
	if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &given) || given.MayHaveRun {
		t.Errorf("%v", err)
	}
}

func TestADeadlineInThePastRefusesAtOnce(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		before := c.Stats().Started
		past, stop := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
		defer stop()
		for _, ctx := range []context.Context{past, late{t.Context()}} {
			req := &conn.Request{Name: "echo"}
			_, err := c.Call(ctx, req)
			notSent(t, err)
			_, err = c.Start(ctx, req)
			notSent(t, err)
			notSent(t, c.Notify(ctx, req))
		}
		if n := c.Stats().Started - before; n != 0 {
			t.Errorf("%d calls were made", n)
		}
	})
}

// The time that a call waits for room in the queue counts, and so does that for which a body waits for a stream.
func TestWaitingToBeSentCounts(t *testing.T) {
	left, right := linkPair(t)
	out := newGate(left)
	block := &blocked{gate: out, room: make(chan bool)}
	a, b := shakePair(t, block, right, conn.Config{}, conn.Config{Bind: play})
	block.shutNow()
	full, cancel := context.WithCancel(t.Context())
	defer cancel()
	filled := make(chan bool)
	go func() { // ends when the queue is full and full ends
		defer close(filled)
		for a.Notify(full, &conn.Request{Name: "echo", Body: conn.Message{Data: make([]byte, 60<<10)}}) == nil {
		}
	}()
	time.Sleep(50 * time.Millisecond)
	for _, size := range []int{10, 1 << 20} {
		began := time.Now()
		ctx, stop := context.WithTimeout(t.Context(), 60*time.Millisecond)
		_, err := a.Call(ctx, &conn.Request{Name: "echo", Body: conn.Message{Data: make([]byte, size)}})
		notSent(t, err)
		if took := time.Since(began); took < 50*time.Millisecond || took > 5*time.Second {
			t.Errorf("%d bytes: gave up after %v", size, took)
		}
		stop()
	}
	cancel()
	<-filled
	block.open()
	if got := call(t, a, nil, "echo", "through"); got != "through" {
		t.Errorf("%q", got)
	}
	shut(a)
	over(t, a)
	over(t, b)
}

// blocked is a link that takes nothing while it is shut.
type blocked struct {
	*gate
	room chan bool
	shut bool
}

func (l *blocked) shutNow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shut = true
}

func (l *blocked) open() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shut = false
	close(l.room)
}

func (l *blocked) Write(p []byte) (int, error) {
	l.mu.Lock()
	shut := l.shut
	l.mu.Unlock()
	if shut {
		<-l.room
	}
	return l.gate.Write(p)
}

// A handler's context is made when it is asked for; that makes no difference to who asks late.
func TestAContextThatIsFirstAskedWhenItIsOver(t *testing.T) {
	kept := make(chan context.Context, 2)
	left, right := linkPair(t)
	a, b := shakePair(t, left, right, conn.Config{}, conn.Config{Bind: func(*conn.Conn) conn.Handler {
		return conn.HandlerFunc(func(ctx context.Context, _ *conn.Inbound) conn.Reply {
			kept <- ctx
			return conn.Reply{}
		})
	}})
	for range 2 {
		if _, err := a.Call(t.Context(), &conn.Request{}); err != nil {
			t.Fatal(err)
		}
	}
	over := func(ctx context.Context) context.Context { // Err makes nothing
		t.Helper()
		eventually(t, "the end of the context", func() bool { return ctx.Err() != nil })
		return ctx
	}
	check := func(ctx context.Context) {
		t.Helper()
		told := make(chan bool)
		context.AfterFunc(ctx, func() { close(told) })
		derived, cancel := context.WithCancel(ctx)
		defer cancel()
		for _, ctx := range []context.Context{ctx, derived} {
			<-ctx.Done()
			if ctx.Err() != context.Canceled || context.Cause(ctx) != context.Canceled { //nolint:errorlint // the very errors
				t.Errorf("%v, %v", ctx.Err(), context.Cause(ctx))
			}
			if conn.FromContext(ctx) != b {
				t.Error("of another connection")
			}
		}
		<-told
	}
	check(over(<-kept))
	last := over(<-kept) // by the return of its call, which may be seen before, and not by the end of the connection
	shut(a)
	<-b.Done()
	check(last)
}

// A deadline that passes while a body arrives is why the call is not run; what still comes of the body is passed over.
func TestDeadlineWhileABodyArrives(t *testing.T) {
	p, served := hostile(t, conn.Limits{})
	p.send(&wire.Call{ID: 1, Name: "echo", Timeout: 20 * time.Millisecond, Body: wire.Body{Number: 1, Length: 1 << 20}})
	p.piece(1, 1000)
	if code, text := p.refused(); code != conn.CodeDeadline {
		t.Errorf("refused with %v: %s", code, text)
	}
	for range 8 {
		p.piece(1, 64<<10)
	}
	p.piece(1, 0)
	p.send(&wire.Call{ID: 2, Name: "echo", Body: wire.Body{Inline: []byte("after")}})
	if ret, ok := p.next().(*wire.Return); !ok || string(ret.Body.Inline) != "after" {
		t.Errorf("the next call returns %+v", ret)
	}
	p.send(&wire.Abort{})
	over(t, served)
}
