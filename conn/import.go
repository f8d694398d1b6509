package conn

import (
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"weak"

	"github.com/rgo-project/rgo/internal/wire"
)

// Ref is a reference to an object of the peer's. There is one Ref for an object as long as anybody here holds it. It is given back to the
// peer when Release is called, or some time after the last pointer to it is gone.
type Ref struct {
	c  *Conn
	id uint64

	once     sync.Once
	attached any
	ready    atomic.Bool // attached is there

	released bool // guarded by c.mu
	cleanup  runtime.Cleanup
}

// Conn returns the connection that the object is at the other end of.
func (r *Ref) Conn() *Conn { return r.c }

// ID is the number by which the peer knows the object, for messages to people.
func (r *Ref) ID() uint64 { return r.id }

// Attachment returns the value that belongs to r. The first call makes it; make must not ask for r's attachment itself.
func (r *Ref) Attachment(make func() any) any {
	r.once.Do(func() {
		r.attached = make()
		r.ready.Store(true)
	})
	return r.attached
}

// Release gives the reference back at once. Whoever uses r afterwards gets an error, so only the one who knows all users of r should call
// it. It may be called again.
func (r *Ref) Release() {
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	r.release()
}

// release is Release; the mutex is held.
func (r *Ref) release() {
	c := r.c
	if r.released {
		return
	}
	r.released = true
	r.cleanup.Stop()
	if have := c.s.imports.get(r.id); have != nil && have.ref.Value() == r {
		c.giveBack(r.id, have)
	}
}

// usable says what is wrong with using r on c now. The mutex of c is held.
func (r *Ref) usable(c *Conn) *CallError {
	switch {
	case r == nil:
		return refuse(CodeBadTarget, "a nil *Ref")
	case r.c != c:
		return refuse(CodeBadTarget, "a reference of another connection, to %s", r.c.peer.Name)
	case r.released:
		return refuse(CodeBadTarget, "a reference that was released")
	}
	return nil
}

// imported is what we hold of the peer's exports. Guarded by the connection's mutex.
type imported struct {
	ref   weak.Pointer[Ref]
	life  uint64 // which Ref in the life of the connection this is, for a cleanup to know whether it comes too late
	count uint64 // receipts to be given back
	since time.Duration
	from  *origin // the message that it came in first; may be nil
	scope *Scope  // which gives it back; nil if none does
}

// receiveRef counts the receipt of an export of the peer's and returns its Ref. If the last Ref is gone, but its cleanup has not run yet, a new one
// takes over its counts. The mutex is held.
func (c *Conn) receiveRef(id uint64, from *origin, scope *Scope) *Ref {
	have := c.s.imports.get(id)
	if have == nil {
		have = &imported{since: c.now(), from: from}
		c.s.imports.put(id, have)
	}
	have.count++
	if r := have.ref.Value(); r != nil {
		if have.scope != scope { // somebody else holds it, too
			have.scope = nil
		}
		return r
	}
	r := &Ref{c: c, id: id}
	c.s.lives++
	have.ref, have.life = weak.Make(r), c.s.lives
	have.scope = scope.add(have.ref)
	r.cleanup = runtime.AddCleanup(r, (*gone).giveBack, &gone{c: c, id: id, life: have.life})
	return r
}

// dropRef counts the receipt of an export that nobody here wants. The mutex is held.
func (c *Conn) dropRef(id uint64) {
	if have := c.s.imports.get(id); have != nil {
		have.count++ // goes back together with the others
		return
	}
	c.queueRelease(wire.Count{ID: id, N: 1})
}

// gone is a Ref that nobody holds any more.
type gone struct {
	c    *Conn
	id   uint64
	life uint64
}

// giveBack runs in a goroutine of the runtime's; it neither waits nor calls out.
func (g *gone) giveBack() {
	g.c.mu.Lock()
	defer g.c.mu.Unlock()
	if have := g.c.s.imports.get(g.id); have != nil && have.life == g.life {
		g.c.giveBack(g.id, have)
	}
}

// giveBack takes an import out of the table and releases all receipts of it. The mutex is held.
func (c *Conn) giveBack(id uint64, have *imported) {
	c.s.imports.remove(id)
	c.queueRelease(wire.Count{ID: id, N: have.count})
}

// queueRelease keeps a release until the writer comes for it, so that those which come in a burst share a frame. The mutex is held.
func (c *Conn) queueRelease(count wire.Count) {
	if c.s.ended {
		return
	}
	c.s.releases = append(c.s.releases, count)
	c.flushLater(len(c.s.releases))
}

// flushLater has the writer come for what is kept for it, of which one kind is waiting in such a number. The mutex is held.
func (c *Conn) flushLater(waiting int) {
	if waiting >= releaseBatch {
		c.flushReleases()
	}
	c.w.signal()
}

// takeReleases is called by the writer before it looks into its queue.
func (c *Conn) takeReleases() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flushReleases()
}

// flushReleases queues the releases that were kept. They stand behind every frame queued so far, any of which may name the reference: a release
// may be late, but never early. The mutex is held.
func (c *Conn) flushReleases() {
	if len(c.s.releases) > 0 {
		c.queueFrame(&wire.Release{Counts: c.s.releases})
		c.s.releases = c.s.releases[:0]
	}
	if len(c.s.unheld) > 0 {
		c.queueFrame(&wire.Unheld{Calls: c.s.unheld})
		c.s.unheld = c.s.unheld[:0]
	}
}

func utoa(v uint64) string { return strconv.FormatUint(v, 10) }
