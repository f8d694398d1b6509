package main

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// typeahead is how long what is typed after Enter still counts as the next input, and not as what the running code wants to read.
const typeahead = 300 * time.Millisecond

// keyboard is the terminal as the standard input of one run at the prompt. It takes no more from the terminal once it is closed.
type keyboard struct {
	tty    *os.File
	since  time.Time
	closed chan struct{}
	wake   *os.File // closing it wakes a Read that waits for woken
	once   sync.Once

	mu    sync.Mutex // one Read at a time, and Close after it
	woken *os.File
}

func newKeyboard(tty *os.File) (*keyboard, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	return &keyboard{tty: tty, since: time.Now(), closed: make(chan struct{}), wake: w, woken: r}, nil
}

// Read waits until the run is old enough, then for a line.
func (k *keyboard) Read(b []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	select {
	case <-k.closed:
		return 0, io.EOF
	case <-time.After(time.Until(k.since.Add(typeahead))):
	}
	if !k.wait() {
		return 0, io.EOF
	}
	return k.tty.Read(b)
}

// wait reports whether the terminal has something; false when the keyboard was closed.
func (k *keyboard) wait() bool {
	for {
		fds := []unix.PollFd{{Fd: int32(k.tty.Fd()), Events: unix.POLLIN}, {Fd: int32(k.woken.Fd()), Events: unix.POLLIN}}
		_, err := unix.Poll(fds, -1)
		if err == unix.EINTR {
			continue
		}
		return err == nil && fds[1].Revents == 0 && fds[0].Revents != 0
	}
}

// Close ends a Read under way and waits for it.
func (k *keyboard) Close() error {
	var err error
	k.once.Do(func() {
		close(k.closed)
		err = k.wake.Close()
		k.mu.Lock()
		defer k.mu.Unlock()
		err = errors.Join(err, k.woken.Close())
	})
	return err
}
