package conn

import (
	"context"
	"fmt"
	"time"

	"github.com/rgo-project/rgo/internal/wire"
)

// state is all that changes in the life of a connection, but for the writer's queue. It is guarded by the connection's mutex, which is held for short
// steps only: never across a handler, a write, or a send on a channel.
type state struct {
	ended bool  // nothing begins any more
	why   error // if ended; nil after an orderly close by either end
	cause error // if ended; what calls fail with
	calm  bool  // if ended; nothing was under way, either way

	lastCall uint64              // of ours
	read     uint64              // frames of ours that the peer has read, as far as is known: it has returned a call that was the last of them
	calls    map[uint64]*Pending // ours that have not returned, given up or not
	theyStop bool                // the peer takes no new calls

	lastAnswer uint64             // the last call of the peer's
	answers    map[uint64]*answer // the peer's calls that have not returned, or whose result it keeps
	running    int                // the peer's calls that have not returned
	outermost  int                // those of them that are not nested in a call of ours
	idle       chan struct{}      // if not nil, closed when running is 0
	lanes      map[uint64]*answer // the last call of each lane
	dispatch   dispatch           // of those that can be run
	draining   bool               // no new calls of the peer's

	exports  exports
	imports  pages[imported]
	lives    uint64       // Refs made so far
	releases []wire.Count // kept for the writer

	held     map[uint64]*holding // contexts of the peer's calls that have returned
	holding  peak                // of held
	unheld   []uint64            // those of them that nobody holds any more; kept for the writer
	tethers  map[uint64]*tether  // our calls that have returned, and whose contexts the peer holds
	tethered peak

	lastBody     uint64               // of ours that went in pieces
	lastIncoming uint64               // of the peer's
	incoming     map[uint64]*incoming // the peer's that have been announced and have not come whole
	arriving     uint64               // bytes of those that are wanted, and of the bodies of the peer's calls that have not returned

	streams streams

	// Frames on their way into the queue: made once, since there are so many of them.
	call wire.Call
	ret  wire.Return
}

// spawn runs f in a goroutine that Wait joins. The mutex is held, or the caller is itself such a goroutine: then Wait cannot be over yet.
func (c *Conn) spawn(f func()) {
	c.goroutines.Add(1)
	go func() {
		defer c.goroutines.Done()
		f()
	}()
}

// Go runs f in a goroutine that Wait joins, so f has to return when the connection ends (see Context). It reports false, and runs nothing, if the
// connection has ended.
func (c *Conn) Go(f func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.s.ended {
		return false
	}
	c.spawn(f)
	return true
}

// queueFrame queues a frame of the connection's own, which waits for nobody. The mutex is held.
func (c *Conn) queueFrame(f wire.Frame) {
	if c.s.ended {
		return
	}
	if _, _, ok := c.w.put(f, true); !ok {
		c.endSlow()
	}
	c.w.signal()
}

// endSlow ends a connection whose peer leaves unread what it causes us to say. The mutex is held.
func (c *Conn) endSlow() {
	err := fmt.Errorf("conn: peer does not read: %d MiB wait to be sent to it", queueHard>>20)
	c.endLocked(err, nil)
}

// end ends the connection, if it has not ended yet. why is nil for an orderly end, and then cause says what calls fail with. If bye is not nil, the peer
// is told.
func (c *Conn) end(why, cause error, bye *wire.Abort) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.endAs(why, cause, bye)
}

// endLocked is end for an end that is not orderly. The mutex is held.
func (c *Conn) endLocked(why error, bye *wire.Abort) { c.endAs(why, why, bye) }

// endAs is the one place where a connection ends. Everything that waits for the peer is told at once, while the mutex is held: calls
// fail, handlers' contexts end, waiters for streams wake. What takes time is left to a goroutine (see Conn.wind).
func (c *Conn) endAs(why, cause error, bye *wire.Abort) {
	if c.s.ended {
		return
	}
	if bye != nil {
		c.s.calm = c.calm()
		c.flushReleases()
		c.queueFrame(bye)
	}
	if c.s.ended {
		return // queueing found that the peer does not read
	}
	c.s.ended = true
	c.s.why, c.s.cause = why, cause
	c.bye = bye
	c.w.close()
	for _, p := range c.s.calls {
		mayHaveRun := p.oneWay || !p.takeBack() // what is still in the queue is written before the goodbye
		p.settle(Return{}, &LostError{Cause: cause, MayHaveRun: mayHaveRun})
	}
	for _, t := range c.s.tethers {
		t.end()
	}
	for _, h := range c.s.held {
		h.end(context.Canceled, cause)
	}
	for _, a := range c.s.answers {
		if a.held != nil {
			a.held.end(context.Canceled, cause)
		}
	}
	c.cancel(cause)
	for _, a := range c.s.answers {
		c.stopWaiting(a)
	}
	c.s.dispatch.end()
	c.s.calls = nil
	c.s.answers = nil // those that run hold themselves
	c.s.tethers, c.s.held, c.s.unheld = nil, nil, nil
	c.s.imports = pages[imported]{}
	c.s.releases = nil
	c.s.incoming = nil
	c.s.streams.end()
	if c.s.idle != nil {
		close(c.s.idle)
		c.s.idle = nil
	}
	c.pulse.end()
	close(c.ending)
	c.spawn(c.wind) // ends with the transport, which it closes; joined by Wait
}

// calm says whether the peer has read all that was sent, and nothing is under way that anybody could miss. The mutex is held.
func (c *Conn) calm() bool {
	return c.s.read == c.w.next() && len(c.s.calls)+c.s.running == 0 && c.mux == nil
}

// wind ends the connection's work.
func (c *Conn) wind() {
	defer close(c.done)
	c.sayGoodbye()
	c.hangUp()
}

// hangUp closes the transport and lets go of everything that the peer held.
func (c *Conn) hangUp() {
	if err := c.raw.Close(); err != nil {
		c.log.Debug("closing the transport", "peer", c.peer.Name, "error", err)
	}
	c.mu.Lock()
	mux := c.mux
	c.mu.Unlock()
	if mux != nil {
		if err := mux.Close(); err != nil {
			c.log.Debug("closing the multiplexer", "peer", c.peer.Name, "error", err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tell(c.s.exports.clear()...)
}

// closeTime bounds Close, however frozen the peer.
const closeTime = time.Second

// sayGoodbye gives the last frames a bounded time to reach the peer, which hangs up when it has read the last of them: who closes first, with input
// that is still unread, makes the system throw away what is on its way.
func (c *Conn) sayGoodbye() {
	if c.bye == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	select {
	case <-c.w.done:
	case <-ctx.Done():
		return
	}
	if _, process := c.raw.(explainer); c.s.calm && !process {
		close(c.parted)
	}
	select {
	case <-c.carrier.ended:
	case <-ctx.Done():
	}
}
