package floor

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"log"
	"net"

	"github.com/hashicorp/yamux"

	"github.com/rgo-project/rgo/bench/internal/load"
)

// A raw frame is four bytes of length and as many bytes. One of wordSize bytes is sent back as it is; of any other its length is.
const (
	headSize = 4
	wordSize = 8
)

// raw is an end of frames without any protocol.
type raw struct {
	c    io.ReadWriteCloser
	in   *bufio.Reader
	head [headSize]byte
	body []byte // of the frame that was read last
	out  []byte
}

func newRaw(c io.ReadWriteCloser) *raw { return &raw{c: c, in: bufio.NewReaderSize(c, 16<<10)} }

func (r *raw) read() ([]byte, error) {
	if _, err := io.ReadFull(r.in, r.head[:]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(r.head[:]))
	if cap(r.body) < n {
		r.body = make([]byte, n)
	}
	r.body = r.body[:n]
	_, err := io.ReadFull(r.in, r.body)
	return r.body, err
}

// queue puts a frame of a word behind those that are to be written.
func (r *raw) queue(x uint64) {
	r.out = binary.BigEndian.AppendUint32(r.out, wordSize)
	r.out = binary.BigEndian.AppendUint64(r.out, x)
}

func (r *raw) flush() error {
	_, err := r.c.Write(r.out)
	r.out = r.out[:0]
	return err
}

// answer returns the word that comes next.
func (r *raw) answer() (uint64, error) {
	b, err := r.read()
	if err == nil && len(b) != wordSize {
		err = errors.New("floor: an answer is a word")
	}
	if err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint64(b), nil
}

func (r *raw) Echo(x int64) (int64, error) {
	r.queue(uint64(x))
	if err := r.flush(); err != nil {
		return 0, err
	}
	y, err := r.answer()
	return int64(y), err
}

// send sends bytes, and does not wait for the answer.
func (r *raw) send(b []byte) error {
	r.out = binary.BigEndian.AppendUint32(r.out, uint32(len(b)))
	if err := r.flush(); err != nil {
		return err
	}
	_, err := r.c.Write(b)
	return err
}

func (r *raw) Put(b []byte) (int, error) {
	if err := r.send(b); err != nil {
		return 0, err
	}
	n, err := r.answer()
	return int(n), err
}

// PutAll puts bytes n times, without waiting for one before the next.
func (r *raw) PutAll(b []byte, n int) error {
	sent := make(chan error, 1)
	go func() { // ends when all is sent, or the connection has ended; joined by the receive below
		var err error
		for range n {
			if err = r.send(b); err != nil {
				break
			}
		}
		sent <- err
	}()
	for range n {
		size, err := r.answer()
		if err == nil && int(size) != len(b) {
			err = load.ErrWrong
		}
		if err != nil {
			return errors.Join(err, r.Close(), <-sent)
		}
	}
	return <-sent
}

// Ahead issues n echoes in one piece, and then awaits them all.
func (r *raw) Ahead(n int) error {
	sent := make(chan error, 1)
	for i := range n {
		r.queue(uint64(i))
	}
	go func() { sent <- r.flush() }() // as above
	for i := range n {
		x, err := r.answer()
		if err == nil && x != uint64(i) {
			err = load.ErrWrong
		}
		if err != nil {
			return errors.Join(err, r.Close(), <-sent)
		}
	}
	return <-sent
}

func (r *raw) Close() error { return r.c.Close() }

// serve answers until the client has left. As long as there is another frame in hand, answers wait to be written together.
func (r *raw) serve() error {
	defer r.c.Close()
	for {
		b, err := r.read()
		if errors.Is(err, io.EOF) || errors.Is(err, yamux.ErrSessionShutdown) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(b) == wordSize {
			r.queue(binary.BigEndian.Uint64(b))
		} else {
			r.queue(uint64(len(b)))
		}
		if r.in.Buffered() < headSize+wordSize || len(r.out) > 32<<10 {
			if err := r.flush(); err != nil {
				return err
			}
		}
	}
}

func rawTCP(c net.Conn) { over(newRaw(c).serve()) }

func yamuxConfig() *yamux.Config {
	cfg := yamux.DefaultConfig()
	cfg.LogOutput = nil
	cfg.Logger = log.New(io.Discard, "", 0)
	return cfg
}

func rawYamux(c net.Conn) {
	s, err := yamux.Server(c, yamuxConfig())
	if err != nil {
		over(err)
		return
	}
	defer s.Close()
	stream, err := s.AcceptStream()
	if err != nil {
		over(err)
		return
	}
	over(newRaw(stream).serve())
}

// muxed is a stream that ends its session with it.
type muxed struct {
	*yamux.Stream
	session *yamux.Session
}

func (m muxed) Close() error { return errors.Join(m.Stream.Close(), m.session.Close()) }

func dialYamux(c net.Conn) (Client, error) {
	s, err := yamux.Client(c, yamuxConfig())
	if err != nil {
		return nil, err
	}
	stream, err := s.OpenStream()
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return newRaw(muxed{stream, s}), nil
}
