package netproxy

import (
	"reflect"

	"github.com/rgo-project/rgo/internal/wire"
)

// What stays here crosses as a reference. This is where it is decided for pointers and proxies.

// copies says whether a pointer crosses by the value that it points to.
func (e *encoder) copies(p *plan) bool {
	if p.copied || p.snap != snapNone && p.known() {
		return true
	}
	return (e.deep || e.lending != nil && e.lending.more) && copiable(p.typ)
}

// copiable says whether what a pointer points to can cross by value.
func copiable(t reflect.Type) bool {
	switch planOf(t.Elem()).class {
	case classShared, classRefused:
		return false
	}
	return t != proxyType && !planOf(t).special
}

// pointer writes a pointer. One that is copied keeps being the same pointer wherever it stands in the message.
func (e *encoder) pointer(v reflect.Value, p *plan) error {
	if v.IsNil() {
		e.buf = wire.AppendNil(e.buf)
		return nil
	}
	if p.typ == proxyType {
		return e.proxy(v.Interface().(*Proxy))
	}
	if !e.copies(p) {
		return e.ref(v)
	}
	return e.pointee(pointee{p.typ, v.UnsafePointer()}, v.Elem())
}

// proxy writes a proxy: what it holds, or the reference that it is.
func (e *encoder) proxy(p *Proxy) error {
	switch {
	case p == nil:
		e.buf = wire.AppendNil(e.buf)
		return nil
	case p.tuple != nil:
		return fail(ErrUnsupported, "%d results are not one argument: use one of Results()", len(p.tuple))
	case p.isHeld():
		return e.dynamic(p.held)
	}
	return e.ref(reflect.ValueOf(p))
}

// ref writes a reference to v.
func (e *encoder) ref(v reflect.Value) error {
	entry, err := e.out.refer(v)
	if err != nil {
		return err
	}
	e.buf = wire.AppendArray(wire.AppendTag(e.buf, tagRef), 3)
	e.buf = wire.AppendUint(e.buf, uint64(len(e.refs)))
	e.refs = append(e.refs, entry)
	e.refType(v)
	return nil
}
