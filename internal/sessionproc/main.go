package sessionproc

import (
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"

	"github.com/rgo-project/rgo/interp"
)

// mainWith is Main with another way to open a session.
func mainWith(open func(opening) (link, error)) (code int, ok bool) {
	if os.Getenv(envKey) == "" {
		return interp.TestBinary()
	}
	_ = os.Unsetenv(envKey)
	code, err := child(open)
	if err != nil {
		fmt.Fprintln(os.Stderr, "sessionproc:", err)
		return 1, true
	}
	return code, true
}

// child takes what Start handed down.
func child(open func(opening) (link, error)) (code int, err error) {
	socket, err := inherited(socketFD, "connection")
	if err != nil {
		return 0, err
	}
	f, err := inherited(controlFD, "control")
	if err != nil {
		return 0, err
	}
	ctl, err := newControl(f)
	if err != nil {
		return 0, err
	}
	var first start
	if err := ctl.receive(&first); err != nil {
		return 0, fmt.Errorf("no orders from the parent: %w", err)
	}
	nc, err := net.FileConn(socket)
	_ = socket.Close()
	if err != nil {
		return 0, err
	}
	streams, diag, err := takeOutputs()
	if err != nil {
		return 0, err
	}
	s := newSession(diag)
	go s.obey(ctl) // until the process ends
	code = s.run(open, opening{stream: nc, state: first.State, offer: first.Offer, streams: streams})
	_ = ctl.send(report{Ended: s.ended})
	return code, nil
}

// inherited takes a descriptor that Start handed down, out of the way and not for inheritance.
func inherited(fd int, name string) (*os.File, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFSOCK {
		return nil, fmt.Errorf("%s is set, but this process was not started as a session: descriptor %d is no %s", envKey, fd, name)
	}
	f, err := aside(fd, name)
	if err != nil {
		return nil, err
	}
	_ = unix.Close(fd)
	return f, nil
}
