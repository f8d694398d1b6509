package conn

import (
	"io"
	"net"

	"golang.org/x/sys/unix"
)

// unsentMost is how much of what we write may wait in the system for the network to take it: it goes ahead of the next frame of a small call, which waits 10 ms for it at
// 100 Mbit/s. Left to itself the system takes some megabytes.
const unsentMost = 128 << 10

// boundUnsent bounds what waits in the system, of a connection that leaves this machine. What is under way on the network is not counted, so it costs no throughput.
func boundUnsent(raw io.ReadWriteCloser) {
	if inside, ok := raw.(interface{ NetConn() net.Conn }); ok { // TLS
		raw = inside.NetConn()
	}
	socket, ok := raw.(*net.TCPConn)
	if !ok {
		return
	}
	if peer, ok := socket.RemoteAddr().(*net.TCPAddr); !ok || peer.IP.IsLoopback() {
		return
	}
	control, err := socket.SyscallConn()
	if err != nil {
		return // it is closed, as others will find
	}
	_ = control.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, unsentMost) // small calls may wait longer without
	})
}
