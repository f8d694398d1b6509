package netproxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"reflect"
	"sync"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// The operations of bulk data, of channels and of sequences.
const (
	opFill    conn.Op = iota + 41 // call a method with a buffer of so many bytes, which come back
	opPour                        // what an object has to read, into a stream, or into another object
	opDrain                       // what a stream, or another object, has to read, into an object
	opReceive                     // values from a channel
	opPost                        // values to a channel
	opStop                        // end an iteration
)

// Streamed reads r ahead: what r, which is of the other side, has to read comes on a stream of its own, as fast as it is used here, instead of with
// a round trip for each Read. It is for those who read little by little, such as a bufio.Scanner. Close ends it; what had been read
// over there and not here is lost then, so r should have no other reader. (io.Copy needs no Streamed.)
//
// Of an r that is not of the other side, Streamed returns r, with a Close that closes r if it can be closed.
func Streamed(r io.Reader) (io.ReadCloser, error) {
	if p, ok := proxyMade(r); ok {
		s, err := p.pull(p.nested().context())
		if err == errNoStream { //nolint:errorlint // our own
			return io.NopCloser(reader(p.read)), nil
		} else if err != nil {
			return nil, err
		}
		return s, nil
	}
	if c, ok := r.(io.ReadCloser); ok {
		return c, nil
	}
	return io.NopCloser(r), nil
}

// pull is what an object of the other side has to read, arriving on a stream. One goroutine may Read while another Closes.
type pull struct {
	p        *Proxy
	st       *conn.Stream
	call     *conn.Pending
	answered chan struct{} // closed when the call is over and what follows is known
	sent     int64         // by the other side
	failed   error         // why it ended, if not because everything was read

	n    int64 // has arrived
	over error // what every further Read returns

	once sync.Once
}

// pull begins to read p.
func (p *Proxy) pull(ctx context.Context) (*pull, error) {
	st, call, err := p.flow(ctx, opPour)
	if err != nil {
		return nil, err
	}
	r := &pull{p: p, st: st, call: call, answered: make(chan struct{})}
	if !p.space.c.Go(r.await) { // ends with the call, which Close cancels; joined by Close
		r.await() // which does not wait then
	}
	return r, nil
}

// streamTime is how long a copy waits for a stream, of which the peer allows so many. Those that are in use may be waiting for this very copy, so it is
// carried out in calls then.
const streamTime = time.Second

var errNoStream = errors.New("netproxy: no stream is free")

// flow begins an operation that works on a stream.
func (p *Proxy) flow(ctx context.Context, op conn.Op) (*conn.Stream, *conn.Pending, error) {
	if p.broken != nil {
		return nil, nil, p.broken
	}
	if p.space == nil {
		return nil, nil, fail(ErrUnsupported, "%s is no object of the other side", p)
	}
	target, err := p.target()
	if err != nil {
		return nil, nil, err
	}
	c := p.space.c
	soon, cancel := context.WithTimeout(ctx, streamTime)
	defer cancel()
	st, err := c.OpenStream(soon)
	switch {
	case err != nil && soon.Err() != nil && ctx.Err() == nil:
		return nil, nil, errNoStream
	case err != nil:
		return nil, nil, err
	}
	body := wire.AppendUint(wire.AppendArray(nil, 1), uint64(st.ID()))
	call, err := c.Start(ctx, &conn.Request{Target: target, Op: op, Body: conn.Message{Data: body}})
	if err != nil {
		_ = st.Withdraw() // err is better
		return nil, nil, lost(err)
	}
	return st, call, nil
}

// await waits for the end of the call. Where the other side has never taken the stream, nobody will end that.
func (r *pull) await() {
	var counted bool
	r.sent, counted, r.failed = flowed(r.p, r.call)
	refused := r.failed != nil && !counted
	close(r.answered)
	if refused {
		_ = r.st.Withdraw() // failed is better
	}
}

// flowed waits for the end of an operation that works on a stream: how many bytes went through it, if that is known, and its error.
func flowed(p *Proxy, call *conn.Pending) (n int64, counted bool, err error) {
	ret, err := call.Wait(context.Background())
	if err != nil {
		return 0, false, lost(err)
	}
	d, results, failed := p.space.returned(ret)
	if results != 1 {
		if failed == nil {
			failed = fail(ErrMalformed, "%s where the number of bytes is expected", plural(results, "result"))
		}
		return 0, false, failed
	}
	if err := d.value(reflect.ValueOf(&n).Elem()); err != nil {
		return 0, false, err
	}
	return n, true, failed
}

// Read implements io.Reader.
func (r *pull) Read(b []byte) (int, error) {
	if r.over != nil {
		return 0, r.over
	}
	n, err := r.st.Read(b)
	r.n += int64(n)
	if err == nil {
		return n, nil
	}
	if err == io.EOF { //nolint:errorlint // the stream's own
		<-r.answered
		switch {
		case r.failed != nil:
			err = r.failed
		case r.n != r.sent:
			err = fmt.Errorf("netproxy: %d of %d bytes arrived: %w", r.n, r.sent, io.ErrUnexpectedEOF)
		}
		r.st.Retire()
	} else {
		select {
		case <-r.answered:
			if r.failed != nil {
				err = r.failed
			}
		default:
		}
	}
	r.over = err
	return n, err
}

// Close gives up what has not been read.
func (r *pull) Close() error {
	r.once.Do(func() {
		r.call.Cancel(errNotWanted)
		_ = r.st.Withdraw() // nobody is interested in how it ends
		<-r.answered
	})
	return nil
}

var errNotWanted = fmt.Errorf("netproxy: the reader has closed the stream: %w", io.ErrClosedPipe)

// writeTo is WriteTo of an object that has Read.
func (p *Proxy) writeTo(w io.Writer) (int64, error) {
	if dst, ok := proxyMade(w); ok && dst.space == p.space {
		if err := dst.sendHeader(context.Background()); err != nil { // of an http.ResponseWriter
			return 0, err
		}
		return p.between(opPour, dst)
	}
	r, err := p.pull(p.nested().context())
	switch {
	case err == errNoStream: //nolint:errorlint // our own
		return copyAll(w, reader(p.read))
	case err != nil:
		return 0, err
	}
	defer func() { _ = r.Close() }() // does not fail
	return copyAll(w, r)
}

// readFrom is ReadFrom of an object that has Write.
func (p *Proxy) readFrom(r io.Reader) (int64, error) {
	if src, ok := proxyMade(r); ok && src.space == p.space {
		return p.between(opDrain, src)
	}
	st, call, err := p.flow(p.nested().context(), opDrain)
	switch {
	case err == errNoStream: //nolint:errorlint // our own
		return copyAll(writer(p.write), r)
	case err != nil:
		return 0, err
	}
	var n int64
	var failed error
	answered := make(chan struct{})
	await := func() {
		defer close(answered)
		var taken bool
		if n, taken, failed = flowed(p, call); taken {
			_ = st.Close() // wakes the writer, whose bytes nobody wants any more
		} else {
			_ = st.Withdraw() // likewise
		}
	}
	if !p.space.c.Go(await) { // ends with the call; joined below
		await()
	}
	copied := false
	defer func() {
		if !copied { // r has panicked
			call.Cancel(errNotWanted)
			<-answered
		}
	}()
	w := &framed{to: st}
	sent, own := copyAll(w, r)
	copied = true
	if w.err == nil {
		w.end(own == nil)
	}
	<-answered
	if own != nil && w.err == nil && n == sent {
		failed = own
	}
	return n, failed
}

// between copies between two objects of the other side: there, without a detour.
func (p *Proxy) between(op conn.Op, other *Proxy) (int64, error) {
	ret, err := p.send(p.nested().context(), op, "", wantAuto, other)
	if err != nil {
		return 0, err
	}
	var n int64
	d, results, failed := p.space.returned(ret)
	if results == 1 {
		err = d.value(reflect.ValueOf(&n).Elem())
	}
	if failed == nil {
		failed = err
	}
	return n, failed
}

// copySize is how much is read at once: with its head it is what a stream writes in whole pieces.
const copySize = 64<<10 - frameHead

var copyBuffers = sync.Pool{New: func() any { return new([frameHead + copySize]byte) }}

// copyAll copies from r to w until r ends. It leaves the work to one of them that knows how, unless all it knows is to do it
// with smaller buffers.
func copyAll(w io.Writer, r io.Reader) (int64, error) {
	if to, ok := r.(io.WriterTo); ok && !isFile(r) {
		return to.WriteTo(w)
	}
	if from, ok := w.(io.ReaderFrom); ok && !isFile(w) {
		return from.ReadFrom(r)
	}
	buf := copyBuffers.Get().(*[frameHead + copySize]byte)
	defer copyBuffers.Put(buf)
	var n int64
	for {
		got, err := r.Read(buf[:copySize])
		if got > 0 {
			wrote, failed := w.Write(buf[:got])
			n += int64(max(0, min(wrote, got)))
			switch {
			case failed != nil:
				return n, failed
			case wrote != got:
				return n, io.ErrShortWrite
			}
		}
		if err == io.EOF { //nolint:errorlint // as io.Copy has it
			return n, nil
		} else if err != nil {
			return n, err
		}
	}
}

// isFile says whether x can copy by itself only to and from files of the system.
func isFile(x any) bool {
	switch x.(type) {
	case *os.File, *net.TCPConn, *net.UnixConn:
		return true
	}
	return false
}
