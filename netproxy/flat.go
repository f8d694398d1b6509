package netproxy

import (
	"math"
	"reflect"
	"slices"
	"time"
	"unsafe"

	"github.com/rgo-project/rgo/internal/wire"
)

// Most of what crosses is numbers, strings, times, and structs of these: flat values, in which nothing is shared or lent, and whose types are known from where
// they stand. They are written from the memory that they are in, and read into it, field after field, as the plan says where these lie: reflection takes
// some times as long. What arrives in another form than it would be written in here, such as a float for an int, is left to the general way.
//
// Each place is one in a variable of the plan's own type, which the caller holds as a reflect.Value.

// layout notes how values lie in memory, if they are flat. A struct that contains itself does so behind a pointer, a slice or a map, which are not.
func (p *plan) layout() {
	p.size, p.values = p.typ.Size(), 1
	switch p.class {
	case classBool, classInt, classUint, classFloat, classString, classTime:
		p.flat = true
	case classStruct:
		for _, f := range p.fields {
			if !f.mayBeFlat() || !f.plan().flat {
				p.parts = nil
				return
			}
			p.values += f.plan().values
			p.parts = append(p.parts, part{f.plan(), f.offset})
		}
		p.flat = true
	}
}

// part is a field of a flat struct.
type part struct {
	plan   *plan
	offset uintptr
}

// mayBeFlat says whether the plan of the field can be asked for while that of the struct is being made.
func (f *field) mayBeFlat() bool { return f.typ.Kind() == reflect.Struct || classOf(f.typ).basic() }

// placeOf is where a variable lies.
func placeOf(v reflect.Value) unsafe.Pointer { return unsafe.Pointer(v.UnsafeAddr()) }

// flat appends the flat value at a place to b, which is e.buf on its way.
func (e *encoder) flat(b []byte, p *plan, at unsafe.Pointer) []byte {
	switch p.class {
	case classBool:
		return wire.AppendBool(b, *(*bool)(at))
	case classInt:
		return wire.AppendInt(b, intAt(at, p.size))
	case classUint:
		return wire.AppendUint(b, uintAt(at, p.size))
	case classFloat:
		if p.size == 4 {
			return wire.AppendFloat64(b, float64(*(*float32)(at)))
		}
		return wire.AppendFloat64(b, *(*float64)(at))
	case classString:
		return appendText(b, *(*string)(at))
	case classTime:
		return appendTime(b, (*time.Time)(at))
	}
	b = e.shape(b, p)
	for _, f := range p.parts {
		b = e.flat(b, f.plan, unsafe.Add(at, f.offset))
	}
	return b
}

// flats writes n flat values that lie one behind the other.
func (e *encoder) flats(p *plan, first unsafe.Pointer, n int) {
	e.shared.values += n * p.values
	b := e.buf
	for i := range n {
		before := len(b)
		b = e.flat(b, p, unsafe.Add(first, uintptr(i)*p.size))
		if i == 1 { // the first may have brought shapes along
			b = slices.Grow(b, (n-2)*(len(b)-before+1))
		}
	}
	e.buf = b
}

func intAt(at unsafe.Pointer, size uintptr) int64 {
	switch size {
	case 1:
		return int64(*(*int8)(at))
	case 2:
		return int64(*(*int16)(at))
	case 4:
		return int64(*(*int32)(at))
	}
	return *(*int64)(at)
}

func uintAt(at unsafe.Pointer, size uintptr) uint64 {
	switch size {
	case 1:
		return uint64(*(*uint8)(at))
	case 2:
		return uint64(*(*uint16)(at))
	case 4:
		return uint64(*(*uint32)(at))
	}
	return *(*uint64)(at)
}

// flat reads a flat value to a place.
func (d *decoder) flat(p *plan, at unsafe.Pointer) error {
	back := d.r
	if done, err := d.asWritten(p, at); done {
		d.cost++
		return err
	}
	d.r = back
	return d.planned(reflect.NewAt(p.typ, at).Elem(), p)
}

// flats reads n flat values into a slice, which grows as they turn out to be there.
func (d *decoder) flats(v reflect.Value, p *plan, n int) error {
	for i := 0; i < n; {
		if i == v.Cap() {
			v.Grow(min(n-i, i))
		}
		v.SetLen(min(n, v.Cap()))
		for first := placeOf(v.Index(0)); i < v.Len(); i++ {
			if err := d.flat(p, unsafe.Add(first, uintptr(i)*p.size)); err != nil {
				return within(err, "element %d", i)
			}
		}
	}
	return nil
}

// asWritten reads a flat value that comes in the form in which flat writes it. If it comes in another, or does not fit, done is false.
func (d *decoder) asWritten(p *plan, at unsafe.Pointer) (done bool, err error) {
	switch p.class {
	case classBool:
		if b, ok := d.r.TryBool(); ok {
			*(*bool)(at) = b
			return true, nil
		}
	case classInt:
		n, ok := d.r.TryInt()
		return ok && putInt(at, p.size, n), nil
	case classUint:
		n, ok := d.r.TryUint()
		return ok && putUint(at, p.size, n), nil
	case classFloat:
		f, ok := d.r.TryFloat()
		return ok && putFloat(at, p.size, f), nil
	case classString:
		if s, ok := d.r.TryText(); ok {
			*(*string)(at) = s
			return true, nil
		}
	case classTime:
		if tag, ok := d.r.TryTag(); ok && tag == tagTime {
			t, err := d.time()
			*(*time.Time)(at) = t
			return true, err
		}
	case classStruct:
		if tag, ok := d.r.TryTag(); ok && tag == tagStruct {
			return true, d.flatFields(p, at)
		}
	}
	return false, nil
}

// flatFields reads a struct behind its tag.
func (d *decoder) flatFields(p *plan, at unsafe.Pointer) error {
	shape, err := d.shape(p)
	if err != nil {
		return err
	}
	if !shape.fits(p) {
		return d.fieldsNamed(reflect.NewAt(p.typ, at).Elem(), p, shape.names)
	}
	for i, f := range p.parts {
		if err := d.flat(f.plan, unsafe.Add(at, f.offset)); err != nil {
			return within(err, "field %s", p.fields[i].name)
		}
	}
	return nil
}

func putInt(at unsafe.Pointer, size uintptr, n int64) (fits bool) {
	switch size {
	case 1:
		*(*int8)(at) = int8(n)
		return int64(int8(n)) == n
	case 2:
		*(*int16)(at) = int16(n)
		return int64(int16(n)) == n
	case 4:
		*(*int32)(at) = int32(n)
		return int64(int32(n)) == n
	}
	*(*int64)(at) = n
	return true
}

func putUint(at unsafe.Pointer, size uintptr, n uint64) (fits bool) {
	switch size {
	case 1:
		*(*uint8)(at) = uint8(n)
		return n <= math.MaxUint8
	case 2:
		*(*uint16)(at) = uint16(n)
		return n <= math.MaxUint16
	case 4:
		*(*uint32)(at) = uint32(n)
		return n <= math.MaxUint32
	}
	*(*uint64)(at) = n
	return true
}

func putFloat(at unsafe.Pointer, size uintptr, f float64) (fits bool) {
	if size == 4 {
		*(*float32)(at) = float32(f)
		return fitsFloat(f, true)
	}
	*(*float64)(at) = f
	return true
}
