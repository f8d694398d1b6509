package conn

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rgo-project/rgo/internal/wire"
)

// carrier is the byte stream of a connection. Frames of two kinds take turns on it: the multiplexer's, which carry bulk streams, and ours, which are
// everything else. A frame of the multiplexer begins with the number of its version, 0, and one of ours with another byte, so that each tells whose it is.
//
// Frames are read by a goroutine of the connection, until the first of the multiplexer's comes: most connections never have one, and no multiplexer. From then on it is
// the multiplexer's goroutine that reads, as if the carrier were its own: on the way to its next frame, Read hands ours to their reader, and Write keeps out of the
// middle of them. So a small call passes through no queue, window or goroutine of the multiplexer, and between any two chunks of bulk.
type carrier struct {
	raw  io.ReadWriteCloser
	now  func(p []byte) (int, error) // writes what the system takes without waiting; nil where there is no such way
	lent func(sender) error          // writes what is lent; nil where now is
	take func(*bufio.Reader) error   // reads one frame of ours, or one piece of a body; an error ends the reading

	handed chan struct{} // closed when the multiplexer is to read
	ended  chan struct{} // closed when nobody will read any more
	heard  atomic.Uint64 // counts what has come, for who wants to know whether anything has

	// Of the goroutine that reads.
	in    *bufio.Reader // nil while there is no input
	first [firstRead]byte
	early []byte // of first, what is still to be read
	rest  int    // bytes of a frame of the multiplexer's that are still to be read

	pings atomic.Int32 // of the peer's that have not been answered: the multiplexer has a goroutine for each

	// Of the multiplexer's goroutine that writes.
	head []byte // of a frame, which waits for its body

	out   sync.Mutex // held by whoever writes
	owed  []byte     // accepted, but not taken by the system yet: goes out ahead of everything
	slow  *time.Timer
	limit time.Duration // for one write
}

// What has to be known of yamux's frame header: version, type, flags (2), stream (4), length (4).
const (
	muxHeader = 12

	muxData = 0 // a type
	muxPing = 2

	muxSyn = 1 // a flag: of a ping, that it is the question
)

// maxPings bounds the pings that wait to be answered; an honest peer has one.
const maxPings = 64

// newCarrier makes a carrier. A write that takes longer than limit is reported to stuck, which is to close the transport.
func newCarrier(raw io.ReadWriteCloser, take func(*bufio.Reader) error, limit time.Duration, stuck func(error)) *carrier {
	t := &carrier{raw: raw, take: take, limit: limit, handed: make(chan struct{}), ended: make(chan struct{})}
	boundUnsent(raw)
	t.now, t.lent = writersNow(raw)
	t.slow = time.AfterFunc(time.Hour, func() {
		stuck(fmt.Errorf("the peer has not read for %v: %w", limit, os.ErrDeadlineExceeded))
	})
	t.slow.Stop()
	return t
}

// serve hands frames of ours to their reader until there is one of the multiplexer's. An error means that the reading has ended.
func (t *carrier) serve() error {
	for t.rest == 0 {
		ours, err := t.next()
		if err != nil {
			return t.failed(err)
		}
		if ours {
			if err := t.take(t.in); err != nil {
				return t.over(err)
			}
		}
	}
	return nil
}

// failed ends the reading for what was met: the end of the transport, or the end of what the peer may do on it.
func (t *carrier) failed(err error) error {
	var broke *ProtocolError
	if !errors.As(err, &broke) {
		return t.broken(err)
	}
	_ = t.take(bufio.NewReader(failing{err})) // it ends the connection
	t.drain()
	return io.EOF
}

// over ends the reading behind a frame that ended the connection. Behind the peer's last word nothing comes: to hang up now loses nothing, so two ends that
// say goodbye at once need not wait for each other.
func (t *carrier) over(err error) error {
	var last *aborted
	if !errors.As(err, &last) {
		t.drain()
		return io.EOF
	}
	t.release()
	close(t.ended)
	return io.EOF
}

// drain ends the reading when the connection has ended before the transport. The peer may still have to be told why, and hangs up then.
func (t *carrier) drain() {
	t.release()
	_, _ = io.Copy(io.Discard, t.raw)
	close(t.ended)
}

// Read reads for the multiplexer.
func (t *carrier) Read(p []byte) (int, error) {
	select {
	case <-t.handed:
	case <-t.ended:
	}
	select {
	case <-t.ended: // which the multiplexer may have overlooked in the middle of a frame
		return 0, io.EOF
	default:
	}
	if err := t.serve(); err != nil {
		return 0, err
	}
	n, err := t.in.Read(p[:min(len(p), t.rest)])
	t.rest -= n
	if err != nil {
		err = t.broken(err)
	}
	return n, err
}

// broken lets the reader of our frames meet an error of the transport, too: it says what that means.
func (t *carrier) broken(err error) error {
	_ = t.take(bufio.NewReaderSize(failing{err}, 0)) // the least there is
	t.release()
	close(t.ended)
	return err
}

// next says whose the next frame is, and of the multiplexer's how long it is.
func (t *carrier) next() (ours bool, err error) {
	if err := t.wait(); err != nil {
		return true, err
	}
	first, err := t.in.Peek(1)
	if err != nil || first[0] != 0 {
		return true, err
	}
	head, err := t.in.Peek(muxHeader)
	if err != nil {
		return false, err
	}
	t.rest = muxHeader
	switch {
	case head[1] == muxData:
		t.rest += int(binary.BigEndian.Uint32(head[8:]))
	case head[1] == muxPing && head[3]&muxSyn != 0 && t.pings.Add(1) > maxPings:
		return false, tooMuch("it sends pings and does not take the answers, of which %d are on their way", maxPings)
	}
	return false, nil
}

// wait waits for input. Meanwhile there is no buffer, but for what a frame or two need: most connections are idle most of the time.
func (t *carrier) wait() error {
	if t.in != nil && t.in.Buffered() > 0 {
		return nil
	}
	t.release()
	n, err := t.raw.Read(t.first[:])
	if n == 0 && err != nil {
		return err
	}
	t.heard.Add(1)
	t.early = t.first[:n]
	t.in = buffers.Get().(*bufio.Reader)
	t.in.Reset((*input)(t))
	return nil
}

// release gives the buffer back.
func (t *carrier) release() {
	if t.in != nil {
		t.in.Reset(nil)
		buffers.Put(t.in)
		t.in = nil
	}
}

// firstRead is how much is read before there is a buffer.
const firstRead = 512

// buffers are for those who read: each has one from when there is input until it has taken all of it.
var buffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 16<<10) }}

// input is the transport as the buffer of a carrier reads it.
type input carrier

func (t *input) Read(p []byte) (int, error) {
	if len(t.early) > 0 {
		n := copy(p, t.early)
		t.early = t.early[n:]
		return n, nil
	}
	n, err := t.raw.Read(p)
	t.heard.Add(1)
	return n, err
}

// failing is a transport that has failed.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Write writes for the multiplexer, whose frames come as two writes: a header, and the body if there is one. They go out as one.
func (t *carrier) Write(p []byte) (int, error) {
	if len(t.head) == 0 && len(p) == muxHeader && p[1] == muxData && binary.BigEndian.Uint32(p[8:]) > 0 {
		t.head = append(t.head, p...)
		return len(p), nil
	}
	if len(p) == muxHeader && p[1] == muxPing && p[3]&muxSyn == 0 && len(t.head) == 0 {
		t.pings.Add(-1)
	}
	frame := p
	if len(t.head) > 0 {
		frame = append(t.head, p...)
		if t.head = frame[:0]; cap(frame) > 2*chunk {
			t.head = nil
		}
	}
	t.out.Lock()
	defer t.out.Unlock()
	if err := t.write(frame); err != nil {
		return 0, err
	}
	return len(p), nil
}

// write writes p, and what is owed before it. It waits for the system to take all, and only then is it timed. The lock is held.
func (t *carrier) write(p []byte) error {
	if t.now != nil && len(t.owed) == 0 {
		n, _ := t.now(p) // an error is met again
		p = p[n:]
	}
	if len(t.owed)+len(p) == 0 {
		return nil
	}
	t.slow.Reset(t.limit)
	defer t.slow.Stop()
	if len(t.owed) > 0 {
		if _, err := t.raw.Write(t.owed); err != nil {
			return err
		}
		t.owed = nil
		if len(p) == 0 {
			return nil
		}
	}
	_, err := t.raw.Write(p)
	return err
}

// sender writes by a func that writes, without waiting, what the system takes. It is called again whenever the system takes more, until it says that it is done.
type sender func(now func(parts [][]byte) (int, error)) (done bool, err error)

// writePiece writes the piece of b that has been cut. What waits is timed, from when the system has last taken something.
func (t *carrier) writePiece(b *outgoing) error {
	t.out.Lock()
	defer t.out.Unlock()
	if t.lent == nil {
		copied := pieces.Get().(*[]byte)
		defer pieces.Put(copied)
		*copied = b.copied((*copied)[:0])
		return t.write(*copied)
	}
	if err := t.write(nil); err != nil {
		return err
	}
	waits := false
	defer func() {
		if waits {
			t.slow.Stop()
		}
	}()
	return t.lent(func(now func([][]byte) (int, error)) (bool, error) {
		done, err := b.send(now)
		if !done && err == nil {
			waits = true
			t.slow.Reset(t.limit)
		}
		return done, err
	})
}

// pieces are copies of pieces, while they are written.
var pieces = sync.Pool{New: func() any { b := make([]byte, 0, pieceMin+wire.PieceHead); return &b }}

// writeNow writes what the system takes of p without waiting, and owes the rest; it reports whether nothing is owed. The lock is held.
func (t *carrier) writeNow(p []byte) bool {
	n := 0
	if len(t.owed) == 0 {
		n, _ = t.now(p) // who writes what is owed meets the error
	}
	if n == len(p) {
		return true
	}
	t.owed = append(t.owed, p[n:]...)
	return false
}

// Close is for the multiplexer, which closes the transport when it ends. That is left to the keeper, who may still have something to say on it.
func (t *carrier) Close() error { return nil }
