package netproxy

import (
	"reflect"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// The tags of values. Where the type of a value is known from what stands around it, the value is written bare; where it is not (in
// an interface), it is written with its type, unless it is nil, a bool, an int, a float64, a string or a []byte.
const (
	tagTyped    = 6  // [type, value]
	tagStruct   = 7  // [shape, field...]
	tagRef      = 8  // [index in the message's references, type, digest of its methods or 0]
	tagPointer  = 9  // the value pointed to; pointers are numbered as they begin, from 0
	tagAgain    = 10 // the number of a pointer that came before
	tagError    = 11 // see errorcode.go
	tagCoded    = 12 // what MarshalBinary (bytes) or MarshalText (text) says
	tagTime     = 13 // [seconds, nanoseconds, offset, zone, location]; without the last, or in UTC the last three
	tagComplex  = 14 // [real, imaginary]
	tagDefined  = 15 // a type with what it is made of: see define.go
	tagSnapshot = 16 // see snapshot.go
	tagLater    = 17 // null: a pointer whose value comes later; [value, later value...]
	tagLent     = 20 // memory that is lent to the callee: see loan.go
	tagPart     = 21 // memory that was lent before, or a part of it: see borrow.go
)

// maxDepth bounds how deep values may be nested, in what is sent and in what is received.
const maxDepth = 500

// exporter takes what crosses by reference. It is all that encoding knows of connections.
type exporter interface {
	// refer returns what stands for v in a message's references.
	refer(v reflect.Value) (any, error)
	// remember gives an error a token by which it is found again if it comes home, or 0. An error that has come from elsewhere keeps its token.
	remember(err error) uint64
	// sentinels are well-known errors besides those that everybody has; nil for none.
	sentinels() *wellKnown
	// hidesStacks says whether the other side is not told where errors come from.
	hidesStacks() bool
}

// encoder writes the values of one message. After an error it must not be used any more.
type encoder struct {
	out     exporter
	buf     []byte
	refs    []any
	deep    bool     // pointers to data are copied, too
	copied  bool     // because a Copy asks for it
	full    bool     // types are written with what they are made of
	lending *lending // memory is lent: see lend.go

	large  largeBytes // how large byte strings are written: see payload.go
	apart  []apart    // what belongs into buf, but is not copied there
	spares []*spare   // in which some of these are

	stack  string       // of the first error that is written
	budget *errorBudget // of the error that this is a part of; nil for none

	depth  int
	types  map[any]uint64 // by reflect.Type, or by the name of one that is not known here
	shapes map[any]uint64 // by reflect.Type, or by the names of the fields of a Record
	latest struct {       // shape that was asked for
		typ    reflect.Type
		number uint64
	}
	shared sharedOut
}

// encoders are used again: calls make so many of them.
var encoders = sync.Pool{New: func() any { return new(encoder) }}

// maxKept bounds the memory that an encoder keeps to write the next message in.
const maxKept = 1 << 10

// encoder returns an encoder for a message to the peer.
func (s *Space) encoder() *encoder {
	e := encoders.Get().(*encoder)
	e.out, e.large = s, largeInSpares
	return e
}

// message is what was written. The encoder must not be used any more.
func (e *encoder) message() conn.Message {
	m, room := e.body(), e.buf[:0]
	if cap(room) > maxKept || len(e.apart) > 0 { // then there may be many types, too
		room, e.types, e.shapes = nil, nil, nil
	} else {
		m.Data = append([]byte(nil), m.Data...)
	}
	clear(e.types)
	clear(e.shapes)
	*e = encoder{buf: room, types: e.types, shapes: e.shapes}
	encoders.Put(e)
	return m
}

// top writes v where it stands alone: a slice or a map is shared there.
func (e *encoder) top(v reflect.Value) error {
	static, v := opened(v)
	if !v.IsValid() {
		return e.open(static, v)
	}
	switch p := planOf(v.Type()); p.class {
	case classSlice, classMap:
		if (!v.IsNil() || v.CanAddr()) && !e.isLent(v) {
			return e.ref(v)
		}
	case classPointer:
		if !v.IsNil() && planOf(v.Type().Elem()).class == classRebuilt {
			return e.ref(v)
		}
	}
	return e.open(static, v)
}

// dynamic writes v with its type.
func (e *encoder) dynamic(v reflect.Value) error {
	static, v := opened(v)
	return e.open(static, v)
}

// opened looks into interfaces, and says of which type the outermost is; nil if v is in none.
func opened(v reflect.Value) (static reflect.Type, in reflect.Value) {
	if v.IsValid() && v.Kind() == reflect.Interface {
		static = v.Type()
	}
	return static, open(v)
}

// open writes what was found in an interface of a type.
func (e *encoder) open(static reflect.Type, v reflect.Value) error {
	if !v.IsValid() {
		e.buf = wire.AppendNil(e.buf)
		return nil
	}
	if static == errorType && v.CanInterface() { // also one that is a nil pointer
		return e.err(v.Interface().(error))
	}
	p := planOf(v.Type())
	if p.basic { // none of what follows is about it
		if !natural(v, p) {
			e.buf = append(e.buf, p.head...)
		}
		return e.bare(v, p)
	}
	if special, err := e.special(v, p); special || err != nil {
		return err
	}
	if natural(v, p) {
		return e.bare(v, p)
	}
	if done, err := e.snapshot(v, p); done || err != nil {
		return err
	}
	if e.stays(static, v, p) || static != nil && p.inside {
		return e.ref(staying(v))
	}
	switch p.class {
	case classShared:
		if !nillable(v.Kind()) || !v.IsNil() {
			return e.ref(v)
		}
	case classPointer:
		if !v.IsNil() && (p.inside && !e.deep || !e.copies(p)) && !e.isLent(v) {
			return e.ref(v)
		}
	}
	if p.class == classRecord {
		r := v.Interface().(Record)
		if r.Type != "" {
			e.buf = wire.AppendArray(wire.AppendTag(e.buf, tagTyped), 2)
			e.typ(r.wireName(), r.wireName())
		}
		return e.bare(v, p)
	}
	e.buf = wire.AppendArray(wire.AppendTag(e.buf, tagTyped), 2)
	if e.full || p.told {
		e.define(p.typ)
	} else {
		e.typ(p.typ, p.name)
	}
	return e.bare(v, p)
}

// stays says whether v stays here because it is what its methods do: it was found in an interface that has some, and nobody but us knows its type.
func (e *encoder) stays(static reflect.Type, v reflect.Value, p *plan) bool {
	if static == nil || e.copied || !hasMethods(static) || p.class == classRecord || nillable(v.Kind()) && v.IsNil() && (v.Kind() != reflect.Pointer || p.snap != snapNone) {
		return false
	}
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return !isStandard(t) && !isKnown(t)
}

// hasMethods says whether an interface has methods that can be called from elsewhere.
func hasMethods(t reflect.Type) bool {
	for i := range t.NumMethod() {
		if t.Method(i).IsExported() {
			return true
		}
	}
	return false
}

// natural says whether v is of a type that CBOR itself tells apart.
func natural(v reflect.Value, p *plan) bool {
	switch {
	case !p.natural:
		return false
	case p.class == classString:
		return utf8.ValidString(v.String())
	case p.class == classBytes:
		return !v.IsNil()
	}
	return true
}

func nillable(k reflect.Kind) bool {
	switch k {
	case reflect.Func, reflect.Chan, reflect.Map, reflect.Pointer, reflect.Slice, reflect.Interface:
		return true
	}
	return false
}

// special writes values of types that mean something here.
func (e *encoder) special(v reflect.Value, p *plan) (done bool, err error) {
	if !p.special || !v.CanInterface() {
		return false, nil
	}
	if held, ok := wrapped(v); ok {
		return true, e.proxy(held)
	} else if p.remote {
		return false, nil
	}
	switch x := v.Interface().(type) {
	case *Proxy:
		return true, e.proxy(x)
	case *async.Result:
		return true, e.ref(v)
	case *object:
		return true, e.ref(v)
	case *sharing:
		return true, e.ref(x.v)
	case *copying:
		lending := e.lending
		e.lending = nil
		err := e.copying(x.v)
		e.lending = lending
		return true, err
	case *releasing:
		return true, e.ref(reflect.ValueOf(x.given()))
	case reflect.Value:
		return true, e.dynamic(x)
	case error:
		if v.Kind() == reflect.Pointer && v.IsNil() {
			return false, nil
		}
		return true, e.err(x)
	}
	return true, fail(ErrUnsupported, "a context.Context crosses as an argument of a typed call (netproxy.Call, Func), and not inside of others; the dynamic operations pass on their own")
}

// bare writes v without its type.
func (e *encoder) bare(v reflect.Value, p *plan) error {
	if e.depth++; e.depth > maxDepth {
		return fail(ErrUnsupported, "%s is nested more than %d deep, or contains itself: share it instead (netproxy.Share)", shortName(p.name), maxDepth)
	}
	err := e.write(v, p)
	e.depth-- // of no interest after an error
	return err
}

func (e *encoder) write(v reflect.Value, p *plan) error {
	e.shared.values++
	if e.lending != nil {
		if done, err := e.lent(v, p); done || err != nil {
			return err
		}
	}
	if p.flat && v.CanAddr() {
		e.shared.values += p.values - 1
		e.buf = e.flat(e.buf, p, placeOf(v))
		return nil
	}
	switch p.class {
	case classBool:
		e.buf = wire.AppendBool(e.buf, v.Bool())
	case classInt:
		e.buf = wire.AppendInt(e.buf, v.Int())
	case classUint:
		e.buf = wire.AppendUint(e.buf, v.Uint())
	case classFloat:
		e.buf = wire.AppendFloat64(e.buf, v.Float())
	case classComplex:
		c := v.Complex()
		e.buf = wire.AppendArray(wire.AppendTag(e.buf, tagComplex), 2)
		e.buf = wire.AppendFloat64(wire.AppendFloat64(e.buf, real(c)), imag(c))
	case classString:
		e.text(v.String())
	case classBytes:
		if v.IsNil() {
			e.buf = wire.AppendNil(e.buf)
		} else {
			e.bytes(v.Bytes())
		}
	case classSlice:
		if v.IsNil() {
			e.buf = wire.AppendNil(e.buf)
			return nil
		}
		return e.elements(v)
	case classArray:
		return e.elements(v)
	case classMap:
		return e.sharedMap(v, p)
	case classStruct:
		return e.fields(v, p)
	case classRecord:
		return e.record(v.Interface().(Record))
	case classTime:
		e.time(v.Interface().(time.Time))
	case classBinary, classText, classCoded:
		return e.coded(v, p)
	case classRebuilt:
		return e.standIn(v)
	case classInterface:
		return e.inside(v)
	case classPointer:
		return e.pointer(v, p)
	case classShared:
		if nillable(v.Kind()) && v.IsNil() {
			e.buf = wire.AppendNil(e.buf)
			return nil
		}
		return e.ref(v)
	default: // an unsafe.Pointer: there is no other class
		return fail(ErrUnsupported, "a %s means nothing in another process: pass what it points to, or a number (uintptr)", v.Type())
	}
	return nil
}

// inside writes what is in an interface. What its methods may be called of is not lent, but shared, if that is how it crosses: they would be lost.
func (e *encoder) inside(v reflect.Value) error {
	if e.lending == nil || v.NumMethod() == 0 {
		return e.dynamic(v)
	}
	lending := e.lending
	e.lending = nil
	defer func() { e.lending = lending }()
	return e.dynamic(v)
}

// text writes a string; one that is not UTF-8 goes as bytes.
func (e *encoder) text(s string) { e.buf = appendText(e.buf, s) }

func appendText(b []byte, s string) []byte {
	if utf8.ValidString(s) {
		return wire.AppendText(b, s)
	}
	return wire.AppendBytes(b, []byte(s))
}

// appendNames appends the names of fields.
func appendNames(b []byte, names []string) []byte {
	b = wire.AppendArray(b, len(names))
	for _, name := range names {
		b = wire.AppendText(b, name)
	}
	return b
}

// addressed returns a pointer to v, or to a copy of it.
func addressed(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v.Addr()
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p
}

// err writes an error.
func (e *encoder) err(err error) error {
	lending := e.lending
	e.lending = nil // what an error holds is its own
	defer func() { e.lending = lending }()
	b := e.budget
	switch {
	case b == nil:
		b = &errorBudget{left: maxErrors, texts: maxErrorTexts}
	case b.left <= 0:
		return fail(ErrUnsupported, "an error with more than %d others in it", maxErrors)
	}
	b.left--
	w := errorWriter{e: e, budget: b, stack: e.stack}
	e.stack = ""
	w.write(err)
	return nil
}
