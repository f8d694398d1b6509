package netproxy

import (
	"context"
	"reflect"
	"slices"

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
	if p.broken == nil && (p.copy || p.tuple != nil) {
		return typedHere[T](ctx, p, op, name, slices.Clone(args))
	}
	if op == opCall && p.broken == nil {
		if ret, ok, err := p.brief(ctx, name, wantOf(reflect.TypeFor[T]()), args); ok {
			return taken[T](ctx, p, ret, err)
		}
		return callTyped[T](ctx, p, name, slices.Clone(args))
	}
	ret, err := p.send(ctx, op, name, wantOf(reflect.TypeFor[T]()), args...)
	return taken[T](ctx, p, ret, err)
}

// taken is the one result of a call.
func taken[T any](ctx context.Context, p *Proxy, ret conn.Return, err error) (T, error) {
	var v T
	if err != nil || basicResult(ret, &v) {
		return v, err
	}
	return decoded[T](ctx, p, ret)
}

// decoded is taken, for results of all kinds.
func decoded[T any](ctx context.Context, p *Proxy, ret conn.Return) (v T, err error) {
	err = p.space.one(ctx, ret, reflect.ValueOf(&v).Elem())
	if asked, ok := err.(*wantedByReference); ok { //nolint:errorlint // that of this very call
		err = asked.why
	}
	return v, err
}

// callTyped makes a call whose arguments may lend memory, and may have a context among them.
func callTyped[T any](ctx context.Context, p *Proxy, name string, args []any) (v T, err error) {
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
	at := reflect.ValueOf(&v).Elem()
	d, n, err := p.space.invoke(ctx, nil, p, name, wantOf(at.Type()), list)
	if err != nil {
		return v, err
	}
	return v, theOne(ctx, d, n, at)
}

// typedHere carries an operation out on what is here.
func typedHere[T any](ctx context.Context, p *Proxy, op conn.Op, name string, args []any) (v T, err error) {
	got, err := p.local(ctx, op, name, args)
	if err != nil {
		return v, err
	}
	if _, void := any(v).(struct{}); void && got.tuple != nil && len(got.tuple) == 0 {
		return v, nil
	}
	return v, got.valueInto(ctx, reflect.ValueOf(&v).Elem())
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
