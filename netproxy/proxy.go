package netproxy

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/rgo-project/rgo/conn"
)

// Proxy is a handle on a value of the other side. It is one of three:
//
//   - a reference to an object there;
//   - a copy of a value, held here: operations on it cost no round trip;
//   - a call still under way (see Pipelined): operations on it are sent at once and are carried out when that call has returned.
//
// A proxy may be used by many goroutines at once. One object there is one *Proxy as long as it is held here, so that == means the same object.
type Proxy struct {
	space  *Space
	broken error // all operations fail with it

	root   bool      // what the peer offers
	ref    *conn.Ref // a reference
	typ    string    // of the object, with whole import paths; "" if unknown
	digest uint64    // of what can be called of such objects; 0 if the type does not tell

	held  reflect.Value // a copy; invalid for nil, if copy is set
	copy  bool
	tuple []*Proxy // several results, or none

	call *promise // a call still under way

	serving atomic.Pointer[callScope]  // a call that p came as an argument of, if that may still run
	sent    atomic.Pointer[sentHeader] // of an http.ResponseWriter
}

// proxyOf returns the proxy of a reference.
func (s *Space) proxyOf(ref *conn.Ref, typ string, digest uint64) *Proxy {
	return ref.Attachment(func() any { return &Proxy{space: s, ref: ref, typ: typ, digest: digest} }).(*Proxy)
}

// newHeld makes a proxy of a copy.
func newHeld(v reflect.Value) *Proxy {
	for v.IsValid() && v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	return &Proxy{held: v, copy: true}
}

func (p *Proxy) isHeld() bool { return p.copy }

// target is what stands for p in a request.
func (p *Proxy) target() (any, error) {
	switch {
	case p.broken != nil:
		return nil, p.broken
	case p.root:
		return nil, nil
	case p.ref != nil:
		return p.ref, nil
	case p.call != nil:
		return p.call.target()
	}
	return nil, fail(ErrUnsupported, "%s is here already", p)
}

// far says whether operations on p are carried out by a peer, or fail.
func (p *Proxy) far() bool { return p.broken != nil || !p.copy && p.tuple == nil }

// settled is the result of a call under way, if it is here, and p otherwise.
func (p *Proxy) settled() *Proxy {
	if p.call != nil {
		if now := p.call.now(); now != nil {
			return now
		}
	}
	return p
}

// Conn returns the connection to the side where the object is; nil for a copy.
func (p *Proxy) Conn() *conn.Conn {
	if p.space == nil {
		return nil
	}
	return p.space.c
}

// Release gives the reference back at once, instead of when the garbage collector finds that nobody holds it. Nobody may use p, or another
// copy of the pointer p, afterwards. Releasing a proxy that is no reference does nothing, but for a call still under way, whose result is dropped.
func (p *Proxy) Release() {
	switch {
	case p.ref != nil:
		p.ref.Release()
	case p.call != nil:
		p.call.pending.Release()
	}
	for _, r := range p.tuple {
		r.Release()
	}
}

// Results are the results of a call: none, one (the proxy itself), or several.
func (p *Proxy) Results() []*Proxy {
	switch {
	case p.call != nil:
		if now := p.call.now(); now != nil {
			return now.Results()
		}
	case p.tuple != nil:
		return p.tuple
	}
	return []*Proxy{p}
}

// Interface returns the value as Go has it: a copy as itself, several results as a []any, no result as nil, and anything that is not
// here as the proxy itself.
func (p *Proxy) Interface() any {
	switch {
	case p.call != nil:
		if now := p.call.now(); now != nil {
			return now.Interface()
		}
		return p
	case p.tuple != nil:
		if len(p.tuple) == 0 {
			return nil
		}
		all := make([]any, len(p.tuple))
		for i, r := range p.tuple {
			all[i] = r.Interface()
		}
		return all
	case p.copy:
		if !p.held.IsValid() {
			return nil
		}
		return p.held.Interface()
	}
	return p
}

// Type returns the type of the value, as Go writes it. It is empty while nothing is known of it: for the root, and for a call under way.
func (p *Proxy) Type() string {
	switch {
	case p.call != nil:
		if now := p.call.now(); now != nil {
			return now.Type()
		}
		return ""
	case p.tuple != nil:
		s := "("
		for i, r := range p.tuple {
			s += [...]string{"", ", "}[min(i, 1)] + r.Type()
		}
		return s + ")"
	case p.copy:
		if !p.held.IsValid() {
			return "nil"
		}
		if r, ok := p.held.Interface().(Record); ok && r.Type != "" {
			return r.Type
		}
		return shownType(p.held.Type())
	}
	return shortName(p.typ)
}

// String describes the value without asking the other side: a copy as fmt does, a reference as its type and place. See Display.
func (p *Proxy) String() string {
	switch {
	case p == nil:
		return "<nil>"
	case p.broken != nil:
		return "<broken: " + p.broken.Error() + ">"
	case p.root:
		return "<root of " + p.space.peer() + ">"
	case p.call != nil:
		if now := p.call.now(); now != nil {
			return now.String()
		}
		return "<" + p.call.name + " under way at " + p.space.peer() + ">"
	case p.copy || p.tuple != nil:
		return fmt.Sprint(p.Interface())
	}
	return "<" + p.Type() + " at " + p.space.peer() + ">"
}

// AssignTo stores the value in what target, a pointer, points to, as Value does. It makes a Proxy an async.Assigner.
func (p *Proxy) AssignTo(ctx context.Context, target any) error {
	v := reflect.ValueOf(target)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return fail(ErrArgument, "AssignTo wants a pointer, not a %T", target)
	}
	return p.valueInto(ctx, v.Elem())
}

// promise is a call under way as a proxy knows it.
type promise struct {
	underWay
	name string

	once   sync.Once
	result *Proxy
	err    error
}

// target is what stands for the result in a request: the result itself if it is a reference that is here, so that the peer may forget the call.
func (c *promise) target() (any, error) {
	if now := c.now(); now != nil && now.ref != nil {
		return now.ref, nil
	}
	return c.pending, nil
}

// now is the result if it is here and not an error.
func (c *promise) now() *Proxy {
	select {
	case <-c.pending.Done():
		p, _ := c.outcome()
		return p
	default:
		return nil
	}
}

// wait waits for the result.
func (c *promise) wait(ctx context.Context) (*Proxy, error) {
	if _, err := c.pending.Wait(ctx); err != nil {
		return nil, lost(err)
	}
	return c.outcome()
}

// outcome decodes the result, which is here.
func (c *promise) outcome() (*Proxy, error) {
	c.once.Do(func() {
		ret, _, err := c.pending.Now()
		if err != nil {
			c.err = lost(err)
			return
		}
		c.result, c.err = c.space.result(ret)
	})
	return c.result, c.err
}
