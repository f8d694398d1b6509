package sessionproc

import (
	"fmt"
	"io"
	"slices"
	"sync"
)

// held is how much output that nobody attends to is kept for the next run.
const held = 64 << 10

// Streams connects the standard descriptors of this process to the run under way.
type Streams struct {
	out, errs *stream
	in        *input

	mu       sync.Mutex
	attached []*attachment // in the order in which they began
}

// attachment is what one run reads and writes.
type attachment struct {
	stdout, stderr io.Writer
}

// stream is one of the two outputs.
type stream struct {
	*pump
	// current names the writer of the run that has the stream, nil without one.
	current func() io.Writer

	// The turn of the pump guards what follows.
	kept    []byte // output without a run
	dropped int    // bytes that did not fit in kept
}

// Attach gives the process's standard descriptors to a run; any of the three may be nil (no input, output dropped). The writers are called from one
// goroutine each; they and stdin must fail or return when the run's connection or context ends, since nothing else unblocks them.
// Detach, to be called once, returns when all that was written to the descriptors before has been given to the writers.
func (s *Streams) Attach(stdin io.Reader, stdout, stderr io.Writer) (detach func()) {
	a := &attachment{stdout: orDiscard(stdout), stderr: orDiscard(stderr)}
	// What was written before, with no run to give it to, comes first, and what the run before wrote is its own.
	s.drain()
	s.mu.Lock()
	s.attached = append(s.attached, a)
	s.mu.Unlock()
	s.out.flush()
	s.errs.flush()
	unplug := s.in.plug(stdin)
	return func() {
		unplug()
		s.drain()
		s.mu.Lock()
		s.attached = slices.DeleteFunc(s.attached, func(b *attachment) bool { return a == b })
		s.mu.Unlock()
	}
}

// Close stops the streams and waits for their goroutines.
func (s *Streams) Close() {
	s.in.close()
	s.out.close()
	s.errs.close()
}

func (s *Streams) drain() {
	s.out.drain()
	s.errs.drain()
}

// writer finds the writer of the run that began last.
func (s *Streams) writer(pick func(*attachment) io.Writer) io.Writer {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.attached) == 0 {
		return nil
	}
	return pick(s.attached[len(s.attached)-1])
}

// take is the pump's deliver: called in turn.
func (s *stream) take(b []byte) {
	w := s.current()
	if w == nil {
		s.keep(b)
		return
	}
	s.give(w)
	// An error means that the run's reader is gone: its output has nowhere to go, and the run must not notice.
	_, _ = w.Write(b)
}

// flush gives what was kept to the run that has just begun.
func (s *stream) flush() {
	<-s.turn
	defer func() { s.turn <- struct{}{} }()
	if w := s.current(); w != nil {
		s.give(w)
	}
}

func (s *stream) keep(b []byte) {
	s.kept = append(s.kept, b...)
	if over := len(s.kept) - held; over > 0 {
		s.kept = slices.Delete(s.kept, 0, over)
		s.dropped += over
	}
}

func (s *stream) give(w io.Writer) {
	if s.dropped > 0 {
		_, _ = fmt.Fprintf(w, "[%d bytes written between two runs were dropped]\n", s.dropped)
	}
	if len(s.kept) > 0 {
		_, _ = w.Write(s.kept)
	}
	s.kept, s.dropped = nil, 0
}

func orDiscard(w io.Writer) io.Writer {
	if w == nil {
		return io.Discard
	}
	return w
}
