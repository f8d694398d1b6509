package babble

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// Link makes a link within this process that has buffers, as links do: a unix socket, whose name is gone again.
func Link() (near, far *net.UnixConn, err error) {
	dir, err := os.MkdirTemp("", "babble")
	if err != nil {
		return nil, nil, fmt.Errorf("babble: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ln, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		return nil, nil, fmt.Errorf("babble: %w", err)
	}
	defer func() { err = errors.Join(err, ln.Close()) }()
	there, err := net.Dial("unix", ln.Addr().String())
	if err != nil {
		return nil, nil, fmt.Errorf("babble: %w", err)
	}
	here, err := ln.Accept()
	if err != nil {
		return nil, nil, errors.Join(err, there.Close())
	}
	return there.(*net.UnixConn), here.(*net.UnixConn), nil
}

// Tell shakes hands, writes all, and returns what came back until the other end had hung up.
func Tell(link *net.UnixConn, all []byte) ([]byte, error) {
	if err := Shake(link); err != nil {
		return nil, err
	}
	type read struct {
		all []byte
		err error
	}
	said := make(chan read)
	go func() { // ends when the other end hangs up
		all, err := io.ReadAll(link)
		said <- read{all, err}
	}()
	_, _ = link.Write(all) // the end may come before it is through
	_ = link.CloseWrite()  // likewise
	got := <-said
	if errors.Is(got.err, syscall.ECONNRESET) { // it had not read all when it hung up
		got.err = nil
	}
	return got.all, got.err
}
