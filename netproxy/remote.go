package netproxy

import (
	"context"
	"reflect"
	"sync"
)

// Remote is what a generated implementation of an interface embeds: it stands for an object of the other side. See RegisterImplementation.
type Remote struct{ p *Proxy }

func (r Remote) remoteProxy() *Proxy { return r.p }

// remote is what generated implementations have in common.
type remote interface{ remoteProxy() *Proxy }

var remoteType = reflect.TypeFor[remote]()

// Method is a method of an interface, as generated implementations call it.
type Method struct {
	m   *method
	err error
}

// MethodOf returns a method of the interface T. It is for generated code.
func MethodOf[T any](name string) *Method {
	t := reflect.TypeFor[T]()
	if t.Kind() != reflect.Interface {
		return &Method{err: fail(ErrArgument, "MethodOf wants a method of an interface, not of a %s", t)}
	}
	f, ok := t.MethodByName(name)
	if !ok {
		return &Method{err: fail(ErrMember, "%s has no method %s: the implementation is older than the interface and has to be generated again", t, name)}
	}
	m, err := methodOf(name, f.Type)
	return &Method{m, err}
}

// ContextOf is what a call of the object is made with that has no context of its own. It is for generated code.
func ContextOf(r Remote) context.Context { return r.p.nested().context() }

// Invoke calls a method of the object that r stands for. args and results are pointers to its arguments and to where its results go, but for the
// context and the error; a variadic argument is a pointer to the slice. It is for generated code.
func Invoke(ctx context.Context, r Remote, m *Method, args, results []any) error {
	if m.err != nil {
		return m.err
	}
	in := make([]reflect.Value, 0, len(args)+2)
	for i, x := range args {
		v := reflect.ValueOf(x).Elem()
		if m.m.variadic && i == len(args)-1 {
			for j := range v.Len() {
				in = append(in, v.Index(j))
			}
			break
		}
		in = append(in, v)
	}
	out := make([]reflect.Value, len(results))
	for i, x := range results {
		out[i] = reflect.ValueOf(x).Elem()
	}
	if ctx == nil {
		ctx = ContextOf(r)
	}
	return m.m.do(ctx, r.p, in, out)
}

// generated are the registered implementations, by the types of their interfaces.
var generated sync.Map // reflect.Type -> func(Remote) reflect.Value

// RegisterImplementation makes make the way to make a T, an interface, of an object of the other side, in place of the types that are made at run time: these are not
// to be had on every platform. It is for the init funcs of generated code:
//
//	//go:generate go tool rgo-wrap -type Store
//
// writes, for the interface Store of the package, a file with a type that embeds Remote and has the methods of Store, and its registration. Values
// of such a type have the methods of T and no others.
func RegisterImplementation[T any](make func(r Remote) T) {
	t := reflect.TypeFor[T]()
	if t.Kind() != reflect.Interface {
		panic("netproxy: RegisterImplementation wants an interface, not a " + t.String())
	}
	generated.Store(t, func(r Remote) reflect.Value {
		v := reflect.New(t).Elem()
		v.Set(reflect.ValueOf(make(r)))
		return v
	})
}

// generatedFor returns the registered implementation of t, or nil.
func generatedFor(t reflect.Type) func(Remote) reflect.Value {
	make, ok := generated.Load(t)
	if !ok {
		return nil
	}
	return make.(func(Remote) reflect.Value)
}
