package reify_test

import (
	"fmt"
	"maps"
	"reflect"
	"testing"
	"unsafe"
)

// TestTwins compares all that reflection and the runtime know of types: those that reify made and those the compiler made.
func TestTwins(t *testing.T) {
	w := newWorld(t)
	c := &comparison{t: t, seen: map[[2]reflect.Type]bool{}}
	for _, twin := range twins {
		c.same(twin.expr, w.of(twin.expr), twin.typ)
	}
}

type comparison struct {
	t    *testing.T
	seen map[[2]reflect.Type]bool
}

// header is the start of a type's record in memory.
type header struct {
	size, ptrBytes          uintptr
	hash                    uint32
	flags                   uint8
	align, fieldAlign, kind uint8
	equal                   func(p, q unsafe.Pointer) bool
	mask                    *byte
}

const (
	hasUncommon  = 1 << 0
	isNamed      = 1 << 2
	regular      = 1 << 3
	maskOnDemand = 1 << 4
	direct       = 1 << 5
)

func headerOf(t reflect.Type) *header { return (*header)((*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1]) }

func (c *comparison) same(what string, made, native reflect.Type) {
	if c.seen[[2]reflect.Type{made, native}] || made == native {
		return
	}
	c.seen[[2]reflect.Type{made, native}] = true
	before := c.t.Failed()
	c.equal(what, "String", made.String(), native.String())
	c.equal(what, "Name", made.Name(), native.Name())
	c.equal(what, "PkgPath", made.PkgPath(), native.PkgPath())
	c.equal(what, "Kind", made.Kind(), native.Kind())
	c.equal(what, "Size", made.Size(), native.Size())
	c.equal(what, "Align", made.Align(), native.Align())
	c.equal(what, "FieldAlign", made.FieldAlign(), native.FieldAlign())
	c.equal(what, "Comparable", made.Comparable(), native.Comparable())
	if c.t.Failed() && !before {
		return
	}
	c.header(what, headerOf(made), headerOf(native), typeWords(native, 0))
	c.methods(what, made, native)
	switch native.Kind() {
	case reflect.Struct:
		c.fields(what, made, native)
	case reflect.Array:
		c.equal(what, "Len", made.Len(), native.Len())
		c.same(what+".Elem", made.Elem(), native.Elem())
	case reflect.Chan:
		c.equal(what, "ChanDir", made.ChanDir(), native.ChanDir())
		c.same(what+".Elem", made.Elem(), native.Elem())
	case reflect.Map:
		c.same(what+".Key", made.Key(), native.Key())
		c.same(what+".Elem", made.Elem(), native.Elem())
	case reflect.Pointer, reflect.Slice:
		c.same(what+".Elem", made.Elem(), native.Elem())
	case reflect.Func:
		c.params(what, made, native)
	}
	if native.Kind() != reflect.Pointer {
		c.same("*"+what, reflect.PointerTo(made), reflect.PointerTo(native))
	}
	c.implements(what, made, native)
}

func (c *comparison) equal(what, aspect string, made, native any) {
	if made != native {
		c.t.Errorf("%s: %s is %v, compiled %v", what, aspect, made, native)
	}
}

// header compares what the collector and the runtime see. Where compiled types leave out the word of an interface that is its type,
// reflect's may have it.
func (c *comparison) header(what string, made, native *header, typeWords map[int]bool) {
	c.equal(what, "ptrBytes", made.ptrBytes, native.ptrBytes)
	const flags = isNamed | direct
	c.equal(what, "flags", made.flags&flags, native.flags&flags)
	if made.flags&regular != 0 && native.flags&regular == 0 {
		c.t.Errorf("%s: compared as bytes, not so compiled", what)
	}
	if made.flags&maskOnDemand != 0 || native.flags&maskOnDemand != 0 {
		return // the collector's tests see these
	}
	for i := range int(native.ptrBytes / unsafe.Sizeof(uintptr(0))) {
		if bit(made.mask, i) != bit(native.mask, i) && !typeWords[i] {
			c.t.Errorf("%s: word %d is a pointer for one and not for the other", what, i)
		}
	}
}

// typeWords are the words of a type that are the first of an interface.
func typeWords(t reflect.Type, offset uintptr) map[int]bool {
	words := map[int]bool{}
	switch t.Kind() {
	case reflect.Interface:
		words[int(offset/unsafe.Sizeof(offset))] = true
	case reflect.Array:
		for i := range t.Len() {
			maps.Copy(words, typeWords(t.Elem(), offset+uintptr(i)*t.Elem().Size()))
		}
	case reflect.Struct:
		for i := range t.NumField() {
			maps.Copy(words, typeWords(t.Field(i).Type, offset+t.Field(i).Offset))
		}
	}
	return words
}

func bit(mask *byte, i int) byte {
	return *(*byte)(unsafe.Add(unsafe.Pointer(mask), i/8)) >> (i % 8) & 1
}

func (c *comparison) methods(what string, made, native reflect.Type) {
	c.equal(what, "NumMethod", made.NumMethod(), native.NumMethod())
	if made.NumMethod() != native.NumMethod() {
		return
	}
	for i := range made.NumMethod() {
		m, n := made.Method(i), native.Method(i)
		at := fmt.Sprintf("%s.Method(%d)", what, i)
		c.equal(at, "Name", m.Name, n.Name)
		c.equal(at, "PkgPath", m.PkgPath, n.PkgPath)
		c.equal(at, "Index", m.Index, n.Index)
		c.equal(at, "Func", m.Func.IsValid(), n.Func.IsValid())
		c.same(at, m.Type, n.Type)
		if by, ok := made.MethodByName(n.Name); n.PkgPath == "" && (!ok || by.Index != i) {
			c.t.Errorf("%s: not found by its name", at)
		}
	}
}

func (c *comparison) fields(what string, made, native reflect.Type) {
	c.equal(what, "NumField", made.NumField(), native.NumField())
	if made.NumField() != native.NumField() {
		return
	}
	for i := range made.NumField() {
		f, g := made.Field(i), native.Field(i)
		at := what + "." + g.Name
		c.same(at, f.Type, g.Type)
		f.Type, g.Type = nil, nil
		c.equal(at, "Field", fmt.Sprintf("%+v", f), fmt.Sprintf("%+v", g))
	}
	c.equal(what, "VisibleFields", fieldNames(made), fieldNames(native))
}

func fieldNames(t reflect.Type) (names string) {
	for _, f := range reflect.VisibleFields(t) {
		by, _ := t.FieldByName(f.Name)
		names += fmt.Sprint(f.Name, f.Index, by.Index, " ")
	}
	return names
}

func (c *comparison) params(what string, made, native reflect.Type) {
	c.equal(what, "IsVariadic", made.IsVariadic(), native.IsVariadic())
	c.equal(what, "NumIn", made.NumIn(), native.NumIn())
	c.equal(what, "NumOut", made.NumOut(), native.NumOut())
	if made.NumIn() != native.NumIn() || made.NumOut() != native.NumOut() {
		return
	}
	for i := range made.NumIn() {
		c.same(fmt.Sprintf("%s.In(%d)", what, i), made.In(i), native.In(i))
	}
	for i := range made.NumOut() {
		c.same(fmt.Sprintf("%s.Out(%d)", what, i), made.Out(i), native.Out(i))
	}
}

// implements asks about interfaces that were compiled, some with a method that only this package can have.
func (c *comparison) implements(what string, made, native reflect.Type) {
	for _, iface := range []reflect.Type{
		reflect.TypeFor[fmt.Stringer](), reflect.TypeFor[error](), reflect.TypeFor[any](), reflect.TypeFor[Hider](), reflect.TypeFor[fmt.Formatter](),
		reflect.TypeFor[interface{ Len() int }](), reflect.TypeFor[interface{ hidden() int }](), reflect.TypeFor[interface{ Lock() }](),
		reflect.TypeFor[interface{ Describe() string }](), reflect.TypeFor[interface{ SetID(int) }](), reflect.TypeFor[interface{ Nobody() }](),
	} {
		c.equal(what, "Implements "+iface.String(), made.Implements(iface), native.Implements(iface))
		c.equal(what, "ConvertibleTo "+iface.String(), made.ConvertibleTo(iface), native.ConvertibleTo(iface))
	}
	for _, other := range []reflect.Type{reflect.TypeFor[int](), reflect.TypeFor[string](), reflect.TypeFor[[]byte](), reflect.TypeFor[map[string]int](), reflect.TypeFor[struct{}]()} {
		c.equal(what, "ConvertibleTo "+other.String(), made.ConvertibleTo(other), native.ConvertibleTo(other))
		c.equal(what, "AssignableTo "+other.String(), made.AssignableTo(other), native.AssignableTo(other))
	}
}
