package conn_test

import (
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// program reads fuzz bytes as a sequence of protocol actions with small numbers, so that they often mean something.
type program struct {
	data  []byte
	calls uint64
}

func (p *program) next(most byte) uint64 {
	if len(p.data) == 0 {
		return 0
	}
	v := p.data[0] % most
	p.data = p.data[1:]
	return uint64(v)
}

func (p *program) refs() (refs []wire.Ref) {
	for range p.next(3) {
		refs = append(refs, wire.Ref{Kind: wire.RefKind(p.next(3)), ID: p.next(4)})
	}
	return refs
}

func (p *program) frame() wire.Frame {
	switch p.next(10) {
	case 0, 1, 2:
		names := []string{"echo", "object", "hang", "kind", "call", "down", "fail", "goexit", "hold", "ask"}
		p.calls += 1 + p.next(40)/39
		return &wire.Call{
			ID: p.calls, Target: int64(p.next(6)) - 3, Name: names[p.next(byte(len(names)))], Lane: p.next(3), Parent: p.next(3),
			Timeout: time.Duration(p.next(2)) * time.Millisecond, Flags: p.next(8), Refs: p.refs(), Body: wire.Body{Inline: []byte("2")},
		}
	case 3:
		return &wire.Return{ID: p.next(3), Status: wire.Status(p.next(3)), Held: p.next(2) == 1, Refs: p.refs(), Body: wire.Body{Inline: []byte{0x82, 0x01, 0x60}}}
	case 4:
		return &wire.Finish{ID: p.next(8), What: p.next(9), Cause: make([]byte, p.next(3))}
	case 5:
		return &wire.Release{Counts: []wire.Count{{ID: p.next(4), N: p.next(3)}}}
	case 6:
		return &wire.Reset{Stream: uint32(p.next(8)), Code: wire.ResetCode(p.next(2))}
	case 7:
		return &wire.Unheld{Calls: []uint64{p.next(4), p.next(4)}}
	case 8:
		return &wire.Ping{Answer: p.next(2) == 1}
	default:
		return &wire.Unknown{Kind: wire.FrameKind(40 + p.next(4))}
	}
}

// FuzzConversation: whatever a peer says, in whatever order, nothing panics, hangs or leaks.
func FuzzConversation(f *testing.F) {
	f.Add([]byte{0, 3, 1, 0, 0, 0, 0, 0, 5, 1, 1})
	f.Add([]byte{0, 0, 3, 1, 0, 0, 1, 1, 0, 0, 3, 4, 0, 0, 1, 2, 1})
	f.Add([]byte{1, 0, 2, 2, 0, 0, 0, 0, 1, 2, 2, 4, 4, 1})
	f.Add([]byte{0, 8, 0, 1, 0, 0, 0, 0, 4, 0, 4, 1, 2, 1, 7, 1, 1})             // a held context that ends
	f.Add([]byte{0, 9, 0, 1, 0, 0, 0, 0, 0, 0, 3, 1, 0, 1, 0, 7, 1, 0, 3, 1, 0}) // a context of ours that the peer holds
	f.Fuzz(func(t *testing.T, data []byte) {
		p, served := hostile(t, conn.Limits{MaxCalls: 4, MaxDepth: 3, MaxResults: 3})
		var all []byte
		for prog := (&program{data: data}); len(prog.data) > 0; {
			all = wire.AppendFrame(all, prog.frame())
		}
		_, _ = p.Conn.Write(all) // the end may come before the write is through
		shut(p.mux)
		over(t, served)
	})
}
