//go:build unix

package conn

import (
	"errors"
	"io"
	"net"
	"syscall"
)

// writerNow returns a func that writes to raw what the system takes without making anybody wait; nil if raw is not known to have such a way. Only types
// are known whose Write does nothing but write: a type around one of them may count, encrypt or delay.
func writerNow(raw io.ReadWriteCloser) func(p []byte) (int, error) {
	var fd syscall.RawConn
	var err error
	switch raw := raw.(type) {
	case *net.TCPConn:
		fd, err = raw.SyscallConn()
	case *net.UnixConn:
		fd, err = raw.SyscallConn()
	default:
		return nil
	}
	if err != nil {
		return nil
	}
	return func(p []byte) (n int, err error) {
		closed := fd.Write(func(fd uintptr) bool {
			n, err = syscall.Write(int(fd), p)
			return true // whatever came of it: do not wait until more can be written
		})
		switch {
		case closed != nil:
			return 0, closed
		case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.EINTR):
			return 0, nil
		}
		return max(n, 0), err
	}
}
