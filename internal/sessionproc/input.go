package sessionproc

import (
	"io"
	"os"
	"sync"
)

// input owns descriptor 0. A run that brings input gets a pipe of its own there, so that the end of its input is an end of file, and what it leaves unread is not the
// next run's; between runs it is the null device.
type input struct {
	fd   int // 0, but in tests
	null *os.File
	wg   sync.WaitGroup // feeding goroutines

	mu    sync.Mutex
	plugs []*os.File // reading ends of the runs under way, in the order in which they began
}

func newInput(fd int) (*input, error) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	in := &input{fd: fd, null: null}
	if err := replace(int(null.Fd()), fd); err != nil {
		_ = null.Close()
		return nil, err
	}
	return in, nil
}

// plug feeds r to descriptor 0 until the returned function is called. The feeding goroutine ends with r, or when it is
// unplugged; a Read under way then is r's to end (it is closed, if it can be).
func (in *input) plug(r io.Reader) (unplug func()) {
	if r == nil {
		return func() {}
	}
	pr, pw, err := os.Pipe()
	if err != nil {
		return func() {} // out of descriptors: the run sees an end of file
	}
	in.add(pr)
	in.wg.Go(func() {
		// A failing copy means that r ended or that the run no longer reads: both are the end of the input.
		_, _ = io.Copy(pw, r)
		_ = pw.Close()
	})
	return func() {
		in.remove(pr)
		_ = pw.Close()
		if c, ok := r.(io.Closer); ok {
			_ = c.Close()
		}
	}
}

func (in *input) add(pr *os.File) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.plugs = append(in.plugs, pr)
	in.show()
}

// remove takes the pipe away, and puts back what the run before it had, if that is still under way.
func (in *input) remove(pr *os.File) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for i, p := range in.plugs {
		if p == pr {
			in.plugs = append(in.plugs[:i:i], in.plugs[i+1:]...)
		}
	}
	in.show()
	_ = pr.Close()
}

// show puts the newest plug on the descriptor. Replacing cannot fail but for a bad descriptor, and these are ours.
func (in *input) show() {
	from := in.null
	if n := len(in.plugs); n > 0 {
		from = in.plugs[n-1]
	}
	_ = replace(int(from.Fd()), in.fd)
}

// close puts the null device back and waits for the feeding goroutines, whose readers have ended with their runs.
func (in *input) close() {
	in.mu.Lock()
	in.plugs = nil
	in.show()
	in.mu.Unlock()
	in.wg.Wait()
	_ = in.null.Close()
}
