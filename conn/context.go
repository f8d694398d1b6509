package conn

import (
	"context"
	"sync"
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

// callContext is the context of a handler. It knows the call that it belongs to, for calls made with it are nested in that. What ends it is made when
// somebody asks for it: most handlers do not.
type callContext struct {
	call *answer

	mu     sync.Mutex // held for steps that call nothing of others
	made   context.Context
	cancel context.CancelCauseFunc // of made
	stop   context.CancelFunc      // of the deadline; may be nil
	err    error                   // if it ended before it was made: why
	cause  error
}

// newContext makes the context of an inbound call.
func (c *Conn) newContext(a *answer, timeout time.Duration) {
	a.own.call = a
	if timeout > 0 {
		base, cancel := context.WithCancelCause(c.ctx)
		a.own.cancel = cancel
		a.own.made, a.own.stop = context.WithTimeout(base, timeout)
	}
	a.ctx = &a.own
}

// inner is the context of package context that ctx is.
func (ctx *callContext) inner() context.Context {
	ctx.mu.Lock()
	defer ctx.mu.Unlock()
	if ctx.made == nil {
		parent := ctx.call.c.ctx
		if ctx.err != nil { // of a cause of its own, whatever became of the connection since
			parent = context.WithoutCancel(parent)
		}
		ctx.made, ctx.cancel = context.WithCancelCause(parent)
		if ctx.err != nil {
			ctx.cancel(ctx.cause)
		}
	}
	return ctx.made
}

// end ends the context, if it has not ended.
func (ctx *callContext) end(cause error) {
	ctx.mu.Lock()
	cancel := ctx.cancel
	if cancel == nil && ctx.err == nil {
		ctx.err, ctx.cause = context.Canceled, cause
		if parent := ctx.call.c.ctx; parent.Err() != nil {
			ctx.err, ctx.cause = parent.Err(), context.Cause(parent)
		}
	}
	ctx.mu.Unlock()
	if cancel != nil {
		cancel(cause)
	}
}

// Deadline implements context.Context.
func (ctx *callContext) Deadline() (time.Time, bool) {
	if ctx.stop == nil {
		return time.Time{}, false
	}
	return ctx.inner().Deadline()
}

// Done implements context.Context.
func (ctx *callContext) Done() <-chan struct{} { return ctx.inner().Done() }

// Err implements context.Context.
func (ctx *callContext) Err() error {
	ctx.mu.Lock()
	made, err := ctx.made, ctx.err
	ctx.mu.Unlock()
	switch {
	case made != nil:
		return made.Err()
	case err != nil:
		return err
	}
	return ctx.call.c.ctx.Err()
}

// Value implements context.Context. Package context has keys of its own, which only the context inside answers for.
func (ctx *callContext) Value(key any) any {
	switch key.(type) {
	case callKey:
		return ctx.call
	case connKey, scopeKey:
		return ctx.call.c.ctx.Value(key)
	}
	return ctx.inner().Value(key)
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
