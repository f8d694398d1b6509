package netproxy

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Facet is what a peer is granted of an object: some of its members, perhaps for some time. To the peer it is an object that has these members and nothing
// else: whatever was not granted does not exist for it, whichever operation it tries, and the error says which rule refused. A facet goes wherever an
// object goes: it may be the root, an argument, a result, and stand inside of data.
//
// A facet that comes home is itself again where an any or a *Facet is wanted; an interface whose methods are all granted gets the object; anything
// else is refused, so that a peer gains nothing by handing back what it was given. A func of yours that returns such an argument as it is gives the
// object out, though, as it would give out any: let it return an any, or a facet.
type Facet struct {
	label   string // what is granted, in words
	wire    string // what the peer is told as the type
	of      string // the type of the object
	allowed map[string]access
	narrow  bool // members are methods, even of a Namespace
	deep    bool
	told    *members

	object atomic.Pointer[object] // nil when it was revoked
	waits  atomic.Pointer[object] // one that was revoked, and is still to be told that nobody holds it; may be nil
	grant  *grant
}

// access is what may be done with a member.
type access uint8

const (
	mayUse access = iota // call it, or see what it is
	maySet               // assign to it, too
)

// grant is how long a facet holds, and those that were made by it.
type grant struct {
	revoked atomic.Pointer[revocation]
	until   atomic.Pointer[time.Time]
}

type revocation struct{ cause error }

var facetType = reflect.TypeFor[*Facet]()

// Narrow grants the methods of T, an interface type, of x, and nothing else. It panics if T is no interface type, or x is nil.
//
//	func (s *Store) Log() any { return netproxy.Narrow[io.Reader](s.file).Until(time.Now().Add(time.Hour)) }
//
// What the methods return is not narrowed by that: see Deep.
func Narrow[T any](x T) *Facet { return narrow(reflect.TypeFor[T](), reflect.ValueOf(x), &grant{}) }

func narrow(t reflect.Type, x reflect.Value, g *grant) *Facet {
	if t.Kind() != reflect.Interface {
		panic(fmt.Sprintf("netproxy: Narrow wants an interface type, not %s: see Only", t))
	}
	if !x.IsValid() {
		panic(fmt.Sprintf("netproxy: Narrow of a nil %s", t))
	}
	f := &Facet{label: t.String(), wire: facetName + "[" + typeName(t) + "]", narrow: true, allowed: make(map[string]access), grant: g}
	for i := range t.NumMethod() {
		if m := t.Method(i); m.IsExported() {
			f.allowed[m.Name] = mayUse
		}
	}
	f.show(x)
	return f
}

// Only grants the members of x that are called by these names, and nothing else: methods, fields, and the members of a Namespace. Fields can
// be read, and what they hold comes as a copy if it is plain data: see Settable. Only panics if x is nil or has no such member.
func Only(x any, names ...string) *Facet {
	v := reflect.ValueOf(x)
	if !v.IsValid() {
		panic("netproxy: Only of nil")
	}
	list := strings.Join(names, ", ")
	f := &Facet{label: "{" + list + "}", wire: facetName + "[" + list + "]", allowed: make(map[string]access), grant: &grant{}}
	for _, name := range names {
		f.allowed[name] = mayUse
	}
	f.show(v)
	f.check(names)
	return f
}

const facetName = "github.com/rgo-project/rgo/netproxy.Facet"

func (f *Facet) show(v reflect.Value) {
	f.of = v.Type().String()
	o := objectOf(v)
	f.object.Store(o)
	f.told = f.describe(o)
}

// check panics for members that are not there.
func (f *Facet) check(names []string) {
	o := f.object.Load()
	if _, ok := o.proxy(); ok {
		return // who knows
	}
	for _, name := range names {
		if _, err := member(o, name); err != nil {
			panic(err.Error())
		}
	}
}

// Settable grants that these members, which are fields or variables, can be set, too. It is for one who makes a facet, before it is handed out, and returns
// the facet. It panics if the object has no such member.
func (f *Facet) Settable(names ...string) *Facet {
	for _, name := range names {
		f.allowed[name] = maySet
	}
	f.check(names)
	return f
}

// Deep narrows the results of methods likewise: one whose static type is an interface with methods arrives as a facet of that interface, which ends
// with this one. Results of other types, and what is inside of data, arrive as always. Like Settable it returns the facet.
func (f *Facet) Deep() *Facet {
	f.deep = true
	return f
}

// Until sets the time at which the facet expires, and returns the facet. It may be called again at any time, by any goroutine. The zero time means never.
func (f *Facet) Until(t time.Time) *Facet {
	f.grant.until.Store(&t)
	return f
}

// Revoke ends the facet, with those that Deep has made of it: whatever is called afterwards, and is called by then and has not begun, fails with an error that
// wraps ErrRevoked and says cause, which may be nil. What has begun goes on. The facet lets go of the object, but of one that wants to know that nobody holds it any
// more only when it has been told.
func (f *Facet) Revoke(cause error) {
	if !f.grant.revoked.CompareAndSwap(nil, &revocation{cause}) {
		return
	}
	if o := f.object.Load(); o != nil && o.wantsToKnow() {
		f.waits.Store(o)
	}
	f.object.Store(nil)
}

// unreferenced tells the object that a peer holds the facet no more.
func (f *Facet) unreferenced() {
	o := f.object.Load()
	if o == nil {
		o = f.waits.Load()
	}
	if o != nil {
		o.Unreferenced()
	}
}

// String describes the facet.
func (f *Facet) String() string { return "facet " + f.label + " of " + f.of }

// open returns the object, if the facet still holds.
func (f *Facet) open() (*object, error) {
	if r := f.grant.revoked.Load(); r != nil {
		if r.cause != nil {
			return nil, fail(refused(ErrRevoked), "the %s was revoked: %v", f, r.cause)
		}
		return nil, fail(refused(ErrRevoked), "the %s was revoked", f)
	}
	if t := f.grant.until.Load(); t != nil && !t.IsZero() && !time.Now().Before(*t) {
		return nil, fail(refused(ErrExpired), "the %s, expired at %s", f, t.Format(time.RFC3339))
	}
	if o := f.object.Load(); o != nil {
		return o, nil
	}
	return nil, fail(refused(ErrRevoked), "the %s was revoked", f)
}

// refused is the kind of an error of a grant: what it is otherwise, and ErrDenied.
func refused(kind error) error { return errors.Join(kind, ErrDenied) }

// may says whether a member is granted, and how.
func (f *Facet) may(name string) (access, error) {
	a, ok := f.allowed[name]
	if ok {
		return a, nil
	}
	hint := ""
	if near := nearest(name, f.names()); len(near) > 0 {
		hint = " (is it " + strings.Join(near, " or ") + "?)"
	}
	return 0, fail(refused(ErrMember), "the %s has no member %s: %s%s", f, name, f.rule(), hint)
}

// rule says what is granted.
func (f *Facet) rule() string {
	switch names := f.names(); {
	case len(names) == 0:
		return "nothing of it is granted"
	case len(names) > 12:
		return fmt.Sprintf("granted are only %s and %d others", strings.Join(names[:12], ", "), len(names)-12)
	default:
		return "granted is only " + strings.Join(names, ", ")
	}
}

func (f *Facet) names() []string {
	list := make([]string, 0, len(f.allowed))
	for name := range f.allowed {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// member finds a member of the object, as far as it is granted. What is not settable is a copy.
func (f *Facet) member(name string) (reflect.Value, error) {
	o, err := f.open()
	if err != nil {
		return reflect.Value{}, err
	}
	a, err := f.may(name)
	if err != nil {
		return reflect.Value{}, err
	}
	if _, ok := o.proxy(); ok {
		return reflect.Value{}, fail(ErrUnsupported, "%s of the %s is at another peer: it can be called, and no more", name, f)
	}
	if m := f.method(o, name); m.IsValid() {
		return m, nil
	}
	m, err := member(o, name)
	if err != nil || a == maySet {
		return m, err
	}
	return frozen(m)
}

// method finds a method.
func (f *Facet) method(o *object, name string) reflect.Value {
	if inner, ok := o.facet(); ok { // a facet of a facet
		m, err := inner.member(name)
		if err != nil || !inner.isMethod(name) {
			return reflect.Value{}
		}
		return m
	}
	v := open(o.value())
	if _, ok := namespace(v); ok && !f.narrow || !v.IsValid() {
		return reflect.Value{}
	}
	return methodValue(v, name)
}

// isMethod says whether a member is a method, as far as that is granted.
func (f *Facet) isMethod(name string) bool {
	o, err := f.open()
	if err != nil {
		return false
	}
	_, ok := f.allowed[name]
	return ok && f.method(o, name).IsValid()
}

// frozen is the value of a variable that is not to be changed: plain data as a copy, with all that they point to, anything else as it is.
func frozen(v reflect.Value) (reflect.Value, error) {
	inner := open(v)
	if !inner.IsValid() {
		return reflect.Zero(anyType), nil
	}
	switch p := planOf(inner.Type()); p.class {
	case classSlice, classMap, classArray, classStruct, classBytes:
		return convert(inner, inner.Type())
	case classPointer:
		if !inner.IsNil() && copiable(inner.Type()) {
			return convert(inner, inner.Type())
		}
	case classShared:
		if inner.Kind() == reflect.Struct {
			return v, fail(refused(ErrUnsupported), "a %s is shared, not copied, and so cannot be granted for reading: grant some of its members", inner.Type())
		}
	}
	return reflect.ValueOf(inner.Interface()), nil
}

// as makes a t of a facet that has come home.
func (f *Facet) as(t reflect.Type) (reflect.Value, error) {
	none := reflect.Value{}
	o, err := f.open()
	if err != nil {
		return none, err
	}
	v := open(o.value())
	if t.Kind() != reflect.Interface || !v.IsValid() {
		return none, fail(refused(ErrArgument), "the %s cannot become a %s: %s", f, t, f.rule())
	}
	for i := range t.NumMethod() {
		if _, ok := f.allowed[t.Method(i).Name]; !ok {
			return none, fail(refused(ErrArgument), "the %s cannot become a %s, which has %s: %s", f, t, t.Method(i).Name, f.rule())
		}
	}
	if v.CanAddr() && !v.Type().AssignableTo(t) {
		v = v.Addr()
	}
	return fitLocal(v, t)
}
