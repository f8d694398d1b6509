package netproxy

import (
	"go/token"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/rgo-project/rgo/internal/rtype"
)

// What a peer defines is made here, once for all connections: no type is ever forgotten, so there is a bound to all of them.
const (
	maxMade     = 4096    // types with fields
	maxMadeText = 4 << 20 // what is said of them
)

// maxMadeNames bounds the composed types, such as [17]int, that peers may have this process make by naming them.
const maxMadeNames = 1 << 14

// madeNames are the names of composed types that were made for peers.
var madeNames struct {
	sync.Mutex
	names map[string]bool
}

// mayMake says whether a type of that name may be made for a peer: one that was made before, or one of the first.
func mayMake(name string) bool {
	madeNames.Lock()
	defer madeNames.Unlock()
	return madeNames.names[name] || len(madeNames.names) < maxMadeNames
}

func noteMade(name string) {
	madeNames.Lock()
	defer madeNames.Unlock()
	if madeNames.names == nil {
		madeNames.names = make(map[string]bool)
	}
	madeNames.names[name] = true
}

// madeTypes remembers what was made of definitions: it is a function of what they say.
var madeTypes struct {
	sync.Mutex
	types map[string]reflect.Type
	text  int
}

// makeType returns the type that a definition describes; ok is false if it cannot be, or should not be, made.
func makeType(def *definition) (t reflect.Type, ok bool) {
	m := maker{}
	if !m.sound(def) {
		return nil, false
	}
	text := m.text.String()
	madeTypes.Lock()
	defer madeTypes.Unlock()
	if t, ok := madeTypes.types[text]; ok {
		return t, t != nil
	}
	if len(madeTypes.types) >= maxMade || madeTypes.text+len(text) > maxMadeText {
		return nil, false
	}
	if madeTypes.types == nil {
		madeTypes.types = make(map[string]reflect.Type)
	}
	defer func() {
		if recover() != nil { // reflect refuses some shapes by a panic
			t, ok = nil, false
		}
		madeTypes.text += len(text)
		madeTypes.types[text] = t
	}()
	t, err := m.build(def)
	return t, err == nil
}

// maker makes the types of one definition.
type maker struct {
	text    strings.Builder // says the same for equal definitions
	numbers map[*definition]int
	structs []*definition
	drafts  map[*definition]*rtype.Draft
}

// sound looks a definition over, and writes it down.
func (m *maker) sound(def *definition) bool {
	if def == nil {
		return false
	}
	if n, ok := m.numbers[def]; ok {
		m.text.WriteString("#" + strconv.Itoa(n))
		return true
	}
	if def.kind == defNamed {
		if def.known == nil {
			def.known = anyType // whatever it is, an interface can hold what comes
		}
		m.text.WriteString(strconv.Quote(typeName(def.known)) + "@" + strconv.FormatUint(uint64(reflect.ValueOf(def.known).Pointer()), 16))
		return true
	}
	if m.numbers == nil {
		m.numbers = make(map[*definition]int)
	}
	m.numbers[def] = len(m.numbers)
	m.text.WriteString(strconv.Itoa(def.kind) + strconv.Quote(def.name))
	switch def.kind {
	case defStruct:
		return m.soundFields(def)
	case defPointer, defSlice:
		return m.sound(def.elem)
	case defArray:
		m.text.WriteString("[" + strconv.Itoa(def.length) + "]")
		return def.length <= maxTypeSize && m.sound(def.elem)
	case defMap:
		return m.sound(def.key) && m.sound(def.elem)
	case defBasic:
		if def.elem.known == nil || basicKinds[def.elem.known.Kind()] != def.elem.known {
			return false
		}
		return m.sound(def.elem)
	}
	return false
}

func (m *maker) soundFields(def *definition) bool {
	m.structs = append(m.structs, def)
	seen := make(map[string]bool)
	m.text.WriteString("{")
	for _, f := range def.fields {
		if !token.IsIdentifier(f.name) || f.name == "_" || seen[f.name] || !token.IsExported(f.name) && !f.embedded {
			return false
		}
		seen[f.name] = true
		m.text.WriteString(f.name + " " + strconv.Quote(f.tag) + strconv.FormatBool(f.embedded))
		if !m.sound(f.typ) {
			return false
		}
	}
	m.text.WriteString("}")
	return true
}

// build makes the types. Structs with names are declared first, for they may be recursive, and get their fields last.
func (m *maker) build(def *definition) (reflect.Type, error) {
	m.drafts = make(map[*definition]*rtype.Draft)
	for _, s := range m.structs {
		if pathEnd(s.name) == 0 || rtype.Supported() != nil {
			continue // reflect makes it, without its name
		}
		looks, err := m.look(s)
		if err != nil {
			return nil, err
		}
		pkg := s.name[:pathEnd(s.name)]
		d, err := rtype.Declare(rtype.Spec{Name: pkg[strings.LastIndexByte(pkg, '/')+1:] + s.name[len(pkg):], PkgPath: pkg, Defined: true, Layout: looks})
		if err != nil {
			return nil, err
		}
		m.drafts[s] = d
	}
	for s, d := range m.drafts {
		fields := make([]rtype.Field, len(s.fields))
		for i, f := range s.fields {
			t, err := m.typ(f.typ)
			if err != nil {
				return nil, err
			}
			fields[i] = rtype.Field{Name: f.name, Type: t, Tag: f.tag, Embedded: f.embedded}
			if !token.IsExported(f.name) {
				fields[i].PkgPath = s.name[:pathEnd(s.name)]
			}
		}
		if err := d.SetFields(fields); err != nil {
			return nil, err
		}
	}
	return m.typ(def)
}

// pathEnd is where the import path in the name of a type ends.
func pathEnd(name string) int {
	if generic := strings.IndexByte(name, '['); generic >= 0 {
		name = name[:generic]
	}
	return max(0, strings.LastIndexByte(name, '.'))
}

// typ returns the type of a definition, when all structs in it are declared.
func (m *maker) typ(def *definition) (reflect.Type, error) {
	if def.kind == defNamed {
		return def.known, nil
	}
	if d, ok := m.drafts[def]; ok {
		return d.Type(), nil
	}
	return m.composed(def, m.typ, false)
}

// look returns a type that has the same memory as that of a definition. What is behind pointers is not looked at.
func (m *maker) look(def *definition) (reflect.Type, error) {
	if def.kind == defNamed {
		return def.known, nil
	}
	if def.looks != nil {
		return def.looks, nil
	}
	t, err := m.composed(def, m.look, true)
	def.looks = t
	return t, err
}

// composed makes a type of its parts.
func (m *maker) composed(def *definition, part func(*definition) (reflect.Type, error), looks bool) (reflect.Type, error) {
	if def.busy {
		return nil, fail(ErrMalformed, "a type that contains itself")
	}
	def.busy = true
	defer func() { def.busy = false }()
	if looks {
		switch def.kind {
		case defPointer:
			return reflect.TypeFor[*byte](), nil
		case defSlice:
			return reflect.TypeFor[[]byte](), nil
		case defMap:
			return reflect.TypeFor[map[int]int](), nil
		}
	}
	if def.kind == defStruct {
		return m.composedStruct(def, part, looks)
	}
	elem, err := part(def.elem)
	if err != nil {
		return nil, err
	}
	switch def.kind {
	case defPointer:
		return reflect.PointerTo(elem), nil
	case defSlice:
		return reflect.SliceOf(elem), nil
	case defArray:
		if def.length > 0 && elem.Size() > maxTypeSize/uintptr(def.length) {
			return nil, fail(ErrMalformed, "an array type that large is not made for a peer")
		}
		return reflect.ArrayOf(def.length, elem), nil
	case defMap:
		key, err := part(def.key)
		if err != nil {
			return nil, err
		}
		if !key.Comparable() || key.Size() > maxTypeSize || elem.Size() > maxTypeSize {
			return nil, fail(ErrMalformed, "not a map type")
		}
		return reflect.MapOf(key, elem), nil
	}
	return elem, nil
}

func (m *maker) composedStruct(def *definition, part func(*definition) (reflect.Type, error), looks bool) (reflect.Type, error) {
	fields := make([]reflect.StructField, len(def.fields))
	size := uintptr(0)
	for i, f := range def.fields {
		t, err := part(f.typ)
		if err != nil {
			return nil, err
		}
		fields[i] = reflect.StructField{Name: f.name, Type: t, Tag: reflect.StructTag(f.tag), Anonymous: f.embedded}
		if looks {
			fields[i] = reflect.StructField{Name: "F" + strconv.Itoa(i), Type: t}
		}
		if size += t.Size(); size > maxTypeSize {
			return nil, fail(ErrMalformed, "a struct type that large is not made for a peer")
		}
	}
	return reflect.StructOf(fields), nil
}
