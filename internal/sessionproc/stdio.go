package sessionproc

import (
	"errors"
	"io"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// stdio is standard input and output as one stream.
type stdio struct {
	io.Reader
	io.Writer
	in, out *os.File
}

// takeStdio moves descriptors 0 and 1 aside. What is put in their place is takeOutputs's matter.
func takeStdio() (*stdio, error) {
	if term.IsTerminal(0) || term.IsTerminal(1) {
		return nil, errors.New("standard input and output carry the protocol, but are a terminal: this is for a program to start, such as rgo-shell exec:'rgo-server --stdio'")
	}
	in, err := protocolFile(0, "standard input")
	if err != nil {
		return nil, err
	}
	out, err := protocolFile(1, "standard output")
	if err != nil {
		in.Close()
		return nil, err
	}
	return &stdio{Reader: in, Writer: out, in: in, out: out}, nil
}

// protocolFile moves fd aside and, where it can be waited for, makes it non-blocking first, so that Close ends a Read under way.
func protocolFile(fd int, name string) (*os.File, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, &os.PathError{Op: "fstat", Path: name, Err: err}
	}
	if kind := st.Mode & unix.S_IFMT; kind == unix.S_IFIFO || kind == unix.S_IFSOCK {
		if err := syscall.SetNonblock(fd, true); err != nil {
			return nil, &os.PathError{Op: "set non-blocking", Path: name, Err: err}
		}
	}
	return aside(fd, name)
}

func (s *stdio) Close() error { return errors.Join(s.in.Close(), s.out.Close()) }
