package conn

import (
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Bounds of the queue in bytes. Callers and handlers wait above the first. What the connection itself has to say, in answer to what it reads, cannot
// wait: a peer that lets that alone reach the second is not reading, and is aborted.
const (
	queueSoft = 256 << 10
	queueHard = 4 << 20
)

// writer is the queue of our frames, and the goroutine that writes them, as many as there are at once. Whoever puts frames there, which
// may happen under a lock, calls push or signal when it holds none. A frame that is still in the queue can be taken out again.
type writer struct {
	to   *carrier
	wake chan struct{} // one slot: there is something to do
	done chan struct{} // closed when the goroutine has ended

	frames  atomic.Uint64
	written atomic.Uint64 // bytes

	mu     sync.Mutex
	queue  []queued
	spare  []queued      // what queue begins in, whenever it is empty
	first  uint64        // number of queue[0]; whatever is before it has been taken to be written
	bytes  int           // in the queue
	urgent int           // those of them that could not wait
	room   chan struct{} // if not nil, closed when there is room again
	closed bool          // nothing more is taken into the queue
	free   [][]byte      // buffers of frames that have been written
	bodies []*outgoing   // that go in pieces, by turns
	sent   chan struct{} // if not nil, closed when there are no bodies left

	batch []byte // what is being written; guarded by the carrier's lock
	piece []byte // of a body, of the writer's goroutine
}

// queued is a frame in the queue: its beginning, and its inline body, which is copied only when it is written. Both are nil
// once it has been taken out.
type queued struct {
	frame  []byte
	body   []byte
	urgent bool
}

func (w *writer) init(to *carrier) {
	w.to = to
	w.spare = make([]queued, 0, 8)
	w.wake = make(chan struct{}, 1)
	w.done = make(chan struct{})
}

// buffer returns an empty buffer for the next frame.
func (w *writer) buffer() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := len(w.free); n > 0 {
		b := w.free[n-1]
		w.free = w.free[:n-1]
		return b[:0]
	}
	return make([]byte, 0, 256)
}

// put queues a frame and returns its number. It never waits; who can wait calls wait before. ok is false if the queue is closed, or beyond its hard bound with
// frames that could not wait.
func (w *writer) put(frame, body []byte, urgent bool) (number uint64, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || urgent && w.urgent > queueHard {
		return 0, false
	}
	number = w.first + uint64(len(w.queue))
	w.queue = append(w.queue, queued{frame: frame, body: body, urgent: urgent})
	w.bytes += len(frame) + len(body)
	if urgent {
		w.urgent += len(frame) + len(body)
	}
	return number, true
}

// push has what is queued written. A frame that is alone is written by the one who has queued it, if nobody else is writing and as far as that
// makes nobody wait: it costs a lone call no goroutine. All else is for the goroutine, which writes what has come together at once.
func (w *writer) push(alone bool) {
	if !alone || w.to.now == nil || !w.to.out.TryLock() {
		w.signal()
		return
	}
	defer w.to.out.Unlock()
	var n int
	var last bool
	if w.batch, n, last = w.take(w.batch[:0]); len(w.batch) > 0 {
		w.count(n)
		last = !w.to.writeNow(w.batch) || last
	}
	if last || w.waiting() {
		w.signal()
	}
}

// waiting says whether there is something in the queue.
func (w *writer) waiting() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue)+len(w.bodies) > 0
}

// count counts n frames of a batch.
func (w *writer) count(n int) {
	w.frames.Add(uint64(n))
	w.written.Add(uint64(len(w.batch)))
}

// remove takes frame number out of the queue, with the body that it announces, unless it has been taken to be written.
func (w *writer) remove(number uint64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if number < w.first {
		return false
	}
	q := &w.queue[number-w.first]
	w.bytes -= len(q.frame) + len(q.body)
	*q = queued{}
	w.makeRoom()
	w.bodies = slices.DeleteFunc(w.bodies, func(b *outgoing) bool { return b.frame == number })
	w.noBodies()
	return true
}

// taken says whether frame number has left the queue.
func (w *writer) taken(number uint64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return number < w.first
}

// wait returns a channel to wait on before queueing more; nil if there is room.
func (w *writer) wait() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || w.bytes < queueSoft {
		return nil
	}
	if w.room == nil {
		w.room = make(chan struct{})
	}
	return w.room
}

// close ends the queue: what is in it is still written, then the goroutine ends.
func (w *writer) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.makeRoom()
	w.noBodies()
	w.signal()
}

func (w *writer) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *writer) makeRoom() {
	if w.room != nil && (w.closed || w.bytes < queueSoft) {
		close(w.room)
		w.room = nil
	}
}

// take moves frames from the head of the queue to out, about a batch of them. last is true when no more will come.
func (w *writer) take(out []byte) (_ []byte, n int, last bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := 0
	for taken < len(w.queue) && len(out) < writeBatch {
		q := &w.queue[taken]
		if q.frame != nil {
			out = append(append(out, q.frame...), q.body...)
			w.bytes -= len(q.frame) + len(q.body)
			if q.urgent {
				w.urgent -= len(q.frame) + len(q.body)
			}
			n++
			if len(w.free) < 64 && cap(q.frame) <= 4<<10 {
				w.free = append(w.free, q.frame)
			}
			*q = queued{}
		}
		taken++
	}
	w.first += uint64(taken)
	if w.queue = w.queue[taken:]; len(w.queue) == 0 {
		w.queue = w.spare[:0]
	}
	w.makeRoom()
	return out, n, w.closed && len(w.queue) == 0
}

// run writes until the queue is closed and empty, or a write fails. Before it looks into the queue it calls before, which may put something there.
func (w *writer) run(before func()) error {
	defer close(w.done)
	for {
		before()
		runtime.Gosched() // whoever is about to queue something does so now, and shares the write
		wrote, last, err := w.flush()
		piece := false
		if err == nil && !last {
			piece, err = w.writePieces()
		}
		switch {
		case err != nil:
			return err
		case last:
			return errWriterClosed
		case !wrote && !piece:
			<-w.wake
		}
	}
}

// flush writes a batch, and what is owed from before. last is true when there will be none after it.
func (w *writer) flush() (wrote, last bool, err error) {
	w.to.out.Lock()
	defer w.to.out.Unlock()
	var n int
	w.batch, n, last = w.take(w.batch[:0])
	if len(w.batch) == 0 && len(w.to.owed) == 0 {
		return false, last, nil
	}
	w.count(n)
	err = w.to.write(w.batch)
	if cap(w.batch) > 2*writeBatch {
		w.batch = nil
	}
	return true, false, err
}

var errWriterClosed = errors.New("conn: writer closed")
