package netproxy

import (
	"context"
	"errors"
	"reflect"
	"unicode/utf8"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// A typed call whose arguments hold memory that can be lent, and a callback that is made while such a call runs, is an opRestore:
//
//	call:    [[loan, outer], argument, …]     outer: [its loan, record], or nil
//	return:  [result, …] [record, outer]      each a record, or nil
//
// The loan is a token for what this call lends, or 0. outer is what is lent to the call that this one is a callback of.

// invoke makes a typed call and waits for it. What is left to be read of d are the n results. The error is that of the call.
func (s *Space) invoke(ctx context.Context, in *callScope, p *Proxy, name string, want conn.Want, args []reflect.Value) (d *decoder, n int, err error) {
	if !utf8.ValidString(name) {
		return nil, 0, fail(ErrMember, "%q is no name", name)
	}
	target, err := p.target()
	if err != nil {
		return nil, 0, err
	}
	if in == nil {
		in = p.nested()
	}
	c := invocation{s: s, outer: in.borrowed(), p: p, name: name}
	req := &conn.Request{Target: target, Op: opCall, Name: name, Want: want}
	for _, x := range args {
		c.lends = c.lends || holdsLoan(x)
	}
	if c.outer == nil && !c.lends {
		d, n, err = c.plainly(ctx, req, args)
	} else {
		d, n, err = c.make(ctx, req, args)
	}
	asked, ok := err.(*wantedByReference) //nolint:errorlint // that of this very call
	switch {
	case !ok:
		return d, n, err
	case !anySharedForMethods(args):
		return nil, 0, asked.why
	}
	c.share = true
	return c.plainly(ctx, &conn.Request{Target: target, Op: opCall, Name: name, Want: want}, args)
}

// plainly makes a call that lends nothing.
func (c *invocation) plainly(ctx context.Context, req *conn.Request, args []reflect.Value) (*decoder, int, error) {
	s := c.s
	e := s.encoder()
	e.large = largeAsTheyLie
	e.buf = wire.AppendArray(e.buf, len(args))
	for i, x := range args {
		write := e.argument
		if c.share && sharedForMethods(x) {
			write = e.byReference
		}
		if err := write(x); err != nil {
			s.c.Discard(e.refs)
			return nil, 0, within(err, "argument %d of %s", i+1, c.title())
		}
	}
	req.Body = e.message()
	ret, err := s.c.Call(ctx, req)
	if err != nil {
		return nil, 0, lost(err)
	}
	return s.answered(ret)
}

// byReference writes an argument that the callee has asked for by reference.
func (e *encoder) byReference(x reflect.Value) error { return e.ref(open(x)) }

// argument writes an argument of a typed call. A slice or a map that is given for its methods is shared: what these do to it is not restored.
func (e *encoder) argument(x reflect.Value) error {
	if x.Kind() == reflect.Interface && hasMethods(x.Type()) && !x.IsNil() {
		v := x.Elem()
		if p := planOf(v.Type()); (p.class == classSlice || p.class == classMap) && !p.special {
			return e.ref(v)
		}
	}
	return e.dynamic(x)
}

// invocation is a call of ours that lends, or that is a callback of one that has been lent something.
type invocation struct {
	s     *Space
	p     *Proxy
	name  string
	lends bool
	share bool // what has methods: the callee has asked for it
	own   *loan
	outer *loan
}

// title is what is called, in words.
func (c *invocation) title() string {
	if c.name == "" {
		return c.p.String()
	}
	return c.name
}

func (c *invocation) make(ctx context.Context, req *conn.Request, args []reflect.Value) (*decoder, int, error) {
	if c.lends {
		c.own = c.s.lend()
		defer c.s.settle(c.own)
	} else {
		c.own = &loan{s: c.s, in: c.s}
	}
	e := encoder{out: c.s, large: largeAsTheyLie}
	e.buf = wire.AppendArray(e.buf, 1+len(args))
	if err := c.head(&e); err != nil {
		return nil, 0, err
	}
	if c.outer != nil {
		defer c.outer.leave()
	}
	if err := c.arguments(&e, args); err != nil {
		c.s.c.Discard(e.refs)
		return nil, 0, err
	}
	req.Op, req.Body = opRestore, e.body()
	ret, err := c.s.c.Call(ctx, req)
	if err != nil {
		return nil, 0, lost(err)
	}
	d, n, failed := c.s.answered(ret)
	d.loan = c.own
	if err := c.restore(d, n); err != nil {
		return d, 0, errors.Join(failed, err)
	}
	return d, n, failed
}

// head writes what stands in front of the arguments.
func (c *invocation) head(e *encoder) error {
	e.buf = wire.AppendArray(e.buf, 2)
	e.buf = wire.AppendUint(e.buf, c.own.id)
	if c.outer == nil {
		e.buf = wire.AppendNil(e.buf)
		return nil
	}
	l := c.outer
	l.mu.Lock()
	defer l.mu.Unlock()
	l.crowded = l.crowded || l.under > 0
	if err := l.collect(false); err != nil {
		return err
	}
	l.under++
	e.buf = wire.AppendArray(e.buf, 2)
	e.buf = wire.AppendUint(e.buf, l.id)
	l.record(e)
	return nil
}

// leave notes that a callback is over.
func (l *loan) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.under--
}

// arguments writes the arguments, and finds what they lend.
func (c *invocation) arguments(e *encoder, args []reflect.Value) error {
	lending := &lending{l: c.own, more: true}
	if c.lends {
		lending.blocks = blocksOf(args)
	}
	for i, x := range args {
		e.lending, e.full = nil, false
		if open := x.Kind() == reflect.Interface; c.lends && (!open || x.NumMethod() == 0) {
			e.lending = lending
			e.full = open && !x.IsNil() && nillable(x.Elem().Kind()) // it is real over there, although its type is not known
		}
		if err := e.argument(x); err != nil {
			return within(err, "argument %d of %s", i+1, c.title())
		}
	}
	for key := range e.types {
		t, ok := key.(reflect.Type)
		if d, made := key.(defined); made {
			t, ok = d.Type, true
		}
		if ok {
			c.own.name(t)
		}
	}
	return nil
}

// name notes a type that the other side has been told of.
func (l *loan) name(t reflect.Type) {
	if l.types == nil {
		l.types = make(map[string]reflect.Type)
	}
	l.types[typeName(t)] = t
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		if l.types[typeName(t.Elem())] == nil {
			l.name(t.Elem())
		}
	}
}

// restore reads what the callee has changed. It stands behind the results.
func (c *invocation) restore(d *decoder, n int) error {
	tail := behind(d, n)
	if len(tail) == 0 {
		return nil // the call has not come as far as that, or has panicked
	}
	peek := wire.NewReader(tail)
	if n, err := peek.Array(); err != nil || n != 2 {
		return fail(ErrMalformed, "what the call has changed")
	}
	for _, l := range []*loan{c.own, c.outer} {
		if peek.Kind() == wire.KindNil {
			if err := peek.Nil(); err != nil {
				return err
			}
			continue
		}
		if l == nil {
			return fail(ErrMalformed, "a change of what was not lent")
		}
		l.mu.Lock()
		err := l.read(&peek, d.refs)
		l.mu.Unlock()
		if err != nil {
			return err
		}
	}
	return nil
}

// behind is what stands behind the n results that are to be read of d.
func behind(d *decoder, n int) []byte {
	peek := d.r
	for range n {
		if peek.Skip() != nil {
			return nil
		}
	}
	from := peek
	if peek.Skip() != nil {
		return nil
	}
	tail, err := from.Raw()
	if err != nil {
		return nil
	}
	return tail
}

// lend begins a loan to the peer.
func (s *Space) lend() *loan {
	l := &loan{s: s, id: lastToken.Add(1)} // it may be passed on: peers in between have loans of their own
	l.in = lender{s, l}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.loans == nil {
		s.loans = make(map[uint64]*loan)
	}
	s.loans[l.id] = l
	return l
}

// settle ends a loan to the peer: no callback writes to the memory any more.
func (s *Space) settle(l *loan) {
	s.mu.Lock()
	if delete(s.loans, l.id); len(s.loans) == 0 {
		s.loans = nil // a map does not shrink by itself
	}
	s.mu.Unlock()
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
}

// borrow reads what stands in front of the arguments of a call of the peer's.
func (s *Space) borrow(scope *callScope, d *decoder) error {
	if n, err := d.r.Array(); err != nil || n != 2 {
		return fail(ErrMalformed, "what the call lends")
	}
	id, err := d.r.Uint()
	if err != nil {
		return err
	}
	scope.loan = &loan{s: s, id: id, side: 1, in: d.in}
	d.loan = scope.loan
	if d.r.Kind() == wire.KindNil {
		return d.r.Nil()
	}
	if n, err := d.r.Array(); err != nil || n != 2 {
		return fail(ErrMalformed, "what the call is a callback of")
	}
	if id, err = d.r.Uint(); err != nil {
		return err
	}
	s.mu.Lock()
	outer := s.loans[id]
	s.mu.Unlock()
	if outer == nil { // it is over, or was lent by somebody further away
		return d.r.Skip()
	}
	outer.watch()
	outer.mu.Lock()
	defer outer.mu.Unlock()
	if outer.closed {
		return d.r.Skip()
	}
	if outer.under++; outer.under > 1 {
		outer.crowded = true
	}
	scope.outer = outer
	return outer.read(&d.r, d.refs)
}

// giveBack puts behind the reply to a call what has changed of what was lent to it, and of what its caller has been lent.
func (s *Space) giveBack(scope *callScope, reply conn.Reply) conn.Reply {
	if scope.loan == nil {
		return reply
	}
	last := &reply.Body.Data
	if n := len(reply.Body.Tail); n > 0 {
		last = &reply.Body.Tail[n-1] // of our own
	}
	e := encoder{buf: *last, refs: reply.Body.Refs}
	e.buf = wire.AppendArray(e.buf, 2)
	scope.end() // callbacks that are made from now on are on their own
	err := scope.loan.giveBack(&e, true)
	if err == nil {
		err = scope.outer.giveBack(&e, false)
	}
	if err != nil {
		return s.failure(nil, err, "")
	}
	*last, reply.Body.Refs = e.buf, e.refs
	return reply
}

func (l *loan) giveBack(e *encoder, end bool) error {
	if l == nil {
		e.buf = wire.AppendNil(e.buf)
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.regions() == 0 {
		e.buf = wire.AppendNil(e.buf)
		return nil
	}
	if err := l.collect(end); err != nil {
		return err
	}
	if l.record(e); end {
		l.clear()
	}
	return nil
}
