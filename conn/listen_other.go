//go:build !unix

package conn

import (
	"fmt"
	"net"
)

// listenUnix refuses: on this system neither the mode of a socket nor the kernel keeps other users out.
func listenUnix(path string) (net.Listener, error) {
	return nil, fmt.Errorf("conn: listen on unix://%s: other users could connect to it on this system: listen on tcp://127.0.0.1 with a token", path)
}
