package netproxy

import (
	"reflect"

	"github.com/rgo-project/rgo/internal/wire"
)

// Most of what crosses is slices and maps of numbers and strings. These do without the general way for each element.

// basic says whether values of the class are one item, in which nothing can be shared.
func (c class) basic() bool { return c >= classBool && c <= classString && c != classComplex }

// table writes a map of one of the types that are met most.
func (e *encoder) table(v reflect.Value) (done bool, err error) {
	if !v.CanInterface() {
		return false, nil
	}
	switch m := v.Interface().(type) {
	case map[string]string:
		e.buf = wire.AppendMap(e.buf, len(m))
		for k, x := range m {
			e.text(k)
			e.text(x)
		}
		e.shared.values += 2 * len(m)
		return true, nil
	case map[string]any:
		e.buf = wire.AppendMap(e.buf, len(m))
		for k, x := range m {
			e.text(k)
			if err := e.dynamic(reflect.ValueOf(x)); err != nil {
				return true, within(err, "element %s", k)
			}
		}
		e.shared.values += len(m)
		return true, nil
	}
	return false, nil
}

// basic reads a value of a basic class, if it comes in the form that such values have.
func (d *decoder) basic(v reflect.Value, c class) (done bool, err error) {
	kind := d.r.Kind()
	switch c {
	case classBool:
		if kind == wire.KindBool {
			b, err := d.r.Bool()
			v.SetBool(b)
			return true, err
		}
	case classInt, classUint, classFloat:
		if kind == wire.KindUint || kind == wire.KindNegInt || kind == wire.KindFloat {
			return true, d.number(v)
		}
	case classString:
		if kind == wire.KindText {
			s, err := d.r.Text()
			v.SetString(s)
			return true, err
		}
	}
	return false, nil
}

// textTable reads n entries of a map from strings to strings, as long as they are that.
func (d *decoder) textTable(m map[string]string, n int) (read int, err error) {
	for ; read < n && d.r.Kind() == wire.KindText; read++ {
		back := d.r
		k, err := d.r.Text()
		if err != nil {
			return read, err
		}
		if d.r.Kind() != wire.KindText {
			d.r = back
			return read, nil
		}
		x, err := d.r.Text()
		if err != nil {
			return read, err
		}
		m[k] = x
		d.cost += 2
	}
	return read, nil
}
