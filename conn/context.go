package conn

import (
	"context"
	"time"
)

// Keys of the values of handlers' contexts.
type (
	callKey struct{} // the *answer that it is the context of; a nil one when that is gone
	connKey struct{} // the *Conn
)

// FromContext returns the connection that the handler with this context serves; nil outside of handlers.
func FromContext(ctx context.Context) *Conn {
	c, _ := ctx.Value(connKey{}).(*Conn)
	return c
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

// serving returns the call that the handler with this context serves, of whatever connection.
func serving(ctx context.Context) *answer {
	a, _ := ctx.Value(callKey{}).(*answer)
	return a
}

// outer finds the call of the peer that a call made with ctx is nested in. That may be by way of others: a call of this peer's that was handed on to
// another peer, which called back meanwhile.
func (c *Conn) outer(ctx context.Context) *answer {
	a := serving(ctx)
	for a != nil && a.c != c {
		if a.outer == nil {
			return nil
		}
		a = a.outer.from.Load()
	}
	return a
}
