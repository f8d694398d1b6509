package netproxy

import (
	"reflect"

	"github.com/rgo-project/rgo/internal/wire"
	"github.com/rgo-project/rgo/netproxy/internal/stderrors"
)

// A type may be written with what it is made of, for a receiver that does not know it by its name and is to have the real thing all the same, such as
// json.Unmarshal over there:
//
//	[name, 0, field name, type, tag, embedded?, …]  a struct
//	[name, 1, elem]                                 a pointer
//	[name, 2, elem]                                 a slice
//	[name, 3, elem, length]                         an array
//	[name, 4, key, elem]                            a map
//	[name, 5, basic]                                a basic type with a name of its own
//
// The types in it are types again: numbers, names or definitions. Definitions are numbered as names are, as they begin, so that types may be recursive.
const (
	defStruct = iota
	defPointer
	defSlice
	defArray
	defMap
	defBasic
)

// Bounds of the definitions in one message.
const (
	maxDefinitions = 256
	maxDefFields   = 256
	maxDefDepth    = 32
	maxDefText     = 1 << 10 // of a name or a tag
)

// defined is the key of a type that was written with its definition.
type defined struct{ reflect.Type }

// define writes t with what it is made of, as far as the other side may not know it.
func (e *encoder) define(t reflect.Type) {
	if n, ok := e.types[defined{t}]; ok {
		e.buf = wire.AppendUint(e.buf, n)
		return
	}
	if basic, ok := basicKinds[t.Kind()]; ok && t.Name() != "" && t.PkgPath() != "" && !isStandard(t) {
		e.definition(t, defBasic, 1)
		e.typ(basic, "")
		return
	}
	if !worthDefining(t, nil) {
		e.typ(t, typeName(t))
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		p := planOf(t)
		e.definition(t, defStruct, 4*len(p.fields))
		for _, f := range p.fields {
			of := t.Field(f.index)
			e.text(f.name)
			e.define(of.Type)
			e.text(string(of.Tag))
			e.buf = wire.AppendBool(e.buf, of.Anonymous)
		}
	case reflect.Pointer:
		e.definition(t, defPointer, 1)
		e.define(t.Elem())
	case reflect.Slice:
		e.definition(t, defSlice, 1)
		e.define(t.Elem())
	case reflect.Array:
		e.definition(t, defArray, 2)
		e.define(t.Elem())
		e.buf = wire.AppendUint(e.buf, uint64(t.Len()))
	case reflect.Map:
		e.definition(t, defMap, 2)
		e.define(t.Key())
		e.define(t.Elem())
	}
}

// definition begins a definition with n more items.
func (e *encoder) definition(t reflect.Type, kind uint64, n int) {
	e.number(defined{t})
	e.buf = wire.AppendArray(wire.AppendTag(e.buf, tagDefined), 2+n)
	name := ""
	if t.Name() != "" {
		name = typeName(t)
	}
	e.text(name)
	e.buf = wire.AppendUint(e.buf, kind)
}

// isStandard says whether everybody knows t by its name.
func isStandard(t reflect.Type) bool {
	if t.PkgPath() == "" && t.Name() != "" {
		return true
	}
	name := typeName(t)
	return basicNames[name] == t || knownValues[name] == t || stderrors.Known(t)
}

// worthDefining says whether there is a struct in t, or a type with a name, that the other side may not know and that can be told.
func worthDefining(t reflect.Type, seen map[reflect.Type]bool) bool {
	if seen[t] || isStandard(t) {
		return false
	}
	if _, basic := basicKinds[t.Kind()]; basic {
		return t.PkgPath() != ""
	}
	if seen == nil {
		seen = make(map[reflect.Type]bool)
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Struct:
		return planOf(t).class == classStruct
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return t.Name() != "" || worthDefining(t.Elem(), seen)
	case reflect.Map:
		return t.Name() != "" || worthDefining(t.Key(), seen) || worthDefining(t.Elem(), seen)
	}
	return false
}

// What unnamed finds.
const (
	unnamedNone  = iota
	unnamedThere // a struct without a name
	unnamedNever // something that can only be told by a name, or not at all
)

// unnamed says whether there are structs without names in t, and whether all the rest of it is known everywhere.
func unnamed(t reflect.Type, seen map[reflect.Type]bool) int {
	var parts []reflect.Type
	found := unnamedNone
	switch kind := t.Kind(); {
	case isStandard(t) || seen[t]:
		return unnamedNone
	case t.Name() != "":
		return unnamedNever
	case kind == reflect.Pointer || kind == reflect.Slice || kind == reflect.Array:
		parts = []reflect.Type{t.Elem()}
	case kind == reflect.Map:
		parts = []reflect.Type{t.Key(), t.Elem()}
	case kind == reflect.Struct && classOfStruct(t) == classStruct:
		found = unnamedThere
		for i := range t.NumField() {
			if !t.Field(i).IsExported() {
				return unnamedNever
			}
			parts = append(parts, t.Field(i).Type)
		}
	default:
		if _, ok := parseType(typeName(t), registeredType); !ok {
			return unnamedNever
		}
	}
	if seen == nil {
		seen = make(map[reflect.Type]bool)
	}
	seen[t] = true
	for _, part := range parts {
		found = max(found, unnamed(part, seen))
	}
	return found
}

// definition is a type as a peer describes it.
type definition struct {
	name   string
	kind   int // defStruct..., or defNamed
	known  reflect.Type
	elem   *definition
	key    *definition
	length int
	fields []defField

	busy  bool         // being looked at
	looks reflect.Type // of the same memory
}

// defNamed is the kind of a definition that is no more than a name; known is nil if it is not known.
const defNamed = -1

type defField struct {
	name, tag string
	typ       *definition
	embedded  bool
}

// defined reads a definition, behind its tag.
func (d *decoder) defined(depth int) (typeEntry, error) {
	n, err := d.r.Array()
	if err != nil {
		return typeEntry{}, err
	}
	if d.definitions++; n < 2 || depth > maxDefDepth || d.definitions > maxDefinitions {
		return typeEntry{}, fail(ErrMalformed, "definitions of types: too many, too deep, or not complete")
	}
	def := &definition{}
	if def.name, err = d.shortText(); err != nil {
		return typeEntry{}, err
	}
	entry := typeEntry{name: def.name, def: def}
	d.types = append(d.types, entry)
	kind, err := d.r.Uint()
	if err != nil {
		return typeEntry{}, err
	}
	def.kind = int(min(kind, defBasic+1))
	switch {
	case kind == defStruct && (n-2)%4 == 0 && (n-2)/4 <= maxDefFields:
		err = d.defFields(def, (n-2)/4, depth)
	case n == 3 && (kind == defPointer || kind == defSlice || kind == defBasic):
		def.elem, err = d.part(depth)
	case n == 4 && kind == defArray:
		if def.elem, err = d.part(depth); err == nil {
			var length uint64
			length, err = d.r.Uint()
			def.length = int(min(length, maxTypeSize+1))
		}
	case n == 4 && kind == defMap:
		if def.key, err = d.part(depth); err == nil {
			def.elem, err = d.part(depth)
		}
	default:
		err = fail(ErrMalformed, "not the definition of a type")
	}
	return entry, err
}

// is says whether t is called what entry is called there. A type without a name is called what it is made of.
func (entry typeEntry) is(t reflect.Type) bool {
	if entry.name != "" || entry.def == nil {
		return entry.name == planOf(t).name
	}
	return entry.def.is(t)
}

func (def *definition) is(t reflect.Type) bool {
	if def.name != "" {
		return def.name == planOf(t).name
	}
	switch def.kind {
	case defPointer:
		return t.Kind() == reflect.Pointer && def.elem.is(t.Elem())
	case defSlice:
		return t.Kind() == reflect.Slice && def.elem.is(t.Elem())
	case defArray:
		return t.Kind() == reflect.Array && t.Len() == def.length && def.elem.is(t.Elem())
	case defMap:
		return t.Kind() == reflect.Map && def.key.is(t.Key()) && def.elem.is(t.Elem())
	}
	return false
}

func (d *decoder) shortText() (string, error) {
	s, err := d.text()
	if err == nil && len(s) > maxDefText {
		err = fail(ErrMalformed, "a name of %d bytes", len(s))
	}
	return s, err
}

func (d *decoder) defFields(def *definition, n, depth int) (err error) {
	def.fields = make([]defField, n)
	for i := range def.fields {
		f := &def.fields[i]
		if f.name, err = d.shortText(); err != nil {
			return err
		}
		if f.typ, err = d.part(depth); err != nil {
			return err
		}
		if f.tag, err = d.shortText(); err != nil {
			return err
		}
		if f.embedded, err = d.r.Bool(); err != nil {
			return err
		}
	}
	return nil
}

// part reads a type inside a definition.
func (d *decoder) part(depth int) (*definition, error) {
	entry, err := d.typeAt(depth + 1)
	if err != nil || entry.def != nil {
		return entry.def, err
	}
	def := &definition{name: entry.name, kind: defNamed, known: entry.typ}
	if def.known == nil && entry.name != "" {
		def.known, _ = d.in.typeNamed(entry.name)
	}
	return def, nil
}
