package conn

import (
	"bufio"
	"io"

	"github.com/rgo-project/rgo/internal/wire"
)

// Bodies above the limit for a frame are announced in one and travel behind it in pieces, so that the frames of other calls pass between. Nobody
// waits for room on the way: who is to get a body keeps all of it anyway.

// packed is a body on its way out.
type packed struct {
	wire wire.Body
	bulk [][]byte // what is to go in pieces
	free func()   // see Message.Free
}

// packBody decides how a body travels. What does not fit the peer's limits is refused here, before anything is sent.
func (c *Conn) packBody(m *Message) (packed, error) {
	n := m.size()
	if n > min(c.limits.MaxFrame, c.theirs.MaxFrame) {
		if n > c.theirs.MaxValue {
			return packed{}, refuse(CodeTooLarge, "a body of %d bytes, the peer allows %d (Limits.MaxValue there)", n, c.theirs.MaxValue)
		}
		return packed{wire: wire.Body{Length: uint64(n)}, bulk: append([][]byte{m.Data}, m.Tail...), free: m.Free}, nil
	}
	data := m.Data
	for _, part := range m.Tail {
		data = append(data, part...)
	}
	if m.Free != nil {
		m.Free()
	}
	return packed{wire: wire.Body{Inline: data}}, nil
}

// size is the length of the value.
func (m *Message) size() int {
	n := len(m.Data)
	for _, part := range m.Tail {
		n += len(part)
	}
	return n
}

// announce gives a body that goes in pieces its number. The mutex is held.
func (c *Conn) announce(body *packed) {
	if body.bulk != nil {
		c.s.lastBody++
		body.wire.Number = c.s.lastBody
	}
}

// incoming is a body of the peer's that has been announced.
type incoming struct {
	length uint64

	// Of the reader until the body has come, or has broken off.
	data []byte
	have uint64

	// Guarded by the connection's mutex.
	unwanted bool   // its pieces are passed over
	counted  uint64 // its bytes in state.arriving, unless a call answers for them
	then     func() // if not nil, called when it has come, or has broken off; the mutex is held
	err      *CallError
}

// expect takes up the announcement of a body. The mutex is held.
func (c *Conn) expect(body wire.Body, wanted bool) (*incoming, error) {
	if body.Number <= c.s.lastIncoming {
		return nil, &ProtocolError{Text: "it announced body " + utoa(body.Number) + " after body " + utoa(c.s.lastIncoming)}
	}
	if most := 2*c.limits.MaxCalls + c.limits.MaxResults; len(c.s.incoming) >= most {
		return nil, &ProtocolError{Text: "it announced more bodies than it sends: " + utoa(uint64(most)) + " are missing"}
	}
	c.s.lastIncoming = body.Number
	in := &incoming{length: body.Length}
	if c.s.incoming == nil {
		c.s.incoming = make(map[uint64]*incoming)
	}
	c.s.incoming[body.Number] = in
	most, what, length := uint64(c.limits.MaxValue), "a body, allowed are %d (Limits.MaxValue of who gets it)", body.Length
	if length <= most {
		length, most, what = length+c.s.arriving, uint64(c.limits.MaxBulk), "all bodies that are arriving or in use, allowed are %d (Limits.MaxBulk of who gets them)"
	}
	switch {
	case !wanted:
		in.unwanted = true
	case length > most:
		in.unwanted, in.err = true, refuse(CodeTooLarge, "%d bytes for "+what, length, most)
	default:
		in.counted = in.length
		c.s.arriving += in.counted
	}
	return in, nil
}

// unwant says that nobody wants a body any more. The mutex is held.
func (c *Conn) unwant(in *incoming) {
	in.then = nil
	if !in.unwanted && in.have < in.length {
		in.unwanted = true
		c.uncount(in)
	}
}

// uncount takes the bytes of a body out of the sum. The mutex is held.
func (c *Conn) uncount(in *incoming) {
	c.s.arriving -= in.counted
	in.counted = 0
}

// readPiece is the reader of pieces: it reads each to where it belongs. What is announced is not believed: memory grows with what has arrived.
func (c *Conn) readPiece(from *bufio.Reader) error {
	head, err := from.Peek(wire.PieceHead)
	if err != nil {
		c.endReading(err)
		return err
	}
	number, n := wire.ParsePieceHead(head)
	if _, err = from.Discard(wire.PieceHead); err == nil {
		err = c.takePiece(from, number, uint64(n))
	}
	if err != nil {
		c.endReading(err)
	}
	c.counts.bytesIn.Add(uint64(n) + wire.PieceHead)
	return err
}

func (c *Conn) takePiece(from *bufio.Reader, number, n uint64) error {
	c.mu.Lock()
	in := c.s.incoming[number]
	unwanted := in != nil && in.unwanted
	c.mu.Unlock()
	switch {
	case in == nil:
		return &ProtocolError{Text: "it sent a piece of body " + utoa(number) + ", which is not under way"}
	case n > in.length-in.have:
		return &ProtocolError{Text: "it sent more of body " + utoa(number) + " than it had announced"}
	case unwanted:
		in.data = nil
		if _, err := from.Discard(int(n)); err != nil {
			return err
		}
	default:
		reserve.useFor(number)
		if err := in.read(from, n); err != nil {
			return err
		}
	}
	in.pass(c, number, n)
	return nil
}

// read reads the next n bytes of a body.
func (in *incoming) read(from io.Reader, n uint64) error {
	const atOnce = 4 << 20
	if end := in.have + n; end > uint64(len(in.data)) {
		more := make([]byte, min(in.length, max(2*in.have, end, atOnce)))
		copy(more, in.data[:in.have])
		in.data = more
	}
	_, err := io.ReadFull(from, in.data[in.have:in.have+n])
	return err
}

// pass notes that n more bytes have come, or, if there are none, that no more will.
func (in *incoming) pass(c *Conn, number, n uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	in.have += n
	if n > 0 && in.have < in.length {
		return
	}
	delete(c.s.incoming, number)
	if len(c.s.incoming) == 0 {
		c.s.incoming = nil // a map does not shrink by itself
	}
	if in.unwanted {
		return
	}
	in.unwanted = true
	c.uncount(in)
	if in.have < in.length {
		in.err = refuse(CodeBadBody, "the body broke off after %d of %d bytes", in.have, in.length)
	}
	if in.then != nil {
		in.then()
	}
}
