package sessionproc

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// self is this executable, even if its file has been replaced since.
func self() string { return "/proc/self/exe" }

// attributes: a kernel session of its own, so that a Ctrl-C at the parent's terminal is not the session's and code there cannot be stopped by
// touching that terminal; and a signal when the parent dies, for when the control channel is not enough.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM}
}

// awaitExit waits for a child to end and leaves it to be reaped.
func awaitExit(pid int) (unreaped bool) {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err == nil
		}
	}
}
