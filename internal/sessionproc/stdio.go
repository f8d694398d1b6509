package sessionproc

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"github.com/rgo-project/rgo/conn"
)

// Stdio makes this process a session that speaks the protocol on its standard input and output, and returns its exit status.
func Stdio(offer Offer) (code int, err error) { return stdioWith(open, offer) }

// stdioWith is Stdio with another way to open a session.
func stdioWith(open func(opening) (link, error), offer Offer) (code int, err error) {
	if term.IsTerminal(0) || term.IsTerminal(1) {
		return 0, errors.New("sessionproc: standard input and output are to carry the protocol, but are a terminal: a program is to start this, such as rgo-shell exec:'rgo-server --stdio'")
	}
	stream, err := conn.Stdio()
	if err != nil {
		return 0, fmt.Errorf("sessionproc: %w", err)
	}
	// A Ctrl-C at the terminal of whoever started this is not meant for the session. This fails for a group's leader, which has its own group already.
	_, _ = unix.Setsid()
	streams, diag, err := takeOutputs()
	if err != nil {
		return 0, fmt.Errorf("sessionproc: %w", err)
	}
	s := newSession(diag)
	code = s.run(open, opening{stream: stream, offer: offer, streams: streams})
	return code, nil
}
