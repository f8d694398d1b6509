package netproxy

import (
	"context"
	"errors"
	"reflect"
	"sync"

	"github.com/rgo-project/rgo/conn"
)

// callScope is a call of the peer's while it is served.
type callScope struct {
	ctx context.Context // of Serve: it ends with the return
	in  *conn.Inbound

	served    servedContext // these are parts of it so that a call makes one thing instead of four
	importer  inCall
	arguments decoder // until the call returns

	mu       sync.Mutex
	returned bool
	nested   context.Context // made when it is first asked for
	stop     func() bool
	kept     *callScope // see lasting
	of       *callScope // of one that is kept: the call itself
	over     bool       // the call has been carried out without an error
	wanted   bool       // the call was refused: an argument is wanted by reference
	loan     *loan      // what was lent to the call; may be nil
	outer    *loan      // what is lent by the call of ours that this is a callback of; may be nil
	leaving  []func(context.Context) error
}

// scopes are used again after calls that took nothing but plain data: nothing can have kept the scope then.
var scopes = sync.Pool{New: func() any { return new(callScope) }}

// scope makes the scope of a call.
func (s *Space) scope(ctx context.Context, in *conn.Inbound) *callScope {
	scope := scopes.Get().(*callScope)
	scope.ctx, scope.in = ctx, in
	scope.served, scope.importer = servedContext{ctx, scope}, inCall{s, scope}
	return scope
}

// context is what calls made without a context are made with: those made while the call is served are nested in it, and so cannot wait for what
// waits for it. They end when the call is given up by its caller. They do not end because the call has returned: its callee may have left them
// to a goroutine of its own.
func (in *callScope) context() context.Context {
	if in == nil {
		return context.Background()
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.returned {
		return context.Background()
	}
	if in.nested == nil {
		nested, cancel := context.WithCancelCause(context.WithoutCancel(in.ctx))
		in.nested = nested
		in.stop = context.AfterFunc(in.ctx, func() { cancel(context.Cause(in.ctx)) })
	}
	return in.nested
}

// lasting is a scope for what may be called on behalf of several calls at once, such as the methods of an object that is an argument of all of
// them: it is nested in this call while that runs, and does not end when this one is given up. It is nil when this one has returned.
func (in *callScope) lasting() *callScope {
	if in == nil {
		return nil
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.returned {
		return nil
	}
	if in.kept == nil {
		in.kept = &callScope{ctx: context.WithoutCancel(in.ctx), of: in}
	}
	return in.kept
}

// borrowed is what was lent to the call, while it runs; it may be nil.
func (in *callScope) borrowed() *loan {
	if in == nil {
		return nil
	}
	if in.of != nil {
		in = in.of
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.returned {
		return nil
	}
	return in.loan
}

// atReturn has f called before the call returns to its caller.
func (in *callScope) atReturn(f func(context.Context) error) {
	if in == nil {
		return
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.leaving = append(in.leaving, f)
}

// leave calls what is to be called before the call returns.
func (in *callScope) leave() error {
	in.mu.Lock()
	leaving := in.leaving
	in.leaving = nil
	in.mu.Unlock()
	if leaving == nil {
		return nil
	}
	var errs []error
	for _, f := range leaving {
		errs = append(errs, f(in.ctx))
	}
	return errors.Join(errs...)
}

// end notes that the call returns.
func (in *callScope) end() {
	if in.over && in.arguments.untied && in.loan == nil && len(in.arguments.refs) == 0 {
		*in = callScope{}
		scopes.Put(in)
		return
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.returned && in.outer != nil {
		in.outer.leave()
	}
	in.returned = true
	in.arguments = decoder{} // somebody may keep the scope
	if in.stop != nil {
		in.stop()
	}
}

// servedContext is the context of a call as its operation is carried out.
type servedContext struct {
	context.Context
	in *callScope
}

// handed is the context that a callee gets as an argument. It may keep it: it ends when the caller's context ends, or the connection, and not because the
// callee has returned.
func handed(ctx context.Context) reflect.Value {
	if served, ok := ctx.(*servedContext); ok {
		ctx = served.in.in.HoldContext()
	}
	return reflect.ValueOf(ctx)
}

// inCall is the importer of the arguments of one call.
type inCall struct {
	*Space
	scope *callScope
}

func (in *inCall) implement(p *Proxy, t reflect.Type) (reflect.Value, error) {
	return in.implementIn(in.scope.ctx, in.scope, p, t)
}

// forCaller is the importer of what a call of ours has come to: what has to be asked of the other side about that is asked no longer than the call may take.
type forCaller struct {
	*Space
	ctx context.Context
}

func (in *forCaller) implement(p *Proxy, t reflect.Type) (reflect.Value, error) {
	return in.implementIn(in.ctx, nil, p, t)
}

// until has what d asks of the other side end with the context of the call whose results it reads.
func (d *decoder) until(ctx context.Context) {
	if s, ok := d.in.(*Space); ok && ctx.Done() != nil {
		d.in = &forCaller{s, ctx}
	}
}

var _ conn.CauseCoder = (*Space)(nil)

// EncodeCause writes why a context of this side has ended, so that it keeps its identity at the other side. What refers to objects goes as its text.
func (s *Space) EncodeCause(cause error) []byte {
	e := encoder{out: s}
	if err := e.err(cause); err != nil || len(e.refs) > 0 {
		return nil
	}
	return e.buf
}

// DecodeCause reads why a context of the other side has ended.
func (s *Space) DecodeCause(data []byte) error {
	cause, err := newDecoder(s, data, nil).innerError()
	if err != nil {
		return nil
	}
	return cause
}
