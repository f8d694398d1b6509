package netproxy

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"weak"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// funcKey is the identity of a func made by reflect.MakeFunc; it stays valid, and unique, when the func is gone.
type funcKey = weak.Pointer[byte]

type weakProxy = weak.Pointer[Proxy]

// makeFuncCode is where the code of every func made by reflect.MakeFunc begins.
var makeFuncCode = reflect.MakeFunc(reflect.TypeFor[func()](), nil).Pointer()

// makeFunc makes a func of type t that calls p. Calls that it makes while in is served, and that have no context of their own, are nested in
// it. Where a call fails and t has no error to return, the func panics with the error.
func (s *Space) makeFunc(in *callScope, p *Proxy, t reflect.Type) (reflect.Value, error) {
	if err := p.callableAs(t); err != nil {
		return reflect.Value{}, err
	}
	f := &remoteFunc{p: p, in: in, t: t}
	for i := range t.NumOut() {
		f.out = append(f.out, t.Out(i))
	}
	if n := len(f.out); n > 0 && f.out[n-1] == errorType {
		f.out, f.fails = f.out[:n-1], true
	}
	f.want = wantsOf(f.out)
	made := reflect.MakeFunc(t, f.call)
	s.remake(made, p)
	return made, nil
}

// remake notes that made stands for p, as long as made is there.
func (s *Space) remake(made reflect.Value, p *Proxy) {
	closure := (*byte)(closureOf(made))
	key := weak.Make(closure)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made == nil {
		s.made = make(map[funcKey]weakProxy)
	}
	s.made[key] = weak.Make(p)
	runtime.AddCleanup(closure, s.unmake, key)
}

func (s *Space) unmake(key funcKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.made, key)
}

// maker returns the proxy that the func was made of, or nil.
func (s *Space) maker(f reflect.Value) *Proxy {
	if f.IsNil() || f.Pointer() != makeFuncCode {
		return nil
	}
	key := weak.Make((*byte)(closureOf(f)))
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.made[key].Value()
}

// remoteFunc is what a func calls that was made of a proxy.
type remoteFunc struct {
	p     *Proxy
	in    *callScope
	t     reflect.Type
	out   []reflect.Type // without the error
	fails bool           // there is an error at the end
	want  conn.Want
}

func (f *remoteFunc) call(args []reflect.Value) []reflect.Value {
	results := make([]reflect.Value, len(f.out), len(f.out)+1)
	for i, t := range f.out {
		results[i] = reflect.New(t).Elem()
	}
	err := f.do(args, results)
	if !f.fails {
		if err != nil {
			panic(err)
		}
		return results
	}
	failed := reflect.New(errorType).Elem()
	if err != nil {
		failed.Set(reflect.ValueOf(err))
	}
	return append(results, failed)
}

// do makes the call and fills in the results, also those that come with an error.
func (f *remoteFunc) do(args []reflect.Value, results []reflect.Value) error {
	ctx := f.in.context()
	if len(args) > 0 && f.t.In(0) == contextType {
		if own, ok := args[0].Interface().(context.Context); ok && own != nil {
			ctx = own
		}
		args = args[1:]
	}
	s := f.p.space
	e := encoder{out: s}
	if f.t.IsVariadic() {
		last := args[len(args)-1]
		args = args[:len(args)-1]
		for i := range last.Len() {
			args = append(args[:len(args):len(args)], last.Index(i))
		}
	}
	e.buf = wire.AppendArray(e.buf, len(args))
	for i, x := range args {
		if err := e.dynamic(x); err != nil {
			return within(err, "argument %d", i+1)
		}
	}
	target, err := f.p.target()
	if err != nil {
		return err
	}
	ret, err := s.c.Call(ctx, &conn.Request{
		Target: target, Op: opCall, Want: f.want, Body: conn.Message{Data: e.buf, Refs: e.refs},
	})
	if err != nil {
		return lost(err)
	}
	d, n, failed := s.returned(ret)
	if failed != nil && n == 0 {
		return failed
	}
	if n != len(results) {
		return errors.Join(failed, fail(ErrArgument, "%s has %s, where %s has %d", f.p, plural(n, "result"), f.t, len(results)))
	}
	for i := range results {
		if err := d.value(results[i]); err != nil {
			return errors.Join(failed, within(err, "result %d", i+1))
		}
	}
	return failed
}

// Func returns the member called name, a func or a method at the other side, as an F, which is a func type. Its signature must fit: an F may have a
// context.Context in front, whose deadline and cancellation cross, and an error at the end, for the calls that fail on the way, even if the
// callee has none. Without an error at the end, such a call panics with the error.
func Func[F any](ctx context.Context, p *Proxy, name string) (F, error) {
	var f F
	t := reflect.TypeFor[F]()
	if t.Kind() != reflect.Func {
		return f, fail(ErrArgument, "Func makes funcs, not a %s", t)
	}
	if name == "" {
		return Value[F](ctx, p)
	}
	f, err := Get[F](ctx, p, name)
	return f, within(err, "%s", name)
}

// Bind fills the fields of the struct that api points to, which are funcs, with the members of p of the same names: see Func. It costs one round
// trip, and changes nothing unless all of them fit.
func Bind(ctx context.Context, p *Proxy, api any) error {
	v := reflect.ValueOf(api)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return fail(ErrArgument, "Bind wants a pointer to a struct of funcs, not a %T", api)
	}
	v = v.Elem()
	var members []*Proxy
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Type.Kind() != reflect.Func || !f.IsExported() {
			return fail(ErrArgument, "%s.%s is no exported field of a func type", v.Type(), f.Name)
		}
		members = append(members, p.begin(ctx, opGet, f.Name, 0, nil))
	}
	bound := reflect.New(v.Type()).Elem()
	var errs []error
	for i, m := range members {
		if err := m.valueInto(ctx, bound.Field(i)); err != nil {
			errs = append(errs, within(err, "%s", v.Type().Field(i).Name))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	v.Set(bound)
	return nil
}
