package conn

import (
	"fmt"
	"os"
	"time"

	"github.com/rgo-project/rgo/internal/wire"
)

// pulse is how a connection notices that its peer is gone without a word: a peer that has been silent is asked, and has to say something. It costs a timer and no
// goroutine. Guarded by the connection's mutex.
type pulse struct {
	timer *time.Timer // nil if it is never asked
	heard uint64      // how much had come when the timer ran last
	asked bool        // and nothing has come since
	reply uint64      // the number of the last answer of ours in the writer's queue, plus one
}

// beginPulse starts the timer. The mutex is held.
func (c *Conn) beginPulse() {
	if c.cfg.KeepAlive > 0 {
		c.pulse.timer = time.AfterFunc(c.cfg.KeepAlive, c.beat)
	}
}

func (p *pulse) end() {
	if p.timer != nil {
		p.timer.Stop()
	}
}

// beat runs in the timer's goroutine.
func (c *Conn) beat() {
	if !c.alive() {
		lost := c.lost(fmt.Errorf("the peer has not answered for %v: %w", c.cfg.WriteTimeout, os.ErrDeadlineExceeded))
		c.end(lost, lost, nil)
	}
}

// alive says whether the peer may still be there, and asks it if nothing has come since the last time.
func (c *Conn) alive() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := &c.pulse
	switch heard := c.carrier.heard.Load(); {
	case c.s.ended:
	case heard != p.heard:
		p.heard, p.asked = heard, false
		p.timer.Reset(c.cfg.KeepAlive)
	case p.asked:
		return false
	default:
		p.asked = true
		c.queueFrame(&wire.Ping{})
		p.timer.Reset(c.cfg.WriteTimeout)
	}
	return true
}

// receivePing answers a peer that asks. One answer is enough for many questions.
func (c *Conn) receivePing(f *wire.Ping) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := &c.pulse
	if f.Answer || c.s.ended || p.reply > 0 && !c.w.taken(p.reply-1) {
		return
	}
	number, _, ok := c.w.put(&wire.Ping{Answer: true}, true)
	if !ok {
		c.endSlow()
		return
	}
	p.reply = number + 1
	c.w.signal()
}
