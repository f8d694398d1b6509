package conn

import (
	"fmt"
	"net"
	"strings"
)

// Listen listens on unix:///path or tcp://127.0.0.1:port, and on nothing that reaches beyond this machine.
//
// The directory of a unix socket is made if it is missing, and must not be writable for other users; the socket itself can be used
// by its owner only. A socket that a dead process has left is replaced.
func Listen(addr string) (net.Listener, error) {
	switch {
	case strings.HasPrefix(addr, "unix:"):
		path, err := unixPath(addr)
		if err != nil {
			return nil, err
		}
		return listenUnix(path)
	case strings.HasPrefix(addr, "tcp:"):
		host, err := loopback(addr)
		if err != nil {
			return nil, err
		}
		ln, err := net.Listen("tcp", host)
		if err != nil {
			return nil, fmt.Errorf("conn: listen on %s: %w", addr, err)
		}
		return ln, nil
	}
	return nil, fmt.Errorf("conn: cannot listen on %q: want unix:///path or tcp://127.0.0.1:port", addr)
}
