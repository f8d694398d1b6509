package netproxy

import (
	"encoding"
	"fmt"
	"reflect"

	"github.com/rgo-project/rgo/internal/wire"
)

// What marshals itself crosses as what it says of itself, by MarshalBinary, MarshalText or a codec of ours.

func (e *encoder) coded(v reflect.Value, p *plan) error {
	x := addressed(v).Interface()
	e.buf = wire.AppendTag(e.buf, tagCoded)
	if p.class != classText {
		encode := p.codec.encode
		if p.class == classBinary {
			encode = func(x any) ([]byte, error) { return x.(encoding.BinaryMarshaler).MarshalBinary() }
		}
		b, err := encode(x)
		if err != nil {
			return fmt.Errorf("netproxy: a %s cannot be sent: %w", p.typ, err)
		}
		e.buf = wire.AppendBytes(e.buf, b)
		return nil
	}
	b, err := x.(encoding.TextMarshaler).MarshalText()
	if err != nil {
		return fmt.Errorf("netproxy: a %s cannot be sent: %w", p.typ, err)
	}
	e.text(string(b))
	return nil
}

func (d *decoder) coded(v reflect.Value, p *plan) error {
	if p.class == classCoded {
		made, err := d.made(p)
		if err == nil {
			v.Set(reflect.ValueOf(made).Elem())
		}
		return err
	}
	if p.class == classBinary {
		b, err := d.r.Bytes()
		if err != nil {
			return d.mismatch(v.Type())
		}
		if err := v.Addr().Interface().(encoding.BinaryUnmarshaler).UnmarshalBinary(append([]byte(nil), b...)); err != nil {
			return fmt.Errorf("netproxy: not a %s: %w", v.Type(), err)
		}
		return nil
	}
	s, err := d.text()
	if err != nil {
		return d.mismatch(v.Type())
	}
	if len(s) > maxCodedText {
		return fail(ErrArgument, "%d bytes of text are too many for a %s", len(s), v.Type())
	}
	if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)); err != nil {
		return fmt.Errorf("netproxy: not a %s: %w", v.Type(), err)
	}
	return nil
}

// made reads a value of a classCoded, and returns a pointer to it.
func (d *decoder) made(p *plan) (pointer any, err error) {
	switch d.r.Kind() {
	case wire.KindBytes:
		var b []byte
		if b, err = d.r.Bytes(); err == nil {
			pointer, err = p.codec.decode(d, b)
		}
	case wire.KindText:
		pointer, err = d.codedText(p.typ)
	default:
		return nil, d.mismatch(p.typ)
	}
	if err != nil {
		return nil, fmt.Errorf("netproxy: not a %s: %w", p.typ, err)
	}
	return pointer, nil
}

// maxCodedText bounds the texts given to UnmarshalText: the number that a short text such as 1e999999999 stands for may be
// enormous, and the time for a long one grows with its square.
const maxCodedText = 1 << 20
