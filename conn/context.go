package conn

import (
	"context"
	"time"
)

type callKey struct{}

// FromContext returns the connection that the handler with this context serves; nil outside of handlers.
func FromContext(ctx context.Context) *Conn {
	if a, ok := ctx.Value(callKey{}).(*answer); ok {
		return a.c
	}
	return nil
}

// callContext is the context of a handler. It knows the call that it belongs to, for calls made with it are nested in that.
type callContext struct {
	context.Context
	call *answer
}

func (ctx callContext) Value(key any) any {
	if _, ok := key.(callKey); ok {
		return ctx.call
	}
	return ctx.Context.Value(key)
}

// newContext makes the context of an inbound call, and the functions that end it: with a cause, and at last.
func (c *Conn) newContext(a *answer, timeout time.Duration) {
	base, cancel := context.WithCancelCause(c.ctx)
	a.cancel = cancel
	if timeout > 0 {
		timed, stop := context.WithTimeout(base, timeout)
		base, a.stop = timed, stop
	}
	a.ctx = callContext{Context: base, call: a}
}

// outer finds the call of the peer that a call made with ctx is nested in.
func (c *Conn) outer(ctx context.Context) *answer {
	a, _ := ctx.Value(callKey{}).(*answer)
	if a == nil || a.c != c {
		return nil
	}
	return a
}
