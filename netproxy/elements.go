package netproxy

import (
	"reflect"

	"github.com/rgo-project/rgo/internal/wire"
)

// Slices, arrays and maps cross element by element. Memory for them is made as what arrives can be worth it.

func (e *encoder) elements(v reflect.Value) error {
	n := v.Len()
	e.buf = wire.AppendArray(e.buf, n)
	p := planOf(v.Type().Elem())
	if p.flat && n > 0 && (v.Kind() == reflect.Slice || v.CanAddr()) {
		e.flats(p, placeOf(v.Index(0)), n)
		return nil
	}
	for i := range n {
		if err := e.bare(v.Index(i), p); err != nil {
			return within(err, "element %d", i)
		}
	}
	return nil
}

func (e *encoder) mapping(v reflect.Value) error {
	if done, err := e.table(v); done {
		return err
	}
	type pair struct{ key, value reflect.Value }
	pairs := make([]pair, 0, v.Len()) // first, since a map that others write to may change its length on the way
	for it := v.MapRange(); it.Next(); {
		pairs = append(pairs, pair{it.Key(), it.Value()})
	}
	e.buf = wire.AppendMap(e.buf, len(pairs))
	key, elem := planOf(v.Type().Key()), planOf(v.Type().Elem())
	for _, kv := range pairs {
		if err := e.bare(kv.key, key); err != nil {
			return within(err, "a key")
		}
		if err := e.bare(kv.value, elem); err != nil {
			return within(err, "element %v", kv.key)
		}
	}
	return nil
}

func (d *decoder) bytes(v reflect.Value) error {
	if d.r.Kind() == wire.KindArray { // a slice of something else, whose elements may fit
		return d.slice(v)
	}
	b, err := d.r.Bytes()
	if err != nil {
		return d.mismatch(v.Type())
	}
	v.SetBytes(d.kept(b))
	return nil
}

func (d *decoder) slice(v reflect.Value) error {
	if d.r.Kind() != wire.KindArray {
		return d.mismatch(v.Type())
	}
	n, err := d.r.Array()
	if err != nil {
		return err
	}
	p := planOf(v.Type().Elem())
	v.Set(reflect.MakeSlice(v.Type(), 0, d.ahead(n, p.size)))
	if p.flat {
		return d.flats(v, p, n)
	}
	for i := range n {
		if i == v.Cap() {
			v.Grow(min(n-i, i)) // as the data turn out to be there
		}
		v.SetLen(i + 1)
		if err := d.planned(v.Index(i), p); err != nil {
			return within(err, "element %d", i)
		}
	}
	return nil
}

// ahead says how many of n elements memory is made for before they are read: for all, unless a message that small can make what is made
// come to a multiple of itself by announcing more than it holds.
func (d *decoder) ahead(n int, size uintptr) int {
	most := (4096 + 32*d.size - d.early) / max(1, int(size))
	n = max(min(n, most), min(n, 1))
	d.early += n * int(size)
	return n
}

func (d *decoder) array(v reflect.Value) error {
	if d.r.Kind() == wire.KindBytes && v.Type().Elem().Kind() == reflect.Uint8 {
		b, err := d.r.Bytes()
		if err == nil && len(b) != v.Len() {
			err = fail(ErrArgument, "%d bytes do not fit %s", len(b), v.Type())
		}
		reflect.Copy(v, reflect.ValueOf(b))
		return err
	}
	if d.r.Kind() != wire.KindArray {
		return d.mismatch(v.Type())
	}
	n, err := d.r.Array()
	if err != nil {
		return err
	}
	if n != v.Len() {
		return fail(ErrArgument, "%d elements do not fit %s", n, v.Type())
	}
	for i := range n {
		if err := d.value(v.Index(i)); err != nil {
			return within(err, "element %d", i)
		}
	}
	return nil
}

func (d *decoder) mapping(v reflect.Value) error {
	if d.r.Kind() != wire.KindMap {
		return d.mismatch(v.Type())
	}
	n, err := d.r.Map()
	if err != nil {
		return err
	}
	t := v.Type()
	m := reflect.MakeMap(t)
	read := 0
	if texts, ok := m.Interface().(map[string]string); ok {
		if read, err = d.textTable(texts, n); err != nil {
			return err
		}
	}
	keys, elems := planOf(t.Key()), planOf(t.Elem())
	var key, elem reflect.Value
	for ; read < n; read++ {
		if !key.IsValid() || !keys.class.basic() { // the same variable again, where nobody can have kept it
			key = reflect.New(t.Key()).Elem()
		}
		if !elem.IsValid() || !elems.class.basic() {
			elem = reflect.New(t.Elem()).Elem()
		}
		if err := d.planned(key, keys); err != nil {
			return within(err, "a key")
		}
		if !key.Comparable() {
			return fail(ErrArgument, "a %s cannot be a key of %s", key.Type(), t)
		}
		if err := d.planned(elem, elems); err != nil {
			return within(err, "element %v", key)
		}
		m.SetMapIndex(key, elem)
	}
	v.Set(m)
	return nil
}
