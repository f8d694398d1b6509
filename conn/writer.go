package conn

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rgo-project/rgo/internal/wire"
)

// Bounds of the queue in bytes. Callers and handlers wait above the first. What the connection itself has to say, in answer to what it reads, cannot
// wait: a peer that lets that alone reach the second is not reading, and is aborted.
const (
	queueSoft = 256 << 10
	queueHard = 4 << 20
)

// writer is the queue of our frames, and the goroutine that writes them, as many as there are at once. There is none while there is nothing for it to do. Whoever
// puts frames into the queue, which may happen under a lock, calls push or signal. A frame that is still in the queue can be taken out again.
type writer struct {
	to    *carrier
	start func()        // starts the goroutine
	on    atomic.Bool   // it runs
	wake  chan struct{} // one slot: there is something to do
	done  chan struct{} // closed when it has ended, and there will be none any more

	frames  atomic.Uint64
	written atomic.Uint64 // bytes

	crowded atomic.Bool // those who can wait are to do so

	mu     sync.Mutex
	out    []byte        // the frames of the queue, one after the other
	queue  []queued      // where each is
	first  uint64        // number of queue[0]; whatever is before it has been taken to be written
	back   int           // frames of these that have been taken out again
	gone   int           // their bytes in out
	urgent int           // those that are of frames which could not wait
	room   chan struct{} // if not nil, closed when there is room again
	closed bool          // nothing more is taken into the queue

	bodies    []*outgoing   // that go in pieces, by turns
	announced uint64        // how many bodies there have been
	others    uint64        // how many frames there had been beside theirs when a piece was last written
	sent      chan struct{} // if not nil, closed when there are no bodies left
	smooth    int           // bytes of bodies since another frame went, or a piece took long; of the writer's goroutine

	batch []byte // what is being written; guarded by the carrier's lock
}

// queued is a frame in the queue.
type queued struct {
	start, end int // in out; the same once it has been taken out again
}

func (w *writer) init(to *carrier, start func()) {
	w.to, w.start = to, start
	w.wake = make(chan struct{}, 1)
	w.done = make(chan struct{})
}

// put queues a frame and returns its number, and how many bytes are queued now. It never waits; who can wait calls wait before. ok is false if the queue is
// closed, or beyond its hard bound with frames that could not wait.
func (w *writer) put(f wire.Frame, urgent bool) (number uint64, bytes int, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed || urgent && w.urgent > queueHard {
		return 0, 0, false
	}
	start := len(w.out)
	w.out = wire.AppendFrame(w.out, f)
	number = w.first + uint64(len(w.queue))
	w.queue = append(w.queue, queued{start, len(w.out)})
	if urgent {
		w.urgent += len(w.out) - start
	}
	if bytes = len(w.out) - w.gone; bytes >= queueSoft {
		w.crowded.Store(true)
	}
	return number, bytes, true
}

// push has what is queued written. A frame that is alone is written by the one who has queued it, if nobody else is writing and as far as that
// makes nobody wait: it costs a lone call no goroutine. All else is for the goroutine, which writes what has come together at once.
func (w *writer) push(alone bool) {
	if !alone || w.to.now == nil || !w.to.out.TryLock() {
		w.signal()
		return
	}
	defer w.to.out.Unlock()
	more, last := w.take()
	if len(w.batch) > 0 {
		more = !w.to.writeNow(w.batch) || more
		w.recycle()
	}
	if more || last {
		w.signal()
	}
}

// remove takes frame number out of the queue, with the body that it announces, unless it has been taken to be written.
func (w *writer) remove(number uint64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if number < w.first {
		return false
	}
	q := &w.queue[number-w.first]
	w.back++
	w.gone += q.end - q.start
	q.end = q.start
	if w.gone > 4<<10 && w.gone > len(w.out)/2 {
		w.compact()
	}
	w.makeRoom()
	w.bodies = slices.DeleteFunc(w.bodies, func(b *outgoing) bool { return b.frame == number })
	w.noBodies()
	return true
}

// next is the number that the next frame will have.
func (w *writer) next() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.first + uint64(len(w.queue))
}

// taken says whether frame number has left the queue.
func (w *writer) taken(number uint64) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return number < w.first
}

// compact closes the gaps in out that frames have left which were taken out. The mutex is held.
func (w *writer) compact() {
	out := w.out[:0]
	for i, q := range w.queue {
		start := len(out)
		out = append(out, w.out[q.start:q.end]...) // which never lies before where it goes
		w.queue[i] = queued{start, len(out)}
	}
	w.out, w.gone = out, 0
}

// wait returns a channel to wait on before queueing more; nil if there is room.
func (w *writer) wait() <-chan struct{} {
	if !w.crowded.Load() {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.makeRoom() {
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
	w.wakeUp()
	if w.on.CompareAndSwap(false, true) {
		w.start()
	}
}

// signal has the goroutine look at the queue. The writer's mutex is not held.
func (w *writer) signal() {
	if w.wakeUp(); w.on.Load() {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed && w.on.CompareAndSwap(false, true) { // what is closed has seen to it
		w.start()
	}
}

func (w *writer) wakeUp() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// linger is for how long the goroutine waits for more to write before it ends.
const linger = 100 * time.Millisecond

// idle waits for something to do, and says whether nothing came for a while. Then the goroutine is to end, and others know that it does: who signals
// meanwhile, and sees it run, has first left word that is found here.
func (w *writer) idle(timer *time.Timer) bool {
	timer.Reset(linger)
	select {
	case <-w.wake:
		return false
	case <-timer.C:
	}
	w.on.Store(false)
	return len(w.wake) == 0 || !w.on.CompareAndSwap(false, true) // another one may have been started
}

// makeRoom lets those go on who wait for room, if there is some. The mutex is held.
func (w *writer) makeRoom() bool {
	if !w.closed && len(w.out)-w.gone >= queueSoft {
		return false
	}
	w.crowded.Store(false)
	if w.room != nil {
		close(w.room)
		w.room = nil
	}
	return true
}

// take makes what is queued the batch. There is more to write if bodies are on their way; after the last there will be nothing. The carrier's lock is held.
func (w *writer) take() (more, last bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.gone > 0 {
		w.compact()
	}
	w.batch, w.out = w.out, w.batch[:0]
	w.first += uint64(len(w.queue))
	w.frames.Add(uint64(len(w.queue) - w.back))
	w.written.Add(uint64(len(w.batch)))
	if w.queue = w.queue[:0]; cap(w.queue) > keepQueue/16 {
		w.queue = nil
	}
	w.urgent, w.back = 0, 0
	w.makeRoom()
	return len(w.bodies) > 0, w.closed
}

// keepQueue is the size of a buffer that is kept when what was in it has been written; one that is larger was for a burst.
const keepQueue = 16 << 10

// recycle has the buffer of a batch that was written used again. The carrier's lock is held.
func (w *writer) recycle() {
	if w.batch = w.batch[:0]; cap(w.batch) > keepQueue {
		w.batch = nil
	}
}

// run writes until there has been nothing to write for a while, which is no error, or until the queue is closed and empty, or a write fails. Before it looks
// into the queue it calls before, which may put something there.
func (w *writer) run(before func()) error {
	timer := time.NewTimer(linger)
	defer timer.Stop()
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
			close(w.done)
			return err
		case last:
			close(w.done)
			return nil
		case !wrote && !piece && w.idle(timer):
			return nil
		}
	}
}

// flush writes a batch, and what is owed from before. last is true when there will be none after it.
func (w *writer) flush() (wrote, last bool, err error) {
	w.to.out.Lock()
	defer w.to.out.Unlock()
	_, last = w.take()
	if len(w.batch) == 0 && len(w.to.owed) == 0 {
		return false, last, nil
	}
	err = w.to.write(w.batch)
	w.recycle()
	return true, false, err
}
