package interp

import (
	"io"
	"slices"
	"sync"
)

// A Console connects the runs of a session with their standard streams.
type Console interface {
	// Attach makes in, out and err the session's standard streams until detach is called, which returns when
	// everything written until then has been delivered. With a nil in the code reads end of file; nil outputs drop
	// what is written. The attachment made last is the one in force; when it ends, the one before it is in force again.
	Attach(in io.Reader, out, err io.Writer) (detach func())
}

// An Interrupter is a Console that has something of its own to interrupt when the peer interrupts a run: the processes that the code has started, which at a
// terminal get the Ctrl-C too.
type Interrupter interface {
	Interrupt()
}

// nowhere is no console: what is attached is not connected with anything.
type nowhere struct{}

func (nowhere) Attach(io.Reader, io.Writer, io.Writer) (detach func()) { return func() {} }

// A Switch is the Console of a session inside this process. The session is made with its Stdin, Stdout
// and Stderr; they stand for whatever is attached at the moment of each read and write.
type Switch struct {
	mu       sync.Mutex
	attached []*attachment // the last one is in force
}

// An attachment is one run's standard streams; nil fields are not connected.
type attachment struct {
	in       io.Reader
	out, err io.Writer
}

// NewSwitch returns a Switch to which nothing is attached.
func NewSwitch() *Switch { return new(Switch) }

// Attach implements Console. A session inside this process has delivered all output of a run when the run returns,
// so that detaching has nothing to wait for.
func (s *Switch) Attach(in io.Reader, out, err io.Writer) (detach func()) {
	a := &attachment{in, out, err}
	s.mu.Lock()
	s.attached = append(s.attached, a)
	s.mu.Unlock()
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.attached = slices.DeleteFunc(s.attached, func(b *attachment) bool { return a == b })
	}
}

// Stdin returns the reader to make the session with.
func (s *Switch) Stdin() io.Reader { return switchedReader{s} }

// Stdout returns the writer to make the session with.
func (s *Switch) Stdout() io.Writer {
	return switchedWriter{s, func(a *attachment) io.Writer { return a.out }}
}

// Stderr returns the writer for errors to make the session with.
func (s *Switch) Stderr() io.Writer {
	return switchedWriter{s, func(a *attachment) io.Writer { return a.err }}
}

func (s *Switch) current() *attachment {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.attached) == 0 {
		return new(attachment)
	}
	return s.attached[len(s.attached)-1]
}

type switchedReader struct{ s *Switch }

func (r switchedReader) Read(p []byte) (int, error) {
	if in := r.s.current().in; in != nil {
		return in.Read(p)
	}
	return 0, io.EOF
}

type switchedWriter struct {
	s  *Switch
	of func(*attachment) io.Writer
}

// Write never fails: code that prints must not break because the one who watched has left.
func (w switchedWriter) Write(p []byte) (int, error) {
	if out := w.of(w.s.current()); out != nil {
		_, _ = out.Write(p)
	}
	return len(p), nil
}
