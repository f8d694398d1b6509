package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/interp"
)

// scripted is a peer whose runs do what the test says.
type scripted struct {
	do   func(ctx context.Context, in input) ([]shown, error)
	once sync.Once
	gone chan struct{}
	end  string
}

func newScripted(do func(context.Context, input) ([]shown, error)) *scripted {
	return &scripted{do: do, gone: make(chan struct{}), end: "killed in a test"}
}

func (s *scripted) run(ctx context.Context, in input) ([]shown, error)        { return s.do(ctx, in) }
func (s *scripted) complete(context.Context, string, int) (found []candidate) { return nil }
func (s *scripted) lost() <-chan struct{}                                     { return s.gone }
func (s *scripted) why() string                                               { return s.end }
func (s *scripted) kill()                                                     { s.once.Do(func() { close(s.gone) }) }
func (s *scripted) close()                                                    { s.kill() }

// typed is a user who types these inputs and then leaves.
type typed struct {
	mu      sync.Mutex
	inputs  []string
	notices []string
}

func (u *typed) read() (string, error) {
	if len(u.inputs) == 0 {
		return "", io.EOF
	}
	next := u.inputs[0]
	u.inputs = u.inputs[1:]
	if next == "^C" {
		return "", errCleared
	}
	return next, nil
}

func (u *typed) notice(text string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.notices = append(u.notices, text)
}

// prompted runs a loop to its end and returns what was on the screen.
func prompted(t *testing.T, r *repl, inputs ...string) (screenText string, code int) {
	t.Helper()
	var out bytes.Buffer
	r.out = &screen{column: column{w: &out}}
	r.in = &typed{inputs: inputs}
	code = r.loop(t.Context())
	return out.String(), code
}

func TestPromptShowsValuesAndErrors(t *testing.T) {
	p := newScripted(func(_ context.Context, in input) ([]shown, error) {
		switch in.source {
		case "print":
			_, _ = io.WriteString(in.stdout, "no end of line")
			return nil, nil
		case "two":
			return []shown{{`"web1"`, "string"}, {"nil", "error"}}, nil
		case `fmt.Println("x")`:
			_, _ = io.WriteString(in.stdout, "x\n")
			return []shown{{"2", "int"}, {"nil", "error"}}, nil
		}
		return nil, errors.New("input:1:1: undefined: " + in.source)
	})
	got, code := prompted(t, &repl{session: p}, "two", "", "^C", "print", `fmt.Println("x")`, "wrong")
	want := "\"web1\" string\nnil error\nno end of line\nx\ninput:1:1: undefined: wrong\n"
	if got != want || code != 0 {
		t.Errorf("screen %q, status %d; want %q", got, code, want)
	}
}

func TestExitLeavesWithItsStatus(t *testing.T) {
	p := newScripted(func(context.Context, input) ([]shown, error) { return nil, &interp.ExitError{Code: 7} })
	if got, code := prompted(t, &repl{session: p}, "os.Exit(7)", "never"); code != 7 || got != "" {
		t.Errorf("status %d, screen %q", code, got)
	}
}

func TestInterrupt(t *testing.T) {
	started := make(chan struct{}, 1)
	p := newScripted(func(ctx context.Context, in input) ([]shown, error) {
		if in.source == "1" {
			return []shown{{"1", "int"}}, nil
		}
		started <- struct{}{}
		<-ctx.Done()
		return nil, interp.ErrInterrupted
	})
	interrupts := make(chan os.Signal, 1)
	go func() { <-started; interrupts <- os.Interrupt }()
	got, code := prompted(t, &repl{session: p, interrupts: interrupts}, "for {}", "1")
	if got != "\ninterrupted\n1 int\n" || code != 0 {
		t.Errorf("screen %q, status %d", got, code)
	}
}

func TestSecondInterruptKillsAndRenews(t *testing.T) {
	started := make(chan struct{}, 1)
	var stuck *scripted
	stuck = newScripted(func(context.Context, input) ([]shown, error) {
		started <- struct{}{}
		<-stuck.gone
		return nil, &conn.LostError{Cause: errors.New("gone"), MayHaveRun: true}
	})
	next := newScripted(func(context.Context, input) ([]shown, error) { return []shown{{"2", "int"}}, nil })
	interrupts := make(chan os.Signal, 1)
	go func() {
		<-started
		interrupts <- os.Interrupt
		time.Sleep(10 * time.Millisecond)
		interrupts <- os.Interrupt
	}()
	r := &repl{session: stuck, interrupts: interrupts, renew: func(context.Context) (peer, error) { return next, nil }}
	got, code := prompted(t, r, "stuck()", "2")
	for _, want := range []string{"may have run", "The session is lost: killed in a test.", "A new session has begun", "2 int\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("the screen lacks %q: %q", want, got)
		}
	}
	if code != 0 {
		t.Errorf("status %d", code)
	}
}

func TestLostPeerLeavesWith3(t *testing.T) {
	p := newScripted(func(context.Context, input) ([]shown, error) {
		return nil, &conn.LostError{Cause: errors.New("gone"), MayHaveRun: true}
	})
	got, code := prompted(t, &repl{session: p}, "x", "never")
	if code != 3 || !strings.Contains(got, "may have run") {
		t.Errorf("status %d, screen %q", code, got)
	}
}
