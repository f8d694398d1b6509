package netproxy

import (
	"reflect"
	"strings"

	"github.com/rgo-project/rgo/internal/wire"
)

// A struct crosses field by field. What the fields are called is its shape, which a message tells once: structs of the same shape that follow have its number.

// fields writes a struct: first its shape, which is the names of its fields, or the number of a shape that came before.
func (e *encoder) fields(v reflect.Value, p *plan) error {
	e.buf = e.shape(e.buf, p)
	for _, f := range p.fields {
		if err := e.bare(v.Field(f.index), f.plan()); err != nil {
			return within(err, "field %s", f.name)
		}
	}
	return nil
}

// shape appends the head of a struct to b, which is e.buf on its way.
func (e *encoder) shape(b []byte, p *plan) []byte {
	b = wire.AppendArray(wire.AppendTag(b, tagStruct), 1+len(p.fields))
	if e.latest.typ == p.typ {
		return wire.AppendUint(b, e.latest.number)
	}
	n, known := e.shapeNumber(p.typ)
	e.latest.typ, e.latest.number = p.typ, n
	if known {
		return wire.AppendUint(b, n)
	}
	return append(b, p.shape...)
}

// shapeNumber is the number of a shape. If it has had none, the names have to follow.
func (e *encoder) shapeNumber(key any) (n uint64, known bool) {
	if n, known = e.shapes[key]; known {
		return n, true
	}
	if e.shapes == nil {
		e.shapes = make(map[any]uint64)
	}
	n = uint64(len(e.shapes))
	e.shapes[key] = n
	return n, false
}

// record writes a struct whose type is not known here as the struct that it is.
func (e *encoder) record(r Record) error {
	e.buf = wire.AppendArray(wire.AppendTag(e.buf, tagStruct), 1+len(r.Fields))
	var names strings.Builder
	for _, f := range r.Fields {
		names.WriteString(f.Name + "\x00")
	}
	if n, known := e.shapeNumber(names.String()); known {
		e.buf = wire.AppendUint(e.buf, n)
	} else {
		e.buf = wire.AppendArray(e.buf, len(r.Fields))
		for _, f := range r.Fields {
			e.text(f.Name)
		}
	}
	for _, f := range r.Fields {
		if err := e.dynamic(reflect.ValueOf(f.Value)); err != nil {
			return err
		}
	}
	return nil
}

// shape is what the fields of a struct are called.
type shape struct {
	names []string
	of    *plan // whose fields they are, one for one; nil if that is not known
}

// fits says whether the fields are those of a plan, one for one.
func (s *shape) fits(p *plan) bool {
	if s.of == p {
		return true
	}
	if len(s.names) != len(p.fields) {
		return false
	}
	for i, f := range p.fields {
		if f.name != s.names[i] {
			return false
		}
	}
	s.of = p
	return true
}

// fields reads a struct behind its tag.
func (d *decoder) fields(v reflect.Value, p *plan) error {
	if p.flat {
		return d.flatFields(p, placeOf(v))
	}
	shape, err := d.shape(p)
	if err != nil {
		return err
	}
	return d.fieldsNamed(v, p, shape.names)
}

// fieldsNamed reads fields of these names. Those that v does not have are passed over; those that are not sent are left as they are.
func (d *decoder) fieldsNamed(v reflect.Value, p *plan, names []string) error {
	for i, name := range names {
		var at *field
		if i < len(p.fields) && p.fields[i].name == name {
			at = p.fields[i]
		} else {
			for _, f := range p.fields {
				if f.name == name {
					at = f
				}
			}
		}
		if at == nil {
			if _, err := d.any(); err != nil { // not skipped: types, shapes and pointers in it are numbered
				return within(err, "field %s", name)
			}
			continue
		}
		f := v.Field(at.index)
		if !f.CanSet() { // embedded, of a type that is not exported: its fields are
			f = reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem()
		}
		if err := d.planned(f, at.plan()); err != nil {
			return within(err, "field %s", name)
		}
	}
	return nil
}

// shape reads the head of a struct: the names of the fields that follow. It is good until the next is read.
func (d *decoder) shape(p *plan) (*shape, error) {
	n, err := d.r.Array()
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, fail(ErrMalformed, "a struct without a shape")
	}
	at, known := d.r.TryUint()
	switch {
	case !known:
		at = uint64(len(d.shapes))
		if err := d.newShape(p); err != nil {
			return nil, err
		}
	case at >= uint64(len(d.shapes)):
		return nil, fail(ErrMalformed, "shape %d was never given", at)
	}
	s := &d.shapes[at]
	if len(s.names) != n-1 {
		return nil, fail(ErrMalformed, "%d values for %d fields", n-1, len(s.names))
	}
	return s, nil
}

func (d *decoder) newShape(p *plan) error {
	if p != nil && d.r.Past(p.shape) {
		d.shapes = append(d.shapes, shape{names: p.names, of: p})
		return nil
	}
	n, err := d.r.Array()
	if err != nil {
		return err
	}
	var s shape
	for range n {
		name, err := d.r.Text()
		if err != nil {
			return err
		}
		s.names = append(s.names, name)
	}
	d.shapes = append(d.shapes, s)
	return nil
}
