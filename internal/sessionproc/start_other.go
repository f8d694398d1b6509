//go:build unix && !linux

package sessionproc

import (
	"os"
	"syscall"
)

func self() string {
	exe, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return exe
}

// attributes: a kernel session of its own, so that a Ctrl-C at the parent's terminal is not the session's. The control channel alone tells of the parent's death.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// awaitExit cannot wait without reaping here.
func awaitExit(int) (unreaped bool) { return false }
