package interp

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
)

// stdio is a session's own standard streams. Interpreted code has them as *os.File, so they are pipes; what is written to them is
// passed on in the order in which it was written, as far as two pipes can tell: whoever writes by fmt or log finds the pipes empty first.
type stdio struct {
	stdin, stdout, stderr *os.File // the code's ends; the variables os.Stdin, os.Stdout and os.Stderr of the session

	mine  [2]*os.File // the files that stdout and stderr were to begin with
	read  [2]syscall.RawConn
	ends  []*os.File // the session's ends
	to    [2]io.Writer
	pumps sync.WaitGroup

	mu  sync.Mutex // held while output is passed on: it is the order
	buf []byte

	from      io.Reader
	feed      *os.File
	startOnce sync.Once
}

func newStdio(o Options) (*stdio, error) {
	s := &stdio{from: o.Stdin, buf: make([]byte, 32<<10)}
	s.to = [2]io.Writer{o.Stdout, o.Stderr}
	for i := range s.to {
		if s.to[i] == nil {
			s.to[i] = io.Discard
		}
	}
	if err := s.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("interp: a session's standard streams: %w", err), s.close())
	}
	return s, nil
}

func (s *stdio) open() (err error) {
	if s.stdin, s.feed, err = os.Pipe(); err != nil {
		return err
	}
	for i := range s.mine {
		r, w, err := os.Pipe()
		if err != nil {
			return err
		}
		s.mine[i], s.ends = w, append(s.ends, r)
		if s.read[i], err = r.SyscallConn(); err != nil {
			return err
		}
	}
	s.stdout, s.stderr = s.mine[0], s.mine[1]
	for i := range s.mine {
		s.pumps.Add(1)
		go s.pump(i) // ends when close closes the pipe's other end, and waits for it
	}
	return nil
}

// pump passes on what comes out of a pipe as soon as it comes.
func (s *stdio) pump(i int) {
	defer s.pumps.Done()
	open := true
	for open {
		err := s.read[i].Read(func(fd uintptr) bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			var got int
			got, open = s.drain(i, fd)
			return got > 0 || !open
		})
		if err != nil {
			return
		}
	}
}

// drain passes on what is in a pipe. The caller holds mu.
func (s *stdio) drain(i int, fd uintptr) (total int, open bool) {
	for {
		n, err := syscall.Read(int(fd), s.buf)
		switch {
		case n > 0:
			total += n
			s.pass(i, s.buf[:n])
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EAGAIN):
			return total, true
		default:
			return total, false
		}
	}
}

// pass hands output on. A writer that fails has its output lost: the code that wrote it must not suffer for that.
func (s *stdio) pass(i int, p []byte) { _, _ = s.to[i].Write(p) }

// flush passes on all that has been written so far.
func (s *stdio) flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flushLocked()
}

func (s *stdio) flushLocked() {
	for i := range s.read {
		// Control does not wait for the pump, which waits in Read.
		_ = s.read[i].Control(func(fd uintptr) { s.drain(i, fd) })
	}
}

// flush passes on all that the session's code has written so far.
func (s *Session) flush() {
	if s.stdio != nil {
		s.stdio.flush()
	}
}

// direct is a writer to what stdout (0) or stderr (1) was to begin with: it writes past the pipe, in order with what is in the pipes.
type direct struct {
	s *stdio
	i int
}

func (d direct) Write(p []byte) (int, error) {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	d.s.flushLocked()
	return d.s.to[d.i].Write(p)
}

// out is what fmt.Print writes to: the file that the code has put into os.Stdout, or the session's own writer.
func (s *stdio) out() io.Writer {
	if s.stdout == s.mine[0] {
		return direct{s, 0}
	}
	return s.stdout
}

// err is what log and println write to.
func (s *stdio) err() io.Writer {
	if s.stderr == s.mine[1] {
		return direct{s, 1}
	}
	return s.stderr
}

// errWriter is err, whatever that is when it is written to.
type errWriter struct{ s *stdio }

func (w errWriter) Write(p []byte) (int, error) { return w.s.err().Write(p) }

// start begins to pass on input. It reads ahead, so it is not done before an input asks for stdin.
func (s *stdio) start() {
	s.startOnce.Do(func() {
		if s.from == nil {
			_ = s.feed.Close() // end of file is what there is to read
			return
		}
		// Nothing can stop a Read of somebody else's reader: the goroutine ends with the input, or when it finds the pipe closed.
		go func() {
			_, _ = io.Copy(s.feed, s.from)
			_ = s.feed.Close()
		}()
	})
}

func (s *stdio) close() error {
	var errs []error
	shut := func(f *os.File) {
		if f == nil {
			return
		}
		if err := f.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			errs = append(errs, err)
		}
	}
	for _, f := range s.mine {
		shut(f)
	}
	s.pumps.Wait()
	for _, f := range s.ends {
		shut(f)
	}
	shut(s.stdin)
	shut(s.feed)
	return errors.Join(errs...)
}
