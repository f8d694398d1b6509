package netproxy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/rgo-project/rgo/conn"
)

// What is written to an object of the other side goes in pieces, each with its length in front, so that an end can be told from a reader that failed
// half-way: a length of 0 is the end, one of all ones says that no more will come although it is not.
const (
	frameHead   = 4
	frameFailed = 1<<32 - 1
)

// framed writes pieces.
type framed struct {
	to  *conn.Stream
	err error // of to
}

// Write implements io.Writer.
func (w *framed) Write(p []byte) (n int, err error) {
	buf := copyBuffers.Get().(*[frameHead + copySize]byte)
	defer copyBuffers.Put(buf)
	for len(p) > 0 && err == nil {
		some := copy(buf[frameHead:], p)
		if err = w.piece(buf, some); err == nil {
			n += some
		}
		p = p[some:]
	}
	return n, err
}

// piece writes n bytes that are in buf behind the place of their length.
func (w *framed) piece(buf *[frameHead + copySize]byte, n int) error {
	if w.err == nil {
		binary.BigEndian.PutUint32(buf[:], uint32(n))
		_, w.err = w.to.Write(buf[:frameHead+n])
	}
	return w.err
}

// ReadFrom implements io.ReaderFrom.
func (w *framed) ReadFrom(r io.Reader) (n int64, err error) {
	buf := copyBuffers.Get().(*[frameHead + copySize]byte)
	defer copyBuffers.Put(buf)
	for {
		got, err := r.Read(buf[frameHead:])
		if got > 0 {
			if err := w.piece(buf, got); err != nil {
				return n, err
			}
			n += int64(got)
		}
		if err == io.EOF { //nolint:errorlint // as io.Copy has it
			return n, nil
		} else if err != nil {
			return n, err
		}
	}
}

// end says that no more will come.
func (w *framed) end(whole bool) {
	mark := uint32(0)
	if !whole {
		mark = frameFailed
	}
	if _, w.err = w.to.Write(binary.BigEndian.AppendUint32(nil, mark)); w.err == nil {
		w.err = w.to.CloseWrite()
	}
}

// unframed reads pieces.
type unframed struct {
	from *conn.Stream
	left uint32 // of the piece
	over error
}

// errSource is what is read where the reader at the other side has failed.
var errSource = errors.New("netproxy: the reader at the other side failed")

// Read implements io.Reader.
func (r *unframed) Read(p []byte) (int, error) {
	if r.over != nil || len(p) == 0 {
		return 0, r.over
	}
	if r.left == 0 {
		if r.over = r.head(); r.over != nil {
			return 0, r.over
		}
	}
	n, err := r.from.Read(p[:min(uint32(min(len(p), copySize)), r.left)])
	r.left -= uint32(n)
	r.over = early(err)
	return n, r.over
}

func (r *unframed) head() error {
	var head [frameHead]byte
	if _, err := io.ReadFull(r.from, head[:]); err != nil {
		return early(err)
	}
	switch r.left = binary.BigEndian.Uint32(head[:]); {
	case r.left == 0:
		return io.EOF
	case r.left == frameFailed:
		return errSource
	case r.left > copySize:
		return fail(ErrMalformed, "a piece of %d bytes in a stream, allowed are %d", r.left, copySize)
	}
	return nil
}

// early makes the error of an end that is none.
func early(err error) error {
	if err == io.EOF { //nolint:errorlint // the stream's own
		return fmt.Errorf("netproxy: the stream broke off: %w", io.ErrUnexpectedEOF)
	}
	return err
}
