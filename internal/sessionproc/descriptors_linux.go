package sessionproc

import (
	"os"

	"golang.org/x/sys/unix"
)

// replace makes the number to stand for what from stands for.
func replace(from, to int) error { return unix.Dup3(from, to, 0) }

// enlarge asks for a larger pipe; the kernel may refuse an account that has many.
func enlarge(f *os.File, size int) { _, _ = unix.FcntlInt(f.Fd(), unix.F_SETPIPE_SZ, size) }

// bytesWaiting is the ioctl that tells how much is in a pipe.
const bytesWaiting = unix.TIOCINQ
