package netproxy

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// What is known of an object's type is asked once for each type, not once for each object: a reference comes with the name of the type and a digest of
// its methods, and whoever knows a type of that name and digest knows the methods.

// members are what can be called of the objects of one type.
type members struct {
	names  []string // in order
	types  []string // func(…) …, with whole import paths
	digest uint64   // of the type's name and of all that; 0 if the type does not tell
}

// membersKnown remembers the members of each type: they are a function of the type alone.
var membersKnown sync.Map // membersKey -> *members

// membersKey is a type, and the one by whose name it is known: a variable and a pointer to it have the same methods.
type membersKey struct{ t, named reflect.Type }

// untold are the members of a type that does not tell.
var untold = &members{}

// membersOf returns the members of what is shared as v: see objectOf.
func membersOf(v reflect.Value) *members {
	switch v.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Chan, reflect.Map:
		return membersOfType(v.Type(), v.Type())
	case reflect.Interface: // a variable, which may hold something else the next time
		return untold
	}
	return membersOfType(reflect.PointerTo(v.Type()), v.Type())
}

// members returns the members of an object's value, which is not in an interface.
func (o *object) members(v reflect.Value) *members {
	if v.CanAddr() {
		return membersOf(v)
	}
	return membersOfType(v.Type(), v.Type())
}

// membersOfType returns the members of t, whose name on the wire is that of named.
func membersOfType(t, named reflect.Type) *members {
	if m, ok := membersKnown.Load(membersKey{t, named}); ok {
		return m.(*members)
	}
	m := untold
	if !t.Implements(namespaceType) {
		m = describeMembers(t)
		m.digest = digestOf(typeName(named), m.names, m.types)
	}
	kept, _ := membersKnown.LoadOrStore(membersKey{t, named}, m)
	return kept.(*members)
}

// describeMembers lists methods, and fields that are funcs.
func describeMembers(t reflect.Type) *members {
	all := make(map[string]string)
	under := t
	if t.Kind() == reflect.Pointer {
		under = t.Elem()
	}
	if under.Kind() == reflect.Struct {
		for _, f := range reflect.VisibleFields(under) {
			if f.IsExported() && f.Type.Kind() == reflect.Func && !withheld(under, f.Index) {
				all[f.Name] = typeName(unnamedFunc(f.Type, 0))
			}
		}
	}
	for i := range t.NumMethod() {
		m := t.Method(i)
		all[m.Name] = typeName(unnamedFunc(m.Type, 1))
	}
	m := &members{}
	for name := range all {
		m.names = append(m.names, name)
	}
	slices.Sort(m.names)
	for _, name := range m.names {
		m.types = append(m.types, all[name])
	}
	return m
}

// unnamedFunc is a func type without a name and without its first params: the receiver.
func unnamedFunc(t reflect.Type, skip int) reflect.Type {
	var in, out []reflect.Type
	for i := skip; i < t.NumIn(); i++ {
		in = append(in, t.In(i))
	}
	for i := range t.NumOut() {
		out = append(out, t.Out(i))
	}
	return reflect.FuncOf(in, out, t.IsVariadic())
}

// digestOf is the same for the same type only, however a peer may try: types of a third peer come with digests that it has chosen.
func digestOf(typ string, names, types []string) uint64 {
	h := sha256.New()
	line := func(parts ...string) {
		for _, p := range parts {
			h.Write(binary.AppendUvarint(nil, uint64(len(p))))
			h.Write([]byte(p))
		}
	}
	line(typ)
	for i, name := range names {
		line(name, types[i])
	}
	return max(1, binary.BigEndian.Uint64(h.Sum(nil)))
}

// describe carries opDescribe out: it returns the name of the object's type, and a line for each member, "Name func(…) …". The arguments are the names that are
// asked for, of an object whose type does not tell; all methods are told of any other.
func describe(o *object, args arguments) ([]reflect.Value, error) {
	if o.tuple {
		return nil, fail(ErrUnsupported, "%d results have no methods: choose one with Index", len(o.results()))
	}
	v := open(o.value())
	if !v.IsValid() {
		return nil, fail(ErrUnsupported, "nil has no methods")
	}
	var asked []string
	for range args.len() {
		name, err := args.next(planOf(reflect.TypeFor[string]()))
		if err != nil {
			return nil, within(err, "a name")
		}
		asked = append(asked, name.String())
	}
	if f, ok := o.facet(); ok {
		return []reflect.Value{reflect.ValueOf(f.wire), reflect.ValueOf(f.told.lines())}, nil
	}
	var m *members
	if ns, ok := namespace(v); ok {
		m = namespaceMembers(ns, asked)
	} else {
		m = o.members(v)
	}
	return []reflect.Value{reflect.ValueOf(typeName(v.Type())), reflect.ValueOf(m.lines())}, nil
}

// lines are the members as a description tells them.
func (m *members) lines() string {
	var b strings.Builder
	for i, name := range m.names {
		b.WriteString(name + " " + m.types[i] + "\n")
	}
	return b.String()
}

// namespaceMembers describes those of the names that a namespace has and that can be called.
func namespaceMembers(ns Namespace, asked []string) *members {
	m := &members{}
	for _, name := range asked {
		v, err := ns.Lookup(name)
		if err != nil {
			continue
		}
		if v = open(v); v.IsValid() && v.Kind() == reflect.Func {
			m.names, m.types = append(m.names, name), append(m.types, typeName(unnamedFunc(v.Type(), 0)))
		}
	}
	return m
}

// description is what the other side tells of a type.
type description struct {
	typ     string
	methods map[string]string // name -> func type

	made sync.Map // reflect.Type, of an interface -> madeOf
}

type descriptionKey struct {
	typ    string
	digest uint64
}

// Bounds of what a peer may tell.
const (
	maxDescribed   = 1 << 10 // types
	maxDescription = 256 << 10
)

// describe returns what the other side tells of p: names are the methods that are of interest. It may ask the other side.
func (s *Space) describe(ctx context.Context, p *Proxy, names []string) (*description, error) {
	key := descriptionKey{p.typ, p.digest}
	if d := s.knownDescription(key); d != nil {
		return d, nil
	}
	list := make([]any, 0, len(names))
	if key.digest == 0 {
		for _, n := range names {
			list = append(list, n)
		}
	}
	target, err := p.target()
	if err != nil {
		return nil, err
	}
	body, err := s.arguments(list, largeInSpares)
	if err != nil {
		return nil, err
	}
	ret, err := s.c.Call(ctx, &conn.Request{Target: target, Op: opDescribe, Want: wantValue, Body: body})
	if err != nil {
		return nil, unanswered(lost(err))
	}
	d, err := s.described(ret, key)
	if err != nil {
		return nil, within(err, "what %s says of %s", s.peer(), p)
	}
	if key.digest != 0 {
		s.keepDescription(key, d)
	}
	return d, nil
}

// unanswered is the error of a question about an object that is here already. Whether the question was sent says nothing of the call that has brought the
// object, whose caller gets the error.
func unanswered(err error) error {
	var lost *conn.LostError
	if errors.As(err, &lost) && !lost.MayHaveRun {
		return &conn.LostError{Cause: lost.Cause, MayHaveRun: true}
	}
	var given *conn.CanceledError
	if errors.As(err, &given) && !given.MayHaveRun {
		asked := *given
		asked.MayHaveRun = true
		return &asked
	}
	return err
}

func (s *Space) knownDescription(key descriptionKey) *description {
	if key.digest == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.descriptions[key]
}

func (s *Space) keepDescription(key descriptionKey, d *description) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.descriptions == nil {
		s.descriptions = make(map[descriptionKey]*description)
	}
	if len(s.descriptions) >= maxDescribed {
		for old := range s.descriptions { // any: it will be asked for again
			delete(s.descriptions, old)
			break
		}
	}
	s.descriptions[key] = d
}

// described reads a description.
func (s *Space) described(ret conn.Return, key descriptionKey) (*description, error) {
	in, n, err := s.returned(ret)
	if err != nil {
		return nil, err
	}
	if n != 2 {
		return nil, fail(ErrMalformed, "a description of %d parts", n)
	}
	var parts [2]string
	for i := range parts {
		if err := in.value(reflect.ValueOf(&parts[i]).Elem()); err != nil {
			return nil, err
		}
	}
	if len(parts[1]) > maxDescription {
		return nil, fail(ErrMalformed, "a description of %d bytes", len(parts[1]))
	}
	d := &description{typ: parts[0], methods: make(map[string]string)}
	var names, types []string
	for line := range strings.Lines(parts[1]) {
		name, typ, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok || !strings.HasPrefix(typ, "func(") {
			return nil, fail(ErrMalformed, "%q describes no method", line)
		}
		d.methods[name] = typ
		names, types = append(names, name), append(types, typ)
	}
	if key.digest != 0 && key.digest != digestOf(d.typ, names, types) {
		return nil, fail(ErrMalformed, "a %s with other methods than it had", shortName(d.typ))
	}
	return d, nil
}

// methodTypes gives the name and the type, without the receiver, of each method of an interface.
func methodNames(t reflect.Type) []string {
	names := make([]string, t.NumMethod())
	for i := range names {
		names[i] = t.Method(i).Name
	}
	return names
}

// refType writes the type of what a reference refers to: its name, and the digest of its members.
func (e *encoder) refType(v reflect.Value) {
	switch t := v.Type(); t {
	case resultType:
		e.buf = wire.AppendUint(wire.AppendNil(e.buf), 0) // the receiver will know
	case proxyType:
		p := v.Interface().(*Proxy)
		if p.typ == "" {
			e.buf = wire.AppendNil(e.buf)
		} else {
			e.typ(p.typ, p.typ)
		}
		e.buf = wire.AppendUint(e.buf, p.digest)
	case facetType:
		f := v.Interface().(*Facet)
		e.typ(f.wire, f.wire)
		e.buf = wire.AppendUint(e.buf, f.told.digest)
	case objectType:
		o := v.Interface().(*object)
		v = o.value()
		if !v.IsValid() { // a variable's content is gone: it is told when it is asked for
			e.buf = wire.AppendUint(wire.AppendNil(e.buf), 0)
			return
		}
		e.typ(v.Type(), typeName(v.Type()))
		if o.boxed {
			e.buf = wire.AppendUint(e.buf, o.members(v).digest)
			return
		}
		e.digest(v)
	default:
		e.typ(t, typeName(t))
		e.digest(v)
	}
}

// digest writes the digest of the members of v; in its place, of a channel, its capacity.
func (e *encoder) digest(v reflect.Value) {
	n, ok := capacityOf(v)
	if !ok {
		n = membersOf(v).digest
	}
	e.buf = wire.AppendUint(e.buf, n)
}
