package netproxy

import (
	"context"
	"io"
	"log/slog"
	"reflect"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rgo-project/rgo/conn"
)

// OnRelease makes an argument, or a result, that crosses by reference as x does, or as Share(x) does, and has f called when no peer holds it any more that
// got it in this way: when it was given back, when the connection has ended, or when it never reached the other side. f is called once, in a goroutine of its
// own. What OnRelease returns may be given out again, also to other peers: to each of them it is the object x, and comes home as x.
func OnRelease(x any, f func()) any {
	v := reflect.ValueOf(x)
	if !v.IsValid() || nillable(v.Kind()) && v.IsNil() {
		return x // of nothing, nothing is released
	}
	r := &releasing{x: x, f: f}
	if p, ok := ProxyOf(x); ok {
		r.object = object{v: reflect.ValueOf(p)}
	} else {
		r.object = *objectOf(v)
	}
	r.object.hooks = []*releasing{r}
	return r
}

// CloseOnRelease is OnRelease with x.Close for f: what is opened for the other side is closed when it drops it, or is lost. An error of Close is logged.
func CloseOnRelease(x io.Closer) any {
	if x == nil {
		return nil
	}
	given := OnRelease(x, func() {
		if err := x.Close(); err != nil {
			slog.Warn("netproxy: closing what the other side holds no more", "type", reflect.TypeOf(x), "error", err)
		}
	})
	if r, ok := given.(*releasing); ok {
		r.closes = true
	}
	return given
}

// releasing is what OnRelease returns.
type releasing struct {
	object object // what is given out
	x      any
	f      func()
	closes bool

	holders atomic.Int64 // objects in tables, and in messages on their way there, that have it among their hooks
	once    sync.Once
}

// given is the object for one message.
func (r *releasing) given() *object {
	o := r.object
	return &o
}

// hold counts an object that goes into a message. Each is let go of once: by Unreferenced or by Join.
func (o *object) hold() {
	for _, r := range o.hooks {
		r.holders.Add(1)
	}
}

// letGo runs the hooks of an object that is held no more, unless another one holds them.
func (o *object) letGo() {
	for _, r := range o.hooks {
		if r.holders.Add(-1) > 0 {
			continue
		}
		r.once.Do(func() {
			defer func() { // what a peer lets go of must not end this process
				if p := recover(); p != nil {
					slog.Error("netproxy: panic in a func given to OnRelease", "type", reflect.TypeOf(r.x), "panic", p, "stack", string(debug.Stack()))
				}
			}()
			r.f()
		})
	}
}

// Join is called by the connection when later is sent while o, which is the same object to the peer, is there. It is called under the connection's lock.
func (o *object) Join(later any) {
	l, ok := later.(*object)
	if !ok {
		return
	}
	for _, r := range l.hooks {
		same := func(h *releasing) bool { return h == r || h.closes && r.closes }
		if slices.ContainsFunc(o.hooks, same) {
			r.holders.Add(-1) // o holds it already, or another one that closes the same
			continue
		}
		o.hooks = append(slices.Clip(o.hooks), r)
	}
}

// referProxied refers to the proxy that o is, with the hooks of o.
func (s *Space) referProxied(p *Proxy, o *object) (any, error) {
	entry, err := s.referProxy(p)
	if e, ok := entry.(conn.Export); ok && err == nil {
		e.Object.(*object).hooks = o.hooks
	} else {
		o.letGo() // it goes home, or nowhere
	}
	return entry, err
}

// Scope begins a part of the program that gives back in the end what it has received, as a defer closes a file:
//
//	ctx, end := netproxy.Scope(ctx)
//	defer end()
//
// end gives back at once every reference that came first as a result, or an element, of an operation made with that ctx, whatever it has become
// here: a Proxy, an interface made by As, a func. Calls on them fail with ErrReleased from then on. References that were held before, that came meanwhile to a part of
// the program outside of the scope as well, that are arguments of callbacks, or that were passed to Keep are not touched. The scope does not hold anything
// itself: what is dropped in it is given back as always. end also ends ctx, so that what is under way is given up; it may be called again.
func Scope(ctx context.Context) (_ context.Context, end func()) {
	ctx, scope := conn.NewScope(ctx)
	return ctx, scope.End
}

// Keep takes a reference out of the scope that it came in, if it came in one, and returns it: it is given back when nobody here holds it any more. x is a
// Proxy, or what was made of one.
func Keep[T any](x T) T {
	if p, ok := ProxyOf(x); ok {
		p.keep()
	}
	return x
}

func (p *Proxy) keep() {
	switch {
	case p.ref != nil:
		p.ref.Keep()
	case p.call != nil:
		p.call.pending.Keep()
		if now := p.call.now(); now != nil {
			now.keep()
		}
	}
	for _, r := range p.tuple {
		r.keep()
	}
}
