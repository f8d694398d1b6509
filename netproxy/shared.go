package netproxy

import (
	"reflect"
	"slices"
	"unsafe"

	"github.com/rgo-project/rgo/internal/wire"
)

// Pointers that are copied, and maps, are numbered as they begin, so that the same one in two places of a message is the same one over there.

// pointee is what tells one pointer from another.
type pointee struct {
	typ reflect.Type
	ptr unsafe.Pointer
}

// sharedOut is what an encoder knows of pointers.
type sharedOut struct {
	numbers  map[pointee]uint64
	seen     []seen // by number
	values   int    // written so far
	repeated int    // values of maps that stand in several places

	inside bool            // a pointer is being written
	later  []reflect.Value // what comes behind it, for not to be nested too deep
	rings  bool            // there was a pointer into a ring
}

// seen is a pointer or a map that has a number.
type seen struct {
	open bool // it is being written
	cost int  // values in it
}

// begin gives at a number.
func (s *sharedOut) begin(at pointee) (n int) {
	if s.numbers == nil {
		s.numbers = make(map[pointee]uint64)
	}
	n = len(s.seen)
	s.numbers[at] = uint64(n)
	s.seen = append(s.seen, seen{open: true, cost: s.values})
	return n
}

func (s *sharedOut) end(n int) { s.seen[n] = seen{cost: s.values - s.seen[n].cost} }

// pointee writes what a pointer that is copied points to.
func (e *encoder) pointee(at pointee, v reflect.Value) error {
	s := &e.shared
	if n, ok := s.numbers[at]; ok {
		s.rings = s.rings || s.seen[n].open
		e.buf = wire.AppendUint(wire.AppendTag(e.buf, tagAgain), n)
		return nil
	}
	n := s.begin(at)
	if s.inside && e.depth > maxDepth/2 { // a long list, perhaps
		s.later = append(s.later, v)
		s.end(n)
		e.buf = wire.AppendNil(wire.AppendTag(e.buf, tagLater))
		return nil
	}
	if s.inside {
		e.buf = wire.AppendTag(e.buf, tagPointer)
		err := e.bare(v, planOf(v.Type()))
		s.end(n)
		return err
	}
	return e.outermost(n, v)
}

// outermost writes what a pointer points to that is in no other, and what came to lie too deep in it.
func (e *encoder) outermost(n int, v reflect.Value) error {
	s := &e.shared
	s.inside = true
	defer func() { s.inside = false }()
	start := len(e.buf)
	e.buf = wire.AppendTag(e.buf, tagPointer)
	err := e.bare(v, planOf(v.Type()))
	s.end(n)
	more := 0
	for ; err == nil && len(s.later) > 0; more++ {
		v := s.later[0]
		s.later = s.later[1:]
		err = e.bare(v, planOf(v.Type()))
	}
	if more > 0 {
		e.buf = slices.Insert(e.buf, start, wire.AppendArray(wire.AppendTag(nil, tagLater), 1+more)...)
	}
	s.later = nil
	return err
}

// sharedMap writes a map. The same one again is no more than its number, unless that would make too large a message out of little.
func (e *encoder) sharedMap(v reflect.Value, p *plan) error {
	if v.IsNil() {
		e.buf = wire.AppendNil(e.buf)
		return nil
	}
	s, at := &e.shared, pointee{p.typ, v.UnsafePointer()}
	n, ok := s.numbers[at]
	switch {
	case !ok && e.depth <= 1:
		return e.mapping(v) // it stands alone
	case !ok:
		n := s.begin(at)
		e.buf = wire.AppendTag(e.buf, tagPointer)
		err := e.mapping(v)
		s.end(n)
		return err
	case s.seen[n].open:
		return fail(ErrUnsupported, "a %s contains itself and cannot be copied: share it (netproxy.Share)", shortName(p.name))
	case s.repeated+s.seen[n].cost > maxRepeated/2:
		return e.mapping(v)
	}
	s.repeated += s.seen[n].cost
	e.buf = wire.AppendUint(wire.AppendTag(e.buf, tagAgain), n)
	return nil
}

// copying writes v with all that it points to. Where rings are in it, the types are told as well: a Record cannot be part of a ring.
func (e *encoder) copying(v reflect.Value) error {
	deep, copied, full, rings := e.deep, e.copied, e.full, e.shared.rings
	defer func() { e.deep, e.copied, e.full, e.shared.rings = deep, copied, full, rings || e.shared.rings }()
	e.deep, e.copied, e.shared.rings = true, true, false
	back := e.mark()
	if err := e.dynamic(v); err != nil || full || !e.shared.rings {
		return err
	}
	back()
	e.full = true
	return e.dynamic(v)
}

// mark returns a func that makes everything unwritten that was written since.
func (e *encoder) mark() (back func()) {
	buf, refs, types, shapes, shared, apart := len(e.buf), len(e.refs), len(e.types), len(e.shapes), len(e.shared.seen), len(e.apart)
	return func() {
		e.buf, e.refs, e.shared.seen = e.buf[:buf], e.refs[:refs], e.shared.seen[:shared]
		e.latest.typ, e.apart = nil, e.apart[:apart]
		for t, n := range e.types {
			if n >= firstNamed+uint64(types) {
				delete(e.types, t)
			}
		}
		for s, n := range e.shapes {
			if n >= uint64(shapes) {
				delete(e.shapes, s)
			}
		}
		for p, n := range e.shared.numbers {
			if n >= uint64(shared) {
				delete(e.shared.numbers, p)
			}
		}
	}
}

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

const maxRepeated = 1 << 18

// pointer reads a pointer that was copied, for a pointer or for the value itself.
func (d *decoder) pointer(v reflect.Value) error {
	t := v.Type()
	at, before := len(d.shared), d.cost
	defer func() { d.shared[at].cost, d.shared[at].open = d.cost-before, false }()
	if t.Kind() != reflect.Pointer {
		d.shared = append(d.shared, pointed{p: v.Addr(), open: true})
		return d.value(v)
	}
	if p := planOf(t.Elem()); p.class == classCoded { // the pointer may be one that is here already, as time.UTC is
		d.shared = append(d.shared, pointed{open: true})
		made, err := d.madeTagged(p)
		if err == nil {
			d.shared[at].p = reflect.ValueOf(made)
			v.Set(d.shared[at].p)
		}
		return err
	}
	p := reflect.New(t.Elem())
	d.allocated(p)
	d.shared = append(d.shared, pointed{p: p, open: true})
	v.Set(p) // first, for rings
	return d.value(p.Elem())
}

// again reads a pointer that was there before.
func (d *decoder) again(v reflect.Value) error {
	was, err := d.before()
	if err != nil {
		return err
	}
	p := was.p
	switch {
	case p.IsValid() && p.Type().AssignableTo(v.Type()):
		v.Set(p)
		return nil
	case was.open || !p.IsValid():
		return fail(ErrArgument, "a ring cannot become a %s, which has no pointer to close it", v.Type())
	}
	if err := d.spend(was.cost); err != nil {
		return err
	}
	if p.Type().Elem().AssignableTo(v.Type()) {
		v.Set(p.Elem())
		return nil
	}
	made, err := convert(p, v.Type()) // of another type in this place: a copy of its own
	if err == nil {
		v.Set(made)
	}
	return err
}

// later reads a pointer whose value comes later, or the value behind which the later ones come.
func (d *decoder) later(v reflect.Value) error {
	if d.r.Kind() == wire.KindNil {
		if v.Kind() != reflect.Pointer {
			return fail(ErrArgument, "data that deep cannot become a %s", v.Type())
		}
		p := reflect.New(v.Type().Elem())
		d.allocated(p)
		d.shared = append(d.shared, pointed{p: p})
		d.postponed = append(d.postponed, p.Elem())
		v.Set(p)
		return d.r.Nil()
	}
	n, err := d.r.Array()
	if err != nil {
		return err
	}
	if n == 0 || len(d.postponed) > 0 {
		return fail(ErrMalformed, "values that come later: of nothing, or in one another")
	}
	if err := d.value(v); err != nil {
		return err
	}
	for range n - 1 {
		if len(d.postponed) == 0 {
			return fail(ErrMalformed, "a later value of nothing")
		}
		next := d.postponed[0]
		d.postponed = d.postponed[1:]
		if err := d.value(next); err != nil {
			return err
		}
	}
	if len(d.postponed) > 0 {
		return fail(ErrMalformed, "values that should come later did not come")
	}
	d.postponed = nil
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
