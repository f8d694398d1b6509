package netproxy

import (
	"context"
	"reflect"

	"github.com/rgo-project/rgo/conn"
)

// facetOf returns the facet that an object is, or of which it is a method.
func facetOf(o *object) (f *Facet, isMethod bool) {
	if f, ok := o.facet(); ok {
		return f, false
	}
	if o.of != nil {
		if f, ok := o.of.facet(); ok {
			return f, true
		}
	}
	return nil, false
}

// dispatch carries an operation out on a facet: what is not listed here is not granted, whatever it is.
func (f *Facet) dispatch(ctx context.Context, o *object, op conn.Op, name string, args arguments) ([]reflect.Value, error) {
	in, err := f.open()
	if err != nil {
		return nil, err
	}
	switch op {
	case opNames:
		return []reflect.Value{reflect.ValueOf(f.names())}, nil
	case opDisplay:
		return []reflect.Value{reflect.ValueOf(f.display(in))}, nil
	case opDescribe:
		if p, far := in.proxy(); far {
			return f.describeFar(ctx, p)
		}
		return describe(o, args)
	case opGet, opSet, opCall:
		if name == "" {
			break
		}
		a, err := f.may(name)
		switch p, far := in.proxy(); {
		case err != nil:
			return nil, err
		case op == opSet && a != maySet:
			return nil, fail(refused(ErrMember), "%s of the %s cannot be set: it is granted for reading", name, f)
		case far && op == opGet:
			return f.getFar(ctx, p, name, a)
		case far:
			return relay(ctx, p, op, name, args)
		}
		return f.serve(ctx, o, op, name, args)
	}
	return nil, fail(refused(ErrUnsupported), "%s of the %s: %s", opName(op), f, f.rule())
}

// serve carries one of the operations on members out.
func (f *Facet) serve(ctx context.Context, o *object, op conn.Op, name string, args arguments) ([]reflect.Value, error) {
	switch op {
	case opGet:
		return get(o, name, args)
	case opSet:
		return nil, set(o, name, args)
	}
	return call(ctx, o, name, args)
}

// getFar gets a member of an object of a third peer.
func (f *Facet) getFar(ctx context.Context, p *Proxy, name string, a access) ([]reflect.Value, error) {
	if a == maySet {
		return relay(ctx, p, opGet, name, &given{})
	}
	ret, err := p.send(ctx, opGet, name, wantDeep) // by value: what is referred to could be changed
	if err != nil {
		return nil, err
	}
	got, err := p.space.result(ret)
	if err != nil {
		return nil, err
	}
	return []reflect.Value{reflect.ValueOf(got)}, nil
}

// describeFar describes what is granted of an object of a third peer.
func (f *Facet) describeFar(ctx context.Context, p *Proxy) ([]reflect.Value, error) {
	var names []string
	for name := range f.allowed {
		names = append(names, name)
	}
	d, err := p.space.describe(ctx, p, names)
	if err != nil {
		return nil, err
	}
	m := &members{}
	for _, name := range f.names() {
		if t, ok := d.methods[name]; ok {
			m.names, m.types = append(m.names, name), append(m.types, t)
		}
	}
	return []reflect.Value{reflect.ValueOf(f.wire), reflect.ValueOf(m.lines())}, nil
}

// display is what String says, if that is granted.
func (f *Facet) display(o *object) string {
	if _, far := o.proxy(); !far {
		if m := f.method(o, "String"); m.IsValid() && f.isMethod("String") {
			if s, ok := m.Interface().(func() string); ok {
				return s()
			}
		}
	}
	return f.String()
}

// dispatchMethod carries an operation out on a method of the facet, by itself.
func (f *Facet) dispatchMethod(ctx context.Context, o *object, op conn.Op, name string, args arguments) ([]reflect.Value, error) {
	if _, err := f.open(); err != nil {
		return nil, err
	}
	switch {
	case op == opCall && name == "":
		return call(ctx, o, "", args)
	case op == opValue:
		return []reflect.Value{reflect.ValueOf(o)}, nil
	case op == opNames:
		return []reflect.Value{reflect.ValueOf([]string{})}, nil
	case op == opDescribe:
		return describe(o, args)
	case op == opDisplay:
		return []reflect.Value{reflect.ValueOf(o.name + " of the " + f.String())}, nil
	}
	return nil, fail(refused(ErrUnsupported), "%s of %s of the %s: it can be called, and no more", opName(op), o.name, f)
}

// narrowed makes facets of the results of a method of a facet, if it is a deep one.
func narrowed(o *object, out []reflect.Value) []reflect.Value {
	f, _ := facetOf(o)
	if f == nil || !f.deep {
		return out
	}
	for i, v := range out {
		if v.Kind() != reflect.Interface || v.IsNil() || v.NumMethod() == 0 || v.Type() == errorType {
			continue
		}
		if _, ok := v.Interface().(error); ok {
			continue
		}
		inner := narrow(v.Type(), v.Elem(), f.grant)
		inner.deep = true
		out[i] = reflect.ValueOf(inner)
	}
	return out
}

// guarded asks the facet, if o is one, before each use of a method that reads or writes for longer.
func guarded(o *object, use func([]byte) (int, error)) func([]byte) (int, error) {
	f, _ := facetOf(o)
	if f == nil {
		return use
	}
	return func(p []byte) (int, error) {
		if _, err := f.open(); err != nil {
			return 0, err
		}
		return use(p)
	}
}

// describe lists what is granted as it is told to the peer.
func (f *Facet) describe(o *object) *members {
	if _, ok := o.proxy(); ok {
		return untold
	}
	m := &members{}
	for _, name := range f.names() {
		v := f.method(o, name)
		if !v.IsValid() {
			if got, err := member(o, name); err == nil {
				v = open(got)
			}
		}
		if v.IsValid() && v.Kind() == reflect.Func {
			m.names, m.types = append(m.names, name), append(m.types, typeName(unnamedFunc(v.Type(), 0)))
		}
	}
	m.digest = digestOf(f.wire, m.names, m.types)
	return m
}
