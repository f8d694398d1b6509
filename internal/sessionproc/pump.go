package sessionproc

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// pump moves what arrives in a pipe to deliver. Two kinds of goroutines move: the pump's own, which waits for the pipe to become
// readable, and whoever calls drain at the end of a run. The turn keeps their deliveries in the order of the bytes: who has it reads and
// delivers, and a drain that gets it knows that everything read before has been delivered too.
type pump struct {
	raw     syscall.RawConn
	file    *os.File
	deliver func([]byte)
	turn    chan struct{} // holds one token
	done    chan struct{} // closed when run has returned
	buf     []byte        // whose turn it is owns it
}

// newPump starts a pump on the reading end of a pipe, which must be non-blocking; close stops and joins it.
func newPump(file *os.File, deliver func([]byte)) (*pump, error) {
	raw, err := file.SyscallConn()
	if err != nil {
		return nil, err
	}
	p := &pump{
		raw: raw, file: file, deliver: deliver,
		turn: make(chan struct{}, 1), done: make(chan struct{}), buf: make([]byte, 32<<10),
	}
	p.turn <- struct{}{}
	go p.run()
	return p, nil
}

// run waits for bytes without taking them, so that between its read and its turn there is nothing that drain could miss.
func (p *pump) run() {
	defer close(p.done)
	for {
		err := p.raw.Read(func(fd uintptr) bool { return buffered(fd) > 0 })
		if err != nil {
			return // closed
		}
		p.drain()
	}
}

// drain returns when all that was in the pipe when its turn came has been delivered: everything written before the call, and no more than
// a pipe's worth, however fast somebody goes on writing.
func (p *pump) drain() {
	<-p.turn
	defer func() { p.turn <- struct{}{} }()
	left := 0
	if p.raw.Control(func(fd uintptr) { left = buffered(fd) }) != nil {
		return
	}
	for left > 0 {
		n := p.read(min(left, len(p.buf)))
		if n <= 0 {
			return
		}
		p.deliver(p.buf[:n])
		left -= n
	}
}

// read does not go through File.Read, which would wait for the goroutine that waits for readability.
func (p *pump) read(limit int) (n int) {
	err := p.raw.Control(func(fd uintptr) {
		for {
			var err error
			n, err = unix.Read(int(fd), p.buf[:limit])
			if err != unix.EINTR {
				return
			}
		}
	})
	if err != nil {
		return 0
	}
	return n
}

// close ends the pump. What is in the pipe is dropped.
func (p *pump) close() {
	_ = p.file.Close()
	<-p.done
}

// buffered is the number of bytes waiting in a pipe.
func buffered(fd uintptr) int {
	n, err := unix.IoctlGetInt(int(fd), bytesWaiting)
	if err != nil {
		return 0
	}
	return n
}
