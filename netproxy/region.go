package netproxy

import (
	"bytes"
	"reflect"
	"sync"
	"unsafe"

	"github.com/rgo-project/rgo/internal/wire"
)

// memory says how a change of values of a type shows.
type memory uint8

const (
	memoryFlat   memory = iota // in its bytes, which point to nothing
	memoryTyped                // in its bytes, which the collector has to know
	memoryMarked               // in how it marshals itself: it may change without a byte of it changing
	memoryMap                  // in its elements
)

// memories remembers what is a function of types.
var memories sync.Map // reflect.Type -> memory

// memoryOf is for the type of a region: a slice, whose elements count, or a map.
func memoryOf(t reflect.Type) memory {
	if t.Kind() == reflect.Map {
		return memoryMap
	}
	if m, ok := memories.Load(t); ok {
		return m.(memory)
	}
	m := memoryOfElem(t.Elem())
	memories.Store(t, m)
	return m
}

func memoryOfElem(t reflect.Type) memory {
	switch p := planOf(t); p.class {
	case classBool, classInt, classUint, classFloat, classComplex:
		return memoryFlat
	case classBinary, classText, classCoded:
		return memoryMarked
	case classArray:
		return memoryOfElem(t.Elem())
	case classStruct:
		m := memoryFlat
		for i := range t.NumField() {
			m = max(m, memoryOfElem(t.Field(i).Type))
		}
		return m
	}
	return memoryTyped
}

// raw is the memory of a slice.
func raw(v reflect.Value) []byte {
	return unsafe.Slice((*byte)(v.UnsafePointer()), v.Len()*int(v.Type().Elem().Size()))
}

// sameBytes compares memory. Others may be writing to parts of it that are theirs; what is seen of these is of no consequence, for they will be compared
// again. What the runtime offers for it would tell the race detector.
//
//go:norace
func sameBytes(a, b []byte) bool {
	return unsafe.String(unsafe.SliceData(a), len(a)) == unsafe.String(unsafe.SliceData(b), len(b))
}

// takeBytes copies memory that holds no pointers, on the same terms.
//
//go:norace
func takeBytes(to, from []byte) {
	const block = 512
	for len(from) >= block {
		*(*[block]byte)(unsafe.Pointer(unsafe.SliceData(to))) = *(*[block]byte)(unsafe.Pointer(unsafe.SliceData(from)))
		to, from = to[block:], from[block:]
	}
	//lint:ignore S1001 copy would tell the race detector
	for i, b := range from {
		to[i] = b
	}
}

// copy notes how the region is now.
func (r *region) copy() {
	if !r.v.IsValid() {
		return
	}
	switch memoryOf(r.v.Type()) {
	case memoryMap:
		r.was = reflect.MakeMapWithSize(r.v.Type(), r.v.Len())
		for it := r.v.MapRange(); it.Next(); {
			r.was.SetMapIndex(it.Key(), it.Value())
		}
		return
	case memoryMarked:
		r.codes = make([][]byte, r.v.Len())
		for i := range r.codes {
			r.codes[i] = codeOf(r.v.Index(i))
		}
		return
	}
	n := r.v.Len()
	switch {
	case len(r.arrived) == n && n > 0 && r.v.Type().Elem().Kind() == reflect.Uint8:
		r.was = reflect.ValueOf(r.arrived)
		return
	case n >= leastApart && r.v.Type().Elem().Kind() == reflect.Uint8:
		r.spare = takeSpare(n)
		r.was = reflect.ValueOf(r.spare.b)
	default:
		r.was = reflect.MakeSlice(r.v.Type(), n, n)
	}
	r.note(0, n)
}

// note notes how some elements are now.
func (r *region) note(from, to int) {
	switch memoryOf(r.v.Type()) {
	case memoryFlat:
		takeBytes(raw(r.was.Slice(from, to)), raw(r.v.Slice(from, to)))
	case memoryTyped:
		reflect.Copy(r.was.Slice(from, to), r.v.Slice(from, to))
	case memoryMarked:
		for i := from; i < to; i++ {
			r.codes[i] = codeOf(r.v.Index(i))
		}
	}
}

// codeOf is how a value marshals itself; nil if it cannot.
func codeOf(v reflect.Value) []byte {
	e := encoder{out: loopback{}, deep: true}
	if e.bare(v, planOf(v.Type())) != nil {
		return nil
	}
	return e.buf
}

// run is a range of elements.
type run struct{ from, to int }

// runs are the elements that have changed. What lies between two changes that are near each other counts as changed.
func (r *region) runs() (all []run) {
	n := r.v.Len()
	if memoryOf(r.v.Type()) == memoryMarked {
		for i := range n {
			if !bytes.Equal(r.codes[i], codeOf(r.v.Index(i))) {
				all = append(all, run{i, i + 1})
			}
		}
		return all
	}
	now, was := raw(r.v), raw(r.was)
	if sameBytes(now, was) {
		return nil
	}
	size := len(now) / n
	near, step := 16/size, max(1, 4096/size)
	for i := 0; i < n; {
		if end := min(n, i+step); sameBytes(now[i*size:end*size], was[i*size:end*size]) {
			i = end
			continue
		}
		for end := min(n, i+step); i < end; i++ {
			if sameBytes(now[i*size:(i+1)*size], was[i*size:(i+1)*size]) {
				continue
			}
			if last := len(all) - 1; last >= 0 && i-all[last].to <= near {
				all[last].to = i + 1
			} else {
				all = append(all, run{i, i + 1})
			}
		}
	}
	return all
}

// changes writes what has changed in the region, if anything has, and notes how it is now:
//
//	number, start, elements, start, elements, …, nil  of a slice, or what a pointer points to
//	number, map of what is new or changed, array of the keys that are gone
func (r *region) changes(e *encoder) error {
	if r.v.Kind() == reflect.Map {
		return r.mapChanges(e)
	}
	runs := r.runs()
	if len(runs) == 0 {
		return nil
	}
	e.buf = wire.AppendUint(e.buf, r.number)
	for _, c := range runs {
		r.note(c.from, c.to)
		part := r.v.Slice(c.from, c.to)
		if r.was.IsValid() {
			part = r.was.Slice(c.from, c.to) // others do not write to it
		}
		e.buf = wire.AppendUint(e.buf, uint64(c.from))
		if err := e.contents(part); err != nil {
			return err
		}
	}
	e.buf = wire.AppendNil(e.buf)
	return nil
}

// contents writes the elements of a slice, or of a map.
func (e *encoder) contents(v reflect.Value) error {
	switch {
	case v.Kind() == reflect.Map:
		return e.mapping(v)
	case v.Type().Elem().Kind() == reflect.Uint8:
		e.bytes(v.Bytes())
		return nil
	}
	return e.elements(v)
}

func (r *region) mapChanges(e *encoder) error {
	t := r.v.Type()
	now, was := reflect.New(t.Elem()).Elem(), reflect.New(t.Elem()).Elem()
	changed, gone := reflect.MakeMap(t), []reflect.Value{}
	marked := memoryOfElem(t.Elem()) == memoryMarked
	for it := r.v.MapRange(); it.Next(); {
		key := it.Key()
		if !key.Comparable() || !key.Equal(key) { // NaN: it cannot be told from others
			continue
		}
		now.Set(it.Value())
		if old := r.was.MapIndex(key); old.IsValid() && !marked {
			was.Set(old)
			if sameValue(now, was) {
				continue
			}
		}
		changed.SetMapIndex(key, now)
	}
	for it := r.was.MapRange(); it.Next(); {
		if key := it.Key(); key.Equal(key) && !r.v.MapIndex(key).IsValid() {
			gone = append(gone, key)
		}
	}
	if changed.Len() == 0 && len(gone) == 0 {
		return nil
	}
	for it := changed.MapRange(); it.Next(); {
		r.was.SetMapIndex(it.Key(), it.Value())
	}
	e.buf = wire.AppendUint(e.buf, r.number)
	if err := e.contents(changed); err != nil {
		return err
	}
	e.buf = wire.AppendArray(e.buf, len(gone))
	for _, key := range gone {
		r.was.SetMapIndex(key, reflect.Value{})
		if err := e.bare(key, planOf(t.Key())); err != nil {
			return err
		}
	}
	return nil
}

// sameValue compares the memory of two variables of one type.
func sameValue(a, b reflect.Value) bool {
	n := int(a.Type().Size())
	return sameBytes(unsafe.Slice((*byte)(a.Addr().UnsafePointer()), n), unsafe.Slice((*byte)(b.Addr().UnsafePointer()), n))
}

// change reads what changes has written at the other side, and carries it out.
func (l *loan) change(d *decoder) error {
	n, err := d.r.Uint()
	if err != nil {
		return err
	}
	r := l.region(n)
	if r == nil {
		return fail(ErrMalformed, "a change of what was not lent")
	}
	if d.r.Kind() == wire.KindMap {
		return l.changeMap(d, r)
	}
	for d.r.Kind() != wire.KindNil {
		start, err := d.r.Uint()
		if err != nil {
			return err
		}
		if err := l.changeRun(d, r, start); err != nil {
			return err
		}
	}
	return d.r.Nil()
}

func (l *loan) changeRun(d *decoder, r *region, start uint64) error {
	if !r.v.IsValid() || r.v.Kind() != reflect.Slice {
		_, err := d.any() // it has become something here that it cannot be changed in
		return err
	}
	n := uint64(r.v.Len())
	if start > n {
		return fail(ErrMalformed, "a change behind the end")
	}
	from := int(start)
	if d.r.Kind() == wire.KindBytes && r.v.Type().Elem().Kind() == reflect.Uint8 {
		b, err := d.r.Bytes()
		if err != nil || uint64(len(b)) > n-start {
			return fail(ErrMalformed, "a change behind the end")
		}
		copy(r.v.Slice(from, from+len(b)).Bytes(), b)
		return l.changed(r, from, from+len(b))
	}
	count, err := d.r.Array()
	if err != nil || uint64(count) > n-start {
		return fail(ErrMalformed, "a change behind the end")
	}
	for i := range count {
		if err := d.value(r.v.Index(from + i)); err != nil {
			return within(err, "element %d", from+i)
		}
	}
	return l.changed(r, from, from+count)
}

// changed notes that the other side knows some elements as they are now.
func (l *loan) changed(r *region, from, to int) error {
	if l.watching && from < to {
		r.note(from, to)
	}
	return nil
}

func (l *loan) changeMap(d *decoder, r *region) error {
	n, err := d.r.Map()
	if err != nil {
		return err
	}
	known := r.v.IsValid() && r.v.Kind() == reflect.Map
	for range n {
		if !known {
			if _, err := d.any(); err != nil {
				return err
			}
			if _, err := d.any(); err != nil {
				return err
			}
			continue
		}
		if err := l.setKey(d, r); err != nil {
			return err
		}
	}
	gone, err := d.r.Array()
	if err != nil {
		return err
	}
	for range gone {
		t := anyType
		if known {
			t = r.v.Type().Key()
		}
		key, err := d.into(t)
		if err != nil {
			return err
		}
		if known && key.Comparable() {
			r.v.SetMapIndex(key, reflect.Value{})
			if l.watching {
				r.was.SetMapIndex(key, reflect.Value{})
			}
		}
	}
	return nil
}

func (l *loan) setKey(d *decoder, r *region) error {
	t := r.v.Type()
	key, err := d.into(t.Key())
	if err != nil {
		return within(err, "a key")
	}
	if !key.Comparable() {
		return fail(ErrArgument, "a %s cannot be a key of %s", key.Type(), t)
	}
	elem := reflect.New(t.Elem()).Elem()
	if old := r.v.MapIndex(key); old.IsValid() {
		elem.Set(old) // fields that the other side does not have stay
	}
	if err := d.value(elem); err != nil {
		return within(err, "element %v", key)
	}
	r.v.SetMapIndex(key, elem)
	if l.watching {
		r.was.SetMapIndex(key, elem)
	}
	return nil
}
