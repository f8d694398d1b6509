package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rgo-project/rgo/interp"
)

// stopping is how long code that runs without a prompt may take to end when it is interrupted.
const stopping = 2 * time.Second

// program reads what is to be run without a prompt.
func (inv *invocation) program() (input, error) {
	in := input{stdout: os.Stdout, stderr: os.Stderr, strict: true}
	if !behind(os.Stdin) {
		in.stdin = os.Stdin
	}
	switch {
	case inv.pkg != nil:
		in.name, in.pkg = inv.name, inv.pkg
	case inv.hasCode:
		in.name, in.source = "-c", inv.code
	case inv.script != "" && inv.script != "-":
		text, err := os.ReadFile(inv.script)
		if err != nil {
			return in, err
		}
		in.name, in.source = inv.script, string(text)
	default:
		text, err := io.ReadAll(os.Stdin)
		if err != nil {
			return in, fmt.Errorf("reading the code from standard input: %w", err)
		}
		in.name, in.source = "-", string(text)
		in.stdin = nil // it was the code
	}
	in.args = append([]string{in.name}, inv.args...)
	in.source = unhash(in.source)
	return in, nil
}

// behind reports whether f is the terminal of somebody else: of a background job that reads it, the shell stops every process.
func behind(f *os.File) bool {
	group, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCGPGRP)
	return err == nil && group != unix.Getpgrp()
}

// unhash makes a comment of a #! line, and leaves every line and column where it was.
func unhash(source string) string {
	if rest, ok := strings.CutPrefix(source, "#!"); ok {
		return "//" + rest
	}
	return source
}

// batch runs one program and returns the exit status. An interrupt ends the code, and so does output that cannot be written; a second interrupt ends the session.
func batch(ctx context.Context, p peer, in input, interrupts <-chan os.Signal) int {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	in.stdout = &outlet{"standard output", in.stdout, end}
	in.stderr = &outlet{"standard error", in.stderr, end}
	done := make(chan error, 1)
	go func() { // the run ends with ctx, if only because the session is killed
		_, err := p.run(ctx, in)
		done <- err
	}()
	asked := statusOK // the status, if not the code's own
	ending := ctx.Done()
	var stuck <-chan time.Time
	for {
		select {
		case err := <-done:
			return conclude(p, err, asked, context.Cause(ctx))
		case sig := <-interrupts:
			if asked != statusOK {
				p.kill()
				return asked
			}
			asked = statusOf(sig)
			end(nil)
		case <-ending:
			ending, stuck = nil, time.After(stopping)
		case <-stuck:
			p.kill()
			return conclude(p, interp.ErrInterrupted, asked, context.Cause(ctx))
		}
	}
}

// conclude tells what is to be told of the end of a run, and returns the exit status.
func conclude(p peer, err error, asked int, cause error) int {
	code := status(err)
	var lost *outputError
	if errors.As(cause, &lost) {
		fmt.Fprintln(os.Stderr, "rgo-shell:", lost)
		if code == statusOK || code == statusInterrupted {
			code, err = statusCode, nil // that was us
		}
	}
	if text := complaint(p, err); text != "" {
		fmt.Fprintln(os.Stderr, text)
	}
	if asked != statusOK {
		return asked
	}
	return code
}

// statusOf is the exit status that shells give a program that a signal ended.
func statusOf(sig os.Signal) int {
	if s, ok := sig.(syscall.Signal); ok {
		return 128 + int(s)
	}
	return statusInterrupted
}
