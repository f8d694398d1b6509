package netproxy

import (
	"context"
	"reflect"

	"github.com/rgo-project/rgo/conn"
)

// Value returns what p stands for as a T: data are copied, with all that they point to; a func type becomes a func that calls the one at the
// other side; *Proxy and any take p as it is. A number that does not fit T is an error. A struct is filled field by field, by name.
func Value[T any](ctx context.Context, p *Proxy) (T, error) {
	var v T
	err := p.valueInto(ctx, reflect.ValueOf(&v).Elem())
	return v, err
}

// Call calls a member of p, or p itself if name is "", and returns its result as a T, in the same round trip: see Value and Proxy.Call.
// For a callee without results, T is struct{}.
func Call[T any](ctx context.Context, p *Proxy, name string, args ...any) (T, error) {
	return typed[T](ctx, p, opCall, name, args...)
}

// Get returns a member of p as a T, in one round trip: see Value.
func Get[T any](ctx context.Context, p *Proxy, name string) (T, error) {
	return typed[T](ctx, p, opGet, name)
}

// Index returns an element of p as a T, in one round trip: see Value and Proxy.Index.
func Index[T any](ctx context.Context, p *Proxy, key any) (T, error) {
	return typed[T](ctx, p, opIndex, "", key)
}

// bound returns a context for a call that is given one of its own, and ends with ctx, too, while it runs.
func bound(own, ctx context.Context) (_ context.Context, stop func()) {
	if own == ctx || ctx.Done() == nil {
		return own, func() {}
	}
	both, cancel := context.WithCancelCause(own)
	end := context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	return both, func() { end() }
}

func typed[T any](ctx context.Context, p *Proxy, op conn.Op, name string, args ...any) (T, error) {
	var v T
	at := reflect.ValueOf(&v).Elem()
	if p.broken == nil && (p.copy || p.tuple != nil) {
		got, err := p.local(ctx, op, name, args)
		if err != nil {
			return v, err
		}
		if _, void := any(v).(struct{}); void && got.tuple != nil && len(got.tuple) == 0 {
			return v, nil
		}
		return v, got.valueInto(ctx, at)
	}
	if op == opCall && p.broken == nil {
		list := make([]reflect.Value, 0, len(args))
		for i := range args {
			if own, ok := args[i].(context.Context); ok && !isRemote(reflect.TypeOf(own)) {
				both, stop := bound(own, ctx)
				defer stop()
				ctx = both
				continue
			}
			list = append(list, reflect.ValueOf(&args[i]).Elem())
		}
		d, n, err := p.space.invoke(ctx, nil, p, name, wantOf(at.Type()), list)
		if err != nil {
			return v, err
		}
		return v, theOne(ctx, d, n, at)
	}
	ret, err := p.send(ctx, op, name, wantOf(at.Type()), args...)
	if err != nil {
		return v, err
	}
	err = p.space.one(ctx, ret, at)
	return v, err
}

// valueInto stores what p stands for in v.
func (p *Proxy) valueInto(ctx context.Context, v reflect.Value) error {
	t := v.Type()
	switch {
	case p.broken != nil:
		return p.broken
	case p.copy:
		return store(p.Interface(), v)
	case p.tuple != nil:
		return fail(ErrArgument, "%s are not one %s: use Results", plural(len(p.tuple), "result"), t)
	}
	if want := wantOf(t); want != wantAuto {
		ret, err := p.send(ctx, opValue, "", want)
		if err != nil {
			return err
		}
		return p.space.one(ctx, ret, v)
	}
	if p.call != nil && t != proxyType {
		settled, err := p.call.wait(ctx)
		if err != nil {
			return err
		}
		if settled.ref == nil {
			return settled.valueInto(ctx, v)
		}
		p = settled
	}
	got, err := fit(asking{loopback{}, ctx}, p, t)
	if err != nil {
		return err
	}
	v.Set(got)
	return nil
}

// asking is a loopback whose questions to the other side end with a context.
type asking struct {
	loopback
	ctx context.Context
}

func (a asking) implement(p *Proxy, t reflect.Type) (reflect.Value, error) {
	return p.space.implementIn(a.ctx, nil, p, t)
}

// store makes x fit v.
func store(x any, v reflect.Value) error {
	got, err := fit(loopback{}, x, v.Type())
	if err != nil {
		return err
	}
	v.Set(got)
	return nil
}
