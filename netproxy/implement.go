package netproxy

import (
	"context"
	"maps"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rgo-project/rgo/internal/stub"
)

// As returns p as a T, an interface whose methods are carried out by the object at the other side. The methods of T are compared with those
// of the object at once: the error shows what is missing and what does not fit, both signatures of it. The first As for a type of
// objects costs a round trip, all others for that type none. The same happens wherever an object of the other side arrives where such an
// interface is wanted: as a result of Call, Get, Index and Value, a parameter, a field, an element.
//
// The value has the methods of T, and those well-known ones besides (io.Closer, io.Seeker, fs.ReadDirFile, http.Flusher, fmt.Stringer, json.Marshaler, …) that the object
// has over there, so that a type assertion says of it what it would say of the object; io.Copy goes over a stream of its own. A method
// may have a context.Context, which the object's need not have, and an error at the end, which a call returns that fails on the way; without
// one it panics with that error. Two values of one T made of one object are equal. What p was made of, see ProxyOf, crosses as that: it is
// the object itself where that is.
//
// If the object has a method String, fmt prints the value by calling it; otherwise the value is printed without asking the other side.
//
// An interface with unexported methods cannot be implemented here. Of other types than interfaces, As is Value.
func As[T any](ctx context.Context, p *Proxy) (T, error) {
	return Value[T](ctx, p)
}

// ProxyOf returns the proxy that x was made of, a func, a channel or an interface that arrived from the other side, or x itself if it is one.
func ProxyOf(x any) (*Proxy, bool) {
	if p, ok := x.(*Proxy); ok {
		return p, p != nil
	}
	v := reflect.ValueOf(x)
	if !v.IsValid() {
		return nil, false
	}
	if p, ok := wrapped(v); ok {
		return p, p != nil
	}
	switch v.Kind() {
	case reflect.Func:
		p := madeOf(v)
		return p, p != nil
	case reflect.Chan:
		p := bridgedOf(v)
		return p, p != nil
	}
	return nil, false
}

// wrapped returns the proxy in a value of a made, or of a generated, implementation.
func wrapped(v reflect.Value) (*Proxy, bool) {
	if !planOf(v.Type()).remote || !v.CanInterface() {
		return nil, false
	}
	if remotes.Has(v.Type()) {
		return remotes.Held(v), true
	}
	if v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, false
	}
	p := v.Interface().(remote).remoteProxy()
	return p, p != nil
}

// isRemote says whether values of type t are implementations that stand for a proxy.
func isRemote(t reflect.Type) bool {
	return t.Kind() != reflect.Interface && (remotes.Has(t) || t.Implements(remoteType))
}

// remotes makes the types of values that stand for objects of the other side.
var remotes = stub.Factory[Proxy]{PkgPath: reflect.TypeFor[Proxy]().PkgPath()}

// implementIn makes a func or an interface of p. The calls of a func are nested in the call that in is, while that runs.
func (s *Space) implementIn(ctx context.Context, in *callScope, p *Proxy, t reflect.Type) (reflect.Value, error) {
	switch {
	case t.Kind() == reflect.Chan:
		p.servedIn(in)
		return s.makeChan(p, t)
	case isSeq(t):
		return s.makeSeq(in, p, t)
	case t.Kind() == reflect.Func:
		return s.makeFunc(in, p, t)
	}
	if p.space != nil {
		s = p.space
	}
	if err := implementable(t); err != nil {
		return reflect.Value{}, err
	}
	if s.opts.Implement != nil {
		if v, ok := s.opts.Implement(t, p); ok {
			if !v.IsValid() || !v.Type().AssignableTo(t) {
				return reflect.Value{}, fail(ErrArgument, "Options.Implement made no %s", t)
			}
			return v, nil
		}
	}
	d, err := s.describe(ctx, p, methodNames(t))
	if err != nil {
		return reflect.Value{}, within(err, "as a %s", t)
	}
	how := d.implementation(s, t)
	if how.err != nil {
		return reflect.Value{}, how.err
	}
	p.servedIn(in)
	return how.value(p), nil
}

// implementable says why no object of another process can be a t.
func implementable(t reflect.Type) error {
	if t == contextType {
		return fail(ErrUnsupported, "a context.Context crosses as a parameter of a call, and nowhere else")
	}
	for i := range t.NumMethod() {
		if m := t.Method(i); m.PkgPath != "" {
			return fail(ErrUnsupported, "no object of another process can be a %s: its method %s is not exported, so that only types of package %s have it", t, m.Name, m.PkgPath)
		}
	}
	return nil
}

// implementation is how objects of one type become values of an interface.
type implementation struct {
	made      reflect.Type
	generated func(Remote) reflect.Value
	err       error // why they do not
}

func (i *implementation) value(p *Proxy) reflect.Value {
	if i.generated != nil {
		return i.generated(Remote{p})
	}
	return remotes.New(i.made, p)
}

// implementation works out how the objects that d describes become a t.
func (d *description) implementation(s *Space, t reflect.Type) *implementation {
	if i, ok := d.made.Load(t); ok {
		return i.(*implementation)
	}
	i := &implementation{}
	if i.err = d.check(s, t); i.err == nil {
		if i.generated = generatedFor(t); i.generated == nil {
			i.made, i.err = d.craft(t)
		}
	}
	kept, _ := d.made.LoadOrStore(t, i)
	return kept.(*implementation)
}

// methodsFor are the methods of a value that is a t made of such an object: those of t, and the well-known others that the object has.
func (d *description) methodsFor(t reflect.Type) map[string]reflect.Type {
	set := make(map[string]reflect.Type)
	for i := range t.NumMethod() {
		set[t.Method(i).Name] = t.Method(i).Type
	}
	for _, p := range partners() {
		if d.has(p) && agrees(set, p) {
			for _, m := range p {
				set[m.name] = m.t
			}
		}
	}
	return set
}

// has says whether the object has these very methods.
func (d *description) has(p partner) bool {
	for _, m := range p {
		if d.methods[m.name] != m.text {
			return false
		}
	}
	return true
}

func agrees(set map[string]reflect.Type, p partner) bool {
	for _, m := range p {
		if has, ok := set[m.name]; ok && has != m.t {
			return false
		}
	}
	return true
}

// check compares the methods of t with those of the object.
func (d *description) check(s *Space, t reflect.Type) error {
	var wrong, all []string
	for name := range d.methods {
		all = append(all, name)
	}
	set := d.methodsFor(t)
	maps.DeleteFunc(set, func(name string, _ reflect.Type) bool { return d.methods[name] == "" })
	gained := nativeMethods(set)
	for i := range t.NumMethod() {
		m := t.Method(i)
		there, ok := d.methods[m.Name]
		if !ok {
			if provides(gained, m.Name, m.Type) {
				continue
			}
			line := m.Name + " is missing, " + m.Type.String()
			if near := nearest(m.Name, all); len(near) > 0 {
				line += " (is it " + strings.Join(near, " or ") + "?)"
			}
			wrong = append(wrong, line)
			continue
		}
		if !s.fits(m.Type, there) {
			wrong = append(wrong, m.Name+" is a "+shortName(there)+" there, a "+m.Type.String()+" here")
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	why := strings.Join(wrong, "; ")
	if strings.HasPrefix(d.typ, facetName+"[") { // what it does not have was not granted
		return fail(refused(ErrArgument), "a facet of the other side, a %s, cannot become a %s: %s", shortName(d.typ), t, why)
	}
	return fail(ErrArgument, "a %s of the other side cannot become a %s: %s", shortName(d.typ), t, why)
}

// maxVaried bounds how many types are made in this process that have other methods than an interface asks for: which they are is up to
// the peers, and types stay for good.
const maxVaried = 4096

var (
	crafted sync.Map // craftedKey -> reflect.Type
	varied  atomic.Int64
)

type craftedKey struct {
	t    reflect.Type
	more string // the names of the methods that t does not have
}

// craft makes the type of the values that are a t, or finds it.
func (d *description) craft(t reflect.Type) (reflect.Type, error) {
	set := d.methodsFor(t)
	list := bodies(set)
	key := craftedKey{t: t}
	for _, m := range list {
		if _, ok := t.MethodByName(m.Name); !ok {
			key.more += m.Name + " "
		}
	}
	if made, ok := crafted.Load(key); ok {
		return made.(reflect.Type), nil
	}
	if key.more != "" && varied.Add(1) > maxVaried {
		bare := list[:0]
		for _, m := range list {
			if _, ok := t.MethodByName(m.Name); ok {
				bare = append(bare, m)
			}
		}
		list, key.more = bare, ""
		if made, ok := crafted.Load(key); ok {
			return made.(reflect.Type), nil
		}
	}
	made, err := remotes.Make("netproxy.Remote["+t.String()+"]", list)
	if err != nil {
		return nil, fail(ErrUnsupported, "an object of the other side cannot become a %s without an implementation that is generated (go tool rgo-wrap) and registered: %v", t, err)
	}
	kept, _ := crafted.LoadOrStore(key, made)
	return kept.(reflect.Type), nil
}

// bodies gives each method what carries it out: a call, or something better; and adds what comes with the methods of the set.
func bodies(set map[string]reflect.Type) []stub.Method[Proxy] {
	natives := make(map[string]native)
	for _, n := range nativeMethods(set) {
		if t, ok := set[n.name]; !ok || t == n.typ {
			natives[n.name] = n
		}
	}
	var list []stub.Method[Proxy]
	for name, t := range set {
		m := stub.Method[Proxy]{Name: name, Type: t, Body: remoteMethod(name, t)}
		if n, ok := natives[name]; ok {
			m.Key, m.Body = "native", n.body
			delete(natives, name)
		}
		list = append(list, m)
	}
	for _, n := range natives {
		list = append(list, stub.Method[Proxy]{Name: n.name, Type: n.typ, Key: "native", Body: n.body})
	}
	for i, m := range list {
		if m.Name == "ServeHTTP" && m.Type == serveHTTPType {
			list[i].Body = serveHTTP(m.Body)
		}
	}
	if isResponseWriter(set) {
		for i, m := range list {
			list[i].Key, list[i].Body = "response", respond(m.Name, m.Type, m.Body)
		}
	}
	sortMethods(list)
	return list
}

// remoteMethod is the body of a method that is a call.
func remoteMethod(name string, t reflect.Type) func(p *Proxy, args []reflect.Value) []reflect.Value {
	m, err := methodOf(name, t)
	return func(p *Proxy, args []reflect.Value) []reflect.Value {
		if err != nil {
			panic(err)
		}
		return m.call(p.nested(), p, args)
	}
}

func provides(list []native, name string, t reflect.Type) bool {
	for _, n := range list {
		if n.name == name && n.typ == t {
			return true
		}
	}
	return false
}

// servedIn notes that p has arrived as an argument of the call that in is: what is called of it meanwhile, without a context, is nested
// in that.
func (p *Proxy) servedIn(in *callScope) {
	if in.lasting() != nil {
		p.serving.Store(in)
	}
}

// nested is the call that calls of p are nested in, if there is one.
func (p *Proxy) nested() *callScope {
	in := p.serving.Load()
	if in == nil {
		return nil
	}
	lasting := in.lasting()
	if lasting == nil {
		p.serving.CompareAndSwap(in, nil)
	}
	return lasting
}
