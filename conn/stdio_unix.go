//go:build unix

package conn

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Stdio takes the process's standard input and output for a connection, and leaves an empty input and the standard error in their places, so that
// a stray print cannot corrupt the stream. It can be used once.
func Stdio() (io.ReadWriteCloser, error) {
	in, err := takeOver(0, "stdin", func() (int, error) { return unix.Open(os.DevNull, unix.O_RDONLY|unix.O_CLOEXEC, 0) })
	if err != nil {
		return nil, err
	}
	out, err := takeOver(1, "stdout", func() (int, error) { return unix.Dup(2) })
	if err != nil {
		return nil, closed(in, err)
	}
	return &duplex{in: in, out: out}, nil
}

// takeOver moves descriptor fd elsewhere and puts another in its place.
func takeOver(fd int, name string, other func() (int, error)) (*os.File, error) {
	moved, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, fmt.Errorf("conn: %s: %w", name, err)
	}
	// Not blocking, so that Close can wake who reads. It is a property of the open file, but our end of a pipe or a socket is nobody else's.
	if err := unix.SetNonblock(moved, true); err != nil {
		return nil, fmt.Errorf("conn: %s: %w", name, err)
	}
	file := os.NewFile(uintptr(moved), name)
	instead, err := other()
	if err != nil {
		return nil, closed(file, fmt.Errorf("conn: %s: %w", name, err))
	}
	err = unix.Dup2(instead, fd)
	if errClose := unix.Close(instead); err == nil {
		err = errClose
	}
	if err != nil {
		return nil, closed(file, fmt.Errorf("conn: %s: %w", name, err))
	}
	return file, nil
}
