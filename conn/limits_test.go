package conn_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/babble"
	"github.com/rgo-project/rgo/internal/wire"
)

// refused reads the next return, which must be a refusal, and says why.
func (p *rawPeer) refused() (conn.Code, string) {
	p.t.Helper()
	for {
		f := p.next()
		ret, ok := f.(*wire.Return)
		if _, release := f.(*wire.Release); release {
			continue
		}
		if !ok || ret.Status != wire.StatusRefused {
			p.t.Fatalf("%T %+v", f, f)
		}
		r := wire.NewReader(ret.Body.Inline)
		if _, err := r.Array(); err != nil {
			p.t.Fatal(err)
		}
		code, _ := r.Uint()
		text, err := r.Text()
		if err != nil {
			p.t.Fatal(err)
		}
		return conn.Code(code), text
	}
}

// muxFrame writes a frame of yamux, and says whether there is still somebody to take it.
func (p *rawPeer) muxFrame(kind byte, flags uint16, stream, length uint32, body ...byte) bool {
	p.t.Helper()
	head := binary.BigEndian.AppendUint16([]byte{0, kind}, flags)
	head = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(head, stream), length)
	_, err := p.Conn.Write(append(head, body...)) // the end may come before the write is through
	return err == nil
}

// aborted reads until the connection is ended, and checks why: what the peer is told and what is said here.
func (p *rawPeer) aborted(served *conn.Conn, code wire.AbortCode, want string) {
	p.t.Helper()
	for {
		if last, ok := p.next().(*wire.Abort); ok {
			if last.Code != code || !strings.Contains(last.Reason, want) {
				p.t.Errorf("told %+v, want %q", last, want)
			}
			break
		}
	}
	shut(p.mux)
	var broke *conn.ProtocolError
	if err := joined(p.t, served); !errors.As(err, &broke) || !strings.Contains(err.Error(), want) {
		p.t.Errorf("%v, want %q", err, want)
	}
}

func refs(from, to uint64) (all []wire.Ref) {
	for id := from; id <= to; id++ {
		all = append(all, wire.Ref{Kind: wire.RefExport, ID: id})
	}
	return all
}

// Whoever goes beyond a limit is refused, and told which; the connection goes on.
func TestHostileBeyondLimits(t *testing.T) {
	for name, c := range map[string]struct {
		limits conn.Limits
		send   func(p *rawPeer, served *conn.Conn)
		code   conn.Code
		want   string
	}{
		"a long name": {conn.Limits{}, func(p *rawPeer, _ *conn.Conn) {
			p.send(&wire.Call{ID: 1, Name: strings.Repeat("x", 4097)})
		}, conn.CodeTooLarge, "4097 bytes, allowed are 4096"},
		"calls": {conn.Limits{MaxCalls: 2}, func(p *rawPeer, _ *conn.Conn) {
			p.send(&wire.Call{ID: 1, Name: "hang"}, &wire.Call{ID: 2, Name: "hang"}, &wire.Call{ID: 3, Name: "hang"})
		}, conn.CodeTooMany, "2 calls are under way already, the limit (Limits.MaxCalls"},
		"nested calls": {conn.Limits{MaxCalls: 2, MaxNested: 3}, func(p *rawPeer, served *conn.Conn) {
			for range 2 {
				start(p.t, served, &conn.Request{})
			}
			one, two := p.next().(*wire.Call).ID, p.next().(*wire.Call).ID
			p.send(&wire.Call{ID: 1, Name: "hang", Parent: one}, &wire.Call{ID: 2, Name: "hang", Parent: one},
				&wire.Call{ID: 3, Name: "hang", Parent: two}, &wire.Call{ID: 4, Name: "hang", Parent: two})
		}, conn.CodeTooMany, "3 calls nested in others are under way already, the limit (Limits.MaxNested"},
		"nested in one": {conn.Limits{MaxCalls: 2}, func(p *rawPeer, served *conn.Conn) {
			start(p.t, served, &conn.Request{})
			one := p.next().(*wire.Call).ID
			p.send(&wire.Call{ID: 1, Name: "hang", Parent: one}, &wire.Call{ID: 2, Name: "hang", Parent: one}, &wire.Call{ID: 3, Name: "hang", Parent: one})
		}, conn.CodeTooMany, "Limits.MaxCalls"},
		"results": {conn.Limits{MaxResults: 2}, func(p *rawPeer, _ *conn.Conn) {
			p.send(&wire.Call{ID: 1, Name: "echo", Flags: wire.FlagKeep}, &wire.Call{ID: 2, Name: "echo", Flags: wire.FlagKeep})
			p.next()
			p.next()
			p.send(&wire.Call{ID: 3, Name: "echo"})
		}, conn.CodeTooMany, "2 results are kept already, the limit (Limits.MaxResults"},
		"references": {conn.Limits{MaxImports: 3}, func(p *rawPeer, _ *conn.Conn) {
			p.send(&wire.Call{ID: 1, Name: "hang", Refs: refs(1, 3)}, &wire.Call{ID: 2, Name: "echo", Refs: refs(2, 4)})
		}, conn.CodeTooMany, "3 objects of the peer's are held already, and 1 more would pass the limit, 3 (Limits.MaxImports"},
		"objects": {conn.Limits{MaxExports: 2}, func(p *rawPeer, _ *conn.Conn) {
			for id := range uint64(2) {
				p.send(&wire.Call{ID: id + 1, Name: "object"})
				p.next()
			}
			p.send(&wire.Call{ID: 3, Name: "object"})
		}, conn.CodeBadReply, "the peer holds 2 objects already, the limit (Limits.MaxExports"},
		"a body": {conn.Limits{MaxValue: 1000}, func(p *rawPeer, _ *conn.Conn) {
			p.send(&wire.Call{ID: 1, Name: "echo", Body: wire.Body{Number: 1, Length: 1001}})
		}, conn.CodeTooLarge, "1001 bytes for a body, allowed are 1000 (Limits.MaxValue"},
		"bodies that arrive": {conn.Limits{MaxBulk: 1000}, func(p *rawPeer, _ *conn.Conn) {
			p.send(&wire.Call{ID: 1, Name: "echo", Body: wire.Body{Number: 1, Length: 600}}, &wire.Call{ID: 2, Name: "echo", Body: wire.Body{Number: 2, Length: 600}})
		}, conn.CodeTooLarge, "1200 bytes for all bodies that are arriving or in use, allowed are 1000 (Limits.MaxBulk"},
		"bodies in use": {conn.Limits{MaxBulk: 1000}, func(p *rawPeer, _ *conn.Conn) {
			p.send(&wire.Call{ID: 1, Name: "hang", Body: wire.Body{Number: 1, Length: 600}})
			p.piece(1, 600)
			p.send(&wire.Call{ID: 2, Name: "hang", Body: wire.Body{Inline: make([]byte, 400)}}, &wire.Call{ID: 3, Name: "hang", Body: wire.Body{Inline: []byte("x")}})
		}, conn.CodeTooLarge, "1000 bytes of bodies are arriving or in use already, the limit (Limits.MaxBulk"},
	} {
		t.Run(name, func(t *testing.T) {
			p, served := hostile(t, c.limits)
			c.send(p, served)
			if code, text := p.refused(); code != c.code || !strings.Contains(text, c.want) {
				t.Errorf("refused with %d, %q, want %d, %q", code, text, c.code, c.want)
			}
			p.send(&wire.Abort{})
			if err := joined(t, served); err != nil {
				t.Error(err)
			}
		})
	}
}

// Who goes so far beyond one that no refusal can help loses the connection, and is told why.
func TestHostileFarBeyondLimits(t *testing.T) {
	for name, c := range map[string]struct {
		limits conn.Limits
		send   func(p *rawPeer)
		code   wire.AbortCode
		want   string
	}{
		"results of refused calls": {conn.Limits{MaxResults: 10}, func(p *rawPeer) {
			for id := range uint64(30) {
				p.send(&wire.Call{ID: id + 1, Target: 99, Flags: wire.FlagKeep})
			}
		}, wire.AbortLimit, "it keeps 20 results, most of calls that were refused, and may keep 10 (Limits.MaxResults)"},
		"references in one message": {conn.Limits{MaxRefs: 2}, func(p *rawPeer) {
			p.send(&wire.Call{ID: 1, Name: "echo", Refs: refs(1, 3)})
		}, wire.AbortLimit, "3 references in one message, allowed are 2 (Limits.MaxRefs)"},
		"references in a frame": {conn.Limits{}, func(p *rawPeer) {
			p.send(&wire.Call{ID: 1, Name: "echo", Refs: refs(1, 1<<14+1)})
		}, wire.AbortLimit, "limit exceeded"},
		"streams that are not closed": {conn.Limits{MaxStreams: 2}, func(p *rawPeer) {
			for i := uint32(1); p.muxFrame(1, 1, i, 0); i += 2 { // those that come too fast are reset and do not count
			}
		}, wire.AbortLimit, "more than 80 streams that are not closed at both ends, and may have 2 open (Limits.MaxStreams)"},
		"a frame of the multiplexer's of no kind": {conn.Limits{}, func(p *rawPeer) { p.muxFrame(9, 0, 1, 0) }, wire.AbortProtocol, "frames of its multiplexer make no sense"},
		"a stream opened twice": {conn.Limits{}, func(p *rawPeer) {
			p.muxFrame(1, 1, 1, 0)
			p.muxFrame(1, 1, 1, 0)
		}, wire.AbortProtocol, "duplicate stream"},
		"more than a window": {conn.Limits{}, func(p *rawPeer) { p.muxFrame(0, 1, 1, 2<<20, make([]byte, 2<<20)...) }, wire.AbortProtocol, "recv window exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			p, served := hostile(t, c.limits)
			c.send(p)
			p.aborted(served, c.code, c.want)
		})
	}
}

// Streams that nobody asks for are closed, and their opener is told.
func TestHostileStreams(t *testing.T) {
	p, served := hostile(t, conn.Limits{MaxStreams: 2})
	for i := range uint32(3) {
		p.muxFrame(1, 1, 2*i+1, 0)
	}
	if f, ok := p.next().(*wire.Reset); !ok || f.Stream != 5 || !strings.Contains(f.Reason, "2 streams are waiting to be asked for, the limit (Limits.MaxStreams)") {
		t.Errorf("%+v", f)
	}
	if n := served.Stats().Streams; n != 2 {
		t.Errorf("%d streams", n)
	}
	p.send(&wire.Abort{})
	over(t, served)
}

// The multiplexer has a goroutine for each ping until its answer is on the way.
func TestHostilePings(t *testing.T) {
	p, served := hostile(t, conn.Limits{})
	go func() { // ends with the connection
		var batch []byte
		for range 1000 {
			batch = append(batch, 0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1)
		}
		for {
			if _, err := p.Conn.Write(batch); err != nil {
				return
			}
		}
	}()
	var broke *conn.ProtocolError
	if err := joined(t, served); !errors.As(err, &broke) || !strings.Contains(err.Error(), "it sends pings and does not take the answers") {
		t.Error(err)
	}
}

// A return that names more than may be held fails the call that it is for, and what it names goes back.
func TestHostileReturn(t *testing.T) {
	p, served := hostile(t, conn.Limits{MaxImports: 3})
	pending := start(t, served, &conn.Request{Name: "list"})
	p.send(&wire.Return{ID: p.next().(*wire.Call).ID, Refs: refs(1, 4)})
	var refused *conn.CallError
	if _, err := pending.Wait(t.Context()); !errors.As(err, &refused) || refused.Code != conn.CodeTooMany || !strings.Contains(err.Error(), "Limits.MaxImports") {
		t.Error(err)
	}
	if f, ok := p.next().(*wire.Release); !ok || len(f.Counts) != 4 {
		t.Errorf("%+v", f)
	}
	p.send(&wire.Abort{})
	over(t, served)
}

// What a peer gives up in a lane whose first call takes long leaves nothing behind.
func TestGivenUpInLanes(t *testing.T) {
	p, served := hostile(t, conn.Limits{MaxCalls: 10})
	p.send(&wire.Call{ID: 1, Name: "hang", Lane: 1})
	before := runtime.NumGoroutine()
	for id := uint64(2); id < 500; id++ {
		p.send(&wire.Call{ID: id, Name: "echo", Lane: 1}, &wire.Finish{ID: id})
		if code, _ := p.refused(); code != conn.CodeCanceled {
			t.Fatalf("call %d: code %d", id, code)
		}
	}
	if n := runtime.NumGoroutine(); n > before+40 { // some idle, for the next call
		t.Errorf("%d goroutines, %d before", n, before)
	}
	// those behind it still wait for the first, in order
	p.send(&wire.Call{ID: 500, Name: "note", Lane: 1, Body: wire.Body{Inline: []byte("a")}}, &wire.Call{ID: 501, Name: "hang", Lane: 1},
		&wire.Call{ID: 502, Name: "note", Lane: 1, Body: wire.Body{Inline: []byte("b")}}, &wire.Finish{ID: 501})
	if code, _ := p.refused(); code != conn.CodeCanceled {
		t.Errorf("code %d", code)
	}
	p.send(&wire.Call{ID: 503, Name: "echo"})
	if ret := p.next().(*wire.Return); ret.ID != 503 {
		t.Errorf("%+v", ret)
	}
	p.send(&wire.Finish{ID: 1})
	for _, id := range []uint64{1, 500, 502} {
		if ret := p.next().(*wire.Return); ret.ID != id {
			t.Errorf("%+v, want call %d", ret, id)
		}
	}
	p.send(&wire.Abort{})
	over(t, served)
}

// Results that are asked for and not read wait here, as many as the limit allows.
func TestResultsThatAreNotRead(t *testing.T) {
	near, far, err := babble.Link()
	if err != nil {
		t.Fatal(err)
	}
	defer shut(near)
	accepted := make(chan *conn.Conn, 1)
	go func() {
		c, err := conn.Accept(context.Background(), far, quiet(conn.Config{Bind: play, Limits: conn.Limits{MaxBulk: 3 << 20}}))
		if err != nil {
			t.Error(err)
		}
		accepted <- c
	}()
	if err := babble.Shake(near); err != nil {
		t.Fatal(err)
	}
	served := <-accepted
	const size = 1200 << 10
	for n := range uint64(3) {
		all := wire.AppendFrame(nil, &wire.Call{ID: n + 1, Name: "echo", Body: wire.Body{Number: n + 1, Length: size}})
		all = append(wire.AppendPieceHead(all, n+1, size), make([]byte, size)...)
		if _, err := near.Write(all); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it has been run", func() bool { return served.Stats().Served == n+1 && served.Stats().PendingIn == 0 })
	}
	told := make([]byte, 2*size+1000) // two results, and why there is no third
	if err := near.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	n, err := io.ReadAtLeast(near, told, 2*size+400)
	told = told[:n]
	if want := "2457600 bytes of results wait to be read already, and with 1228800 more they would pass the limit, 3145728 (Limits.MaxBulk of who sends them)"; !bytes.Contains(told, []byte(want)) {
		t.Errorf("%d bytes came back, without %q, %v", len(told), want, err)
	}
	shut(near)
	over(t, served)
}

// A cause can be as long as a frame; what is kept of it is not.
func TestHostileReason(t *testing.T) {
	p, served := hostile(t, conn.Limits{})
	p.send(&wire.Call{ID: 1, Name: "hang"}, &wire.Finish{ID: 1, Reason: strings.Repeat("x", 200<<10)})
	if ret := p.next().(*wire.Return); ret.Status != wire.StatusFailed && ret.Status != wire.StatusRefused || len(ret.Body.Inline) > 2<<10 {
		t.Errorf("status %d, %d bytes", ret.Status, len(ret.Body.Inline))
	}
	p.send(&wire.Abort{})
	over(t, served)
}

// An honest user who comes to a limit learns which it is, where it is set, and what its value is.
func TestHonestBeyondLimits(t *testing.T) {
	some := func(n int) (all []any) {
		for range n {
			all = append(all, conn.Export{Object: new(int)})
		}
		return all
	}
	call := func(c *conn.Conn, req conn.Request) error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		ret, err := c.Call(ctx, &req)
		if err == nil && ret.Failed {
			err = errors.New(string(ret.Body.Data))
		}
		return err
	}
	keep := func(t *testing.T, c *conn.Conn, n int, req conn.Request) {
		for range n {
			p := start(t, c, &req)
			t.Cleanup(func() { runtime.KeepAlive(p) })
			if req.Keep {
				if _, err := p.Wait(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for name, c := range map[string]struct {
		here, there conn.Limits
		do          func(t *testing.T, c *conn.Conn) error
		want        string
	}{
		"MaxValue": {there: conn.Limits{MaxFrame: 100, MaxValue: 1000}, want: "a body of 2000 bytes, the peer allows 1000 (Limits.MaxValue there)", do: func(_ *testing.T, c *conn.Conn) error {
			return call(c, conn.Request{Name: "echo", Body: conn.Message{Data: make([]byte, 2000)}})
		}},
		"MaxValue of results": {here: conn.Limits{MaxFrame: 100, MaxValue: 1000}, want: `the result of "echo" cannot be sent: conn: a body of 2000 bytes, the peer allows 1000 (Limits.MaxValue there)`, do: func(_ *testing.T, c *conn.Conn) error {
			return call(c, conn.Request{Name: "echo", Body: conn.Message{Data: make([]byte, 2000)}})
		}},
		"MaxBulk": {there: conn.Limits{MaxFrame: 100, MaxBulk: 1000}, want: "2000 bytes for all bodies that are arriving or in use, allowed are 1000 (Limits.MaxBulk of who gets them)", do: func(_ *testing.T, c *conn.Conn) error {
			return call(c, conn.Request{Name: "echo", Body: conn.Message{Data: make([]byte, 2000)}})
		}},
		"MaxBulk of results": {here: conn.Limits{MaxFrame: 100, MaxBulk: 1000}, want: "2000 bytes for all bodies that are arriving or in use, allowed are 1000 (Limits.MaxBulk of who gets them)", do: func(_ *testing.T, c *conn.Conn) error {
			return call(c, conn.Request{Name: "echo", Body: conn.Message{Data: make([]byte, 2000)}})
		}},
		"MaxRefs": {there: conn.Limits{MaxRefs: 2}, want: "3 references in one message, allowed are 2 (the smaller Limits.MaxRefs of both ends)", do: func(_ *testing.T, c *conn.Conn) error {
			return call(c, conn.Request{Name: "echo", Body: conn.Message{Refs: some(3)}})
		}},
		"MaxCalls": {there: conn.Limits{MaxCalls: 2}, want: "2 calls are under way already, the limit (Limits.MaxCalls of who serves them)", do: func(t *testing.T, c *conn.Conn) error {
			keep(t, c, 2, conn.Request{Name: "hang"})
			return call(c, conn.Request{Name: "echo"})
		}},
		"MaxNested": {here: conn.Limits{MaxNested: 1}, want: "1 calls nested in others are under way already, the limit (Limits.MaxNested of who serves them)", do: func(_ *testing.T, c *conn.Conn) error {
			return call(c, conn.Request{Name: "down", Body: text("5")})
		}},
		"MaxDepth": {there: conn.Limits{MaxDepth: 3}, want: "3 calls nested in each other, the limit (Limits.MaxDepth of who serves them)", do: func(_ *testing.T, c *conn.Conn) error {
			return call(c, conn.Request{Name: "down", Body: text("9")})
		}},
		"MaxResults": {there: conn.Limits{MaxResults: 2}, want: "2 results are kept already, the limit (Limits.MaxResults of who keeps them): release some", do: func(t *testing.T, c *conn.Conn) error {
			keep(t, c, 2, conn.Request{Name: "object", Keep: true})
			return call(c, conn.Request{Name: "echo"})
		}},
		"MaxExports": {there: conn.Limits{MaxExports: 2}, want: `the result of "objects" cannot be sent: reference 2 of the message: the peer holds 2 objects already, the limit (Limits.MaxExports of who hands them out)`, do: func(_ *testing.T, c *conn.Conn) error {
			return call(c, conn.Request{Name: "objects", Body: text("3")})
		}},
		"MaxExports of arguments": {here: conn.Limits{MaxExports: 2}, want: "reference 2 of the message: the peer holds 2 objects already, the limit (Limits.MaxExports of who hands them out)", do: func(_ *testing.T, c *conn.Conn) error {
			return call(c, conn.Request{Name: "echo", Body: conn.Message{Refs: some(3)}})
		}},
		"MaxImports": {here: conn.Limits{MaxImports: 2}, want: `the result of "objects" cannot be taken: 0 objects of the peer's are held already, and 3 more would pass the limit, 2 (Limits.MaxImports of who holds them)`, do: func(_ *testing.T, c *conn.Conn) error {
			return call(c, conn.Request{Name: "objects", Body: text("3")})
		}},
		"MaxStreams": {there: conn.Limits{MaxStreams: 2}, want: "opening a stream, 2 are open, the limit (the smaller Limits.MaxStreams of both ends): ", do: func(t *testing.T, c *conn.Conn) error {
			for range 2 {
				s, err := c.OpenStream(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { shut(s) })
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer cancel()
			_, err := c.OpenStream(ctx)
			return err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			left, right := linkPair(t)
			a, b := shakePair(t, left, right, conn.Config{Bind: play, Limits: c.here}, conn.Config{Bind: play, Limits: c.there})
			if err := c.do(t, a); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v\nwant %q", err, c.want)
			}
			if err := call(a, conn.Request{Name: "notes"}); err != nil && !strings.Contains(err.Error(), "already") {
				t.Errorf("afterwards: %v", err)
			}
			shut(a)
			over(t, a)
			over(t, b)
		})
	}
}

// What a hostile peer can have us hold is bounded by the limits, each times what one costs.
func TestHostileMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("fills tables")
	}
	const n = 2048
	for name, c := range map[string]struct {
		limits conn.Limits
		each   int // bytes, generously
		send   func(p *rawPeer)
	}{
		"calls": {conn.Limits{MaxCalls: n}, 16 << 10, func(p *rawPeer) {
			for id := range uint64(2 * n) {
				p.send(&wire.Call{ID: id + 1, Name: "hang"})
			}
		}},
		"results": {conn.Limits{MaxResults: n}, 4 << 10, func(p *rawPeer) {
			for id := range uint64(2 * n) {
				p.send(&wire.Call{ID: id + 1, Name: "echo", Flags: wire.FlagKeep, Body: wire.Body{Inline: make([]byte, 20<<10)}})
			}
		}},
		"results of calls that were not run": {conn.Limits{MaxResults: n}, 4 << 10, func(p *rawPeer) {
			for id := range uint64(n) {
				p.send(&wire.Call{ID: id + 1, Name: "echo", Timeout: 1, Flags: wire.FlagKeep, Body: wire.Body{Inline: make([]byte, 20<<10)}})
			}
		}},
		"references": {conn.Limits{MaxImports: 16 * n}, 16 << 10, func(p *rawPeer) {
			for id := range uint64(n) {
				p.send(&wire.Call{ID: id + 1, Name: "hang", Refs: refs(100*id+1, 100*id+100)})
			}
		}},
		"bodies": {conn.Limits{MaxBulk: 4096 * n}, 16 << 10, func(p *rawPeer) {
			for id := range uint64(n) {
				p.send(&wire.Call{ID: id + 1, Name: "hang", Lane: 1, Body: wire.Body{Inline: make([]byte, 30<<10)}})
			}
		}},
		"contexts": {conn.Limits{}, 16 << 10, func(p *rawPeer) {
			for id := range uint64(n) {
				p.send(&wire.Call{ID: id + 1, Name: "hold", Flags: wire.FlagEnds})
			}
		}},
		"lanes": {conn.Limits{MaxCalls: n}, 16 << 10, func(p *rawPeer) {
			for id := range uint64(4 * n) {
				p.send(&wire.Call{ID: id + 1, Name: "hang", Lane: id + 1})
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p, served := hostile(t, c.limits)
			go func() {
				for range p.frames { // what it is told
				}
			}()
			before := held()
			c.send(p)
			ping := make(chan struct{})
			go func() { // everything before it has been read
				defer close(ping)
				_, _ = p.mux.Ping()
			}()
			<-ping
			used := held() - before
			for end := time.Now().Add(20 * time.Second); used > n*int64(c.each) && time.Now().Before(end); used = held() - before {
				time.Sleep(20 * time.Millisecond) // what has been read may still have to be run
			}
			if used > n*int64(c.each) {
				t.Errorf("%d bytes are held: %d each, allowed are %d", used, used/n, c.each)
			} else {
				t.Logf("%d bytes each", used/n)
			}
			p.send(&wire.Abort{})
			over(t, served)
		})
	}
}

// held is the memory in use.
func held() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
