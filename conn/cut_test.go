package conn_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
)

// The wire is cut after each byte of a conversation that has everything in it, in each direction, and once more each byte is turned into another one. Whatever happens,
// everything ends in time, each call has the right error, and nothing is left.

// damaged is a link on which something happens to a byte that is written.
type damaged struct {
	net.Conn
	at   int64 // the byte it happens to
	flip byte  // what is turned in it; 0: the link breaks before it

	mu   sync.Mutex
	sent int64
}

func (d *damaged) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := d.at - d.sent
	d.sent += int64(len(p))
	if i < 0 || i >= int64(len(p)) {
		return d.Conn.Write(p)
	}
	if d.flip != 0 {
		p = append([]byte(nil), p...)
		p[i] ^= d.flip
		return d.Conn.Write(p)
	}
	n, _ := d.Conn.Write(p[:i])
	shut(d.Conn)
	return n, io.ErrClosedPipe
}

// chatter is what both ends of the conversation serve.
type chatter struct {
	playground
	mu    sync.Mutex
	ran   map[string]bool
	given atomic.Int64 // objects given out
	told  atomic.Int64 // objects given out that are held no more
}

type chatObject struct{ of *chatter }

func (o *chatObject) Unreferenced() { o.of.told.Add(1) }

func (s *chatter) Serve(ctx context.Context, in *conn.Inbound) conn.Reply {
	s.mu.Lock()
	s.ran[in.Name] = true
	s.mu.Unlock()
	name := strings.TrimRight(in.Name, "0123456789")
	switch name {
	case "give":
		o := &chatObject{s}
		s.given.Add(1)
		return conn.Reply{Body: conn.Message{Refs: []any{conn.Export{Key: o, Object: o}}}, Value: o}
	case "hold":
		held := in.HoldContext()
		s.c.Go(func() { <-held.Done() })
		return done("held")
	}
	in.Name = name
	switch in.Target.(type) {
	case nil:
		return s.playground.Serve(ctx, in)
	}
	return done("an object")
}

// chat is one conversation.
type chat struct {
	t            *testing.T
	a, b         *conn.Conn
	here, there  *chatter
	number       int
	unsent       []string // calls that have not run, as their errors say
	wholeMessage bool     // all bytes arrive as they were sent, or not at all
	broken       bool
}

// say makes a call that has a name of its own, and checks how it ends.
func (h *chat) say(ctx context.Context, name string, req *conn.Request) (conn.Return, bool) {
	h.number++
	req.Name = fmt.Sprint(name, h.number)
	ret, err := h.a.Call(ctx, req)
	h.judge(req.Name, err)
	return ret, err == nil
}

// judge checks the error of a call.
func (h *chat) judge(name string, err error) {
	if err == nil || !h.wholeMessage {
		h.broken = h.broken || err != nil
		return
	}
	h.broken = true
	var lost *conn.LostError
	if !errors.As(err, &lost) {
		h.t.Errorf("%s: %T %v", name, err, err)
		return
	}
	if !lost.MayHaveRun {
		h.unsent = append(h.unsent, name)
	}
}

// talk is the conversation.
func (h *chat) talk(ctx context.Context) {
	a := h.a
	h.say(ctx, "echo", &conn.Request{Body: text("hello")})
	h.say(ctx, "down", &conn.Request{Body: text("2")}) // calls back
	h.say(ctx, "fail", &conn.Request{})
	if ret, ok := h.say(ctx, "give", &conn.Request{}); ok && len(ret.Body.Refs) == 1 {
		if r, ok := ret.Body.Refs[0].(*conn.Ref); ok {
			h.say(ctx, "use", &conn.Request{Target: r, Body: conn.Message{Refs: []any{r}}})
			r.Release()
		}
	}
	h.say(ctx, "give", &conn.Request{}) // kept until the end
	o := &chatObject{h.here}
	h.here.given.Add(1)
	h.say(ctx, "echo", &conn.Request{Body: conn.Message{Refs: []any{conn.Export{Key: o, Object: o}}}})
	h.say(ctx, "echo", &conn.Request{Body: conn.Message{Data: make([]byte, 300)}}) // on a stream of its own
	if err := a.Notify(ctx, &conn.Request{Name: "note"}); err != nil {
		h.judge("note", err)
	}
	if p, err := a.Start(ctx, &conn.Request{Name: "give", Keep: true}); err != nil {
		h.judge("give", err)
	} else {
		h.say(ctx, "piped", &conn.Request{Target: p, Body: conn.Message{Refs: []any{p}}})
		_, err := p.Wait(ctx)
		h.judge("give", err)
		p.Release()
	}
	own, cancel := context.WithCancel(ctx)
	h.say(own, "hold", &conn.Request{})
	cancel()
	given, cancel := context.WithCancel(ctx)
	if p, err := a.Start(given, &conn.Request{Name: "hang"}); err != nil {
		h.judge("hang", err)
	} else {
		h.say(ctx, "echo", &conn.Request{}) // behind it
		cancel()
		if _, err := p.Wait(ctx); err == nil && h.wholeMessage {
			h.t.Error("a call that hangs has returned")
		}
	}
	cancel()
	if s, err := a.OpenStream(ctx); err == nil {
		if until, ok := ctx.Deadline(); ok {
			_ = s.SetDeadline(until)
		}
		p, err := a.Start(ctx, &conn.Request{Name: "stream", Body: text(id(s))})
		if err == nil {
			_, _ = s.Write([]byte("some bytes"))
			_ = s.CloseWrite()
			_, _ = io.ReadAll(s)
			_, err = p.Wait(ctx)
		}
		h.judge("stream", err)
		shut(s)
	}
	h.say(ctx, "echo", &conn.Request{})
}

// converse has a conversation over a link on which flip happens to byte number at of what one end writes, and returns how many bytes each wrote.
func converse(t *testing.T, side int, at int64, flip byte) (sent [2]int64) {
	t.Helper()
	raw := [2]net.Conn{}
	raw[0], raw[1] = linkPair(t)
	links := [2]*damaged{{Conn: raw[0], at: -1}, {Conn: raw[1], at: -1}}
	links[side].at, links[side].flip = at, flip
	h := &chat{t: t, here: &chatter{ran: make(map[string]bool)}, there: &chatter{ran: make(map[string]bool)}, wholeMessage: flip == 0}
	patience := 10 * time.Second
	if flip != 0 {
		patience = 150 * time.Millisecond // a length that was turned has the receiver wait for what never comes
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	bind := func(s *chatter) func(*conn.Conn) conn.Handler {
		return func(c *conn.Conn) conn.Handler {
			s.c = c
			return s
		}
	}
	config := func(s *chatter) conn.Config {
		return quiet(conn.Config{Bind: bind(s), Token: "a token of sixteen bytes or more", Limits: conn.Limits{MaxFrame: 128}, HandshakeTimeout: patience})
	}
	accepted := make(chan error, 1)
	go func() {
		var err error
		h.b, err = conn.Accept(ctx, links[1], config(h.there))
		accepted <- err
	}()
	var err error
	began := time.Now()
	h.a, err = conn.Client(ctx, links[0], config(h.here))
	if err == nil {
		h.talk(ctx)
		shut(h.a)
		over(t, h.a)
	} else {
		handshakeError(t, err, flip)
		shut(raw[0])
	}
	if accErr := <-accepted; accErr == nil {
		if flip != 0 && err != nil {
			shut(h.b)
		}
		over(t, h.b)
	} else {
		handshakeError(t, accErr, flip)
	}
	if took := time.Since(began); took > patience+5*time.Second {
		t.Errorf("it took %v", took)
	}
	for _, name := range h.unsent {
		if h.there.ran[name] {
			t.Errorf("%s has run, and the error says that it was not sent", name)
		}
	}
	for _, c := range []*conn.Conn{h.a, h.b} {
		if c == nil {
			continue
		}
		if st := c.Stats(); st.Exports+st.Imports+st.PendingIn+st.PendingOut+st.Results+st.Held+st.HeldThere+st.Streams != 0 {
			t.Errorf("left over: %+v", st)
		}
	}
	for _, s := range []*chatter{h.here, h.there} {
		if s.told.Load() != s.given.Load() && flip == 0 && (s != h.here || h.a != nil) {
			t.Errorf("%d objects were given out, %d were told that they are held no more", s.given.Load(), s.told.Load())
		}
	}
	if flip == 0 && at >= 0 && !h.broken && h.a != nil && at < links[side].sent-200 {
		t.Errorf("nobody has noticed")
	}
	return [2]int64{links[0].sent, links[1].sent}
}

// handshakeError checks the error of one end of a handshake that failed.
func handshakeError(t *testing.T, err error, flip byte) {
	t.Helper()
	var refused *conn.RefusedError
	var lost *conn.LostError
	if flip == 0 && !errors.As(err, &refused) && !errors.As(err, &lost) {
		t.Errorf("in the handshake: %T %v", err, err)
	}
}

// places are the bytes at which the test damages the wire: all of them, or some that are different each time.
func places(n int64, some int) (all []int64) {
	if some == 0 {
		for at := range n {
			all = append(all, at)
		}
		return all
	}
	for range some {
		all = append(all, rand.Int64N(n))
	}
	return all
}

func TestTheWireIsCutAfterEachByte(t *testing.T) {
	total := converse(t, 0, -1, 0)
	t.Logf("the conversation has %d and %d bytes", total[0], total[1])
	some := 0 // all: the whole takes a second or two
	if testing.Short() {
		some = 50
	}
	for side, n := range total {
		for _, at := range places(n, some) {
			if converse(t, side, at, 0); t.Failed() {
				t.Fatalf("side %d, cut before byte %d", side, at)
			}
		}
	}
}

func TestAByteIsTurned(t *testing.T) {
	total := converse(t, 0, -1, 0)
	some := 30
	if os.Getenv("RGO_ALL_BYTES") != "" { // each that makes a length longer takes its time
		some = 0
	}
	for side, n := range total {
		for _, at := range places(n, some) {
			flip := byte(1) << rand.IntN(8)
			if converse(t, side, at, flip); t.Failed() {
				t.Fatalf("side %d, byte %d turned by %#x", side, at, flip)
			}
		}
	}
}
