package sessionproc

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// partingGrace is how long each step of an end may take that nobody gave a time.
	partingGrace = 500 * time.Millisecond
	// forced is how much later an end that does not come about is forced.
	forced = 2 * time.Second
)

// link is what a session process asks of its connection: a conn.Conn, but in tests.
type link interface {
	// Done is closed when the connection has ended.
	Done() <-chan struct{}
	// Err says why; nil if in an orderly way.
	Err() error
	// Wait waits for all that ran for the connection, too.
	Wait() error
	// Shutdown takes no more calls, lets those under way end, their replies included, and closes.
	Shutdown(ctx context.Context) error
	// Abort ends it at once and tells the peer why.
	Abort(reason string)
}

// opening is what a session begins with.
type opening struct {
	stream  io.ReadWriteCloser
	state   []byte
	offer   Offer
	streams *Streams
	exit    func(code int) // code called os.Exit: to be called before the reply that says so
}

// session is the life of a session process.
type session struct {
	diag   *os.File
	orders chan order
	exits  chan int
	code   int    // the exit status it will have
	ended  string // why it ends, once it does
}

func newSession(diag *os.File) *session {
	return &session{diag: diag, orders: make(chan order), exits: make(chan int, 1)}
}

// obey passes on what the parent orders, and its death. It lives as long as the process.
func (s *session) obey(ctl *control) {
	for {
		var o order
		if ctl.receive(&o) != nil {
			s.orders <- order{Reason: orphaned}
			return
		}
		s.orders <- o
	}
}

// run serves until the connection ends, whoever ends it.
func (s *session) run(open func(opening) (link, error), o opening) (code int) {
	// Handled from here on: code that resets its signals can take this away, the control channel it cannot.
	term := make(chan os.Signal, 1)
	signal.Notify(term, syscall.SIGTERM, syscall.SIGHUP)
	// Handled and dropped: a process that ignores a signal hands that down, and what the code starts is to heed interrupts even if this process was started not to.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGINT)

	o.exit = s.exit
	l, err := open(o)
	if err != nil {
		s.ended = "no session: " + err.Error()
		_, _ = fmt.Fprintln(s.diag, s.ended)
		return 3
	}
	for {
		select {
		case <-l.Done():
			code = s.conclude(l.Err())
			windUp(l)
			return code
		case o := <-s.orders:
			s.part(l, o)
		case sig := <-term:
			// A parent's death sends the signal, too, and is the better reason: the control channel tells of it about now.
			time.AfterFunc(partingGrace/5, func() {
				s.orders <- order{Reason: "the session was told to end (" + sig.String() + ")"}
			})
		case code := <-s.exits:
			s.leave(l, code)
		}
	}
}

// orphaned is the reason when the parent has died.
const orphaned = "the process that started this session is gone"

// windUp gives what ran for the connection a moment to see that it is over, and ends what code has started.
func windUp(l link) {
	over := make(chan struct{})
	go func() { // ends with the process, if code does not let go
		defer close(over)
		_ = l.Wait()
	}()
	select {
	case <-over:
	case <-time.After(partingGrace):
	}
	endGroup(partingGrace)
}

// part begins the end. It does not wait: another order may want it sooner.
func (s *session) part(l link, o order) {
	if s.ended == "" {
		s.ended = o.Reason
	}
	if o.Grace <= 0 {
		l.Abort(o.Reason)
	} else {
		time.AfterFunc(o.Grace, func() { l.Abort(o.Reason) })
		go func() { _ = l.Shutdown(context.Background()) }() // ends with the connection
	}
	// Whatever code or connection do, this process does not outlive its orders.
	time.AfterFunc(o.Grace+forced, func() {
		_, _ = fmt.Fprintln(s.diag, "ended by force:", o.Reason)
		_ = unix.Kill(os.Getpid(), unix.SIGKILL)
	})
}

// leave begins the end that code has asked for. It takes as long as the peer takes to read what code has written, the last of which may be
// under way; a peer that does not want to wait for other calls of its own can close the connection.
func (s *session) leave(l link, code int) {
	s.exited(code)
	go func() { _ = l.Shutdown(context.Background()) }() // ends with the connection
}

// exit notes that code called os.Exit. The first status counts.
func (s *session) exit(code int) {
	select {
	case s.exits <- code:
	default:
	}
}

func (s *session) exited(code int) {
	if s.ended == "" {
		s.code, s.ended = code, fmt.Sprintf("os.Exit(%d)", code)
	}
}

// conclude returns the exit status once the connection has ended, and puts that end in words if nothing else was the reason.
func (s *session) conclude(err error) (code int) {
	select {
	case code := <-s.exits: // the peer was quicker to leave than we to notice
		s.exited(code)
	default:
	}
	switch {
	case s.ended != "":
	case err == nil:
		s.ended = "the connection was closed"
	default:
		s.code, s.ended = 3, err.Error()
	}
	return s.code
}
