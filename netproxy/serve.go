package netproxy

import (
	"context"
	"reflect"
	"runtime/debug"
	"slices"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

var _ conn.Handler = (*Space)(nil)

// Serve carries out a call of the peer.
func (s *Space) Serve(ctx context.Context, in *conn.Inbound) conn.Reply {
	if reply, done := s.serveDirectly(in); done {
		return reply
	}
	return s.serveInScope(ctx, in)
}

// serveInScope is the general way. A callee may be under way for long, so that what stands between the connection and it is kept small: what comes after it,
// and what is rare, has frames of its own.
func (s *Space) serveInScope(ctx context.Context, in *conn.Inbound) (reply conn.Reply) {
	scope := s.scope(ctx, in)
	defer scope.end()
	defer s.panicked(&reply)
	o, err := s.targetOf(in)
	if err != nil {
		return s.failure(nil, err, "")
	}
	if p, ok := o.proxy(); ok && p.far() && !spliced(in.Op) {
		return s.forward(ctx, p, in.Name, in)
	}
	var results []reflect.Value
	if _, err = s.enterLane(ctx, in.Lane, nil); err == nil {
		if err = awaited(ctx, in.Body.Refs); err != nil {
			return s.failure(nil, err, ownTrace(err))
		}
		results, err = s.serve(scope, o, in)
	}
	return s.reply(scope, o, in, results, err)
}

// panicked makes the reply of a call whose callee has panicked. A Goexit of the callee recovers as nil and goes on: the connection then answers for us.
func (s *Space) panicked(reply *conn.Reply) {
	if p := recover(); p != nil {
		*reply = s.failure(nil, &PanicError{Value: p, Stack: string(debug.Stack())}, "")
	}
}

// reply makes the reply of a call that is over.
func (s *Space) reply(scope *callScope, o *object, in *conn.Inbound, results []reflect.Value, err error) conn.Reply {
	if late := scope.leave(); err == nil {
		err = late
	}
	if err == nil {
		scope.over = true
		return s.giveBack(scope, s.success(scope, in, results))
	}
	if on, ok := err.(*handOn); ok { //nolint:errorlint // it comes from call, as it is
		return s.forward(scope.ctx, on.p, "", in)
	}
	if scope.wanted { // nothing has run
		return s.giveBack(scope, s.failureAfter(nil, nil, err, "", true))
	}
	return s.giveBack(scope, s.failure(results, err, trace(o, in, err)))
}

func (s *Space) serve(scope *callScope, o *object, in *conn.Inbound) ([]reflect.Value, error) {
	d := &scope.arguments
	if flows(in.Op) { // which may go on to read when the call has returned
		d = new(decoder)
	}
	d.in, d.r, d.refs, d.size = &scope.importer, wire.NewReader(in.Body.Data), in.Body.Refs, len(in.Body.Data)
	n, err := d.r.Array()
	if err != nil {
		return nil, fail(ErrMalformed, "arguments: %v", err)
	}
	d.args, d.owns = n, true
	if flows(in.Op) {
		return s.flow(scope.ctx, o, in.Op, in.Name, received{d})
	}
	op := in.Op
	if op == opRestore {
		if err := s.borrow(scope, d); err != nil {
			return nil, err
		}
		op, d.args = opCall, n-1
	}
	results, err := carryOut(&scope.served, o, op, in.Name, received{d})
	scope.wanted = d.wanted && err != nil
	return results, err
}

// carryOut is dispatch, but for a call of a method, which most operations are, without its frames.
func carryOut(ctx context.Context, o *object, op conn.Op, name string, args arguments) ([]reflect.Value, error) {
	if op == opCall {
		if m, receiver := ownMethodOf(o, name); m != nil {
			return m.called(ctx, o, name, receiver, args)
		}
	}
	return dispatch(ctx, o, op, name, args)
}

// targetOf finds what is called.
func (s *Space) targetOf(in *conn.Inbound) (*object, error) {
	switch t := in.Target.(type) {
	case nil:
		if o := s.root(); o != nil {
			return o, nil
		}
		return nil, fail(ErrMember, "nothing is offered here")
	case *object:
		return t, nil
	}
	return nil, fail(ErrMalformed, "a call of a %T", in.Target)
}

// success makes the reply with the results.
func (s *Space) success(scope *callScope, in *conn.Inbound, results []reflect.Value) conn.Reply {
	if p, ok := pageOf(results); ok {
		return conn.Reply{Body: p.message()}
	}
	var value any
	e := s.encoder()
	if in.Keep {
		o := resultOf(results)
		if len(results) == 1 {
			static, v := opened(results[0])
			if results = []reflect.Value{o.shown()}; v.IsValid() && !planOf(v.Type()).special && e.stays(static, v, planOf(v.Type())) && planOf(v.Type()).snap == snapNone {
				results[0] = reflect.ValueOf(o)
			}
		}
		value = o
	}
	if scope.loan != nil {
		e.lending = &lending{l: scope.loan, result: true} // what comes home is what it was
	}
	e.buf = wire.AppendArray(e.buf, len(results))
	if err := e.results(results, in.Want); err != nil {
		s.c.Discard(e.refs)
		return s.failure(nil, within(err, "the result"), "")
	}
	return conn.Reply{Body: e.message(), Value: value}
}

func (e *encoder) results(results []reflect.Value, want conn.Want) error {
	for i, v := range results {
		if err := e.result(v, wantAt(want, i)); err != nil {
			return err
		}
	}
	return nil
}

// result writes a value as it is wanted.
func (e *encoder) result(v reflect.Value, how conn.Want) error {
	e.deep = how == wantDeep
	if v.IsValid() && v.Type() == errorType {
		return e.dynamic(v)
	}
	if in := open(v); how == wantValue && in.IsValid() && in.Kind() == reflect.Pointer && !in.IsNil() && copiable(in.Type()) && !e.isLent(in) {
		v = in.Elem()
	}
	if how == wantAuto {
		return e.top(v)
	}
	return e.dynamic(v)
}

// failure makes the reply with the error, and with the results that came with it.
func (s *Space) failure(results []reflect.Value, failed error, stack string) conn.Reply {
	return s.failureAfter(nil, results, failed, stack, false)
}

// failureAfter is failure for a message that has references already. It may ask for the arguments by reference: then there are no results.
func (s *Space) failureAfter(refs []any, results []reflect.Value, failed error, stack string, asks bool) conn.Reply {
	e := encoder{out: s, stack: stack, refs: slices.Clip(refs)}
	if asks {
		e.buf = wire.AppendNil(wire.AppendArray(e.buf, 2))
	} else {
		e.buf = wire.AppendArray(e.buf, 1+len(results))
	}
	err := e.err(failed)
	if err == nil {
		err = e.results(results, wantsOf(typesOf(results)))
	}
	if err != nil { // of the results: they are of less interest than the error
		s.c.Discard(e.refs[len(refs):])
		e = encoder{out: s, stack: stack, refs: slices.Clip(refs)}
		e.buf = wire.AppendArray(e.buf, 1)
		if e.err(failed) != nil {
			return conn.Reply{Failed: true, Err: failed, Body: conn.Message{Data: wire.AppendArray(nil, 0)}}
		}
	}
	return conn.Reply{Failed: true, Err: failed, Body: conn.Message{Data: e.buf, Refs: e.refs}}
}

func typesOf(values []reflect.Value) []reflect.Type {
	types := make([]reflect.Type, len(values))
	for i, v := range values {
		types[i] = anyType
		if v.IsValid() {
			types[i] = v.Type()
		}
	}
	return types
}

// returned reads what came back of a call. The values are left to be read from d.
func (s *Space) returned(ret conn.Return) (d *decoder, n int, err error) {
	d = decoders.Get().(*decoder)
	d.in, d.r, d.refs, d.size = s, wire.NewReader(ret.Body.Data), ret.Body.Refs, len(ret.Body.Data)
	n, err = d.r.Array()
	if err != nil {
		return d, 0, fail(ErrMalformed, "results: %v", err)
	}
	if !ret.Failed {
		return d, n, nil
	}
	if n == 0 {
		return d, 0, fail(ErrMalformed, "the call failed, and its error could not be sent")
	}
	failed, err := d.innerError()
	if err == nil && failed == nil && n == 2 {
		failed, err = d.innerError()
		if failed != nil {
			failed = &wantedByReference{failed}
		}
		n--
	}
	if err == nil {
		err = failed
	}
	if err == nil {
		err = fail(ErrMalformed, "the call failed without an error")
	}
	return d, n - 1, err
}

// answered is returned for what nobody else will read.
func (s *Space) answered(ret conn.Return) (d *decoder, n int, err error) {
	d, n, err = s.returned(ret)
	d.owns = true
	return d, n, err
}

// result makes a proxy of what came back of a call.
func (s *Space) result(ret conn.Return) (*Proxy, error) {
	d, n, err := s.returned(ret)
	if err != nil {
		return nil, err
	}
	list := make([]*Proxy, 0, min(n, 64))
	for range n {
		x, err := d.any()
		if err != nil {
			return nil, within(err, "a result")
		}
		v, err := fit(s, x, proxyType)
		if err != nil {
			return nil, within(err, "a result")
		}
		p := v.Interface().(*Proxy)
		if p == nil {
			p = newHeld(reflect.Value{})
		}
		list = append(list, p)
	}
	if n == 1 {
		return list[0], nil
	}
	return &Proxy{space: s, tuple: list}, nil
}
