package wire

import (
	"encoding/binary"
	"fmt"
	"io"
)

// FrameReader reads the frames of one stream, each of which it checks first.
type FrameReader struct {
	check *Checker
	max   int // bytes of a frame

	head [4]byte
	in   Reader

	// The frames that come most often are made once.
	call Call
	ret  Return

	names map[string]string // of calls that have come before; nil before the first
}

// Names that come again are not made again. There may be so many of them, so long.
const (
	maxNames    = 128
	maxNameSize = 64
)

// name reads the name of a call.
func (r *Reader) name(known map[string]string) (string, error) {
	p, next, err := r.counted(KindText)
	if err != nil {
		return "", err
	}
	if s, ok := known[string(p)]; ok {
		r.off = next
		return s, nil
	}
	s, err := r.Text()
	if err == nil && known != nil && len(known) < maxNames && len(s) <= maxNameSize {
		known[s] = s
	}
	return s, err
}

// NewFrameReader makes a reader of frames of at most max bytes.
func NewFrameReader(k *Checker, max int) *FrameReader { return &FrameReader{check: k, max: max} }

// Next reads a frame, and says how many bytes it had. The frame is good until Next is called again; its references and its body, which is in a buffer of
// its own, stay. A frame of unknown kind is *Unknown. io.EOF is returned only if the stream ends between frames.
func (r *FrameReader) Next(from io.Reader) (f Frame, size int, err error) {
	data, err := r.read(from)
	if err != nil {
		return nil, 0, err
	}
	f, err = r.parse(data)
	return f, len(r.head) + len(data), err
}

// read reads the bytes of one frame into a buffer of its own.
func (r *FrameReader) read(from io.Reader) ([]byte, error) {
	if _, err := io.ReadFull(from, r.head[:]); err != nil {
		return nil, err
	}
	if r.head[0] != Mark {
		return nil, fmt.Errorf("%w: a frame begins with %#x, want %#x", ErrMalformed, r.head[0], Mark)
	}
	n := binary.BigEndian.Uint32(r.head[:]) & MaxFrame
	if uint64(n) > uint64(r.max) {
		return nil, fmt.Errorf("%w: a frame of %d bytes, allowed are %d", ErrLimit, n, r.max)
	}
	data := make([]byte, n)
	if _, err := io.ReadFull(from, data); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return data, nil
}

// parse reads a frame without its head. Bodies are parts of data. Reading a plain call or return to its last byte has checked it as strictly as can be; the check of its
// own is for all others.
func (r *FrameReader) parse(data []byte) (Frame, error) {
	f, n, err := r.fields(data)
	if err == nil && r.in.Len() == 0 && isPlain(f, n) {
		return f, nil
	}
	if err := r.check.Check(data); err != nil {
		return nil, err
	}
	return f, err
}

// isPlain says whether a frame of n elements is a call or a return that has no elements which are not known, nor more references than any limit allows.
func isPlain(f Frame, n int) bool {
	switch f := f.(type) {
	case *Call:
		return n == callFields && len(f.Refs) <= leastElements
	case *Return:
		return n == returnFields && len(f.Refs) <= leastElements
	}
	return false
}

// The elements of calls and returns, and the least limit on elements that a Checker can have.
const (
	callFields    = 12
	returnFields  = 5
	leastElements = 16
)

// fields reads the fields of a frame that are known. It has n elements.
func (r *FrameReader) fields(data []byte) (f Frame, n int, err error) {
	r.in = NewReader(data)
	if n, err = r.in.Array(); err != nil {
		return nil, 0, fmt.Errorf("%w: a frame that is no array: %w", ErrMalformed, err)
	}
	kind, err := r.in.Uint()
	if err != nil {
		return nil, n, fmt.Errorf("%w: a frame without a kind: %w", ErrMalformed, err)
	}
	f = r.frame(FrameKind(kind))
	if call, ok := f.(*Call); ok {
		if r.names == nil {
			r.names = make(map[string]string)
		}
		err = call.read(&r.in, n-1, r.names)
	} else {
		err = f.parse(&r.in, n-1)
	}
	if err != nil {
		return nil, n, fmt.Errorf("%w: frame of kind %d: %w", ErrMalformed, kind, err)
	}
	return f, n, nil
}

// frame returns an empty frame.
func (r *FrameReader) frame(kind FrameKind) Frame {
	switch kind {
	case FrameCall:
		r.call = Call{}
		return &r.call
	case FrameReturn:
		r.ret = Return{}
		return &r.ret
	case FrameFinish:
		return new(Finish)
	case FrameRelease:
		return new(Release)
	case FrameGoAway:
		return new(GoAway)
	case FrameAbort:
		return new(Abort)
	case FrameUnimplemented:
		return new(Unimplemented)
	case FrameReset:
		return new(Reset)
	case FrameUnheld:
		return new(Unheld)
	case FramePing:
		return new(Ping)
	}
	return &Unknown{Kind: kind}
}
