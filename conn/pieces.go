package conn

import (
	"bytes"
	"sync"
	"time"

	"github.com/rgo-project/rgo/internal/wire"
)

// Bodies on their way out, in pieces, by turns. The memory that they lie in may be somebody else's, who is told that nobody reads it any more by the end of
// the call. So it is read only by system calls that do not wait, under a lock: what a body that is given up still has to write of a piece is copied, and nobody waits
// for a peer that does not read. Where the transport has no such calls, a piece is copied before it is written.

// Bounds of how much of a body is written at once. It is how long the frame of a small call may have to wait.
const (
	pieceMin = 64 << 10
	pieceMax = 1 << 20

	pieceTime  = time.Millisecond
	pieceParts = 256 // that a system call takes
)

// outgoing is a body that goes in pieces.
type outgoing struct {
	number uint64 // of the body
	call   uint64 // that it belongs to
	reply  bool   // it belongs to the return of a call of the peer's
	frame  uint64 // that announces it
	size   int    // bytes

	mu    sync.Mutex // held while memory is read, and for nothing that waits
	rest  [][]byte   // what is in no piece yet
	left  int        // bytes of it; 0 before all have been sent: the body was given up, and the peer is told
	piece [][]byte   // what is still to be written of the piece under way, head and all
	gone  bool       // given up: memory is not read any more
	free  func()     // if not nil, called when it is not
}

// cut makes the next piece, and says how long it is and whether it is the last.
func (b *outgoing) cut(most int) (n int, last bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.piece = append(b.piece[:0], nil) // the head
	for n < min(b.left, most) && len(b.piece) < pieceParts {
		part := b.rest[0][:min(len(b.rest[0]), most-n)]
		if n += len(part); len(part) > 0 {
			b.piece = append(b.piece, part)
		}
		if b.rest[0] = b.rest[0][len(part):]; len(b.rest[0]) == 0 {
			b.rest = b.rest[1:]
		}
	}
	b.left -= n
	b.piece[0] = wire.AppendPieceHead(nil, b.number, n)
	return n, b.left == 0
}

// send writes what is left of the piece by a call that does not wait, and says whether that was all.
func (b *outgoing) send(now func(parts [][]byte) (int, error)) (done bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, err := now(b.piece)
	for len(b.piece) > 0 && n >= len(b.piece[0]) {
		n -= len(b.piece[0])
		b.piece = b.piece[1:]
	}
	if n > 0 {
		b.piece[0] = b.piece[0][n:]
	}
	b.unread()
	return len(b.piece) == 0, err
}

// copied appends the piece to out instead.
func (b *outgoing) copied(out []byte) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, part := range b.piece {
		out = append(out, part...)
	}
	b.piece = nil
	b.unread()
	return out
}

// drop gives up what is in no piece yet.
func (b *outgoing) drop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rest, b.left, b.gone = nil, 0, true
	if len(b.piece) > 0 {
		b.piece = [][]byte{bytes.Join(b.piece, nil)}
	}
	b.unread()
}

// unread says that memory is not read any more, if it is not. The mutex is held.
func (b *outgoing) unread() {
	if b.free != nil && b.left == 0 && (b.gone || len(b.piece) == 0) {
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
		w.announced++
	}
}

// mayReply says why a result is not sent: the peer asks for more and more, and leaves it unread, or reads slowly.
func (w *writer) mayReply(size, most int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	waiting := 0
	for _, b := range w.bodies {
		if b.reply {
			waiting += b.size
		}
	}
	if waiting > 0 && waiting+size > most {
		return refuse(CodeTooMany, "%d bytes of results wait to be read already, and with %d more they would pass the limit, %d (Limits.MaxBulk of who sends them)", waiting, size, most)
	}
	return nil
}

// dropBody gives up the body of a call of ours, or of the return of one of the peer's, if it has not all been sent: the peer is told that the rest will not
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
	if others := w.first - w.announced; others != w.others { // frames that announce no body
		w.others, w.smooth = others, 0
	}
	return w.bodies[0]
}

// writePiece writes the next piece of the body whose turn it is. The next turn is that of the next one. Pieces grow while no other frames go, and as far as one
// does not take long.
func (w *writer) writePiece(b *outgoing) error {
	reserve.useFor(b.number)
	n, last := b.cut(max(pieceMin, min(w.smooth/4, pieceMax)))
	began := time.Now()
	err := w.to.writePiece(b)
	if w.smooth += n; time.Since(began) > pieceTime {
		w.smooth = min(w.smooth, 4*n) / 2
	}
	w.written.Add(uint64(n) + wire.PieceHead)
	w.turned(last)
	return err
}

// turned moves the first body to the end, or takes it out if all of it has been sent.
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
