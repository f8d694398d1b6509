package netproxy

import "reflect"

// pointed is a pointer that was copied.
type pointed struct {
	p    reflect.Value // invalid for one whose type is not known here, until it is read
	cost int           // of what it points to
	open bool          // what it points to is being read
}

// spend bounds the values made of a message: as many as it has bytes, and some more for what stands in several places. A message of a
// hundred bytes could otherwise mean a tree of 2^50 leaves to those who walk over it.
func (d *decoder) spend(n int) error {
	if d.cost += n; d.cost > d.size+maxRepeated {
		return fail(ErrMalformed, "what arrived repeats itself too often")
	}
	return nil
}

const maxRepeated = 1 << 16

// pointer reads a pointer that was copied, for a pointer or for the value itself.
func (d *decoder) pointer(v reflect.Value) error {
	t := v.Type()
	at, before := len(d.shared), d.cost
	defer func() { d.shared[at].cost = d.cost - before }()
	if t.Kind() != reflect.Pointer {
		d.shared = append(d.shared, pointed{p: v.Addr()})
		return d.value(v)
	}
	if p := planOf(t.Elem()); p.class == classCoded { // the pointer may be one that is here already, as time.UTC is
		d.shared = append(d.shared, pointed{})
		made, err := d.madeTagged(p)
		if err == nil {
			d.shared[at].p = reflect.ValueOf(made)
			v.Set(d.shared[at].p)
		}
		return err
	}
	p := reflect.New(t.Elem())
	d.shared = append(d.shared, pointed{p: p})
	v.Set(p) // first, for rings
	return d.value(p.Elem())
}

// again reads a pointer that was there before.
func (d *decoder) again(v reflect.Value) error {
	was, err := d.before()
	if err != nil {
		return err
	}
	switch p := was.p; {
	case p.IsValid() && p.Type().AssignableTo(v.Type()):
		v.Set(p)
	case p.IsValid() && p.Type().Elem().AssignableTo(v.Type()):
		v.Set(p.Elem())
		return d.spend(was.cost)
	default:
		return fail(ErrArgument, "one pointer cannot be shared by values of different types (%s)", v.Type())
	}
	return nil
}

func (d *decoder) before() (pointed, error) {
	n, err := d.r.Uint()
	if err != nil {
		return pointed{}, err
	}
	if n >= uint64(len(d.shared)) {
		return pointed{}, fail(ErrMalformed, "pointer %d did not come before", n)
	}
	return d.shared[n], nil
}

// madeTagged reads a value of a classCoded with its tag, if it has one.
func (d *decoder) madeTagged(p *plan) (pointer any, err error) {
	peek := d.r
	if tag, err := peek.Tag(); err == nil && tag == tagCoded {
		d.r = peek
	}
	return d.made(p)
}
