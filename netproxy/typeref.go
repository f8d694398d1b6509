package netproxy

import (
	"reflect"

	"github.com/rgo-project/rgo/internal/wire"
)

// A type is written as the number of a basic one, as its name, or as the number that the message has given it by that.

type typeEntry struct {
	name string
	typ  reflect.Type // nil if it is not basic
	def  *definition  // if it came with one
}

// typ writes a type: the number of a basic one, or its name, or the number that the message has given it by that.
func (e *encoder) typ(key any, name string) {
	t, _ := key.(reflect.Type)
	n, ok := basicNumbers[t]
	if !ok {
		n, ok = e.types[key]
	}
	if ok {
		e.buf = wire.AppendUint(e.buf, n)
		return
	}
	e.number(key)
	e.text(name)
}

// number gives a type the next number.
func (e *encoder) number(key any) {
	if e.types == nil {
		e.types = make(map[any]uint64)
	}
	e.types[key] = firstNamed + uint64(len(e.types))
}

// typed reads the head of a typed value, up to the bare value.
func (d *decoder) typed() (typeEntry, error) {
	if err := d.tuple(2); err != nil {
		return typeEntry{}, err
	}
	return d.typ()
}

// typ reads a type.
func (d *decoder) typ() (typeEntry, error) { return d.typeAt(0) }

// typeAt reads a type that stands so deep in definitions.
func (d *decoder) typeAt(depth int) (typeEntry, error) {
	switch d.r.Kind() {
	case wire.KindTag:
		tag, err := d.r.Tag()
		if err == nil && tag != tagDefined {
			err = fail(ErrMalformed, "tag %d where a type is expected", tag)
		}
		if err != nil {
			return typeEntry{}, err
		}
		return d.defined(depth)
	case wire.KindNil:
		return typeEntry{}, d.r.Nil()
	case wire.KindUint:
		n, err := d.r.Uint()
		switch {
		case err != nil:
			return typeEntry{}, err
		case n < uint64(len(basics)):
			return typeEntry{name: typeName(basics[n]), typ: basics[n]}, nil
		case n >= firstNamed && n-firstNamed < uint64(len(d.types)):
			return d.types[n-firstNamed], nil
		}
		return typeEntry{}, fail(ErrMalformed, "type %d was never named", n)
	}
	name, err := d.text()
	if err != nil {
		return typeEntry{}, err
	}
	entry := typeEntry{name: name}
	d.types = append(d.types, entry)
	return entry, nil
}
