package netproxy

import (
	"encoding"
	"fmt"
	"reflect"
	"sync"
	"time"
	"unsafe"

	"github.com/rgo-project/rgo/internal/wire"
)

// importer makes what references stand for. It is all that decoding knows of connections.
type importer interface {
	// thing returns what an entry of a message's references stands for: a *Proxy of something at the other side, or an *object of ours that
	// comes home.
	thing(entry any, typ string, digest uint64) (any, error)
	// recall finds the error that has gone to the other side with a token, which comes home.
	recall(token uint64) error
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
	size int  // of the data
	args int  // how many arguments there are to be read, where the message is a call
	owns bool // the data are ours, and nobody reads them again

	loan      *loan   // what is lent along with the message; may be nil
	awaited   *region // what the next pointer is to become; may be nil
	converted bool    // what is read was of another type over there
	begun     int     // regions that have been read

	depth  int
	types  []typeEntry
	shapes []shape
	shared []pointed
	cost   int // values made so far, those counted twice that stand in two places without being shared

	regexps     int // what the regular expressions come to
	definitions int // of types

	postponed []reflect.Value // what pointers point to whose values come later

	untied  bool                  // what was called takes nothing but plain data
	wanted  bool                  // an argument by reference, which came as a copy
	foreign bool                  // something did not fit because it stays at the other side
	loose   map[reflect.Type]bool // types of which there are such values in this message

	noZones int // time zones that are not known here
	early   int // bytes of memory that were made for elements before these were read

	room [2]variable // for numbers and strings among the arguments, each used once
	used int
}

// variable is one for a number or a string.
type variable struct {
	number uint64
	text   string
}

type typeEntry struct {
	name string
	typ  reflect.Type // nil if it is not basic
	def  *definition  // if it came with one
}

func newDecoder(in importer, data []byte, refs []any) *decoder {
	d := decoderOf(in, data, refs)
	return &d
}

// decoders are used again where only plain data was read: nothing can have kept the decoder then.
var decoders = sync.Pool{New: func() any { return new(decoder) }}

// release gives back a decoder that only plain data was read from.
func (d *decoder) release() {
	if d.loan != nil || len(d.refs) > 0 {
		return
	}
	types, shapes := d.types, d.shapes
	clear(types)
	clear(shapes)
	*d = decoder{}
	if cap(types) <= 8 && cap(shapes) <= 8 { // enough for most
		d.types, d.shapes = types[:0], shapes[:0]
	}
	decoders.Put(d)
}

func decoderOf(in importer, data []byte, refs []any) decoder {
	return decoder{in: in, r: wire.NewReader(data), refs: refs, size: len(data)}
}

// into reads the next value as a t.
func (d *decoder) into(t reflect.Type) (reflect.Value, error) {
	v := reflect.New(t).Elem()
	return v, d.value(v)
}

// passing makes a variable for an argument, in the decoder itself if it is a number or a string and there is room. It is good until the call returns.
func (d *decoder) passing(p *plan) reflect.Value {
	if d.used == len(d.room) || !p.class.basic() {
		return reflect.New(p.typ).Elem()
	}
	at := &d.room[d.used]
	d.used++
	switch { // what New and NewAt have to find out about these is known
	case p == predeclared[reflect.String]:
		return reflect.ValueOf(&at.text).Elem()
	case p == predeclared[reflect.Int]:
		return reflect.ValueOf((*int)(unsafe.Pointer(&at.number))).Elem()
	case p == predeclared[reflect.Int64]:
		return reflect.ValueOf((*int64)(unsafe.Pointer(&at.number))).Elem()
	case p.class == classString:
		return reflect.NewAt(p.typ, unsafe.Pointer(&at.text)).Elem()
	}
	return reflect.NewAt(p.typ, unsafe.Pointer(&at.number)).Elem()
}

// value reads the next value, with or without its type, into v, which is settable.
func (d *decoder) value(v reflect.Value) error { return d.planned(v, planOf(v.Type())) }

// planned is value for a v whose plan is known.
func (d *decoder) planned(v reflect.Value, p *plan) error {
	d.cost++
	if p.class.basic() {
		d.r.Past(p.head)
		if done, err := d.basic(v, p.class); done {
			return err
		}
	}
	if d.depth++; d.depth > maxDepth {
		return fail(ErrUnsupported, "what arrived is nested more than %d deep", maxDepth)
	}
	if d.r.Past(p.typed) {
		d.types = append(d.types, typeEntry{name: p.name})
		d.cost++
	}
	err := d.general(v, p)
	d.depth-- // of no interest after an error, but where the decoder goes back, which restores it
	return err
}

func (d *decoder) general(v reflect.Value, p *plan) error {
	t := p.typ
	if t == proxyType || t == recordType || t.Kind() == reflect.Interface {
		return d.open(v)
	}
	if d.r.Kind() == wire.KindTag {
		if done, err := d.tagged(v); done || err != nil {
			return err
		}
	}
	switch p.class {
	case classBool:
		return d.mismatch(t)
	case classInt, classUint, classFloat, classComplex:
		return d.number(v)
	case classString:
		return d.str(v)
	case classBinary, classText, classCoded: // without its tag: it was at somebody who did not know the type
		return d.coded(v, p)
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
	if (v.Type() == proxyType || v.NumMethod() > 0 && v.Kind() == reflect.Interface) && d.byReference() {
		d.wanted = true
		return fail(ErrArgument, "it is wanted by reference (netproxy.Share)")
	}
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
		if _, there := x.(*Proxy); there {
			d.foreign = true
		}
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
		entry, err := d.typed()
		if err != nil {
			return false, err
		}
		if d.loan != nil && !entry.is(t) {
			was := d.converted
			d.converted = true
			defer func() { d.converted = was }()
		}
		return true, d.value(v)
	case tagRef, tagError:
		x, err := d.any()
		if err != nil {
			return false, err
		}
		return true, d.assign(v, x)
	case tagLent:
		d.r = peek
		return true, d.borrowed(v)
	case tagPart:
		d.r = peek
		return true, d.lentPart(v)
	case tagPointer:
		d.r = peek
		return true, d.pointer(v)
	case tagAgain:
		d.r = peek
		return true, d.again(v)
	case tagLater:
		d.r = peek
		return true, d.later(v)
	case tagComplex:
		return false, nil
	case tagStruct:
		switch planOf(t).class {
		case classStruct:
			d.r = peek
			return true, d.fields(v, planOf(t))
		case classRebuilt:
			return true, d.rebuild(v)
		}
	case tagTime:
		if t == timeType {
			d.r = peek
			at, err := d.time()
			*v.Addr().Interface().(*time.Time) = at // Set would have it in memory of its own first
			return true, err
		}
	case tagCoded:
		if p := planOf(t); p.class == classBinary || p.class == classText || p.class == classCoded {
			d.r = peek
			return true, d.coded(v, p)
		}
	}
	if t.Kind() == reflect.Pointer && t.Elem().Kind() != reflect.Pointer {
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

// fields reads a struct behind its tag.
func (d *decoder) fields(v reflect.Value, p *plan) error {
	if p.flat {
		return d.flatFields(p, placeOf(v))
	}
	shape, err := d.shape(p)
	if err != nil {
		return err
	}
	return d.fieldsNamed(v, p, shape.names)
}

// fieldsNamed reads fields of these names. Those that v does not have are passed over; those that are not sent are left as they are.
func (d *decoder) fieldsNamed(v reflect.Value, p *plan, names []string) error {
	for i, name := range names {
		var at *field
		if i < len(p.fields) && p.fields[i].name == name {
			at = p.fields[i]
		} else {
			for _, f := range p.fields {
				if f.name == name {
					at = f
				}
			}
		}
		if at == nil {
			if _, err := d.any(); err != nil { // not skipped: types, shapes and pointers in it are numbered
				return within(err, "field %s", name)
			}
			continue
		}
		f := v.Field(at.index)
		if !f.CanSet() { // embedded, of a type that is not exported: its fields are
			f = reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem()
		}
		if err := d.planned(f, at.plan()); err != nil {
			return within(err, "field %s", name)
		}
	}
	return nil
}

// shape is what the fields of a struct are called.
type shape struct {
	names []string
	of    *plan // whose fields they are, one for one; nil if that is not known
}

// fits says whether the fields are those of a plan, one for one.
func (s *shape) fits(p *plan) bool {
	if s.of == p {
		return true
	}
	if len(s.names) != len(p.fields) {
		return false
	}
	for i, f := range p.fields {
		if f.name != s.names[i] {
			return false
		}
	}
	s.of = p
	return true
}

// shape reads the head of a struct: the names of the fields that follow. It is good until the next is read.
func (d *decoder) shape(p *plan) (*shape, error) {
	n, err := d.r.Array()
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, fail(ErrMalformed, "a struct without a shape")
	}
	at, known := d.r.TryUint()
	switch {
	case !known:
		at = uint64(len(d.shapes))
		if err := d.newShape(p); err != nil {
			return nil, err
		}
	case at >= uint64(len(d.shapes)):
		return nil, fail(ErrMalformed, "shape %d was never given", at)
	}
	s := &d.shapes[at]
	if len(s.names) != n-1 {
		return nil, fail(ErrMalformed, "%d values for %d fields", n-1, len(s.names))
	}
	return s, nil
}

func (d *decoder) newShape(p *plan) error {
	if p != nil && d.r.Past(p.shape) {
		d.shapes = append(d.shapes, shape{names: p.names, of: p})
		return nil
	}
	n, err := d.r.Array()
	if err != nil {
		return err
	}
	var s shape
	for range n {
		name, err := d.r.Text()
		if err != nil {
			return err
		}
		s.names = append(s.names, name)
	}
	d.shapes = append(d.shapes, s)
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

func (d *decoder) time() (time.Time, error) {
	n, err := d.r.Array()
	if err != nil {
		return time.Time{}, err
	}
	seconds, err := d.r.Int()
	if err != nil {
		return time.Time{}, err
	}
	nanos, err := d.r.Int()
	if err != nil {
		return time.Time{}, err
	}
	if nanos < 0 || nanos >= 1e9 || n != 2 && n != 4 && n != 5 {
		return time.Time{}, fail(ErrMalformed, "not a time")
	}
	t := time.Unix(seconds, nanos)
	if n == 2 {
		return t.UTC(), nil
	}
	offset, err := d.r.Int()
	if err != nil {
		return time.Time{}, err
	}
	zone, err := d.text()
	if err != nil {
		return time.Time{}, err
	}
	if offset != int64(int32(offset)) {
		return time.Time{}, fail(ErrMalformed, "not a time")
	}
	if n == 4 {
		return t.In(time.FixedZone(zone, int(offset))), nil
	}
	location, err := d.text()
	if err != nil {
		return time.Time{}, err
	}
	return t.In(d.zone(t, location, zone, int(offset))), nil
}

// mismatch says that what comes next does not fit t.
func (d *decoder) mismatch(t reflect.Type) error {
	kind := d.r.Kind()
	what := kind.String()
	if kind == wire.KindTag {
		peek := d.r
		tag, _ := peek.Tag()
		what = map[uint64]string{tagStruct: "struct", tagTime: "time", tagError: "error", tagCoded: "encoded value", tagComplex: "complex number", tagSnapshot: "snapshot"}[tag]
	}
	if len(d.types) > 0 && what == "" {
		what = d.types[len(d.types)-1].name
	}
	if kind == wire.KindEnd {
		return fail(ErrMalformed, "the data end where a %s is expected", t)
	}
	return fail(ErrArgument, "%s cannot become %s", what, t)
}
