package netproxy

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"

	"github.com/rgo-project/rgo/conn"
)

// method is how a func of the other side, or a method of an interface, is called from here: what its type says, worked out once for each name and
// type.
type method struct {
	name     string         // "" for a func
	t        reflect.Type   // a func type, without a receiver
	in, out  []reflect.Type // without contexts, and without the error at the end
	contexts []int          // which parameters are contexts
	variadic bool
	fails    bool // there is an error at the end
	want     conn.Want

	gives    []*plan // the results
	plain    bool    // they are plain data
	requests bool    // there is an http.Request among the arguments, whose context counts
}

type methodKey struct {
	name string
	t    reflect.Type
}

// methods remembers the methods of each type: what is in them is a function of name and type alone.
var methods sync.Map // methodKey -> *method

// methodOf returns how a method of that name, or a func if name is "", is called whose type without a receiver is t.
func methodOf(name string, t reflect.Type) (*method, error) {
	if t.Kind() != reflect.Func {
		return nil, fail(ErrArgument, "a %s cannot be called", t)
	}
	key := methodKey{name, t}
	if m, ok := methods.Load(key); ok {
		return m.(*method), nil
	}
	s := signature(t)
	m := &method{name: name, t: t, in: s.in, out: s.out, variadic: s.variadic, fails: s.fails, want: wantsOf(s.out)}
	for i := range t.NumIn() {
		if t.In(i) == contextType {
			m.contexts = append(m.contexts, i)
		}
	}
	m.requests = slices.Contains(m.in, requestType)
	m.plain = true
	for _, t := range m.out {
		m.gives = append(m.gives, planOf(t))
		m.plain = m.plain && isPlain(t)
	}
	kept, _ := methods.LoadOrStore(key, m)
	return kept.(*method), nil
}

// call is the body of a func made by reflect.MakeFunc: args and results are those of m.t. Where the call fails and m.t has no error to return,
// it panics with the error. A call without a context of its own is nested in the call that in is, while that runs.
func (m *method) call(in *callScope, p *Proxy, args []reflect.Value) []reflect.Value {
	results := make([]reflect.Value, len(m.out), len(m.out)+1)
	for i, t := range m.out {
		results[i] = reflect.New(t).Elem()
	}
	ctx, rest, err := m.split(in, args)
	if err == nil {
		err = m.doIn(in, ctx, p, rest, results)
	}
	if !m.fails {
		if err != nil {
			panic(err)
		}
		return results
	}
	if err == nil {
		return append(results, noError)
	}
	failed := reflect.New(errorType).Elem()
	failed.Set(reflect.ValueOf(err))
	return append(results, failed)
}

var noError = reflect.Zero(errorType)

// split takes the context out of the arguments of m.t, and spreads those of a variadic func.
func (m *method) split(in *callScope, args []reflect.Value) (context.Context, []reflect.Value, error) {
	if len(m.contexts) == 0 && !m.variadic && !m.requests {
		return in.context(), args, nil
	}
	var own context.Context
	rest := make([]reflect.Value, 0, len(args))
	contexts := m.contexts
	for i, x := range args {
		if len(contexts) > 0 && contexts[0] == i {
			contexts = contexts[1:]
			ctx, _ := x.Interface().(context.Context)
			if own != nil && ctx != nil && own != ctx {
				return nil, nil, fail(ErrUnsupported, "two contexts in one call: only one crosses, so both have to be the same")
			}
			if ctx != nil {
				own = ctx
			}
			continue
		}
		rest = append(rest, x)
	}
	if own == nil {
		own = requestContext(args)
	}
	if own == nil {
		own = in.context()
	}
	if m.variadic {
		last := rest[len(rest)-1]
		rest = rest[:len(rest)-1]
		for i := range last.Len() {
			rest = append(rest, last.Index(i))
		}
	}
	return own, rest, nil
}

// do makes the call and fills in the results, which are settable, also those that come with an error. args are without contexts, and spread.
func (m *method) do(ctx context.Context, p *Proxy, args, results []reflect.Value) error {
	return m.doIn(nil, ctx, p, args, results)
}

// doIn is do for a call that is nested in another.
func (m *method) doIn(in *callScope, ctx context.Context, p *Proxy, args, results []reflect.Value) error {
	if p.broken != nil {
		return p.broken
	}
	d, n, failed := p.space.invoke(ctx, in, p, m.name, m.want, args)
	if failed != nil && n == 0 {
		return failed
	}
	if n != len(results) {
		what := p.String()
		if m.name != "" {
			what += "." + m.name
		}
		return errors.Join(failed, fail(ErrArgument, "%s has %s, where %s has %d", what, plural(n, "result"), m.t, len(results)))
	}
	d.until(ctx)
	for i := range results {
		if err := d.planned(results[i], m.gives[i]); err != nil {
			return errors.Join(failed, within(err, "result %d", i+1))
		}
	}
	if failed == nil && m.plain {
		d.release()
	}
	return failed
}
