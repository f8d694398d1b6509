package netproxy

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/rgo-project/rgo/internal/wire"
)

// importer makes what references stand for. It is all that decoding knows of connections.
type importer interface {
	// thing returns what an entry of a message's references stands for: a *Proxy of something at the other side, or an *object of ours that
	// comes home.
	thing(entry any, typ string) (any, error)
	// tag notes the number by which the sender of e finds it again.
	tag(e *RemoteError, id uint64)
	// recall finds an error of ours that comes home.
	recall(id uint64) error
	// typeNamed finds a type by its name.
	typeNamed(name string) (reflect.Type, bool)
	// sentinel finds a well-known error by its name.
	sentinel(name string) error
	// peer names the other side.
	peer() string
	// implement makes a value of an interface or func type out of a proxy.
	implement(p *Proxy, t reflect.Type) (reflect.Value, error)
}

// decoder reads the values of one message, which may come from an enemy: it makes only types that are asked for or known, and
// never more of them than the data can fill.
type decoder struct {
	in   importer
	r    wire.Reader
	refs []any
	size int // of the data

	depth  int
	types  []typeEntry
	shapes [][]string
	shared []pointed
	cost   int // values made so far, those counted twice that stand in two places without being shared
}

// pointed is a pointer that was copied.
type pointed struct {
	p    reflect.Value // invalid for one whose type is not known here, until it is read
	cost int           // of what it points to
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

type typeEntry struct {
	name string
	typ  reflect.Type // nil until somebody asks, and if it is not known here
}

func newDecoder(in importer, data []byte, refs []any) *decoder {
	return &decoder{in: in, r: wire.NewReader(data), refs: refs, size: len(data)}
}

// into reads the next value as a t.
func (d *decoder) into(t reflect.Type) (reflect.Value, error) {
	v := reflect.New(t).Elem()
	return v, d.value(v)
}

// value reads the next value, with or without its type, into v, which is settable.
func (d *decoder) value(v reflect.Value) error {
	if d.depth++; d.depth > maxDepth {
		return fail(ErrUnsupported, "what arrived is nested more than %d deep", maxDepth)
	}
	defer func() { d.depth-- }()
	d.cost++

	t := v.Type()
	if t == proxyType || t.Kind() == reflect.Interface {
		return d.open(v)
	}
	if d.r.Kind() == wire.KindTag {
		if done, err := d.tagged(v); done || err != nil {
			return err
		}
	}
	p := planOf(t)
	switch p.class {
	case classBool:
		b, err := d.r.Bool()
		if err != nil {
			return d.mismatch(t)
		}
		v.SetBool(b)
		return nil
	case classInt, classUint, classFloat, classComplex:
		return d.number(v)
	case classString:
		return d.str(v)
	}
	if d.r.Kind() == wire.KindNil && nillable(t.Kind()) {
		v.SetZero()
		return d.r.Nil()
	}
	switch p.class {
	case classBytes:
		return d.bytes(v)
	case classSlice:
		return d.slice(v)
	case classArray:
		return d.array(v)
	case classMap:
		return d.mapping(v)
	case classPointer: // a value where a pointer to it is wanted
		if planOf(t.Elem()).class == classPointer || d.r.Kind() == wire.KindNil {
			return d.mismatch(t)
		}
		elem := reflect.New(t.Elem())
		if err := d.value(elem.Elem()); err != nil {
			return err
		}
		v.Set(elem)
		return nil
	}
	return d.mismatch(t)
}

// open reads a value whose type it brings along, for a *Proxy or an interface.
func (d *decoder) open(v reflect.Value) error {
	x, err := d.any()
	if err != nil {
		return err
	}
	return d.assign(v, x)
}

// assign stores x, whose type is its own, in v.
func (d *decoder) assign(v reflect.Value, x any) error {
	got, err := fit(d.in, x, v.Type())
	if err != nil {
		return err
	}
	v.Set(got)
	return nil
}

// tagged reads a value that begins with a tag. If only a type was in front of a bare value, done is false.
func (d *decoder) tagged(v reflect.Value) (done bool, err error) {
	peek := d.r
	tag, err := peek.Tag()
	if err != nil {
		return false, err
	}
	t := v.Type()
	switch tag {
	case tagTyped:
		d.r = peek
		if _, err := d.typed(); err != nil {
			return false, err
		}
		return true, d.value(v)
	case tagRef:
		x, err := d.any()
		if err != nil {
			return false, err
		}
		return true, d.assign(v, x)
	case tagPointer:
		d.r = peek
		return true, d.pointer(v)
	case tagAgain:
		d.r = peek
		return true, d.again(v)
	case tagComplex:
		return false, nil
	case tagStruct:
		if planOf(t).class == classStruct {
			d.r = peek
			return true, d.fields(v)
		}
	case tagTime:
		if t == timeType {
			d.r = peek
			at, err := d.time()
			v.Set(reflect.ValueOf(at))
			return true, err
		}
	case tagCoded:
		if c := planOf(t).class; c == classBinary || c == classText {
			d.r = peek
			return true, d.coded(v, c)
		}
	}
	if t.Kind() == reflect.Pointer && t.Elem().Kind() != reflect.Pointer && tag != tagError {
		return false, nil // a value where a pointer to it is wanted
	}
	return false, d.mismatch(t)
}

// typed reads the head of a typed value, up to the bare value.
func (d *decoder) typed() (typeEntry, error) {
	if err := d.tuple(2); err != nil {
		return typeEntry{}, err
	}
	return d.typ()
}

// tuple reads the head of an array that must be of n.
func (d *decoder) tuple(n int) error {
	got, err := d.r.Array()
	if err == nil && got != n {
		err = fail(ErrMalformed, "an array of %d where one of %d is expected", got, n)
	}
	return err
}

// typ reads a type.
func (d *decoder) typ() (typeEntry, error) {
	switch d.r.Kind() {
	case wire.KindNil:
		return typeEntry{}, d.r.Nil()
	case wire.KindUint:
		n, err := d.r.Uint()
		switch {
		case err != nil:
			return typeEntry{}, err
		case n < uint64(len(basics)):
			return typeEntry{typeName(basics[n]), basics[n]}, nil
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

// text reads a string, which may have been written as bytes.
func (d *decoder) text() (string, error) {
	if d.r.Kind() == wire.KindBytes {
		b, err := d.r.Bytes()
		return string(b), err
	}
	return d.r.Text()
}

func (d *decoder) str(v reflect.Value) error {
	if k := d.r.Kind(); k != wire.KindText && k != wire.KindBytes {
		return d.mismatch(v.Type())
	}
	s, err := d.text()
	v.SetString(s)
	return err
}

func (d *decoder) bytes(v reflect.Value) error {
	if d.r.Kind() == wire.KindArray { // a slice of something else, whose elements may fit
		return d.slice(v)
	}
	b, err := d.r.Bytes()
	if err != nil {
		return d.mismatch(v.Type())
	}
	v.SetBytes(append(make([]byte, 0, len(b)), b...))
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
	v.Set(reflect.MakeSlice(v.Type(), 0, min(n, 64)))
	for i := range n {
		if i == v.Cap() {
			v.Grow(min(n-i, i)) // as the data turn out to be there
		}
		v.SetLen(i + 1)
		if err := d.value(v.Index(i)); err != nil {
			return within(err, "element %d", i)
		}
	}
	return nil
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
	for range n {
		key, err := d.into(t.Key())
		if err != nil {
			return within(err, "a key")
		}
		if !key.Comparable() {
			return fail(ErrArgument, "a %s cannot be a key of %s", key.Type(), t)
		}
		elem, err := d.into(t.Elem())
		if err != nil {
			return within(err, "element %v", key)
		}
		m.SetMapIndex(key, elem)
	}
	v.Set(m)
	return nil
}

// fields reads a struct. Fields that v does not have are passed over; fields that are not sent are left as they are.
func (d *decoder) fields(v reflect.Value) error {
	shape, err := d.shape()
	if err != nil {
		return err
	}
	p := planOf(v.Type())
	for i, name := range shape {
		at := -1
		if i < len(p.fields) && p.fields[i].name == name {
			at = p.fields[i].index
		} else {
			for _, f := range p.fields {
				if f.name == name {
					at = f.index
				}
			}
		}
		if at < 0 {
			if _, err := d.any(); err != nil { // not skipped: types, shapes and pointers in it are numbered
				return within(err, "field %s", name)
			}
			continue
		}
		if err := d.value(v.Field(at)); err != nil {
			return within(err, "field %s", name)
		}
	}
	return nil
}

// shape reads the head of a struct: the names of the fields that follow.
func (d *decoder) shape() ([]string, error) {
	n, err := d.r.Array()
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, fail(ErrMalformed, "a struct without a shape")
	}
	var shape []string
	if d.r.Kind() == wire.KindUint {
		at, err := d.r.Uint()
		if err != nil {
			return nil, err
		}
		if at >= uint64(len(d.shapes)) {
			return nil, fail(ErrMalformed, "shape %d was never given", at)
		}
		shape = d.shapes[at]
	} else {
		count, err := d.r.Array()
		if err != nil {
			return nil, err
		}
		for range count {
			name, err := d.r.Text()
			if err != nil {
				return nil, err
			}
			shape = append(shape, name)
		}
		d.shapes = append(d.shapes, shape)
	}
	if len(shape) != n-1 {
		return nil, fail(ErrMalformed, "%d values for %d fields", n-1, len(shape))
	}
	return shape, nil
}

// pointer reads a pointer that was copied, for a pointer or for the value itself.
func (d *decoder) pointer(v reflect.Value) error {
	t := v.Type()
	at, before := len(d.shared), d.cost
	defer func() { d.shared[at].cost = d.cost - before }()
	if t.Kind() != reflect.Pointer {
		d.shared = append(d.shared, pointed{p: v.Addr()})
		return d.value(v)
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

func (d *decoder) coded(v reflect.Value, c class) (err error) {
	if c == classBinary {
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

// maxCodedText bounds the texts given to UnmarshalText: the number that a short text such as 1e999999999 stands for may be
// enormous, and the time for a long one grows with its square.
const maxCodedText = 1 << 20

func (d *decoder) time() (time.Time, error) {
	if err := d.tuple(5); err != nil {
		return time.Time{}, err
	}
	var n [3]int64
	for i := range n {
		var err error
		if n[i], err = d.r.Int(); err != nil {
			return time.Time{}, err
		}
	}
	zone, err := d.text()
	if err != nil {
		return time.Time{}, err
	}
	location, err := d.text()
	if err != nil {
		return time.Time{}, err
	}
	if n[1] < 0 || n[1] >= 1e9 || n[2] != int64(int32(n[2])) {
		return time.Time{}, fail(ErrMalformed, "not a time")
	}
	t := time.Unix(n[0], n[1])
	if location == "UTC" {
		return t.UTC(), nil
	}
	if location != "Local" { // what is local there need not be here
		if l, err := time.LoadLocation(location); err == nil {
			if _, offset := t.In(l).Zone(); int64(offset) == n[2] {
				return t.In(l), nil
			}
		}
	}
	return t.In(time.FixedZone(zone, int(n[2]))), nil
}

// number reads a number that must fit v.
func (d *decoder) number(v reflect.Value) error {
	switch d.r.Kind() {
	case wire.KindUint:
		n, err := d.r.Uint()
		if err != nil {
			return err
		}
		return setUint(v, n)
	case wire.KindNegInt:
		n, err := d.r.Int()
		if err != nil {
			return fail(ErrArgument, "a number below -2^63 does not fit %s", v.Type())
		}
		return setInt(v, n)
	case wire.KindFloat:
		f, err := d.r.Float()
		if err != nil {
			return err
		}
		return setFloat(v, f)
	case wire.KindTag:
		peek := d.r
		if tag, err := peek.Tag(); err == nil && tag == tagComplex {
			d.r = peek
			c, err := d.complex()
			if err != nil {
				return err
			}
			return setComplex(v, c)
		}
	}
	return d.mismatch(v.Type())
}

func (d *decoder) complex() (complex128, error) {
	if err := d.tuple(2); err != nil {
		return 0, err
	}
	re, err := d.r.Float()
	if err != nil {
		return 0, err
	}
	im, err := d.r.Float()
	return complex(re, im), err
}

// mismatch says that what comes next does not fit t.
func (d *decoder) mismatch(t reflect.Type) error {
	kind := d.r.Kind()
	what := kind.String()
	if kind == wire.KindTag {
		peek := d.r
		tag, _ := peek.Tag()
		what = map[uint64]string{tagStruct: "struct", tagTime: "time", tagError: "error", tagCoded: "encoded value", tagComplex: "complex number"}[tag]
	}
	if len(d.types) > 0 && what == "" {
		what = d.types[len(d.types)-1].name
	}
	if kind == wire.KindEnd {
		return fail(ErrMalformed, "the data end where a %s is expected", t)
	}
	return fail(ErrArgument, "%s cannot become %s", what, t)
}

func setUint(v reflect.Value, n uint64) error {
	switch k := v.Kind(); {
	case v.CanUint():
		if v.OverflowUint(n) {
			return unfit(n, v)
		}
		v.SetUint(n)
		return nil
	case n <= math.MaxInt64:
		return setInt(v, int64(n))
	case k == reflect.Float32 || k == reflect.Float64:
		if f := float64(n); n != uint64(f) || f >= 1<<64 {
			return unfit(n, v)
		}
		v.SetFloat(float64(n))
		return nil
	}
	return unfit(n, v)
}

func setInt(v reflect.Value, n int64) error {
	switch {
	case v.CanInt():
		if v.OverflowInt(n) {
			return unfit(n, v)
		}
		v.SetInt(n)
	case v.CanUint():
		if n < 0 || v.OverflowUint(uint64(n)) {
			return unfit(n, v)
		}
		v.SetUint(uint64(n))
	default:
		const exact = 1 << 53
		if n > exact || n < -exact || v.Kind() == reflect.Float32 && int64(float32(n)) != n {
			return unfit(n, v)
		}
		if v.CanComplex() {
			v.SetComplex(complex(float64(n), 0))
		} else {
			v.SetFloat(float64(n))
		}
	}
	return nil
}

func setFloat(v reflect.Value, f float64) error {
	switch {
	case v.CanFloat():
		if v.OverflowFloat(f) && !math.IsInf(f, 0) {
			return unfit(f, v)
		}
		v.SetFloat(f)
		return nil
	case v.CanComplex():
		return setComplex(v, complex(f, 0))
	case f == math.Trunc(f) && f >= -1<<63 && f < 1<<63:
		return setInt(v, int64(f))
	case f == math.Trunc(f) && f >= 0 && f < 1<<64:
		return setUint(v, uint64(f))
	}
	return unfit(f, v)
}

func setComplex(v reflect.Value, c complex128) error {
	if !v.CanComplex() || v.OverflowComplex(c) && !math.IsInf(real(c), 0) && !math.IsInf(imag(c), 0) {
		return unfit(c, v)
	}
	v.SetComplex(c)
	return nil
}

func unfit(n any, v reflect.Value) error {
	return fail(ErrArgument, "%v does not fit %s", n, v.Type())
}
