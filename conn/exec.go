package conn

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/google/shlex"
)

// child is a process that is spoken with over its standard input and output.
type child struct {
	name string
	cmd  *exec.Cmd
	in   *os.File
	out  *os.File
	tail tail

	waited chan struct{} // closed when the process has ended and its standard error has been read
	err    error         // of its end; final once waited is closed
	once   sync.Once
}

// Times that a child is given: to end by itself when its input is closed, and to be found dead when its output has ended.
const (
	childGrace   = 500 * time.Millisecond
	childAutopsy = 500 * time.Millisecond
)

func dialExec(ctx context.Context, command, target string, cfg Config) (*Conn, error) {
	words, err := shlex.Split(command)
	if err != nil {
		return nil, badTarget(target, err.Error())
	}
	if len(words) == 0 {
		return nil, badTarget(target, "the command is missing")
	}
	raw, err := startChild(words, cfg)
	if err != nil {
		return nil, fmt.Errorf("conn: %s: %w", target, err)
	}
	return client(ctx, raw, cfg, target)
}

func startChild(words []string, cfg Config) (*child, error) {
	cmd, err := deaf(words)
	if err != nil {
		return nil, err
	}
	ch := &child{name: words[0], cmd: cmd, waited: make(chan struct{})}
	ch.tail.to = cfg.Stderr
	if ch.tail.to == nil {
		ch.tail.to = os.Stderr
	}
	ch.cmd.Stderr = &ch.tail
	ch.cmd.WaitDelay = childGrace // a grandchild may hold its standard error open
	if err := ch.start(); err != nil {
		return nil, err
	}
	go func() { // ends with the process, which Close ends and joins
		defer close(ch.waited)
		ch.err = ch.cmd.Wait()
	}()
	return ch, nil
}

// start makes the pipes itself: those that exec makes are closed as soon as the process has ended, with what it said last still in them.
func (ch *child) start() error {
	theirIn, in, err := os.Pipe()
	if err != nil {
		return err
	}
	defer func() { _ = theirIn.Close() }() // the child has its own
	out, theirOut, err := os.Pipe()
	if err != nil {
		return closed(in, err)
	}
	defer func() { _ = theirOut.Close() }()
	ch.cmd.Stdin, ch.cmd.Stdout = theirIn, theirOut
	if err := ch.cmd.Start(); err != nil {
		return closed(out, closed(in, err))
	}
	ch.in, ch.out = in, out
	return nil
}

func (ch *child) Read(p []byte) (int, error)  { return ch.out.Read(p) }
func (ch *child) Write(p []byte) (int, error) { return ch.in.Write(p) }

// SetReadDeadline bounds reading, for the handshake.
func (ch *child) SetReadDeadline(t time.Time) error { return ch.out.SetReadDeadline(t) }

// Close closes the child's input and waits for it to end, which it is made to do if it takes its time.
func (ch *child) Close() error {
	ch.once.Do(func() {
		_ = ch.in.Close() // closed pipes cannot be closed better
		select {
		case <-ch.waited:
		case <-time.After(childGrace):
			_ = ch.cmd.Process.Kill() // it may have ended in this moment
			<-ch.waited
		}
		_ = ch.out.Close()
	})
	return nil
}

// explain adds to an error what is known about the end of the process.
func (ch *child) explain(err error) error {
	var refused *RefusedError
	if errors.As(err, &refused) && refused.ByPeer {
		return err // it has said itself why
	}
	select {
	case <-ch.waited:
	case <-time.After(childAutopsy):
		return err
	}
	what := "ended"
	if ch.err != nil {
		what = ch.err.Error()
	}
	said := strings.TrimSpace(ch.tail.String())
	if said == "" {
		said = "nothing"
	}
	end := fmt.Sprintf("%s: %s, and said on its standard error: %s", ch.name, what, said)
	if refused != nil {
		return &RefusedError{Reason: refused.Reason + "; " + end, Cause: refused.Cause}
	}
	return fmt.Errorf("%w; %s", err, end)
}

// tail passes on what a process writes to its standard error, and remembers the end of it.
type tail struct {
	to io.Writer

	mu   sync.Mutex
	last []byte
}

const tailSize = 2 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	t.last = append(t.last, p...)
	if over := len(t.last) - tailSize; over > 0 {
		t.last = append(t.last[:0], t.last[over:]...)
	}
	t.mu.Unlock()
	_, _ = t.to.Write(p) // a closed terminal is no reason to block the process
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.last)
}
