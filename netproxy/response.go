package netproxy

import (
	"context"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"sync"
)

// The header of an http.ResponseWriter is a map that its user changes, and that is sent with the first Write. A map that is a result is a copy, so the one that Header
// returns here is kept, and what was changed in it goes to the other side ahead of what sends it there, and when the handler returns.

// sentHeader is the header of a response whose writer is at the other side.
type sentHeader struct {
	mu       sync.Mutex
	now, was http.Header // as the handler has it, and as it is over there
}

var (
	headerType      = reflect.TypeFor[func() http.Header]()
	writeHeaderType = reflect.TypeFor[func(int)]()
)

// isResponseWriter says whether these methods are those of an http.ResponseWriter.
func isResponseWriter(set map[string]reflect.Type) bool {
	return set["Header"] == headerType && set["WriteHeader"] == writeHeaderType && set["Write"] == writeType
}

type methodBody = func(p *Proxy, args []reflect.Value) []reflect.Value

// respond is the body of a method of an http.ResponseWriter, or of one of its partners, that is otherwise carried out by next.
func respond(name string, t reflect.Type, next methodBody) methodBody {
	switch name {
	case "Header":
		return func(p *Proxy, _ []reflect.Value) []reflect.Value { return []reflect.Value{reflect.ValueOf(p.header())} }
	case "Write", "WriteString", "WriteHeader", "ReadFrom", "Flush", "FlushError", "Hijack", "Push":
		return func(p *Proxy, args []reflect.Value) []reflect.Value {
			if err := p.sendHeader(p.nested().context()); err != nil {
				return failedResults(t, err)
			}
			return next(p, args)
		}
	}
	return next
}

// failedResults are the results of a func of type t that fails here; without an error among them, it panics.
func failedResults(t reflect.Type, err error) []reflect.Value {
	n := t.NumOut()
	if n == 0 || t.Out(n-1) != errorType {
		panic(err)
	}
	out := make([]reflect.Value, n)
	for i := range out {
		out[i] = reflect.New(t.Out(i)).Elem()
	}
	out[n-1].Set(reflect.ValueOf(err))
	return out
}

// header returns the header of the response that p writes.
func (p *Proxy) header() http.Header {
	h := p.sent.Load()
	if h == nil {
		fresh := &sentHeader{}
		if p.sent.CompareAndSwap(nil, fresh) {
			h = fresh
			p.serving.Load().atReturn(p.sendHeader)
		} else {
			h = p.sent.Load()
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.now == nil {
		got, err := Call[http.Header](p.nested().context(), p, "Header")
		if err != nil {
			panic(err)
		}
		if got == nil {
			got = make(http.Header)
		}
		h.now, h.was = got, got.Clone()
	}
	return h.now
}

// sendHeader sends what was changed in the header of the response that p writes: in one round trip.
func (p *Proxy) sendHeader(ctx context.Context) error {
	h := p.sent.Load()
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if maps.EqualFunc(h.now, h.was, slices.Equal) {
		return nil
	}
	changed, gone := make(http.Header), []string{}
	for key, values := range h.now {
		if was, ok := h.was[key]; !ok || !slices.Equal(values, was) {
			changed[key] = values
		}
	}
	for key := range h.was {
		if _, ok := h.now[key]; !ok {
			gone = append(gone, key)
		}
	}
	there := Pipelined(ctx, p, "Header")
	defer there.Release()
	if _, err := there.do(ctx, opMerge, "", changed, gone); err != nil {
		return within(err, "the header of the response")
	}
	h.was = h.now.Clone()
	return nil
}

// merge carries opMerge out: it puts the elements of a map into v, and removes the keys in a slice.
func merge(v reflect.Value, args arguments) error {
	if err := count(opMerge, args, 2); err != nil {
		return err
	}
	if v.Kind() != reflect.Map || v.IsNil() {
		return fail(ErrUnsupported, "a %s takes no elements", v.Type())
	}
	more, err := args.next(planOf(v.Type()))
	if err != nil {
		return within(err, "the elements")
	}
	gone, err := args.next(planOf(reflect.SliceOf(v.Type().Key())))
	if err != nil {
		return within(err, "the keys")
	}
	for it := more.MapRange(); it.Next(); {
		v.SetMapIndex(it.Key(), it.Value())
	}
	for i := range gone.Len() {
		if !gone.Index(i).Comparable() {
			return fail(ErrElement, "a %s cannot be the key of a map", gone.Index(i).Type())
		}
		v.SetMapIndex(gone.Index(i), reflect.Value{})
	}
	return nil
}
