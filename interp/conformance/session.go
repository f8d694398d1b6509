package conformance

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/rgo-project/rgo/interp"
)

// Session runs each program in a new session.
type Session struct {
	Paste bool // the program is given in pieces, as Inputs cuts it, and not as a script

	exit func(code int) // ends the process that the session has to itself; nil if it shares one
}

// Run runs a program. What the session itself fails in is Crashed.
func (e *Session) Run(ctx context.Context, p *Program) Outcome {
	var stdout, stderr lockedBuffer
	options := interp.Options{OwnProcess: true, Exit: e.exit}
	if e.exit == nil {
		options = interp.Options{
			Stdin: strings.NewReader(p.Stdin), Stdout: &stdout, Stderr: &stderr, Args: append([]string{p.fileName()}, p.Args...),
		}
	}
	s, err := interp.NewSession(options)
	if err != nil {
		return Outcome{End: Crashed, Fault: err.Error()}
	}
	err = e.runIn(ctx, s, p)
	if cerr := s.Close(); err == nil {
		err = cerr
	}
	o := ending(err)
	o.Stdout, o.Stderr = stdout.String(), stderr.String()
	return o
}

func (e *Session) runIn(ctx context.Context, s *interp.Session, p *Program) error {
	inputs := []string{p.Source}
	if e.Paste {
		var err error
		if inputs, err = Inputs(p.Source); err != nil {
			return err
		}
	}
	for _, in := range inputs {
		if _, err := s.Run(ctx, interp.Input{Name: p.fileName(), Source: in, Strict: !e.Paste}); err != nil {
			return err
		}
	}
	return nil
}

// ending is the outcome that a run's error speaks of.
func ending(err error) Outcome {
	var compile *interp.CompileError
	var panicked *interp.PanicError
	var exit *interp.ExitError
	switch {
	case err == nil:
		return Outcome{End: Exited}
	case errors.As(err, &exit):
		return Outcome{End: Exited, Exit: exit.Code}
	case errors.As(err, &panicked):
		return Outcome{End: Panicked, Fault: unindented(panicked.Error())}
	case errors.As(err, &compile):
		return Outcome{End: Refused, Fault: compile.Error()}
	case errors.Is(err, interp.ErrInterrupted):
		return Outcome{End: Hung}
	}
	return Outcome{End: Crashed, Fault: err.Error()}
}

// lockedBuffer is a buffer that goroutines of a run which did not end in time may still write to.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
