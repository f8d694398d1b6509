package netproxy

import (
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

// tuple reads the head of an array that must be of n.
func (d *decoder) tuple(n int) error {
	got, err := d.r.Array()
	if err == nil && got != n {
		err = fail(ErrMalformed, "an array of %d where one of %d is expected", got, n)
	}
	return err
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
