package conn

import (
	"bufio"
	"errors"
	"fmt"

	"github.com/rgo-project/rgo/internal/wire"
)

// read reads until the connection ends, or until the peer opens a bulk stream: then the multiplexer, which joins its goroutines when it is closed, reads on.
func (c *Conn) read() {
	if c.carrier.serve() != nil {
		return
	}
	if _, err := c.multiplexer(); err != nil { // the connection has ended
		c.carrier.drain()
		return
	}
	close(c.carrier.handed)
}

// readFrame is the reader: it takes frames in their order, does what depends on that order, and hands on the rest. It never runs a
// handler, and never waits for one, nor for the writer. What it is given is good until the next frame.
func (c *Conn) readFrame(from *bufio.Reader) error {
	if mark, err := from.Peek(1); err == nil && mark[0] == wire.PieceMark {
		return c.readPiece(from)
	}
	f, size, err := c.frames.Next(from)
	c.counts.bytesIn.Add(uint64(size))
	if err == nil {
		c.counts.framesIn.Add(1)
		err = c.receive(f)
	}
	if err != nil {
		c.endReading(err)
	}
	return err
}

// receive handles one frame. An error ends the connection.
func (c *Conn) receive(f wire.Frame) error {
	switch f := f.(type) {
	case *wire.Call:
		return c.receiveCall(f)
	case *wire.Return:
		return c.receiveReturn(f)
	case *wire.Finish:
		c.receiveFinish(f)
	case *wire.Release:
		return c.receiveRelease(f)
	case *wire.GoAway:
		c.receiveGoAway(f)
	case *wire.Reset:
		c.receiveReset(f)
	case *wire.Ping:
		c.receivePing(f)
	case *wire.Unheld:
		c.receiveUnheld(f)
	case *wire.Abort:
		return &aborted{f}
	case *wire.Unimplemented:
		return &ProtocolError{ByPeer: true, Text: fmt.Sprintf("frames of kind %d are unknown to it", f.Kind)}
	case *wire.Unknown:
		c.mu.Lock()
		c.queueFrame(&wire.Unimplemented{Kind: f.Kind})
		c.mu.Unlock()
	}
	return nil
}

// aborted is the peer's last word.
type aborted struct{ *wire.Abort }

func (e *aborted) Error() string { return "conn: aborted by the peer: " + e.Reason }

// endReading ends the connection for what the reader met.
func (c *Conn) endReading(err error) {
	var last *aborted
	var broke *ProtocolError
	switch {
	case errors.As(err, &last):
		if last.Code == wire.AbortBye {
			c.end(nil, errPeerClosed, nil)
			return
		}
		err = fmt.Errorf("conn: connection ended by %s: %s", c.peer.title(), last.Reason)
		if last.Code == wire.AbortProtocol || last.Code == wire.AbortLimit {
			err = &ProtocolError{ByPeer: true, Text: last.Reason}
		}
		c.end(err, err, nil)
	case errors.Is(err, wire.ErrLimit):
		err = &ProtocolError{Text: err.Error()}
		c.end(err, err, &wire.Abort{Code: wire.AbortLimit, Reason: clip(err.Error(), maxReason)})
	case errors.As(err, &broke), errors.Is(err, wire.ErrMalformed):
		if broke == nil {
			err = &ProtocolError{Text: err.Error()}
		}
		code := wire.AbortProtocol
		if broke != nil && broke.limit {
			code = wire.AbortLimit
		}
		c.end(err, err, &wire.Abort{Code: code, Reason: clip(err.Error(), maxReason)})
	default:
		err = c.lost(err)
		c.end(err, err, nil)
	}
}
