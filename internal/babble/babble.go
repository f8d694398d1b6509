// Package babble is a peer for tests that says what bytes tell it to say: whatever frames, in whatever order, whole or damaged. Fuzzing finds the bytes.
package babble

import (
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/rgo-project/rgo/internal/wire"
)

// Shake is the dialler's half of an honest handshake, without a token.
func Shake(rw io.ReadWriter) error {
	hello := wire.AppendMap(nil, 1)
	hello = wire.AppendBytes(wire.AppendText(hello, "nonce"), make([]byte, 32))
	if _, err := rw.Write(append([]byte{'r', 'g', 'o', 1, 0, byte(len(hello))}, hello...)); err != nil {
		return fmt.Errorf("babble: %w", err)
	}
	head := make([]byte, 6)
	if _, err := io.ReadFull(rw, head); err != nil {
		return fmt.Errorf("babble: %w", err)
	}
	if _, err := io.ReadFull(rw, make([]byte, binary.BigEndian.Uint16(head[4:]))); err != nil {
		return fmt.Errorf("babble: %w", err)
	}
	return nil
}

// Vocabulary is what there is to say beside numbers, which are small, so that they often mean something.
type Vocabulary struct {
	Names  []string // of calls
	Ops    byte     // operations below this one
	Bodies [][]byte
}

// Speak reads data as a program, each byte of which chooses something, and returns what goes over the wire.
func (v *Vocabulary) Speak(data []byte) []byte {
	s := speaker{Vocabulary: v, data: data}
	for len(s.data) > 0 {
		s.say()
	}
	return s.out
}

type speaker struct {
	*Vocabulary
	data   []byte
	out    []byte
	calls  uint64 // the last that was begun
	bodies uint64 // the last that was announced
}

// next is the next choice among n.
func (s *speaker) next(n byte) uint64 {
	if len(s.data) == 0 || n == 0 {
		return 0
	}
	b := s.data[0] % n
	s.data = s.data[1:]
	return uint64(b)
}

// say says one thing.
func (s *speaker) say() {
	switch s.next(16) {
	case 0, 1, 2, 3, 4:
		s.frame(s.call())
	case 5:
		s.frame(&wire.Return{ID: 1 + s.next(4), Status: wire.Status(s.next(3)), Held: s.next(2) == 1, Refs: s.refs(), Body: s.body()})
	case 6:
		s.frame(&wire.Finish{ID: s.next(12), What: s.next(9), Cause: make([]byte, s.next(3))})
	case 7:
		s.frame(&wire.Release{Counts: []wire.Count{{ID: s.next(6), N: s.next(3)}}})
	case 8:
		s.frame(&wire.Reset{Stream: uint32(s.next(8)), Code: wire.ResetCode(s.next(2))})
	case 9:
		s.frame(&wire.Unheld{Calls: []uint64{s.next(4), s.next(4)}})
	case 10:
		s.frame([]wire.Frame{&wire.Ping{}, &wire.Ping{Answer: true}, &wire.GoAway{Reason: "tired"}, &wire.Unknown{Kind: 40}, &wire.Unimplemented{Kind: 40}, &wire.Abort{}}[s.next(6)])
	case 11, 12:
		n := int(s.next(5))
		s.out = append(wire.AppendPieceHead(s.out, 1+s.next(4), n), make([]byte, n)...)
	case 13:
		s.mux()
	case 14: // what comes next is damaged
		at := len(s.out)
		where, how := int(s.next(64)), byte(1)<<s.next(8)
		if s.say(); at+where < len(s.out) {
			s.out[at+where] ^= how
		}
	default:
		n := min(int(s.next(8)), len(s.data))
		s.out = append(s.out, s.data[:n]...)
		s.data = s.data[n:]
	}
}

func (s *speaker) frame(f wire.Frame) { s.out = wire.AppendFrame(s.out, f) }

func (s *speaker) call() *wire.Call {
	s.calls += 1 + s.next(40)/39
	return &wire.Call{
		ID: s.calls, Target: int64(s.next(8)) - 4, Op: uint8(s.next(s.Ops)), Name: s.Names[s.next(byte(len(s.Names)))], Want: uint8(s.next(4)), Lane: s.next(3), Parent: s.next(3),
		Timeout: time.Duration(s.next(3)) * time.Millisecond, Flags: s.next(8), Refs: s.refs(), Body: s.body(),
	}
}

func (s *speaker) refs() (refs []wire.Ref) {
	for range s.next(3) {
		refs = append(refs, wire.Ref{Kind: wire.RefKind(s.next(3)), ID: s.next(5)})
	}
	return refs
}

// body is one of those that are known, as it is or damaged, or one that is announced.
func (s *speaker) body() wire.Body {
	switch how := s.next(8); how {
	case 0:
		s.bodies++
		return wire.Body{Number: s.bodies, Length: s.next(9)}
	case 1:
		body := append([]byte(nil), s.Bodies[s.next(byte(len(s.Bodies)))]...)
		if at := int(s.next(64)); at < len(body) {
			body[at] ^= 1 << s.next(8)
		}
		return wire.Body{Inline: body}
	default:
		return wire.Body{Inline: s.Bodies[s.next(byte(len(s.Bodies)))]}
	}
}

// mux says something of the multiplexer's.
func (s *speaker) mux() {
	head := []byte{0, byte(s.next(5))}
	head = binary.BigEndian.AppendUint16(head, uint16(s.next(16)))
	head = binary.BigEndian.AppendUint32(head, uint32(s.next(8)))
	n := s.next(6)
	head = binary.BigEndian.AppendUint32(head, uint32(n))
	if head[1] == 0 {
		head = append(head, make([]byte, n)...)
	}
	s.out = append(s.out, head...)
}
