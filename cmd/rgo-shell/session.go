package main

import (
	"context"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/sessionproc"
	"github.com/rgo-project/rgo/interp"
)

// session is a peer over a connection.
type session struct {
	c      *conn.Conn
	remote *interp.Remote
	proc   *sessionproc.Process // if it is our own
	ended  chan struct{}        // closed when cause is known
	cause  error
}

// newSession takes c and proc over. Its goroutine waits for the connection to end, which close sees to.
func newSession(c *conn.Conn, proc *sessionproc.Process) *session {
	s := &session{c: c, remote: interp.On(c), proc: proc, ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		s.cause = c.Wait()
	}()
	return s
}

func (s *session) run(ctx context.Context, in input) ([]shown, error) {
	opts := []interp.Option{interp.Name(in.name), interp.Stdout(in.stdout), interp.Stderr(in.stderr)}
	if in.strict {
		opts = append(opts, interp.Strict())
	}
	if in.args != nil {
		opts = append(opts, interp.Args(in.args...))
	}
	if in.stdin != nil {
		opts = append(opts, interp.Stdin(in.stdin))
	}
	if in.pkg != nil && s.proc != nil {
		opts = append(opts, interp.SameDisk())
	}
	switch {
	case in.tests != nil:
		in.tests.verdict, in.tests.err = s.remote.TestPackage(ctx, *in.pkg, in.tests.asked, opts...)
		return nil, in.tests.err
	case in.pkg != nil:
		return nil, s.remote.RunPackage(ctx, *in.pkg, opts...)
	}
	values, err := s.remote.Run(ctx, in.source, opts...)
	var out []shown
	for _, v := range values {
		out = append(out, shown{text: v.Text, kind: v.Type})
	}
	return out, err
}

func (s *session) complete(ctx context.Context, src string, pos int) []candidate {
	from, names, err := s.remote.Complete(ctx, src, pos)
	if err != nil {
		return nil // a Tab that finds nothing is answer enough
	}
	var found []candidate
	for _, name := range names {
		found = append(found, candidate{text: name, from: from})
	}
	return found
}

func (s *session) lost() <-chan struct{} { return s.c.Done() }

// ending is how long to wait for somebody to say why the session ended.
const ending = time.Second

func (s *session) why() string {
	if s.proc != nil {
		select {
		case <-s.proc.Done():
			return s.proc.Wait().String()
		case <-time.After(ending):
		}
	}
	select {
	case <-s.ended:
		if s.cause != nil {
			return s.cause.Error()
		}
		return "the peer has closed the connection"
	case <-time.After(ending):
		return "the connection is closed"
	}
}

func (s *session) kill() {
	if s.proc != nil {
		s.proc.Kill()
	}
	_ = s.c.Close()
}

func (s *session) close() {
	_ = s.c.Close()
	if s.proc == nil {
		return
	}
	select {
	case <-s.proc.Done():
	case <-time.After(2 * ending):
		s.proc.Kill()
		s.proc.Wait()
	}
}

// incomplete says whether an input needs more lines.
func incomplete(src string) bool { return interp.Incomplete(src) }
