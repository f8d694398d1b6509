//go:build !unix

package conn

import (
	"errors"
	"io"
	"net"
)

// process is who is at the other end of a transport, as the kernel knows.
type process struct{ uid, pid int }

// credentials refuses unix sockets: nothing on this system says whose process it is, and the mode of a socket keeps nobody out.
func credentials(raw io.ReadWriteCloser) (process, error) {
	if _, socket := raw.(*net.UnixConn); socket {
		return process{uid: -1}, errors.New("whose process it is cannot be known on this system: use tcp://127.0.0.1 with a token")
	}
	return process{uid: -1}, nil
}
