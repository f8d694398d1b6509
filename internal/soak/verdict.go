package soak

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// Tally counts what has happened.
type Tally struct {
	Rounds int // connections

	mu     sync.Mutex
	calls  int
	errors map[string]int
	peak   conn.Stats // the most that a connection held when somebody looked
}

// Calls is how many calls were made.
func (t *Tally) Calls() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.calls
}

func (t *Tally) count(kind string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls++
	if kind != "" {
		t.errors[kind]++
	}
}

// look records what a connection holds.
func (t *Tally) look(s conn.Stats) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.peak.Exports, t.peak.Imports = max(t.peak.Exports, s.Exports), max(t.peak.Imports, s.Imports)
	t.peak.Streams, t.peak.PendingOut = max(t.peak.Streams, s.Streams), max(t.peak.PendingOut, s.PendingOut)
}

func (t *Tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var kinds []string
	for _, k := range slices.Sorted(maps.Keys(t.errors)) {
		kinds = append(kinds, fmt.Sprintf("%s %d", k, t.errors[k]))
	}
	return fmt.Sprintf("%d connections, %d calls (%s); at most %d exports, %d imports, %d streams, %d calls under way", t.Rounds, t.calls, strings.Join(kinds, ", "),
		t.peak.Exports, t.peak.Imports, t.peak.Streams, t.peak.PendingOut)
}

// fate names what an error is that comes of the connection or of the caller's own context, and not of the callee. It is empty for others, and for those that cannot be at
// this time: lost, while the connection goes on living; given up, while the context does.
func fate(ctx context.Context, c *conn.Conn, err error) string {
	var lost *conn.LostError
	var refused *conn.CallError
	_, timed := ctx.Deadline()
	switch {
	case (errors.As(err, &lost) || errors.Is(err, conn.ErrClosed)) && soon(func() bool { return c.Context().Err() != nil }): // calls may be told first
		return "lost"
	case errors.Is(err, context.DeadlineExceeded) && timed: // the callee's clock may be first
		return "deadline"
	case errors.Is(err, context.Canceled) && (ctx.Err() != nil || c.Context().Err() != nil):
		return "cancelled"
	case errors.As(err, &refused) && refused.Code == conn.CodeBadBody && timed: // a body that was on its way
		return "deadline"
	case errors.As(err, &refused) && refused.Code == conn.CodeDraining:
		return "draining"
	}
	return ""
}

// kind names an error of the callee.
func kind(err error) string {
	var panicked *netproxy.PanicError
	var remote *netproxy.RemoteError
	for name, known := range map[string]error{
		"revoked": netproxy.ErrRevoked, "released": netproxy.ErrReleased, "no member": netproxy.ErrMember, "argument": netproxy.ErrArgument, "goexit": netproxy.ErrGoexit,
	} {
		if errors.Is(err, known) {
			return name
		}
	}
	switch {
	case errors.As(err, &panicked):
		return "panic"
	case errors.As(err, &remote):
		return "remote"
	}
	return "our own, come home"
}
