package sessionproc

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// scratch gives streams on descriptors that are not this process's own, and the code's ends of the outputs.
func scratch(t *testing.T) (s *Streams, stdout, stderr *os.File) {
	t.Helper()
	var fds [3]int
	for i := range fds {
		fd, err := unix.FcntlInt(2, unix.F_DUPFD_CLOEXEC, 100)
		if err != nil {
			t.Fatal(err)
		}
		fds[i] = fd
	}
	s, err := newStreams(fds[0], fds[1], fds[2])
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr = os.NewFile(uintptr(fds[1]), "stdout"), os.NewFile(uintptr(fds[2]), "stderr")
	t.Cleanup(func() {
		s.Close()
		stdout.Close()
		stderr.Close()
		_ = unix.Close(fds[0])
	})
	return s, stdout, stderr
}

// TestDetachIsComplete is the promise a run's reply rests on: what was written before detach is with the writers when it returns.
func TestDetachIsComplete(t *testing.T) {
	s, stdout, stderr := scratch(t)
	for i := range 500 {
		var out, errs slow
		detach := s.Attach(nil, &out, &errs)
		var want bytes.Buffer
		for j := range 20 {
			line := fmt.Sprintf("run %d line %d\n", i, j)
			want.WriteString(line)
			_, _ = stdout.WriteString(line)
			_, _ = stderr.WriteString(line)
		}
		detach()
		if out.b.String() != want.String() || errs.b.String() != want.String() {
			t.Fatalf("run %d: stdout %q, stderr %q", i, out.b.String(), errs.b.String())
		}
	}
}

// slow is a writer that gives a race a chance.
type slow struct{ b bytes.Buffer }

func (s *slow) Write(p []byte) (int, error) {
	if len(p)%3 == 0 {
		time.Sleep(50 * time.Microsecond)
	}
	return s.b.Write(p)
}

func TestOutputBetweenRunsIsKeptForTheNext(t *testing.T) {
	s, stdout, _ := scratch(t)
	_, _ = stdout.WriteString("late\n")
	var out strings.Builder
	detach := s.Attach(nil, &out, nil)
	_, _ = stdout.WriteString("own\n")
	detach()
	if out.String() != "late\nown\n" {
		t.Errorf("got %q", out.String())
	}

	for range 3 {
		_, _ = stdout.WriteString(strings.Repeat("y", held))
	}
	out.Reset()
	s.Attach(nil, &out, nil)()
	if note := fmt.Sprintf("[%d bytes written between two runs were dropped]\n", 2*held); !strings.HasPrefix(out.String(), note) ||
		len(out.String()) != len(note)+held {
		t.Errorf("%d bytes, beginning %.80q", out.Len(), out.String())
	}
}

// TestDetachDespiteEndlessOutput: a background process that never stops writing does not keep a run from ending.
func TestDetachDespiteEndlessOutput(t *testing.T) {
	s, stdout, _ := scratch(t)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	wg.Go(func() {
		for chunk := bytes.Repeat([]byte("z"), 4096); ; {
			select {
			case <-stop:
				return
			default:
				_, _ = stdout.Write(chunk)
			}
		}
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Attach(nil, nil, nil)()
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("detach waits for output that never ends")
	}
	close(stop)
	wg.Wait()
	<-done
}

// TestNestedRuns: the later run has the descriptors while it lasts, then the earlier one has them back.
func TestNestedRuns(t *testing.T) {
	s, stdout, _ := scratch(t)
	var outer, inner strings.Builder
	detachOuter := s.Attach(strings.NewReader("outer"), &outer, nil)
	_, _ = stdout.WriteString("1")
	detachInner := s.Attach(strings.NewReader("inner"), &inner, nil)
	_, _ = stdout.WriteString("2")
	if got := readAll(t, s.in.fd); got != "inner" {
		t.Errorf("inner run reads %q", got)
	}
	detachInner()
	_, _ = stdout.WriteString("3")
	if got := readAll(t, s.in.fd); got != "outer" {
		t.Errorf("outer run reads %q", got)
	}
	detachOuter()
	if outer.String() != "13" || inner.String() != "2" {
		t.Errorf("outer %q, inner %q", outer.String(), inner.String())
	}
	if got := readAll(t, s.in.fd); got != "" {
		t.Errorf("between runs input is %q", got)
	}
}

func readAll(t *testing.T, fd int) string {
	t.Helper()
	var all []byte
	for buf := make([]byte, 100); ; {
		n, err := unix.Read(fd, buf)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return string(all)
		}
		all = append(all, buf[:n]...)
	}
}

// BenchmarkDetach is what the completeness of output costs each run.
func BenchmarkDetach(b *testing.B) {
	r, w, err := os.Pipe()
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	p, err := newPump(r, func([]byte) {})
	if err != nil {
		b.Fatal(err)
	}
	defer p.close()
	for b.Loop() {
		_, _ = w.WriteString("line\n")
		p.drain()
	}
}
