package conn

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// maxLost is how many failures of one-way calls a connection writes to the log in a second; the rest are counted.
const maxLost = 20

// lostCalls keeps account of one-way calls that failed, for nobody else hears of them.
type lostCalls struct {
	count atomic.Uint64

	mu      sync.Mutex
	second  time.Time // when the present second began
	logged  int       // lines in it
	skipped int       // failures since the last line
}

// lostCall counts and logs that a one-way call failed. It calls the user's logger: no lock is held, and the caller is not the reader.
func (c *Conn) lostCall(name, text string) {
	l := &c.oneWay
	l.count.Add(1)
	l.mu.Lock()
	if now := time.Now(); now.Sub(l.second) >= time.Second {
		l.second, l.logged = now, 0
	}
	quiet := l.logged >= maxLost
	skipped := l.skipped
	if quiet {
		l.skipped++
	} else {
		l.logged++
		l.skipped = 0
	}
	l.mu.Unlock()
	if quiet {
		return
	}
	args := []any{"peer", c.peer.title(), "call", name, "error", clip(text, maxReason)}
	if skipped > 0 {
		args = append(args, "failures not logged", skipped)
	}
	c.log.Warn("a one-way call of the peer failed", args...)
}

// lost says why a one-way call failed; empty if it did not.
func (a *answer) lost(reply Reply, refusal *CallError) string {
	switch {
	case !a.oneWay:
		return ""
	case refusal != nil:
		return refusal.Error()
	case !reply.Failed:
		return ""
	case reply.Err != nil:
		return fmt.Sprint(reply.Err) // which survives an Error method that panics
	}
	return "failed; the handler does not say why"
}
