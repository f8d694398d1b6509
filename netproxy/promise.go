package netproxy

import (
	"context"

	"github.com/rgo-project/rgo/conn"
)

// Pipelined begins to call a member of p and returns, without waiting, a proxy of the result to come. Operations on that proxy are sent at once, and
// carried out at the other side as soon as the call has returned, so that a chain of them costs one round trip. If the call fails, they fail with
// its error. ctx bounds the call itself.
func Pipelined(ctx context.Context, p *Proxy, name string, args ...any) *Proxy {
	return p.begin(ctx, opCall, name, 0, args)
}

// begin begins an operation and returns a proxy of its result.
func (p *Proxy) begin(ctx context.Context, op conn.Op, name string, lane uint64, args []any) *Proxy {
	if p.broken == nil && (p.copy || p.tuple != nil) {
		got, err := p.local(ctx, op, name, args)
		if err != nil {
			return &Proxy{broken: err}
		}
		return got
	}
	req, err := p.request(op, name, wantAuto, args)
	if err != nil {
		return &Proxy{broken: err}
	}
	req.Keep, req.Lane = true, lane
	pending, err := p.space.c.Start(ctx, req)
	if err != nil {
		return &Proxy{broken: lost(err)}
	}
	if name == "" {
		name = opName(op)
	}
	return &Proxy{space: p.space, call: &promise{space: p.space, name: name, pending: pending}}
}

// Wait waits for a call that is still under way, and returns its error. It returns nil at once for every other proxy.
func (p *Proxy) Wait(ctx context.Context) error {
	switch {
	case p.broken != nil:
		return p.broken
	case p.call != nil:
		_, err := p.call.wait(ctx)
		return err
	}
	return nil
}
