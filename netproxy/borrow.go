package netproxy

import (
	"reflect"

	"github.com/rgo-project/rgo/internal/wire"
)

// borrowed reads what is to become a region, for v.
func (d *decoder) borrowed(v reflect.Value) error {
	l := d.loan
	if l == nil {
		return d.value(v)
	}
	r, err := d.newRegion()
	if err != nil {
		return err
	}
	switch t := v.Type(); t.Kind() {
	case reflect.Pointer:
		d.awaited = r
		err := d.value(v)
		d.awaited = nil
		if err == nil && !r.v.IsValid() && !v.IsNil() && t.Elem().Size() > 0 { // made by a codec
			d.loan.settle(r, reflect.SliceAt(t.Elem(), v.UnsafePointer(), 1), true)
		}
		return err
	case reflect.Slice:
		switch d.r.Kind() {
		case wire.KindArray:
			return d.borrowedSlice(r, v)
		case wire.KindBytes:
			peek := d.r
			if b, err := peek.Bytes(); err == nil && t.Elem().Kind() == reflect.Uint8 && !d.keeps(b) {
				r.arrived = b
			}
		}
	}
	if err := d.value(v); err != nil {
		return err
	}
	d.own(r, v)
	return nil
}

// newRegion begins a region.
func (d *decoder) newRegion() (*region, error) {
	r, err := d.loan.newRegion(1 - d.loan.side)
	if err == nil {
		r.converted = d.converted
		d.begun++
	}
	return r, err
}

// anyBorrowed reads what is to become a region, of whatever type it is.
func (d *decoder) anyBorrowed() (any, error) {
	v := reflect.New(anyType).Elem()
	if d.loan == nil {
		err := d.value(v)
		return v.Interface(), err
	}
	r, err := d.newRegion()
	if err != nil {
		return nil, err
	}
	if err := d.value(v); err != nil {
		return nil, err
	}
	if !v.IsNil() {
		d.own(r, addressed(v.Elem()).Elem())
	}
	return v.Interface(), nil
}

// own makes what v holds the region's memory.
func (d *decoder) own(r *region, v reflect.Value) {
	if k := v.Kind(); k != reflect.Slice && k != reflect.Map || v.IsNil() {
		return
	}
	held := reflect.New(v.Type()).Elem() // v may come to hold another
	held.Set(v)
	if held.Kind() == reflect.Slice {
		held = held.Slice3(0, held.Len(), held.Len())
		v.Set(held) // what is appended is not lent
	}
	d.loan.settle(r, held, false)
}

// allocated is told of the memory for what a pointer points to, before that is read: it may be what is to become a region.
func (d *decoder) allocated(p reflect.Value) {
	r := d.awaited
	if d.awaited = nil; r != nil && p.Type().Elem().Size() > 0 {
		d.loan.settle(r, reflect.SliceAt(p.Type().Elem(), p.UnsafePointer(), 1), true)
	}
}

// borrowedSlice reads elements. They get their place at once if that costs no more than what arrived can be worth, for they may refer to each other.
func (d *decoder) borrowedSlice(r *region, v reflect.Value) error {
	peek := d.r
	n, err := peek.Array()
	if err != nil {
		return err
	}
	size := int(v.Type().Elem().Size())
	if n*size > max(64<<10, 32*d.r.Len()) {
		if err := d.slice(v); err != nil {
			return err
		}
		d.own(r, v)
		return nil
	}
	d.r = peek
	made := reflect.MakeSlice(v.Type(), n, n)
	v.Set(made)
	if size > 0 {
		d.loan.settle(r, made, false)
	}
	for i := range n {
		if err := d.value(made.Index(i)); err != nil {
			return within(err, "element %d", i)
		}
	}
	return nil
}

// lentPart reads what is a region, or a part of one, for v:
//
//	[region]                        all of it
//	[region, [index, field, …]]     a pointer to an element, or into it
//	[region, index, length, cap]    some elements
//
// A region is a number, or what becomes one.
func (d *decoder) lentPart(v reflect.Value) error {
	if d.loan == nil {
		return fail(ErrMalformed, "a part of what was not lent")
	}
	n, err := d.r.Array()
	if err != nil {
		return err
	}
	r, err := d.partOf(v.Type(), n)
	if err != nil {
		return err
	}
	var got reflect.Value
	switch {
	case n == 1 && r.v.Kind() == reflect.Slice && r.pointer:
		got = r.v.Index(0).Addr()
	case n == 1:
		got = r.v
	case n == 2 && r.v.Kind() == reflect.Slice:
		got, err = d.inside(r.v)
	case n == 4 && r.v.Kind() == reflect.Slice:
		got, err = d.rangeOf(r.v, v.Type())
	default:
		return fail(ErrMalformed, "a part of %d", n)
	}
	if err != nil {
		return err
	}
	if !got.Type().AssignableTo(v.Type()) { // it is copied, which costs
		if err := d.spend(d.size); err != nil {
			return err
		}
	}
	fits, err := fitLocal(got, v.Type())
	if err == nil {
		v.Set(fits)
	}
	return err
}

// partOf reads the region that something is a part of. Its elements, if they follow, are those that t is about.
func (d *decoder) partOf(t reflect.Type, n int) (*region, error) {
	if d.r.Kind() == wire.KindUint {
		number, err := d.r.Uint()
		if err != nil {
			return nil, err
		}
		r := d.loan.region(number)
		if r == nil || !r.v.IsValid() {
			return nil, fail(ErrUnsupported, "memory that is shared by values of different types, or contains itself, cannot be lent: share it (netproxy.Share)")
		}
		return r, nil
	}
	if tag, err := d.r.Tag(); err != nil || tag != tagLent {
		return nil, fail(ErrMalformed, "a part of what was not lent")
	}
	elem := anyType
	switch k := t.Kind(); {
	case k == reflect.Pointer && n == 4 && t.Elem().Kind() == reflect.Array:
		elem = t.Elem().Elem()
	case k == reflect.Slice || k == reflect.Pointer && n == 2:
		elem = t.Elem()
	case t != anyType:
		return nil, fail(ErrArgument, "a part of a slice cannot become %s", t)
	}
	number := d.loan.nextNumber(1 - d.loan.side)
	if err := d.borrowed(reflect.New(reflect.SliceOf(elem)).Elem()); err != nil {
		return nil, err
	}
	r := d.loan.region(number)
	if !r.v.IsValid() {
		return nil, fail(ErrMalformed, "a part of nothing")
	}
	return r, nil
}

// inside reads where in a region a pointer points to.
func (d *decoder) inside(all reflect.Value) (reflect.Value, error) {
	n, err := d.r.Array()
	if err != nil {
		return reflect.Value{}, err
	}
	at, err := d.r.Uint()
	if err != nil {
		return reflect.Value{}, err
	}
	if n == 0 || at >= uint64(all.Len()) {
		return reflect.Value{}, fail(ErrMalformed, "element %d of %d", at, all.Len())
	}
	v := all.Index(int(at))
	for range n - 1 {
		name, err := d.text()
		if err != nil {
			return v, err
		}
		if v.Kind() != reflect.Struct {
			return v, fail(ErrArgument, "a %s has no field %s", v.Type(), name)
		}
		f, ok := v.Type().FieldByName(name)
		if !ok || !f.IsExported() || len(f.Index) != 1 {
			return v, fail(ErrArgument, "a %s has no field %s", v.Type(), name)
		}
		v = v.Field(f.Index[0])
	}
	return v.Addr(), nil
}

// rangeOf reads which elements of a region are meant: for a slice, or for a pointer to an array.
func (d *decoder) rangeOf(all reflect.Value, t reflect.Type) (reflect.Value, error) {
	var n [3]uint64 // index, length, capacity
	for i := range n {
		var err error
		if n[i], err = d.r.Uint(); err != nil {
			return all, err
		}
	}
	size := uint64(all.Len())
	if n[0] > size || n[2] > size-n[0] || n[1] > n[2] {
		return all, fail(ErrMalformed, "elements behind the end")
	}
	part := all.Slice3(int(n[0]), int(n[0]+n[1]), int(n[0]+n[2]))
	if t.Kind() == reflect.Pointer {
		if a := t.Elem(); a.Kind() == reflect.Array && a.Elem() == all.Type().Elem() && uint64(a.Len()) == n[1] {
			return part.Convert(t), nil
		}
		return all, fail(ErrArgument, "%d elements cannot become %s", n[1], t)
	}
	return part, nil
}

// byReference says whether a pointer was lent where a *Proxy is wanted.
func (d *decoder) byReference() bool {
	if d.loan == nil {
		return false
	}
	peek := d.r
	if tag, err := peek.Tag(); err != nil || tag != tagTyped {
		return false
	}
	if n, err := peek.Array(); err != nil || n != 2 || peek.Skip() != nil {
		return false
	}
	if tag, err := peek.Tag(); err != nil || tag != tagLent {
		return false
	}
	tag, err := peek.Tag()
	return err == nil && (tag == tagPointer || tag == tagLater)
}
