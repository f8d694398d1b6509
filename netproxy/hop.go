package netproxy

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/rgo-project/rgo/conn"
)

// A hop is the way of a call whose target is a proxy of a third peer: it goes on to that peer with its body as it came, for the bytes name
// references by index, and only what these stand for differs from one connection to the next. So does what it returns. What crosses here is never decoded
// here: types that are only known at the ends, copies, whatever is wanted of the results work as they do between two.

// handOn is the error of a call here whose callee turns out to be at a third peer.
type handOn struct{ p *Proxy }

func (h *handOn) Error() string { return "netproxy: to be handed on to " + h.p.String() }

// forward sends a call on to where p is, and returns what comes back from there.
func (s *Space) forward(ctx context.Context, p *Proxy, name string, in *conn.Inbound) conn.Reply {
	ret, err := s.hop(ctx, p, name, in)
	if err != nil {
		return s.failure(nil, err, "")
	}
	if in.OneWay {
		return conn.Reply{} // how it went is known and noted where it was run
	}
	if ret.Failed {
		return s.failedHop(p.space, ret)
	}
	refs, err := s.passOn(p.space, ret.Body.Refs)
	if err != nil {
		return s.failure(nil, within(err, "the result"), "")
	}
	return conn.Reply{Body: conn.Message{Data: ret.Body.Data, Refs: refs}}
}

// hop makes the call at the other connection. What is pipelined on it, and what follows in its lane, is pipelined there, too.
func (s *Space) hop(ctx context.Context, p *Proxy, name string, in *conn.Inbound) (conn.Return, error) {
	if p.broken != nil {
		return conn.Return{}, p.broken
	}
	to := p.space
	target, err := p.target()
	if err != nil {
		return conn.Return{}, err
	}
	refs, err := to.passOn(s, in.Body.Refs)
	if err != nil {
		return conn.Return{}, err
	}
	req := &conn.Request{
		Target: target, Op: in.Op, Name: name, Want: in.Want, Keep: in.Keep, OneWay: in.OneWay,
		Body: conn.Message{Data: in.Body.Data, Refs: refs},
	}
	lane, err := s.enterLane(ctx, in.Lane, to)
	if err != nil {
		return conn.Return{}, err
	}
	defer s.leaveLane(in.Lane, lane)
	req.Lane = lane.number()
	held := ctx
	if in.Op == opCall || in.Op == opRestore {
		held = in.HoldContext() // which the callee may keep
	}
	pending, err := to.c.Start(held, req)
	if err != nil {
		in.DropContext()
		return conn.Return{}, to.unreached(err)
	}
	stop := context.AfterFunc(ctx, func() {
		cause := context.Cause(ctx)
		if _, timed := held.Deadline(); timed && errors.Is(cause, context.DeadlineExceeded) {
			return // it ends by itself, and says that it was a deadline
		}
		pending.Cancel(cause)
	})
	defer stop()
	in.Ahead(ahead(to, in.Name, pending))
	ret, err := pending.Wait(context.Background()) // which ends with ctx, as the call does
	if !ret.Held {
		in.DropContext()
	}
	return ret, to.unreached(err)
}

// ahead is the object that a call under way at a third peer stands for, for what is pipelined on it.
func ahead(to *Space, name string, pending *conn.Pending) *object {
	return &object{v: reflect.ValueOf(&Proxy{space: to, call: &promise{underWay: underWay{to, pending}, name: name}})}
}

// unreached says of an error of a connection that it is one between this peer and the next.
func (s *Space) unreached(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("netproxy: handed on to %s: %w", s.peer(), lost(err))
}

// failedHop makes the reply of a call that failed at another peer. The error is read and written anew, so that each peer on its way is told of.
func (s *Space) failedHop(at *Space, ret conn.Return) conn.Reply {
	d, n, failed := at.returned(ret)
	tail := behind(d, n)
	var results []reflect.Value
	for range n {
		x, err := d.plain()
		if err != nil {
			results = nil
			break
		}
		results = append(results, reflect.ValueOf(x))
	}
	asked, asks := failed.(*wantedByReference) //nolint:errorlint // that of this very call
	if asks {
		failed = asked.why
	}
	refs, err := s.passOn(at, ret.Body.Refs) // what the call has changed names references of the message: they come first
	if err != nil {
		return s.failure(nil, errors.Join(failed, err), "")
	}
	reply := s.failureAfter(refs, results, failed, ownTrace(failed), asks)
	reply.Body.Data = append(reply.Body.Data, tail...)
	return reply
}

// passOn makes the references of a message that came over another connection into those of one that goes out over this one.
func (s *Space) passOn(from *Space, refs []any) ([]any, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	out := make([]any, len(refs))
	for i, entry := range refs {
		var err error
		switch x := entry.(type) {
		case *conn.Ref:
			out[i], err = s.referRef(x)
		case *object:
			out[i], err = s.refer(reflect.ValueOf(x))
		case conn.Root:
			if o := from.root(); o != nil {
				out[i], err = s.refer(reflect.ValueOf(o))
			} else {
				err = fail(ErrMalformed, "a reference to a root that is not offered")
			}
		default:
			err = fail(ErrMalformed, "a reference to a %T", entry)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// referRef refers to an object of a third peer, or to one of the peer's own, which goes home.
func (s *Space) referRef(ref *conn.Ref) (any, error) {
	if ref.Conn() == s.c {
		return ref, nil
	}
	h, ok := ref.Conn().Attach(func() conn.Handler { return newSpace(ref.Conn(), Options{}) }).(*Space)
	if !ok {
		return nil, fail(ErrUnsupported, "an object of %s cannot be handed on: that connection has no objects", ref.Conn().Peer().Name)
	}
	return conn.Export{Key: ref, Object: &object{far: ref, at: h}}, nil
}

// awaited replaces the promised results of other peers among the references of a call that is served here by what they have come to.
func awaited(ctx context.Context, refs []any) error {
	for i, entry := range refs {
		o, ok := entry.(*object)
		if !ok || o.far != nil {
			continue
		}
		p, ok := o.proxy()
		if !ok || p.call == nil {
			continue
		}
		settled, err := p.call.wait(ctx)
		if err != nil {
			return err
		}
		refs[i] = objectOfProxy(settled)
	}
	return nil
}

// objectOfProxy is the object that a proxy is when it is used here: what it holds, if it is a copy.
func objectOfProxy(p *Proxy) *object {
	switch {
	case p.tuple != nil:
		list := make([]reflect.Value, len(p.tuple))
		for i, r := range p.tuple {
			list[i] = reflect.ValueOf(r)
		}
		return &object{v: reflect.ValueOf(list), tuple: true}
	case p.copy:
		return &object{v: p.held}
	}
	return &object{v: reflect.ValueOf(p)}
}

// hopLane is a lane of the peer's whose calls go on to a third peer, as long as some are under way there.
type hopLane struct {
	to   *Space
	lane uint64
	busy int           // calls under way there; guarded by the space's mutex
	idle chan struct{} // closed when there are none
}

func (l *hopLane) number() uint64 {
	if l == nil {
		return 0
	}
	return l.lane
}

// enterLane takes a call's place in the lane that stands for the peer's lane n at another peer: calls of one lane for one peer overtake each other nowhere. If
// calls of that lane are under way at yet another peer, it waits for them. to is nil for a call that is served here. A lane has one call at a time
// that enters, for the next one comes when this one has gone ahead.
func (s *Space) enterLane(ctx context.Context, n uint64, to *Space) (*hopLane, error) {
	if n == 0 {
		return nil, nil
	}
	s.mu.Lock()
	l := s.lanes[n]
	if l != nil && l.to == to {
		l.busy++
		s.mu.Unlock()
		return l, nil
	}
	s.mu.Unlock()
	if l != nil {
		select {
		case <-l.idle:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if to == nil {
		return nil, nil
	}
	l = &hopLane{to: to, lane: to.c.NewLane(), busy: 1, idle: make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lanes == nil {
		s.lanes = make(map[uint64]*hopLane)
	}
	s.lanes[n] = l
	return l, nil
}

// laneElsewhere says whether calls of the peer's lane n are under way at another peer.
func (s *Space) laneElsewhere(n uint64) bool {
	if n == 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lanes[n] != nil
}

// leaveLane ends what enterLane has begun.
func (s *Space) leaveLane(n uint64, l *hopLane) {
	if l == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.busy--; l.busy == 0 {
		close(l.idle)
		delete(s.lanes, n)
	}
}
