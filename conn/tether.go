package conn

import (
	"context"

	"github.com/rgo-project/rgo/internal/wire"
)

// tether is a call of ours whose context is watched: while it is under way, to give it up; and after that, if the peer still holds the
// context, to tell it of the end.
type tether struct {
	c  *Conn
	id uint64
	about

	// Guarded by c.mu.
	p    *Pending // nil once the call is settled, so that its result is not kept for this
	stop func() bool
	over bool // of no more interest
}

// begin watches ctx. It may call code of the context's own: no lock is held.
func (t *tether) begin(ctx context.Context) {
	if ctx.Done() == nil {
		return
	}
	stop := context.AfterFunc(ctx, func() { t.ended(ctx) })
	t.c.mu.Lock()
	t.stop = stop
	over := t.over
	t.c.mu.Unlock()
	if over {
		stop()
	}
}

// end ends the watching. The mutex is held.
func (t *tether) end() {
	t.over = true
	t.p = nil
	if t.stop != nil {
		t.stop()
	}
}

// ended is called when the context has ended.
func (t *tether) ended(ctx context.Context) {
	err := canceled(ctx, true)
	finish := t.c.finishOf(t.id, err)
	t.c.mu.Lock()
	defer t.c.mu.Unlock()
	if t.p != nil {
		t.p.giveUp(err, finish)
		return
	}
	if t.c.s.tethers[t.id] == t {
		t.c.untie(t.id)
		t.c.queueFrame(finish)
	}
}

// tie notes that the peer holds the context of a call of ours that has returned. The mutex is held.
func (c *Conn) tie(p *Pending) error {
	if !p.ends {
		return &ProtocolError{Text: "it holds the context of call " + utoa(p.id) + ", which cannot end"}
	}
	if len(c.s.tethers) >= c.limits.MaxExports {
		return &ProtocolError{Text: "it holds more contexts than the limit, " + utoa(uint64(len(c.s.tethers)))}
	}
	if p.tether == nil { // made by Call, which begins the watching when it has the result
		p.tether = &tether{c: c, id: p.id, about: p.about}
	}
	if c.s.tethers == nil {
		c.s.tethers = make(map[uint64]*tether)
	}
	c.s.tethers[p.id] = p.tether
	c.s.tethered.reached(len(c.s.tethers))
	return nil
}

// untie takes a call of ours out of the table. The mutex is held.
func (c *Conn) untie(id uint64) {
	t := c.s.tethers[id]
	if t == nil {
		return
	}
	t.over = true
	if delete(c.s.tethers, id); c.s.tethered.emptied(len(c.s.tethers)) {
		c.s.tethers = nil
	}
}

// receiveUnheld handles an unheld frame. It may cross our finish: then there is nothing left to do.
func (c *Conn) receiveUnheld(f *wire.Unheld) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range f.Calls {
		if t := c.s.tethers[id]; t != nil {
			c.untie(id)
			t.end()
		}
	}
}
