package conn

import (
	"sync"

	"github.com/rgo-project/rgo/internal/wire"
)

// Bodies on their way out, in pieces, by turns. The memory that they lie in may be somebody else's, who is told that nobody reads it any more by the end of
// the call. So a piece is copied before it is written, and a body is given up without waiting for a write.

// pieceSize is how much of a body is written at once: it is how long the frame of a small call may have to wait.
const pieceSize = 128 << 10

// outgoing is a body that goes in pieces.
type outgoing struct {
	number uint64 // of the body
	call   uint64 // that it belongs to
	reply  bool   // it belongs to the return of a call of the peer's
	frame  uint64 // that announces it

	mu   sync.Mutex // held while memory is read, and for no other work
	rest [][]byte
	left int // bytes; 0 before all have been written: the body was given up, and the peer is told
	free func()
}

// take appends the next piece to out, as it goes over the wire, and says whether it is the last.
func (b *outgoing) take(out []byte) (_ []byte, last bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := min(b.left, pieceSize)
	b.left -= n
	out = wire.AppendPieceHead(out, b.number, n)
	for n > 0 {
		part := b.rest[0]
		part = part[:min(len(part), n)]
		out = append(out, part...)
		n -= len(part)
		if b.rest[0] = b.rest[0][len(part):]; len(b.rest[0]) == 0 {
			b.rest = b.rest[1:]
		}
	}
	if b.left == 0 {
		b.unread()
	}
	return out, b.left == 0
}

// drop gives up what has not been taken.
func (b *outgoing) drop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = 0
	b.unread()
}

// unread says that the memory of the body is not read any more. The mutex is held.
func (b *outgoing) unread() {
	b.rest = nil
	if b.free != nil {
		b.free()
		b.free = nil
	}
}

// putBody queues a body, behind the frame that announces it.
func (w *writer) putBody(b *outgoing) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.bodies = append(w.bodies, b)
	}
}

// dropBody gives up the body of a call of ours, or of the return of one of the peer's, if it has not all been taken: the peer is told that the rest will not
// come. When it returns, the body's memory is not read any more.
func (w *writer) dropBody(call uint64, reply bool) {
	if b := w.findBody(call, reply); b != nil {
		b.drop()
		w.signal()
	}
}

func (w *writer) findBody(call uint64, reply bool) *outgoing {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, b := range w.bodies {
		if b.call == call && b.reply == reply {
			return b
		}
	}
	return nil
}

// bodiesSent returns a channel that is closed when no body is on its way; nil if there is none now.
func (w *writer) bodiesSent() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.bodies) == 0 || w.closed {
		return nil
	}
	if w.sent == nil {
		w.sent = make(chan struct{})
	}
	return w.sent
}

// noBodies tells those who wait that all bodies have been sent, if they have, or will not be. The mutex is held.
func (w *writer) noBodies() {
	if w.sent != nil && (len(w.bodies) == 0 || w.closed) {
		close(w.sent)
		w.sent = nil
	}
}

// writePieces writes pieces until there are none, or a frame waits.
func (w *writer) writePieces() (wrote bool, err error) {
	for b := w.turn(); b != nil && err == nil; b = w.turn() {
		wrote = true
		err = w.writePiece(b)
	}
	return wrote, err
}

// turn returns the body whose turn it is, if its frame has gone out and no other frame waits.
func (w *writer) turn() *outgoing {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.bodies) == 0 || w.bodies[0].frame >= w.first || len(w.queue) > 0 || w.closed {
		return nil
	}
	return w.bodies[0]
}

// writePiece writes the next piece of the body whose turn it is. The next turn is that of the next one.
func (w *writer) writePiece(b *outgoing) error {
	piece, last := b.take(w.piece[:0])
	w.turned(last)
	w.piece = piece
	w.to.out.Lock()
	defer w.to.out.Unlock()
	w.written.Add(uint64(len(piece)))
	return w.to.write(piece)
}

// turned moves the first body to the end, or takes it out if all of it has been taken.
func (w *writer) turned(last bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(w.bodies) - 1
	b := w.bodies[0]
	copy(w.bodies, w.bodies[1:])
	if w.bodies[n] = b; last {
		w.bodies[n] = nil
		w.bodies = w.bodies[:n]
		w.noBodies()
	}
}
