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
func (l line) Begin(op async.Op, name string, args ...any) *async.Result {
	p := l.p.begin(context.Background(), conn.Op(op), name, l.lane, args)
	switch {
	case p.broken != nil:
		return async.Failed(p.broken)
	case p.call != nil:
		return async.NewResult(p.call)
	}
	return async.NewResult(here{p})
}

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

// Done implements async.Source.
func (c *promise) Done() <-chan struct{} { return c.pending.Done() }

// Wait implements async.Source.
func (c *promise) Wait(ctx context.Context) error {
	if _, err := c.pending.Wait(ctx); err != nil {
		select {
		case <-c.pending.Done(): // the error is the outcome
		default:
			return err
		}
	}
	return nil
}

// Outcome implements async.Source: data as themselves, everything else as a *Proxy.
func (c *promise) Outcome() (any, error) {
	p, err := c.outcome()
	if err != nil {
		return nil, err
	}
	return p.Interface(), nil
}

// Cancel implements async.Source.
func (c *promise) Cancel(cause error) { c.pending.Cancel(cause) }

// Line implements async.Source.
func (c *promise) Line() async.Line {
	return (&Proxy{space: c.space, call: c}).NewLine()
}

// Convert implements async.Converter.
func (c *promise) Convert(value, target any) error {
	return store(value, reflect.ValueOf(target).Elem())
}

// here is the result of an operation on a copy: it is there at once.
type here struct{ p *Proxy }

func (h here) Done() <-chan struct{}           { return ended }
func (h here) Wait(context.Context) error      { return nil }
func (h here) Outcome() (any, error)           { return h.p.Interface(), nil }
func (h here) Cancel(error)                    {}
func (h here) Line() async.Line                { return h.p.NewLine() }
func (h here) Convert(value, target any) error { return store(value, reflect.ValueOf(target).Elem()) }

// ended is closed.
var ended = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()
