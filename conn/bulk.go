package conn

import (
	"context"
	"io"

	"github.com/rgo-project/rgo/internal/wire"
)

// Bodies above the limit for a frame travel on a stream of their own, in small writes, so that the frames of other calls pass between.

// packed is a body on its way out.
type packed struct {
	wire   wire.Body
	stream *Stream // if not nil, where bulk is to be written once the frame is queued
	bulk   []byte
}

// packBody decides how data travel. What does not fit the peer's limits is refused here, before anything is sent.
func (c *Conn) packBody(ctx context.Context, data []byte) (packed, error) {
	if len(data) <= min(c.limits.MaxFrame, c.theirs.MaxFrame) {
		return packed{wire: wire.Body{Inline: data}}, nil
	}
	if len(data) > c.theirs.MaxValue {
		return packed{}, refuse(CodeTooLarge, "a body of %d bytes, the peer allows %d", len(data), c.theirs.MaxValue)
	}
	s, err := c.OpenStream(ctx)
	if err != nil {
		return packed{}, err
	}
	s.named(false)
	return packed{wire: wire.Body{Stream: s.ID(), Length: uint64(len(data))}, stream: s, bulk: data}, nil
}

// abandon gives up a body whose frame was not queued.
func (b *packed) abandon() {
	if b.stream != nil {
		_ = b.stream.Close() // the reason is told elsewhere
	}
}

// sendBody writes a body and closes its stream. It fails only if the peer or we gave the call up, or the connection ended; each of these is told elsewhere.
func (c *Conn) sendBody(s *Stream, data []byte) {
	if _, err := s.Write(data); err != nil {
		_ = s.Close()
		return
	}
	s.Retire()
}

// receiveBody reads a body from its stream. What is announced is not believed: memory grows with what has arrived.
func (c *Conn) receiveBody(stop <-chan struct{}, body wire.Body) ([]byte, error) {
	if err := c.reserve(body); err != nil {
		return nil, err
	}
	defer c.unreserve(body)
	s, err := c.claim(stop, body.Stream)
	if err != nil {
		return nil, err
	}
	watched := make(chan struct{})
	defer close(watched)
	c.spawn(func() { // ends with this function; joined by Wait
		select {
		case <-stop:
			s.abort(errGivenUp)
		case <-watched:
		}
	})
	const atOnce = 4 << 20
	data := make([]byte, min(body.Length, atOnce))
	for have := 0; ; {
		n, err := io.ReadFull(s, data[have:])
		if have += n; err != nil {
			_ = s.Close() // err is better
			return nil, refuse(CodeBadBody, "the body broke off after %d of %d bytes: %v", have, body.Length, err)
		}
		if uint64(have) == body.Length {
			s.Retire()
			return data, nil
		}
		more := make([]byte, min(body.Length, 2*uint64(have)))
		copy(more, data)
		data = more
	}
}

// reserve counts a body against the limits.
func (c *Conn) reserve(body wire.Body) *CallError {
	c.mu.Lock()
	defer c.mu.Unlock()
	st := &c.s.streams
	most, what := uint64(c.limits.MaxValue), "a body"
	length := body.Length
	if length <= most {
		length, most, what = length+st.arriving, uint64(c.limits.MaxBulk), "all bodies that are arriving"
	}
	if length > most {
		st.refuse(c, body.Stream, "too large")
		return refuse(CodeTooLarge, "%d bytes for %s, allowed are %d", length, what, most)
	}
	st.arriving += body.Length
	return nil
}

func (c *Conn) unreserve(body wire.Body) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.s.streams.arriving -= body.Length
}
