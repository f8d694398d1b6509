package sessionproc

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// high is where descriptors that are not the code's go, out of the way of what it opens.
const high = 64

// aside moves a descriptor up and returns it as a file that no child process inherits.
func aside(fd int, name string) (*os.File, error) {
	up, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, high)
	if err != nil {
		return nil, fmt.Errorf("descriptor %d (%s): %w", fd, name, err)
	}
	return os.NewFile(uintptr(up), name), nil
}

// takeOutputs puts pipes on descriptors 1 and 2 and the null device on 0. What stood at 2 is returned: it is where a crash of the runtime, and this
// package, speak to whoever started the process.
func takeOutputs() (s *Streams, diag *os.File, err error) {
	if diag, err = aside(2, "diagnostics"); err != nil {
		return nil, nil, err
	}
	if err := debug.SetCrashOutput(diag, debug.CrashOptions{}); err != nil {
		return nil, nil, err
	}
	if s, err = newStreams(0, 1, 2); err != nil {
		return nil, nil, err
	}
	return s, diag, nil
}

// newStreams takes the three descriptors over; tests give it others than 0, 1 and 2.
func newStreams(stdin, stdout, stderr int) (*Streams, error) {
	s := new(Streams)
	var err error
	if s.in, err = newInput(stdin); err != nil {
		return nil, err
	}
	s.out, err = s.newStream(stdout, func(a *attachment) io.Writer { return a.stdout })
	if err != nil {
		s.in.close()
		return nil, err
	}
	s.errs, err = s.newStream(stderr, func(a *attachment) io.Writer { return a.stderr })
	if err != nil {
		s.in.close()
		s.out.close()
		return nil, err
	}
	return s, nil
}

func (s *Streams) newStream(fd int, pick func(*attachment) io.Writer) (*stream, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	// When the runtime crashes it writes here first, with every reader stopped: its last words must fit.
	enlarge(w, 1<<20)
	err = replace(int(w.Fd()), fd) // Fd makes the code's end blocking, as programs expect of it
	_ = w.Close()
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	st := &stream{current: func() io.Writer { return s.writer(pick) }}
	if st.pump, err = newPump(r, st.take); err != nil {
		_ = r.Close()
		return nil, err
	}
	return st, nil
}
