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
	want := conn.Want(wantAuto)
	if op == opNames {
		want = wantValue
	}
	req, err := p.request(op, name, want, args, largeInSpares)
	if err != nil {
		return &Proxy{broken: err}
	}
	req.Keep, req.Lane = true, lane
	pending, err := p.space.c.Start(ctx, &req)
	if err != nil {
		return &Proxy{broken: lost(err)}
	}
	if name == "" {
		name = opName(op)
	}
	return &Proxy{space: p.space, call: &promise{underWay: underWay{p.space, pending}, name: name}}
}

// Notify calls a member of p, or p itself if name is "", and waits for nothing: neither for the call to be sent, nor for what comes of it, which is not sent
// back. A failure is counted and logged at the other side. The remaining time of ctx goes with the call, and ctx bounds the wait for room in the queue; when it is
// cancelled later the call goes on. The error says why the call could not be begun; a connection lost later is not told. Calls notified one
// after the other run side by side; those of one async.Handle run in their order.
func (p *Proxy) Notify(ctx context.Context, name string, args ...any) error {
	return p.notify(ctx, opCall, name, 0, args)
}

func (p *Proxy) notify(ctx context.Context, op conn.Op, name string, lane uint64, args []any) error {
	if p.broken == nil && (p.copy || p.tuple != nil) {
		_, err := p.local(ctx, op, name, args)
		return err
	}
	req, err := p.request(op, name, wantAuto, args, largeInSpares)
	if err != nil {
		return err
	}
	req.Lane = lane
	return lost(p.space.c.Notify(ctx, &req))
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
