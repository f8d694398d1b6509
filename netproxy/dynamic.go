package netproxy

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/rgo-project/rgo/internal/wire"
)

// Record is a copy of a struct whose type is not known here.
type Record struct {
	Type   string // as Go writes it; empty for a struct without a name
	Fields []RecordField

	name string // of the type, with its whole import path
}

func (r Record) wireName() string {
	if r.name != "" && shortName(r.name) == r.Type {
		return r.name
	}
	return r.Type
}

// recordOf makes a Record of a struct.
func recordOf(v reflect.Value) Record {
	p := planOf(v.Type())
	r := Record{Type: shortName(p.name), name: p.name}
	for _, f := range p.fields {
		of := v.Field(f.index)
		if !of.CanInterface() { // embedded, of a type that is not exported
			r.Fields = append(r.Fields, RecordField{f.name, recordOf(of)})
			continue
		}
		r.Fields = append(r.Fields, RecordField{f.name, of.Interface()})
	}
	return r
}

// RecordField is a field of a Record.
type RecordField struct {
	Name  string
	Value any
}

// Field returns the value of the field called name.
func (r Record) Field(name string) (value any, ok bool) {
	for _, f := range r.Fields {
		if f.Name == name {
			return f.Value, true
		}
	}
	return nil, false
}

func (r Record) String() string {
	var b strings.Builder
	b.WriteString(r.Type + "{")
	for i, f := range r.Fields {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s: %v", f.Name, f.Value)
	}
	b.WriteString("}")
	return b.String()
}

// any reads a value of whatever type it is. An object of ours that comes home is an *object.
func (d *decoder) any() (any, error) {
	if d.depth++; d.depth > maxDepth {
		return nil, fail(ErrUnsupported, "what arrived is nested more than %d deep", maxDepth)
	}
	defer func() { d.depth-- }()
	switch d.r.Kind() {
	case wire.KindNil:
		return nil, d.r.Nil()
	case wire.KindBool:
		return d.r.Bool()
	case wire.KindUint:
		n, err := d.r.Uint()
		if n > math.MaxInt {
			return n, err
		}
		return int(n), err
	case wire.KindNegInt:
		n, err := d.r.Int()
		if n < math.MinInt {
			return n, err
		}
		return int(n), err
	case wire.KindFloat:
		return d.r.Float()
	case wire.KindText:
		return d.r.Text()
	case wire.KindBytes:
		b, err := d.r.Bytes()
		return d.kept(b), err
	case wire.KindArray:
		return d.list()
	case wire.KindMap:
		return d.table()
	case wire.KindTag:
		return d.anyTagged()
	}
	return nil, fail(ErrMalformed, "%v where a value is expected", d.r.Kind())
}

// plain is any with what comes home unwrapped.
func (d *decoder) plain() (any, error) {
	v, err := d.into(anyType)
	return v.Interface(), err
}

// list reads elements whose type is not known here.
func (d *decoder) list() (any, error) {
	n, err := d.r.Array()
	if err != nil {
		return nil, err
	}
	list := make([]any, 0, min(n, 64))
	for i := range n {
		x, err := d.plain()
		if err != nil {
			return nil, within(err, "element %d", i)
		}
		list = append(list, x)
	}
	return list, nil
}

// table reads a map whose type is not known here.
func (d *decoder) table() (any, error) {
	n, err := d.r.Map()
	if err != nil {
		return nil, err
	}
	m := make(map[any]any)
	for range n {
		key, err := d.plain()
		if err != nil {
			return nil, within(err, "a key")
		}
		if key != nil && !reflect.ValueOf(key).Comparable() {
			return nil, notKey(key)
		}
		value, err := d.plain()
		if err != nil {
			return nil, within(err, "element %v", key)
		}
		m[key] = value
	}
	return m, nil
}

func notKey(key any) error {
	if r, ok := key.(Record); ok {
		return fail(ErrArgument, "a %s, whose type is not known here, cannot be the key of a map: make it known (netproxy.Register), or ask for a map of a type of your own", r.Type)
	}
	return fail(ErrArgument, "a %T cannot be the key of a map", key)
}

func (d *decoder) anyTagged() (any, error) {
	tag, err := d.r.Tag()
	if err != nil {
		return nil, err
	}
	switch tag {
	case tagTyped:
		return d.anyTyped()
	case tagStruct:
		return d.record()
	case tagLent:
		return d.anyBorrowed()
	case tagPart:
		v := reflect.New(anyType).Elem()
		err := d.lentPart(v)
		return v.Interface(), err
	case tagRef:
		return d.reference()
	case tagPointer: // of a type that is not known here: the value has to do
		at, before := len(d.shared), d.cost
		d.shared = append(d.shared, pointed{open: true})
		x, err := d.plain()
		if err == nil && x != nil {
			d.shared[at] = pointed{p: addressed(reflect.ValueOf(x)), cost: d.cost - before}
		}
		d.shared[at].open = false
		return x, err
	case tagAgain:
		was, err := d.before()
		switch {
		case err != nil:
			return nil, err
		case was.open:
			return nil, fail(ErrArgument, "a ring of a type that is not known here: make the type known (netproxy.Register), ask for one of your own, or share it (netproxy.Share)")
		case !was.p.IsValid(): // it points to nil
			return nil, nil
		}
		return was.p.Elem().Interface(), d.spend(was.cost)
	case tagError:
		return d.error()
	case tagCoded:
		if d.r.Kind() == wire.KindBytes {
			return d.any()
		}
		return d.text()
	case tagTime:
		return d.time()
	case tagComplex:
		return d.complex()
	case tagSnapshot:
		return d.snapshot()
	case tagLater:
		return nil, fail(ErrArgument, "data that deep, of a type that is not known here, cannot be read: make the type known (netproxy.Register)")
	}
	return nil, fail(ErrMalformed, "tag %d is not one of ours", tag)
}

func (d *decoder) anyTyped() (any, error) {
	entry, err := d.typed()
	if err != nil {
		return nil, err
	}
	if entry.typ == nil && entry.name != "" {
		entry.typ, _ = d.in.typeNamed(entry.name)
	}
	if entry.typ == nil && entry.def != nil {
		entry.typ, _ = makeType(entry.def)
	}
	if entry.typ == nil || d.loose[entry.typ] {
		return d.anyNamed(entry.name)
	}
	before := *d
	v, err := d.into(entry.typ)
	if err == nil {
		return v.Interface(), nil
	}
	if !d.foreign || d.cost > 4*d.size+maxRepeated {
		return nil, err
	}
	// Something in it stays at the other side, such as what a pointer in it points to, so that it cannot be of that type here: it becomes a []any, a map[any]any
	// or a Record, with proxies in it.
	d.goBack(before)
	d.loose[entry.typ] = true
	return d.anyNamed(entry.name)
}

// goBack has the decoder go back to where it was. What that has cost stays counted.
func (d *decoder) goBack(to decoder) {
	was := *d
	*d = to
	if d.loan != nil {
		d.loan.forget(was.begun - to.begun)
	}
	d.cost, d.early, d.regexps, d.noZones, d.definitions, d.loose = was.cost, was.early, was.regexps, was.noZones, was.definitions, was.loose
	if d.loose == nil {
		d.loose = make(map[reflect.Type]bool)
	}
}

// anyNamed reads a value of a type that cannot be had here.
func (d *decoder) anyNamed(name string) (any, error) {
	x, err := d.any()
	if r, ok := x.(Record); ok && r.Type == "" {
		name = strings.TrimLeft(name, "*")
		r.Type, r.name = shortName(name), name
		x = r
	}
	return x, err
}

func (d *decoder) record() (any, error) {
	shape, err := d.shape(nil)
	if err != nil {
		return nil, err
	}
	names := shape.names // more shapes may come
	r := Record{Fields: make([]RecordField, 0, len(names))}
	for _, name := range names {
		x, err := d.plain()
		if err != nil {
			return nil, within(err, "field %s", name)
		}
		r.Fields = append(r.Fields, RecordField{name, x})
	}
	return r, nil
}

func (d *decoder) reference() (any, error) {
	if err := d.tuple(3); err != nil {
		return nil, err
	}
	n, err := d.r.Uint()
	if err != nil {
		return nil, err
	}
	if n >= uint64(len(d.refs)) {
		return nil, fail(ErrMalformed, "reference %d of %d", n, len(d.refs))
	}
	entry, err := d.typ()
	if err != nil {
		return nil, err
	}
	digest, err := d.r.Uint()
	if err != nil {
		return nil, err
	}
	return d.in.thing(d.refs[n], entry.name, digest)
}

// fit makes a t of x, which is what any returns.
func fit(in importer, x any, t reflect.Type) (reflect.Value, error) {
	switch x := x.(type) {
	case nil:
		if !nillable(t.Kind()) {
			return reflect.Value{}, fail(ErrArgument, "nil cannot become %s", t)
		}
		return reflect.Zero(t), nil
	case *Proxy:
		return fitProxy(in, x, t)
	case *object:
		return fitHome(x, t)
	case *RemoteError:
		return fitError(x, t)
	case unconverted:
		if p, ok := x.v.Interface().(*Proxy); ok {
			return fitProxy(in, p, t)
		}
		if x.v.Type().AssignableTo(t) {
			return x.v, nil
		}
		return x.v, fail(ErrArgument, "a %s cannot become a %s", x.v.Type(), t)
	}
	return fitLocal(reflect.ValueOf(x), t)
}

func fitProxy(in importer, p *Proxy, t reflect.Type) (reflect.Value, error) {
	v := reflect.ValueOf(p)
	if t == proxyType || t == anyType {
		return v, nil
	}
	switch t.Kind() {
	case reflect.Func, reflect.Interface, reflect.Chan:
		return in.implement(p, t)
	}
	return v, stays(p, t)
}

// fitHome makes a t of an object of ours that came home.
func fitHome(o *object, t reflect.Type) (reflect.Value, error) {
	if o.tuple {
		return reflect.Value{}, fail(ErrArgument, "%d results are not one value: choose one with Index", o.v.Len())
	}
	if f, ok := o.facet(); ok && t != anyType && t != facetType && t != proxyType {
		return f.as(t)
	}
	v := o.value()
	if !v.IsValid() {
		return fit(nil, nil, t)
	}
	if v.CanAddr() && t != anyType && v.Addr().Type().AssignableTo(t) {
		return v.Addr(), nil
	}
	return fitLocal(v, t)
}

// fitLocal makes a t of a value of this process.
func fitLocal(v reflect.Value, t reflect.Type) (reflect.Value, error) {
	switch {
	case v.Type() == recordType && t.Kind() == reflect.Interface && t.NumMethod() > 0:
		return v, fail(ErrArgument, "a copied %s cannot become a %s: its methods are at the other side (netproxy.Share)", v.Interface().(Record).Type, t)
	case v.Type().AssignableTo(t):
		to := reflect.New(t).Elem()
		to.Set(v)
		return to, nil
	case t == proxyType:
		return reflect.ValueOf(newHeld(v)), nil
	case t == recordType && planOf(v.Type()).class == classStruct:
		return reflect.ValueOf(recordOf(v)), nil
	case t == recordType:
		return v, fail(ErrArgument, "a %s cannot become a %s", v.Type(), t)
	case v.Kind() == reflect.Interface && !v.IsNil():
		return fitLocal(v.Elem(), t)
	case t.Kind() == reflect.Interface:
		return v, fail(ErrArgument, "a %s does not implement %s", v.Type(), t)
	}
	return convert(v, t)
}

// convert makes a t of v the way it would come out at the other side of a connection.
func convert(v reflect.Value, t reflect.Type) (reflect.Value, error) {
	if v.CanInterface() && (!nillable(v.Kind()) || !v.IsNil()) {
		if _, ok := v.Interface().(error); ok { // it would come out as it is
			return v, fail(ErrArgument, "an error that is a %s cannot become a %s", v.Type(), t)
		}
	}
	e := encoder{out: loopback{}, deep: true}
	if err := e.dynamic(v); err != nil {
		return reflect.Value{}, err
	}
	d := newDecoder(loopback{}, e.buf, e.refs)
	return d.into(t)
}

// loopback is the other side of no connection.
type loopback struct{}

// unconverted is what crosses by reference while a value is converted: there is nothing else that it could become.
type unconverted struct{ v reflect.Value }

func (loopback) refer(v reflect.Value) (any, error) { return unconverted{v}, nil }
func (loopback) sentinels() *wellKnown              { return nil }
func (loopback) hidesStacks() bool                  { return false }
func (loopback) remember(error) uint64              { return 0 }
func (loopback) recall(uint64) error                { return nil }
func (loopback) peer() string                       { return "" }
func (loopback) sentinel(name string) error         { return sentinelNamed(name, nil) }

func (loopback) thing(entry any, _ string, _ uint64) (any, error) { return entry, nil }
func (loopback) typeNamed(name string) (reflect.Type, bool)       { return parseType(name, registeredType) }

func (loopback) implement(p *Proxy, t reflect.Type) (reflect.Value, error) {
	return p.space.implement(p, t)
}
