package interp

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/rgo-project/rgo/conn"
)

// streams are the standard streams of one run, at the side that asked for the run. Nil ones are not connected.
type streams struct {
	stdin, stdout, stderr *conn.Stream

	copying sync.WaitGroup // one goroutine for each output, until the session closes its stream, or close does
	mu      sync.Mutex
	broken  error // why output did not arrive whole
}

// openStreams opens a bulk stream for each standard stream that o wants, and begins to copy.
func openStreams(ctx context.Context, c *conn.Conn, o options) (*streams, error) {
	s := new(streams)
	for _, one := range []struct {
		wanted bool
		stream **conn.Stream
	}{
		{o.stdin != nil, &s.stdin},
		{o.stdout != nil, &s.stdout},
		{o.stderr != nil, &s.stderr},
	} {
		if !one.wanted {
			continue
		}
		st, err := c.OpenStream(ctx)
		if err != nil {
			s.close()
			return nil, err
		}
		*one.stream = st
	}
	if s.stdin != nil {
		go feed(s.stdin, o.stdin) // ends when there is no more input, or, once the stream is closed, with the reader's next Read
	}
	s.copy(o.stdout, s.stdout)
	s.copy(o.stderr, s.stderr)
	return s, nil
}

// feed writes the run's input. What stops it is told by nobody: a run that does not read is not at fault, and a reader that fails ends the input.
func feed(stdin *conn.Stream, r io.Reader) {
	_, _ = io.Copy(stdin, r)
	_ = stdin.CloseWrite()
}

func (s *streams) copy(w io.Writer, from *conn.Stream) {
	if from == nil {
		return
	}
	s.copying.Go(func() {
		in := &watched{Reader: from}
		_, _ = io.Copy(w, in)          // that w is broken is for its owner to notice
		_, _ = io.Copy(io.Discard, in) // but then the session must not wait for it
		if in.err != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.broken = in.err
		}
	})
}

// watched remembers why reading ended before the end.
type watched struct {
	io.Reader
	err error
}

func (r *watched) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // Read's own
		r.err = err
	}
	return n, err
}

// ids are the numbers under which the peer finds the streams.
func (s *streams) ids() (stdin, stdout, stderr uint32) {
	id := func(st *conn.Stream) uint32 {
		if st == nil {
			return 0
		}
		return st.ID()
	}
	return id(s.stdin), id(s.stdout), id(s.stderr)
}

// drain waits until all output of a run that has ended has been written. An error says that not all of it has arrived.
func (s *streams) drain() error {
	s.copying.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return fmt.Errorf("interp: the run has ended, but its output has not arrived whole: %w", s.broken)
	}
	return nil
}

// close gives the streams up, and waits for the copying of output.
func (s *streams) close() {
	for _, st := range []*conn.Stream{s.stdin, s.stdout, s.stderr} {
		if st != nil {
			_ = st.Close()
		}
	}
	s.copying.Wait()
}
