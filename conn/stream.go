package conn

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/hashicorp/yamux"

	"github.com/rgo-project/rgo/internal/wire"
)

// chunk is how much is written to a bulk stream at once: it is how long the frame of a small call may have to wait.
const chunk = 32 << 10

// Stream is a bulk stream: bytes both ways, with backpressure, beside the calls. One goroutine may read while another writes; all other
// methods may be called at any time.
type Stream struct {
	c     *Conn
	s     *yamux.Stream
	ours  bool // opened by us
	since time.Duration

	mu        sync.Mutex
	given     error // why we have given it up; nil if we have not
	rejected  error // the peer does not read it any more
	finished  bool  // nothing more is written
	exhausted bool  // the peer has written its last
	gone      bool  // out of the tables
}

// ID is the number by which both ends know the stream.
func (s *Stream) ID() uint32 { return s.s.StreamID() }

// Read reads what the peer has written. At its end it returns io.EOF; if the connection was lost before, a *LostError.
func (s *Stream) Read(p []byte) (int, error) {
	if err := s.mayRead(); err != nil {
		return 0, err
	}
	n, err := s.s.Read(p)
	s.c.counts.bytesIn.Add(uint64(n))
	if n > 0 {
		return n, nil // an error beside bytes is about telling the peer of them, who may be gone; what it wrote is here all the same
	}
	if err != nil {
		err = s.explain("read", err)
	}
	return n, err
}

func (s *Stream) mayRead() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.given
}

// Write writes p, in small pieces, and waits when the peer is slow to read.
func (s *Stream) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		if err := s.mayWrite(); err != nil {
			return n, err
		}
		wrote, err := s.s.Write(p[:min(len(p), chunk)])
		n += wrote
		s.c.counts.bulkSent.Add(uint64(wrote))
		if err != nil {
			return n, s.explain("write", err)
		}
		p = p[wrote:]
	}
	return n, nil
}

func (s *Stream) mayWrite() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.given != nil:
		return s.given
	case s.finished:
		return fmt.Errorf("conn: write on stream %d after CloseWrite: %w", s.ID(), net.ErrClosed)
	}
	return s.rejected
}

// explain makes of yamux's errors what they mean here.
func (s *Stream) explain(what string, err error) error {
	s.mu.Lock()
	given, rejected := s.given, s.rejected
	if err == io.EOF {
		s.exhausted = true
	}
	s.mu.Unlock()
	var timeout *yamux.NetError
	switch {
	case given != nil:
		return given
	case what == "write" && rejected != nil:
		return rejected
	case errors.Is(err, yamux.ErrConnectionWriteTimeout):
		// yamux would go on, with what it has not written still in its queue.
		lost := s.c.lost(fmt.Errorf("the peer has not read for %v: %w", s.c.cfg.WriteTimeout, os.ErrDeadlineExceeded))
		s.c.end(lost, lost, nil)
		return lost
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("conn: %s on stream %d: %w", what, s.ID(), os.ErrDeadlineExceeded)
	}
	why, cause, ended := s.c.outcome()
	switch {
	case err == io.EOF && (!ended || why == nil): // yamux says EOF for a lost connection too
		return err
	case ended:
		return &LostError{Cause: cause, MayHaveRun: true}
	}
	return fmt.Errorf("conn: %s on stream %d: %w", what, s.ID(), err)
}

// outcome says whether and how the connection has ended, which follows from the end of the multiplexer.
func (c *Conn) outcome() (why, cause error, ended bool) {
	if c.mux.IsClosed() {
		<-c.ending
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.s.why, c.s.cause, c.s.ended
}

// CloseWrite says that nothing more will be written: the peer reads to the end. Reading goes on.
func (s *Stream) CloseWrite() error {
	s.mu.Lock()
	done := s.finished || s.given != nil
	s.finished = true
	s.mu.Unlock()
	if done {
		return nil
	}
	if err := s.s.Close(); err != nil { // yamux's Close is a half one
		return s.explain("write", err)
	}
	return nil
}

// Close gives the stream up. What was written before still reaches the peer; a peer that is still writing is told to stop.
func (s *Stream) Close() error {
	s.abort(fmt.Errorf("conn: stream %d: %w", s.ID(), net.ErrClosed))
	s.mu.Lock()
	tell := !s.exhausted && !s.gone
	s.mu.Unlock()
	if tell {
		s.remove(&wire.Reset{Stream: s.ID(), Reason: "closed"})
	} else {
		s.remove(nil)
	}
	return s.s.Close()
}

// Withdraw closes a stream that we have opened and that nobody will ask for, if nobody has: the message that names it was not sent, or its call was given up. The peer
// need not keep it for anybody.
func (s *Stream) Withdraw() error {
	s.abort(fmt.Errorf("conn: stream %d: %w", s.ID(), net.ErrClosed))
	s.remove(&wire.Reset{Stream: s.ID(), Code: wire.ResetUnused, Reason: "withdrawn"})
	return s.s.Close()
}

// Retire closes a stream on which both ends have said everything that they had to say, as they know from elsewhere: the peer is not told.
func (s *Stream) Retire() {
	s.remove(nil)
	if err := s.s.Close(); err != nil {
		s.c.log.Debug("closing a stream", "stream", s.ID(), "error", err)
	}
}

// SetDeadline bounds reads and writes, those under way included. An error then wraps os.ErrDeadlineExceeded.
func (s *Stream) SetDeadline(t time.Time) error {
	return errors.Join(s.SetReadDeadline(t), s.SetWriteDeadline(t))
}

// SetReadDeadline bounds reads.
func (s *Stream) SetReadDeadline(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.given != nil {
		return s.given
	}
	return s.s.SetReadDeadline(t)
}

// SetWriteDeadline bounds writes.
func (s *Stream) SetWriteDeadline(t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.given != nil {
		return s.given
	}
	if s.rejected != nil {
		return s.rejected
	}
	return s.s.SetWriteDeadline(t)
}

// long ago; a deadline that wakes whoever reads or writes.
var past = time.Unix(1, 0)

// abort makes all reads and writes fail with err, now and later, without waiting for anything.
func (s *Stream) abort(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.given == nil {
		s.given = err
		_ = s.s.SetDeadline(past) // cannot fail
	}
}

// reject makes writes fail: the peer reads no more.
func (s *Stream) reject(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rejected == nil {
		s.rejected = fmt.Errorf("conn: write on stream %d: closed by the peer (%s): %w", s.ID(), reason, io.ErrClosedPipe)
		_ = s.s.SetWriteDeadline(past) // cannot fail
	}
}

// remove takes the stream out of the tables, and tells the peer if it may still be writing, or keep it for somebody.
func (s *Stream) remove(tell *wire.Reset) {
	c := s.c
	c.mu.Lock()
	defer c.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		return
	}
	s.gone = true
	delete(c.s.streams.live, s.ID())
	if s.ours {
		<-c.s.streams.slots
	}
	if tell != nil {
		c.queueFrame(tell)
	}
}
