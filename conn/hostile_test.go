package conn_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/yamux"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// rawPeer has shaken hands honestly and then writes what it likes.
type rawPeer struct {
	net.Conn
	t      *testing.T
	mux    *yamux.Session
	frames chan wire.Frame
	over   chan struct{} // closed when the test is
}

// hostile connects a raw peer with a playground that has narrow limits.
func hostile(t *testing.T, lim conn.Limits) (*rawPeer, *conn.Conn) {
	t.Helper()
	left, right := linkPair(t)
	accepted := make(chan *conn.Conn, 1)
	go func() {
		c, err := conn.Accept(context.Background(), right, quiet(conn.Config{Bind: play, Limits: lim}))
		if err != nil {
			t.Error(err)
		}
		accepted <- c
	}()
	hello := wire.AppendMap(nil, 1)
	hello = wire.AppendText(hello, "nonce")
	hello = wire.AppendBytes(hello, make([]byte, 32))
	head := append([]byte("rgo\x01"), 0, byte(len(hello)))
	if _, err := left.Write(append(head, hello...)); err != nil {
		t.Fatal(err)
	}
	back := make([]byte, 6)
	if _, err := io.ReadFull(left, back); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(left, make([]byte, binary.BigEndian.Uint16(back[4:]))); err != nil {
		t.Fatal(err)
	}
	p := &rawPeer{t: t, Conn: left, frames: make(chan wire.Frame, 1<<10), over: make(chan struct{})}
	p.mux = p.multiplex()
	t.Cleanup(func() { shut(p.mux) })
	t.Cleanup(func() { close(p.over) })
	return p, <-accepted
}

// multiplex parts what comes into frames of ours and those of the multiplexer.
func (p *rawPeer) multiplex() *yamux.Session {
	check, err := wire.NewChecker(wire.Limits{})
	if err != nil {
		p.t.Fatal(err)
	}
	in, bulk := io.Pipe()
	go func() { // ends with the connection
		defer close(p.frames)
		from := bufio.NewReader(p.Conn)
		for {
			first, err := from.Peek(1)
			if err == nil && first[0] != 0 {
				var f wire.Frame
				if f, _, err = wire.NewFrameReader(check, 1<<20).Next(from); err == nil {
					select {
					case p.frames <- f:
						continue
					case <-p.over:
						err = io.EOF
					}
				}
			}
			if err != nil {
				_ = bulk.CloseWithError(io.EOF)
				return
			}
			head, err := from.Peek(12)
			if err != nil {
				_ = bulk.CloseWithError(io.EOF)
				return
			}
			n := int64(12)
			if head[1] == 0 {
				n += int64(binary.BigEndian.Uint32(head[8:]))
			}
			if head[1] == 3 { // its multiplexer says why it ends, at which ours would hang up
				_, _ = from.Discard(12)
				continue
			}
			_, _ = io.CopyN(bulk, from, n) // the multiplexer may have ended
		}
	}()
	cfg := yamux.DefaultConfig()
	cfg.LogOutput = io.Discard
	mux, err := yamux.Client(parted{in, p.Conn}, cfg)
	if err != nil {
		p.t.Fatal(err)
	}
	return mux
}

// parted is a connection of which one half of what comes is read.
type parted struct {
	in *io.PipeReader
	net.Conn
}

func (c parted) Read(b []byte) (int, error) { return c.in.Read(b) }

func (c parted) Close() error { return errors.Join(c.in.Close(), c.Conn.Close()) }

func (p *rawPeer) send(frames ...wire.Frame) {
	p.t.Helper()
	for _, f := range frames {
		_, err := p.Conn.Write(wire.AppendFrame(nil, f))
		if _, last := f.(*wire.Abort); err != nil && !last { // the end may come before the write is through
			p.t.Fatal(err)
		}
	}
}

// next reads the next frame that comes back.
func (p *rawPeer) next() wire.Frame {
	p.t.Helper()
	var f wire.Frame
	select {
	case f = <-p.frames:
	case <-time.After(5 * time.Second):
	}
	if f == nil {
		p.t.Fatal("no answer")
	}
	return f
}

func TestHostileFrames(t *testing.T) {
	echo := func(id uint64) *wire.Call { return &wire.Call{ID: id, Name: "echo"} }
	for name, c := range map[string]struct {
		frames []wire.Frame
		bytes  string
		want   string
	}{
		"a call id used twice":        {frames: []wire.Frame{echo(1), echo(1)}, want: "began call 1 after call 1"},
		"call ids that fall":          {frames: []wire.Frame{echo(9), echo(3)}, want: "began call 3 after call 9"},
		"call 0":                      {frames: []wire.Frame{echo(0)}, want: "began call 0"},
		"a return of nothing":         {frames: []wire.Frame{&wire.Return{ID: 5}}, want: "not under way"},
		"a release of nothing":        {frames: []wire.Frame{&wire.Release{Counts: []wire.Count{{ID: 1, N: 1}}}}, want: "more often than it was sent"},
		"a release too many":          {frames: []wire.Frame{&wire.Call{ID: 1, Name: "object"}, &wire.Release{Counts: []wire.Count{{ID: 1, N: 1 << 60}}}}, want: "more often than it was sent"},
		"a home reference of nothing": {frames: []wire.Frame{&wire.Call{ID: 1, Name: "kind", Refs: []wire.Ref{{Kind: wire.RefHome, ID: 77}}}}, want: "holds no reference"},
		"a promise of nothing":        {frames: []wire.Frame{&wire.Call{ID: 1, Name: "kind", Refs: []wire.Ref{{Kind: wire.RefCall, ID: 1}}}}, want: "does not keep"},
		"a frame that is too long":    {bytes: "\x01\xff\xff\xff", want: "limit exceeded"},
		"a frame that is no CBOR":     {bytes: "\x01\x00\x00\x02\xff\xff", want: "malformed"},
		"neither kind of frame":       {bytes: "\x07\x00\x00\x01\x01", want: "begins with 0x7"},
		"an empty frame":              {bytes: "\x01\x00\x00\x00", want: "malformed"},
		"a frame that is no array":    {bytes: "\x01\x00\x00\x01\x01", want: "array is expected"},
		"an indefinite array":         {bytes: "\x01\x00\x00\x03\x9f\x01\xff", want: "malformed"},
		"a call with too little":      {bytes: "\x01\x00\x00\x03\x82\x01\x01", want: "elements"},
		"a frame nested deep":         {bytes: "\x01\x00\x00\x10\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x81\x01", want: "limit exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			p, served := hostile(t, conn.Limits{})
			p.send(c.frames...)
			_, _ = io.WriteString(p.Conn, c.bytes) // the end may come before the write is through
			var last *wire.Abort
			for last == nil {
				last, _ = p.next().(*wire.Abort)
			}
			if last.Code == wire.AbortBye || !strings.Contains(last.Reason, c.want) {
				t.Errorf("told %+v", last)
			}
			shut(p.mux)
			err := joined(t, served)
			var broke *conn.ProtocolError
			if !errors.As(err, &broke) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestHostileButHarmless(t *testing.T) {
	p, served := hostile(t, conn.Limits{MaxCalls: 3, MaxResults: 2, MaxValue: 1 << 20})
	refusal := func(f wire.Frame) conn.Code {
		ret, ok := f.(*wire.Return)
		if !ok || ret.Status != wire.StatusRefused {
			t.Errorf("%T %+v", f, f)
			return 0
		}
		r := wire.NewReader(ret.Body.Inline)
		if _, err := r.Array(); err != nil {
			t.Error(err)
		}
		code, err := r.Uint()
		if err != nil {
			t.Error(err)
		}
		return conn.Code(code)
	}
	p.send(&wire.Unknown{Kind: 99})
	if f, ok := p.next().(*wire.Unimplemented); !ok || f.Kind != 99 {
		t.Errorf("%+v", f)
	}
	p.send(&wire.Finish{ID: 4711}, &wire.Reset{Stream: 5}, &wire.Reset{Stream: 7, Code: wire.ResetUnused}, &wire.GoAway{})
	p.send(&wire.Call{ID: 1, Target: 12345, Name: "x"})
	if code := refusal(p.next()); code != conn.CodeNoTarget {
		t.Errorf("code %d", code)
	}
	p.send(&wire.Call{ID: 2, Target: -1, Name: "x"})
	if code := refusal(p.next()); code != conn.CodeNoTarget {
		t.Errorf("code %d", code)
	}
	p.send(&wire.Call{ID: 3, Name: "echo", Body: wire.Body{Number: 3, Length: 1 << 40}})
	if code := refusal(p.next()); code != conn.CodeTooLarge {
		t.Errorf("code %d", code)
	}
	p.send(&wire.Call{ID: 4, Name: "hang"}, &wire.Call{ID: 5, Name: "hang"}, &wire.Call{ID: 6, Name: "hang"}, &wire.Call{ID: 7, Name: "hang"})
	if code := refusal(p.next()); code != conn.CodeTooMany {
		t.Errorf("code %d", code)
	}
	p.send(&wire.Call{ID: 8, Name: "hang", Parent: 3}) // no such call of ours: it is not nested
	if code := refusal(p.next()); code != conn.CodeTooMany {
		t.Errorf("code %d", code)
	}
	p.send(&wire.Finish{ID: 4}, &wire.Finish{ID: 4}, &wire.Finish{ID: 5}, &wire.Finish{ID: 6})
	for range 3 {
		p.next()
	}
	p.send(&wire.Call{ID: 10, Name: "echo", Flags: wire.FlagKeep}, &wire.Call{ID: 11, Name: "echo", Flags: wire.FlagKeep})
	p.next()
	p.next()
	p.send(&wire.Call{ID: 12, Name: "echo"})
	if code := refusal(p.next()); code != conn.CodeTooMany {
		t.Errorf("code %d", code)
	}
	p.send(&wire.Finish{ID: 10}, &wire.Finish{ID: 11}, &wire.Call{ID: 13, Name: "echo"})
	if ret, ok := p.next().(*wire.Return); !ok || ret.Status != wire.StatusOK {
		t.Errorf("%+v", ret)
	}
	p.send(&wire.Abort{})
	if err := joined(t, served); err != nil {
		t.Error(err)
	}
}

// piece sends a piece of a body.
func (p *rawPeer) piece(body uint64, n int) {
	p.t.Helper()
	if _, err := p.Conn.Write(append(wire.AppendPieceHead(nil, body, n), make([]byte, n)...)); err != nil {
		p.t.Fatal(err)
	}
}

// A body that breaks off fails its call and nothing else.
func TestBodyBreaksOff(t *testing.T) {
	p, served := hostile(t, conn.Limits{})
	p.send(&wire.Call{ID: 1, Name: "echo", Body: wire.Body{Number: 1, Length: 100}})
	p.piece(1, 60)
	p.piece(1, 39)
	p.piece(1, 0)
	ret, ok := p.next().(*wire.Return)
	if !ok || ret.Status != wire.StatusRefused || !strings.Contains(string(ret.Body.Inline), "99 of 100") {
		t.Errorf("%+v", ret)
	}
	p.send(&wire.Call{ID: 2, Name: "echo", Body: wire.Body{Number: 2, Length: 3}})
	p.piece(2, 3)
	if ret, ok := p.next().(*wire.Return); !ok || ret.Status != 0 || len(ret.Body.Inline) != 3 {
		t.Errorf("%+v", ret)
	}
	p.send(&wire.Abort{})
	over(t, served)
}

// Pieces that do not add up end the connection.
func TestPiecesThatDoNotAddUp(t *testing.T) {
	announce := func(id, body, length uint64) *wire.Call {
		return &wire.Call{ID: id, Name: "echo", Body: wire.Body{Number: body, Length: length}}
	}
	for name, c := range map[string]struct {
		send func(p *rawPeer)
		want string
	}{
		"of nothing":          {func(p *rawPeer) { p.piece(7, 1) }, "not under way"},
		"more than announced": {func(p *rawPeer) { p.send(announce(1, 1, 3)); p.piece(1, 4) }, "more of body 1"},
		"behind the end":      {func(p *rawPeer) { p.send(announce(1, 1, 3)); p.piece(1, 3); p.piece(1, 1) }, "not under way"},
		"a number used twice": {func(p *rawPeer) { p.send(announce(1, 5, 3), announce(2, 5, 3)) }, "announced body 5 after body 5"},
		"many that never come": {func(p *rawPeer) {
			for n := range uint64(200) {
				p.send(announce(n+1, n+1, 1<<40))
			}
		}, "are missing"},
	} {
		t.Run(name, func(t *testing.T) {
			p, served := hostile(t, conn.Limits{MaxCalls: 50, MaxResults: 50})
			c.send(p)
			var last *wire.Abort
			for last == nil {
				last, _ = p.next().(*wire.Abort)
			}
			if !strings.Contains(last.Reason, c.want) {
				t.Errorf("told %+v", last)
			}
			shut(p.mux)
			over(t, served)
		})
	}
}

// A peer that makes us answer and does not read the answers is ended, at a bound.
func TestPeerThatDoesNotRead(t *testing.T) {
	p, served := hostile(t, conn.Limits{})
	go func() {
		id := uint64(0)
		for {
			var batch []byte
			for range 2000 {
				id++
				batch = wire.AppendFrame(batch, &wire.Call{ID: id, Target: 99})
			}
			if _, err := p.Conn.Write(batch); err != nil {
				return
			}
		}
	}()
	if err := joined(t, served); err == nil || !strings.Contains(err.Error(), "does not read") {
		t.Error(err)
	}
}

// cutLink breaks after so many bytes written, as a cable does.
type cutLink struct {
	net.Conn
	mu   sync.Mutex
	left int
}

func (l *cutLink) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(p) > l.left {
		n, _ := l.Conn.Write(p[:l.left])
		l.left = 0
		shut(l.Conn)
		return n, io.ErrClosedPipe
	}
	l.left -= len(p)
	return l.Conn.Write(p)
}

// Wherever the connection is cut, every call ends, everything is joined, nothing leaks.
func TestRandomCuts(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	rounds := 60
	if testing.Short() {
		rounds = 10
	}
	for range rounds {
		left, right := linkPair(t)
		cut := 200 + r.IntN(1<<r.IntN(22))
		a, b := shakePair(t, &cutLink{Conn: left, left: cut}, right, conn.Config{Bind: play}, conn.Config{Bind: play})
		var all sync.WaitGroup
		for i, name := range []string{"echo", "down", "object", "hang", "call", "stream"} {
			all.Go(func() {
				for n := 0; ; n++ {
					req := &conn.Request{Name: name, Keep: n%2 == 0, Body: text("3")}
					switch name {
					case "echo":
						req.Body.Data = make([]byte, 1<<(n%18))
					case "call":
						o := &counter{home: &playground{}}
						req.Body = conn.Message{Data: []byte("incr"), Refs: []any{conn.Export{Key: o, Object: o}}}
					case "stream":
						s, err := a.OpenStream(context.Background())
						if err != nil {
							return
						}
						defer shut(s)
						_, _ = s.Write(make([]byte, 1000))
						_ = s.CloseWrite()
						req.Body = text(id(s))
					}
					p, err := a.Start(context.Background(), req)
					if err != nil {
						return
					}
					if name == "hang" && n%3 > 0 {
						p.Cancel(nil)
						continue
					}
					var lost *conn.LostError
					if _, err := p.Wait(context.Background()); errors.As(err, &lost) {
						return
					} else if err != nil {
						t.Errorf("caller %d: %v", i, err)
						return
					}
				}
			})
		}
		all.Wait()
		if joined(t, a) == nil || joined(t, b) == nil {
			t.Error("Wait says that all is well")
		}
	}
}

// What a peer says of contexts that are held, rightly and not.
func TestHostileWordsOfContexts(t *testing.T) {
	p, served := hostile(t, conn.Limits{MaxExports: 3})
	p.send(&wire.Unheld{Calls: []uint64{0, 1, 1 << 60}}, &wire.Finish{ID: 77, What: 1 << 40, Cause: []byte{0xff}})
	p.send(&wire.Call{ID: 1, Name: "hold", Flags: wire.FlagEnds})
	if ret, ok := p.next().(*wire.Return); !ok || !ret.Held {
		t.Errorf("%+v", ret)
	}
	if n := served.Stats().Held; n != 1 {
		t.Errorf("%d contexts are held", n)
	}
	p.send(&wire.Finish{ID: 1, What: wire.FinishResult}) // not the context
	p.send(&wire.Call{ID: 2, Name: "hold"})              // cannot end: is not held
	if ret, ok := p.next().(*wire.Return); !ok || ret.Held || served.Stats().Held != 1 {
		t.Errorf("%+v, %+v", ret, served.Stats())
	}
	p.send(&wire.Finish{ID: 1, What: 0xff, Reason: "over", Cause: make([]byte, 20<<10)}, &wire.Finish{ID: 1, What: 0xff})
	eventually(t, "it has ended", func() bool { return served.Stats().Held == 0 })

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	held := func(ctx context.Context) {
		t.Helper()
		pending, err := served.Start(ctx, &conn.Request{})
		if err != nil {
			t.Fatal(err)
		}
		p.send(&wire.Return{ID: p.next().(*wire.Call).ID, Held: true})
		if _, err := pending.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	}
	held(ctx)
	held(ctx)
	p.send(&wire.Unheld{Calls: []uint64{1, 1, 9}})
	eventually(t, "one is watched", func() bool { return served.Stats().HeldThere == 1 })
	cancel()
	if f, ok := p.next().(*wire.Finish); !ok || f.ID != 2 || f.What != wire.FinishCanceled {
		t.Errorf("%+v", f)
	}
	more, stop := context.WithCancel(t.Context())
	defer stop()
	for range 3 {
		held(more)
	}
	if _, err := served.Start(more, &conn.Request{}); err != nil {
		t.Fatal(err)
	}
	p.send(&wire.Return{ID: p.next().(*wire.Call).ID, Held: true}) // one too many
	var broke *conn.ProtocolError
	if err := joined(t, served); !errors.As(err, &broke) || !strings.Contains(err.Error(), "more contexts than the limit") {
		t.Error(err)
	}
	if st := served.Stats(); st.HeldThere+st.Held != 0 {
		t.Errorf("left %+v", st)
	}
}

func TestHostileHoldOfWhatCannotEnd(t *testing.T) {
	p, served := hostile(t, conn.Limits{})
	called := make(chan error)
	go func() {
		_, err := served.Call(context.Background(), &conn.Request{})
		called <- err
	}()
	p.send(&wire.Return{ID: p.next().(*wire.Call).ID, Held: true})
	if err := <-called; err == nil || !strings.Contains(err.Error(), "cannot end") {
		t.Error(err)
	}
	over(t, served)
}
