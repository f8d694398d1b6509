package conn

import (
	"context"
	"runtime"
	"sync"
	"time"
	"unsafe"
	"weak"

	"github.com/rgo-project/rgo/internal/wire"
)

// HoldContext returns a context that is the caller's: unlike the one that Serve got, it does not end when Serve returns, but when the caller's own context
// ends, at its deadline, or with the connection. It is for what the handler hands out and somebody may keep. It must be called before Serve
// returns; all calls return the same context.
//
// The caller goes on watching its context until nobody here holds the one returned, nor waits for its Done. A caller whose context can
// never end watches nothing.
func (in *Inbound) HoldContext() context.Context {
	a := in.answer
	if a == nil { // made by hand
		return context.Background()
	}
	a.c.mu.Lock()
	defer a.c.mu.Unlock()
	switch {
	case a.returned:
		return a.ctx
	case !a.ends && a.own.stop == nil:
		return lastingContext{Context: a.c.ctx, call: weak.Make(a)}
	case a.held == nil:
		a.held = a.c.hold(a)
	}
	return a.held
}

// DropContext takes HoldContext back, for who knows that nobody has kept the context: it ends with the call.
func (in *Inbound) DropContext() {
	a := in.answer
	if a == nil {
		return
	}
	a.c.mu.Lock()
	defer a.c.mu.Unlock()
	if a.held != nil {
		a.held.end(context.Canceled, context.Canceled)
	}
}

// lastingContext is the context of a call whose caller's context never ends, as far as we are told.
type lastingContext struct {
	context.Context // the connection's
	call            weak.Pointer[answer]
}

func (ctx lastingContext) Value(key any) any {
	if _, ok := key.(callKey); ok {
		return ctx.call.Value()
	}
	return ctx.Context.Value(key)
}

// heldContext is a context that may outlive its call.
type heldContext struct {
	*holding
	done chan struct{} // here and nowhere else: who waits for it keeps the context held
	call weak.Pointer[answer]
}

func (ctx *heldContext) Done() <-chan struct{} { return ctx.done }

// Value answers for the context inside, which knows the cause of the end; context.Cause asks for it by a key of its own.
func (ctx *heldContext) Value(key any) any {
	if _, ok := key.(callKey); ok {
		return ctx.call.Value()
	}
	return ctx.inner.Value(key)
}

// holding is what the connection keeps of a heldContext: enough to end it, and not the context itself, so that it is seen when nobody holds it any
// more. What is registered with AfterFunc, contexts derived from it for example, does hold it, for that is to be told.
type holding struct {
	c    *Conn
	id   uint64 // of the call
	told bool   // the caller tells when its context ends
	about
	inner    context.Context
	cancel   context.CancelCauseFunc
	deadline time.Time          // zero if there is none
	timer    *time.Timer        // of the deadline; may be nil
	done     weak.Pointer[byte] // the channel

	mu    sync.Mutex // held for steps that call nothing of others
	err   error      // why it has ended; nil if it has not
	funcs map[*func()]bool
}

// hold makes the context that a is to leave behind. The mutex is held.
func (c *Conn) hold(a *answer) *heldContext {
	h := &holding{c: c, id: a.id, told: a.ends, about: a.about}
	// It ends by itself, not with the connection's context, in whose list of children it would stay.
	h.inner, h.cancel = context.WithCancelCause(context.WithoutCancel(c.ctx))
	ctx := &heldContext{holding: h, done: make(chan struct{}), call: weak.Make(a)}
	channel := *(**byte)(unsafe.Pointer(&ctx.done)) // a channel is a pointer, and can be watched like one
	h.done = weak.Make(channel)
	runtime.AddCleanup(channel, (*holding).drop, h)
	switch {
	case c.s.ended:
		h.end(context.Canceled, c.s.cause)
	case a.ctx.Err() != nil:
		h.end(a.ctx.Err(), context.Cause(a.ctx))
	default:
		if at, ok := a.ctx.Deadline(); ok {
			h.deadline = at
			h.timer = time.AfterFunc(time.Until(at), h.expire)
		}
	}
	return ctx
}

// Deadline implements context.Context.
func (h *holding) Deadline() (time.Time, bool) { return h.deadline, !h.deadline.IsZero() }

// Err implements context.Context.
func (h *holding) Err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.err
}

// AfterFunc has f called in a goroutine when the context ends. Package context looks for it.
func (h *holding) AfterFunc(f func()) (stop func() bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.err != nil {
		go f() // ends with f, which is its caller's, as in package context
		return func() bool { return false }
	}
	if h.funcs == nil {
		h.funcs = make(map[*func()]bool)
	}
	key := &f
	h.funcs[key] = true
	return func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		was := h.funcs[key]
		delete(h.funcs, key)
		return was
	}
}

// end ends the context. The connection's mutex is held.
func (h *holding) end(err, cause error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.err != nil {
		return
	}
	h.err = err
	h.cancel(cause)
	if channel := h.done.Value(); channel != nil {
		close(*(*chan struct{})(unsafe.Pointer(&channel)))
	}
	if h.timer != nil {
		h.timer.Stop()
	}
	if funcs := h.funcs; len(funcs) > 0 {
		h.funcs = nil
		h.c.spawn(func() { // ends with the funcs; joined by Wait
			for f := range funcs {
				(*f)()
			}
		})
	}
}

// expire runs in a timer's goroutine; it does not wait.
func (h *holding) expire() {
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	if h.c.s.held[h.id] == h {
		h.c.let(h) // the caller has a clock, too
	}
	h.end(context.DeadlineExceeded, context.DeadlineExceeded)
}

// drop is called by the runtime when nobody holds the context, nor waits for it.
func (h *holding) drop() {
	h.c.mu.Lock()
	defer h.c.mu.Unlock()
	if h.c.s.held[h.id] == h {
		h.c.let(h)
		if h.told {
			h.c.s.unheld = append(h.c.s.unheld, h.id)
			h.c.flushLater(len(h.c.s.unheld))
		}
	}
	h.end(context.Canceled, context.Canceled)
}

// let takes the context of a call that has returned out of the table. The mutex is held.
func (c *Conn) let(h *holding) {
	if delete(c.s.held, h.id); c.s.holding.emptied(len(c.s.held)) {
		c.s.held = nil
	}
}

// leave enters the context that a leaves behind, and says whether there is one. The mutex is held.
func (c *Conn) leave(a *answer) bool {
	ctx := a.held
	a.held = nil
	if ctx == nil || c.s.ended || ctx.Err() != nil {
		return false
	}
	if c.s.held == nil {
		c.s.held = make(map[uint64]*holding)
	}
	c.s.held[ctx.id] = ctx.holding
	c.s.holding.reached(len(c.s.held))
	return true
}

// endHeld ends the context of a call that has returned, as its caller says. The mutex is held.
func (c *Conn) endHeld(f *wire.Finish) {
	h := c.s.held[f.ID]
	if h == nil || f.What&(wire.FinishCanceled|wire.FinishDeadline) == 0 {
		return
	}
	c.let(h)
	given := c.given(f)
	h.end(given.contextErr(), given)
}
