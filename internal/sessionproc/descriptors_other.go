//go:build unix && !linux

package sessionproc

import (
	"os"

	"golang.org/x/sys/unix"
)

// replace makes the number to stand for what from stands for.
func replace(from, to int) error { return unix.Dup2(from, to) }

// enlarge does nothing: pipes have the size that the system gives them.
func enlarge(*os.File, int) {}

// bytesWaiting is the ioctl that tells how much is in a pipe.
const bytesWaiting = 0x4004667f // FIONREAD: _IOR('f', 127, int) in the BSD family
