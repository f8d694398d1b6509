package conn

import (
	"fmt"
	"io"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// process is who is at the other end of a transport, as the kernel knows.
type process struct{ uid, pid int }

// credentials finds the process at the other end of a unix socket, and refuses one of another user. Of other transports the kernel knows
// nothing.
func credentials(raw io.ReadWriteCloser) (process, error) {
	nobody := process{uid: -1}
	socket, ok := raw.(*net.UnixConn)
	if !ok {
		return nobody, nil
	}
	control, err := socket.SyscallConn()
	if err != nil {
		return nobody, fmt.Errorf("its user cannot be found out: %w", err)
	}
	var cred *unix.Ucred
	var failed error
	err = control.Control(func(fd uintptr) {
		cred, failed = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return nobody, fmt.Errorf("its user cannot be found out: %w", err)
	}
	if own := os.Geteuid(); int(cred.Uid) != own {
		return nobody, fmt.Errorf("process %d belongs to user %d, and this end to user %d; only processes of one user may connect over a unix socket", cred.Pid, cred.Uid, own)
	}
	return process{uid: int(cred.Uid), pid: int(cred.Pid)}, nil
}
