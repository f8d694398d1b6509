package netproxy

import (
	"context"
	"reflect"
	"slices"
	"unicode/utf8"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// Get returns the member called name: a field, a method, a member of a package.
func (p *Proxy) Get(ctx context.Context, name string) (*Proxy, error) {
	return p.do(ctx, opGet, name)
}

// Set assigns to the member called name.
func (p *Proxy) Set(ctx context.Context, name string, value any) error {
	_, err := p.do(ctx, opSet, name, value)
	return err
}

// Call calls the member called name, or p itself, a func, if name is "". If the last result of the callee is an error, it is returned as the error;
// if more than one other result is left, see Results. A context.Context as the callee's first parameter gets the deadline and the
// cancellation of ctx and is not among args.
func (p *Proxy) Call(ctx context.Context, name string, args ...any) (*Proxy, error) {
	return p.do(ctx, opCall, name, args...)
}

// Index returns an element of a slice, an array, a map, a string, or of several results. Negative indices count from the end. An element that
// is not there is an error that wraps ErrElement, of a map, too.
func (p *Proxy) Index(ctx context.Context, key any) (*Proxy, error) {
	return p.do(ctx, opIndex, "", key)
}

// SetIndex assigns to an element.
func (p *Proxy) SetIndex(ctx context.Context, key, value any) error {
	_, err := p.do(ctx, opSetIndex, "", key, value)
	return err
}

// Append appends to a slice: the variable that holds it changes.
func (p *Proxy) Append(ctx context.Context, values ...any) error {
	_, err := p.do(ctx, opAppend, "", values...)
	return err
}

// Delete removes a key from a map.
func (p *Proxy) Delete(ctx context.Context, key any) error {
	_, err := p.do(ctx, opDelete, "", key)
	return err
}

// Len counts the elements of a slice, an array, a map, a string, or a channel's buffer.
func (p *Proxy) Len(ctx context.Context) (int, error) {
	n, err := p.do(ctx, opLen, "")
	if err != nil {
		return 0, err
	}
	return Value[int](ctx, n)
}

// Send sends on a channel, and waits until it is sent or ctx ends.
func (p *Proxy) Send(ctx context.Context, value any) error {
	_, err := p.do(ctx, opSend, "", value)
	return err
}

// Recv receives from a channel. The error is io.EOF when the channel is closed and empty. A value that is received after ctx has ended is lost.
func (p *Proxy) Recv(ctx context.Context) (*Proxy, error) {
	return p.do(ctx, opRecv, "")
}

// CloseSend closes a channel.
func (p *Proxy) CloseSend(ctx context.Context) error {
	_, err := p.do(ctx, opClose, "")
	return err
}

// Elem returns the variable that a pointer points to.
func (p *Proxy) Elem(ctx context.Context) (*Proxy, error) {
	return p.do(ctx, opElem, "")
}

// Display returns the value as fmt.Sprint prints it at the other side.
func (p *Proxy) Display(ctx context.Context) (string, error) {
	s, err := p.do(ctx, opDisplay, "")
	if err != nil {
		return "", err
	}
	return Value[string](ctx, s)
}

// Names lists the members of the value.
func (p *Proxy) Names(ctx context.Context) ([]string, error) {
	if p.copy {
		return names(p.held), nil
	}
	ret, err := p.send(ctx, opNames, "", wantValue)
	if err != nil {
		return nil, err
	}
	var list []string
	err = p.space.one(ctx, ret, reflect.ValueOf(&list).Elem())
	return list, err
}

// do carries out an operation and makes a proxy of its result.
func (p *Proxy) do(ctx context.Context, op conn.Op, name string, args ...any) (*Proxy, error) {
	if p.broken == nil && (p.copy || p.tuple != nil) {
		return p.local(ctx, op, name, slices.Clone(args))
	}
	ret, err := p.send(ctx, op, name, wantAuto, args...)
	if err != nil {
		return nil, err
	}
	got, err := p.space.result(ret)
	asked, ok := err.(*wantedByReference) //nolint:errorlint // that of this very call
	if !ok {
		return got, err
	}
	if args, ok = shareForMethods(args); !ok {
		return nil, asked.why
	}
	if ret, err = p.send(ctx, op, name, wantAuto, args...); err != nil {
		return nil, err
	}
	return p.space.result(ret)
}

// send makes the call of an operation and waits for what it returns.
func (p *Proxy) send(ctx context.Context, op conn.Op, name string, want conn.Want, args ...any) (conn.Return, error) {
	req, err := p.request(op, name, want, args, largeAsTheyLie)
	if err != nil {
		return conn.Return{}, err
	}
	ret, err := p.space.c.Call(ctx, &req)
	return ret, lost(err)
}

func (p *Proxy) request(op conn.Op, name string, want conn.Want, args []any, large largeBytes) (req conn.Request, err error) {
	if !utf8.ValidString(name) {
		return req, fail(ErrMember, "%q is no name", name)
	}
	target, err := p.target()
	if err != nil {
		return req, err
	}
	body, err := p.space.arguments(args, large)
	if err != nil {
		if name == "" {
			name = opName(op)
		}
		return req, within(err, "%s", name)
	}
	return conn.Request{Target: target, Op: op, Name: name, Want: want, Body: body}, nil
}

// arguments encodes the arguments of a call.
func (s *Space) arguments(args []any, large largeBytes) (conn.Message, error) {
	if data, ok := basicArguments(args); ok {
		return conn.Message{Data: data}, nil
	}
	e := s.encoder()
	e.large = large
	e.buf = wire.AppendArray(e.buf, len(args))
	for i, x := range args {
		if err := e.dynamic(reflect.ValueOf(x)); err != nil {
			s.c.Discard(e.refs)
			return conn.Message{}, within(err, "argument %d", i+1)
		}
	}
	return e.message(), nil
}

// one stores the one result of a call that was made with ctx in v.
func (s *Space) one(ctx context.Context, ret conn.Return, v reflect.Value) error {
	d, n, err := s.returned(ret)
	if err != nil {
		return err
	}
	return theOne(ctx, d, n, v)
}

// theOne stores the one of n results in v. The decoder must not be used any more.
func theOne(ctx context.Context, d *decoder, n int, v reflect.Value) error {
	d.until(ctx)
	switch {
	case n == 1:
		if err := d.value(v); err != nil {
			return within(err, "the result")
		}
		if planOf(v.Type()).isPlain() {
			d.release()
		}
		return nil
	case n == 0 && v.Kind() == reflect.Struct && v.NumField() == 0:
		return nil
	case n == 0:
		return fail(ErrArgument, "the call has no result that could be a %s", v.Type())
	}
	return fail(ErrArgument, "the call has %d results, not one %s: use Proxy.Call and Results", n, v.Type())
}

// local carries out an operation on a copy.
func (p *Proxy) local(ctx context.Context, op conn.Op, name string, args []any) (*Proxy, error) {
	o := &object{v: p.held}
	if p.tuple != nil {
		list := make([]reflect.Value, len(p.tuple))
		for i, r := range p.tuple {
			list[i] = reflect.ValueOf(r)
		}
		o = &object{v: reflect.ValueOf(list), tuple: true}
	}
	results, err := dispatch(ctx, o, op, name, &given{args})
	if err != nil {
		return nil, err
	}
	if len(results) == 1 {
		return proxyOfLocal(results[0]), nil
	}
	t := &Proxy{space: p.space, tuple: make([]*Proxy, len(results))}
	for i, v := range results {
		t.tuple[i] = proxyOfLocal(v)
	}
	return t, nil
}

func proxyOfLocal(v reflect.Value) *Proxy {
	v = open(v)
	if v.IsValid() && v.CanInterface() {
		switch x := v.Interface().(type) {
		case *Proxy:
			if x != nil {
				return x
			}
		case *object:
			v = x.value()
		}
	}
	return newHeld(v)
}

// relay carries out an operation on a proxy with arguments that have been decoded here.
func relay(ctx context.Context, p *Proxy, op conn.Op, name string, args arguments) ([]reflect.Value, error) {
	list := make([]any, 0, args.len())
	for range args.len() {
		x, err := args.next(planOf(anyType))
		if err != nil {
			return nil, err
		}
		list = append(list, x.Interface())
	}
	got, err := p.do(ctx, op, name, list...)
	if err != nil {
		return nil, err
	}
	if op == opSet || op == opSetIndex || op == opAppend || op == opDelete || op == opSend || op == opClose {
		return nil, nil
	}
	all := got.Results()
	out := make([]reflect.Value, len(all))
	for i, r := range all {
		out[i] = reflect.ValueOf(r)
	}
	return out, nil
}
