//go:build unix

package conn

import (
	"errors"
	"io"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// writersNow returns a func that writes to raw what the system takes without making anybody wait, and one that calls a sender with another such func; nil if raw is
// not known to have such a way. Only types are known whose Write does nothing but write: a type around one of them may count, encrypt or delay.
func writersNow(raw io.ReadWriteCloser) (now func(p []byte) (int, error), lent func(sender) error) {
	var fd syscall.RawConn
	var err error
	switch raw := raw.(type) {
	case *net.TCPConn:
		fd, err = raw.SyscallConn()
	case *net.UnixConn:
		fd, err = raw.SyscallConn()
	default:
		return nil, nil
	}
	if err != nil {
		return nil, nil
	}
	now = func(p []byte) (n int, err error) {
		closed := fd.Write(func(fd uintptr) bool {
			n, err = noWait(syscall.Write(int(fd), p))
			return true // whatever came of it: do not wait until more can be written
		})
		if closed != nil {
			return 0, closed
		}
		return n, err
	}
	lent = func(send sender) (err error) {
		closed := fd.Write(func(fd uintptr) (done bool) {
			done, err = send(func(parts [][]byte) (int, error) { return noWait(unix.SendmsgBuffers(int(fd), parts, nil, nil, 0)) })
			return done || err != nil
		})
		if closed != nil {
			return closed
		}
		return err
	}
	return now, lent
}

// noWait is what the system has taken of what was written: that it takes nothing now is no error.
func noWait(n int, err error) (int, error) {
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR) {
		err = nil
	}
	return max(n, 0), err
}
