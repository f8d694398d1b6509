package netproxy

import (
	"context"
	"reflect"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
)

// NewLine makes a line of asynchronous work on p. It makes a Proxy an async.Object.
func (p *Proxy) NewLine() async.Line {
	l := line{p: p}
	if p.space != nil {
		l.lane = p.space.c.NewLane()
	}
	return l
}

// line begins operations that are carried out one after the other.
type line struct {
	p    *Proxy
	lane uint64
}

// Begin implements async.Line.
func (l line) Begin(ctx context.Context, op async.Operation) async.Source {
	if op.Type != nil {
		return l.p.beginTyped(ctx, conn.Op(op.Op), op.Name, l.lane, op.Args, op.Type)
	}
	p := l.p.begin(ctx, conn.Op(op.Op), op.Name, l.lane, op.Args)
	switch {
	case p.broken != nil:
		return async.FailedSource(p.broken)
	case p.call != nil:
		return p.call
	}
	return here{p, p.Interface()}
}

// Notify implements async.Line.
func (l line) Notify(ctx context.Context, op async.Operation) error {
	return l.p.notify(ctx, conn.Op(op.Op), op.Name, l.lane, op.Args)
}

// beginTyped begins an operation whose result is wanted as a t, and nothing else.
func (p *Proxy) beginTyped(ctx context.Context, op conn.Op, name string, lane uint64, args []any, t reflect.Type) async.Source {
	if p.broken == nil && (p.copy || p.tuple != nil) {
		v := reflect.New(t).Elem()
		got, err := p.local(ctx, op, name, args)
		if err == nil && (got.tuple == nil || len(got.tuple) > 0 || !isVoid(t)) {
			err = got.valueInto(ctx, v)
		}
		if err != nil {
			return async.FailedSource(err)
		}
		return here{newHeld(v), v.Interface()}
	}
	req, err := p.request(op, name, wantOf(t), args, largeInSpares)
	if err != nil {
		return async.FailedSource(err)
	}
	req.Lane = lane
	pending, err := p.space.c.Start(ctx, &req)
	if err != nil {
		return async.FailedSource(lost(err))
	}
	return &typedCall{underWay{p.space, pending}, t}
}

// isVoid says whether t is what a call without results comes to.
func isVoid(t reflect.Type) bool { return t.Kind() == reflect.Struct && t.NumField() == 0 }

// referResult refers to the result of an asynchronous operation.
func (s *Space) referResult(r *async.Result) (any, error) {
	switch src := r.Source().(type) {
	case *promise:
		if src.space != s {
			return nil, fail(ErrUnsupported, "the result of an operation at another peer cannot be pipelined: await it first")
		}
		return src.target()
	case here:
		return s.refer(reflect.ValueOf(src.p))
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return nil, fail(ErrUnsupported, "this async.Result is not of an operation on a proxy: await it first")
}

// underWay is the half of an async.Source that any call of ours has.
type underWay struct {
	space   *Space
	pending *conn.Pending
}

// Done implements async.Source.
func (u underWay) Done() <-chan struct{} { return u.pending.Done() }

// Wait implements async.Source.
func (u underWay) Wait(ctx context.Context) error { return u.pending.Settled(ctx) }

// Cancel implements async.Source.
func (u underWay) Cancel(cause error) { u.pending.Cancel(cause) }

// Outcome implements async.Source: data as themselves, everything else as a *Proxy.
func (c *promise) Outcome() (any, error) {
	p, err := c.wait(context.Background()) // which is over
	if err != nil {
		return nil, err
	}
	return p.Interface(), nil
}

// Line implements async.Source.
func (c *promise) Line() async.Line {
	return (&Proxy{space: c.space, call: c}).NewLine()
}

// AssignTo implements async.Assigner. What comes as a reference unless it is asked for by value is asked for at once, behind the call itself, so
// that it costs no round trip of its own.
func (c *promise) AssignTo(ctx context.Context, target any) error {
	v := reflect.ValueOf(target).Elem()
	if now := c.now(); mayComeAsReference(v.Type()) && (now == nil || now.ref != nil) {
		return (&Proxy{space: c.space, call: c}).valueInto(ctx, v)
	}
	p, err := c.wait(ctx)
	switch {
	case err != nil:
		return err
	case p.tuple != nil && len(p.tuple) == 0 && isVoid(v.Type()):
		return nil
	case p.tuple != nil && v.Type() == anyType:
		return store(p.Interface(), v)
	}
	return p.valueInto(ctx, v)
}

// mayComeAsReference says whether what becomes a t may come as a reference where nobody says that it is to be a t.
func mayComeAsReference(t reflect.Type) bool {
	switch planOf(t).class {
	case classSlice, classMap, classPointer, classStruct:
		return t != proxyType && !isVoid(t)
	}
	return false
}

// typedCall is an operation whose result will be a value of one type.
type typedCall struct {
	underWay
	typ reflect.Type
}

// Outcome implements async.Source.
func (c *typedCall) Outcome() (any, error) {
	v := reflect.New(c.typ)
	if err := c.OutcomeInto(v.Interface()); err != nil {
		return nil, err
	}
	return v.Elem().Interface(), nil
}

// OutcomeInto implements async.Typed.
func (c *typedCall) OutcomeInto(target any) error {
	ret, err := c.pending.Wait(context.Background())
	if err != nil {
		return lost(err)
	}
	if basicResult(ret, target) {
		return nil
	}
	return c.space.one(context.Background(), ret, reflect.ValueOf(target).Elem())
}

// Line implements async.Source.
func (c *typedCall) Line() async.Line {
	return line{p: &Proxy{broken: fail(ErrUnsupported, "the %s that is on its way is a copy: await it", c.typ)}}
}

// here is the result of an operation on a copy: it is there at once.
type here struct {
	p *Proxy
	v any
}

func (h here) Done() <-chan struct{}      { return ended }
func (h here) Wait(context.Context) error { return nil }
func (h here) Outcome() (any, error)      { return h.v, nil }
func (h here) Cancel(error)               {}
func (h here) Line() async.Line           { return h.p.NewLine() }

// AssignTo implements async.Assigner.
func (h here) AssignTo(ctx context.Context, target any) error {
	v := reflect.ValueOf(target).Elem()
	if h.p.tuple != nil && len(h.p.tuple) == 0 && isVoid(v.Type()) {
		return nil
	}
	return h.p.valueInto(ctx, v)
}

// ended is closed.
var ended = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()
