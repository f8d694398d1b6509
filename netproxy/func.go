package netproxy

import (
	"context"
	"reflect"
	"runtime"
	"sync"
	"weak"
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
	m, err := methodOf("", t)
	if err != nil {
		return reflect.Value{}, err
	}
	f := reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value { return m.call(in, p, args) })
	remake(f, p)
	return f, nil
}

// made are the funcs of this process that were made of proxies, by their closures: they cross as what they were made of, over any connection.
var made struct {
	sync.Mutex
	of map[funcKey]weakProxy
}

// remake notes that f stands for p, as long as f is there.
func remake(f reflect.Value, p *Proxy) {
	closure := (*byte)(closureOf(f))
	key := weak.Make(closure)
	made.Lock()
	defer made.Unlock()
	if made.of == nil {
		made.of = make(map[funcKey]weakProxy)
	}
	made.of[key] = weak.Make(p)
	runtime.AddCleanup(closure, unmake, key)
}

func unmake(key funcKey) {
	made.Lock()
	defer made.Unlock()
	delete(made.of, key)
}

// madeOf returns the proxy that the func was made of, or nil.
func madeOf(f reflect.Value) *Proxy {
	if f.IsNil() || f.Pointer() != makeFuncCode {
		return nil
	}
	key := weak.Make((*byte)(closureOf(f)))
	made.Lock()
	defer made.Unlock()
	return made.of[key].Value()
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
