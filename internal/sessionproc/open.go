package sessionproc

import (
	"context"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/interp"
)

// Main serves a session and returns its exit status, if this process was started by Start, and runs tests if it was started by tests that run in a session; ok is false in any other. Commands call
// it first, and end with code if ok.
func Main() (code int, ok bool) { return mainWith(open) }

// open makes the interpreter's session, which has this process to itself, and offers it on the connection.
func open(o opening) (link, error) {
	session, err := interp.NewSession(interp.Options{OwnProcess: true, Exit: o.exit, Grant: o.offer.Grant, Packages: o.offer.Packages})
	if err != nil {
		return nil, err
	}
	cfg := conn.Config{Name: "rgo session", Bind: interp.Serve(session, o.streams)}
	if len(o.state) > 0 {
		return conn.Resume(o.stream, o.state, cfg)
	}
	return conn.Accept(context.Background(), o.stream, cfg)
}
