package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rgo-project/rgo/interp"
)

// patience is how long after a Ctrl-C the user is told that a second one kills.
const patience = 2 * time.Second

// reader is where the prompt's inputs come from: the editor.
type reader interface {
	read() (string, error)
	notice(text string)
}

// repl is the prompt: it reads an input, runs it in the session, prints what it gave, and begins again.
type repl struct {
	session peer
	// renew begins a new session in place of a lost one; nil where there is none to begin.
	renew      func(context.Context) (peer, error)
	in         reader
	tty        *os.File // what the running code reads; nil for nothing
	out        *screen
	style      style
	interrupts <-chan os.Signal
}

// screen is where the run's two outputs and ours meet.
type screen struct {
	mu sync.Mutex
	column
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.column.Write(b)
}

// endLine lets what follows begin on a line of its own.
func (s *screen) endLine() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open {
		_, _ = s.column.Write([]byte("\n"))
	}
}

// endInterrupted ends the line on which the terminal has shown a ^C.
func (s *screen) endInterrupted() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = s.column.Write([]byte("\n"))
}

// loop runs until the user leaves, and returns the exit status.
func (r *repl) loop(ctx context.Context) int {
	for {
		source, err := r.next()
		switch {
		case errors.Is(err, errCleared):
			continue
		case errors.Is(err, io.EOF):
			return statusOK
		case err != nil:
			r.complain(err.Error())
			return statusCode
		}
		if gone(r.session) {
			// The user has been told, and knows that this input was not run.
			if !r.replace(ctx) {
				return statusLost
			}
			continue
		}
		if strings.TrimSpace(source) == "" {
			continue
		}
		err = r.run(ctx, source)
		var exit *interp.ExitError
		switch {
		case errors.As(err, &exit):
			return exit.Code
		case gone(r.session) || status(err) == statusLost:
			if !r.replace(ctx) {
				return statusLost
			}
		}
	}
}

// next reads an input. If the session is lost meanwhile, the user is told at once.
func (r *repl) next() (string, error) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case <-done:
		case <-r.session.lost():
			r.in.notice(r.style.red("The session is lost: "+r.session.why()+".") + " Press Enter.")
		}
	})
	defer wg.Wait()
	defer close(done)
	return r.in.read()
}

// run runs one input, and prints what it gave or what was wrong.
func (r *repl) run(ctx context.Context, source string) error {
	ctx, interrupt := context.WithCancel(ctx)
	defer interrupt()
	in := input{name: "input", source: source, stdout: r.out, stderr: r.out}
	if r.tty != nil {
		if k, err := newKeyboard(r.tty); err == nil {
			in.stdin = k
			defer func() { _ = k.Close() }()
		}
	}
	r.forget()
	type result struct {
		values []shown
		err    error
	}
	done := make(chan result, 1) // the run ends with ctx, if only because the session is killed
	go func() {
		values, err := r.session.run(ctx, in)
		done <- result{values, err}
	}()

	var stuck <-chan time.Time
	for interrupts := 0; ; {
		select {
		case res := <-done:
			r.out.endLine()
			if res.err != nil {
				r.complain(complaint(r.session, res.err))
				return res.err
			}
			show(r.out, r.style, source, res.values)
			return nil
		case <-r.interrupts:
			r.out.endInterrupted()
			if interrupts++; interrupts == 1 {
				interrupt()
				stuck = time.After(patience)
				continue
			}
			r.session.kill()
		case <-stuck:
			r.out.endLine()
			r.complain("The code does not stop. Ctrl-C again kills the session.")
		}
	}
}

// forget drops interrupts from before the run: they were not meant for it.
func (r *repl) forget() {
	for {
		select {
		case <-r.interrupts:
		default:
			return
		}
	}
}

// replace begins a new session in place of one whose loss the user has been told of, where it can.
func (r *repl) replace(ctx context.Context) bool {
	r.session.close()
	if r.renew == nil {
		return false
	}
	p, err := r.renew(ctx)
	if err != nil {
		r.complain("A new session cannot begin: " + err.Error())
		return false
	}
	r.session = p
	r.complain("A new session has begun; what was defined in the old one is gone.")
	return true
}

func (r *repl) complain(text string) {
	if text != "" {
		fmt.Fprintln(r.out, r.style.red(text))
	}
}

// gone reports whether the session can no longer be reached.
func gone(p peer) bool {
	select {
	case <-p.lost():
		return true
	default:
		return false
	}
}
