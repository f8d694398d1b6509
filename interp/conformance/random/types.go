package random

import (
	"fmt"
	"strings"
)

type kind int

const (
	integer kind = iota // of some size
	float
	text
	truth
	slice
	array
	mapping
	structure
	pointer
	closure
	dynamic // any
)

// typ is a type of Go.
type typ struct {
	kind   kind
	name   string // of basic and declared types
	bits   int    // of integers and floats
	signed bool
	elem   *typ // of slices, arrays, maps, pointers; the result of closures
	key    *typ // of maps; the parameter of closures
	len    int  // of arrays
	fields []variable
	method string // of a structure: a func(int) int with a pointer receiver; and with "V" behind it one of values
}

var (
	intType    = &typ{kind: integer, name: "int", bits: 64, signed: true}
	stringType = &typ{kind: text, name: "string"}
	boolType   = &typ{kind: truth, name: "bool"}
	anyTyp     = &typ{kind: dynamic, name: "any"}
)

var basics = []*typ{
	intType, intType, intType, stringType, stringType, boolType, boolType,
	{kind: integer, name: "int8", bits: 8, signed: true},
	{kind: integer, name: "int16", bits: 16, signed: true},
	{kind: integer, name: "int32", bits: 32, signed: true},
	{kind: integer, name: "int64", bits: 64, signed: true},
	{kind: integer, name: "uint8", bits: 8},
	{kind: integer, name: "uint16", bits: 16},
	{kind: integer, name: "uint32", bits: 32},
	{kind: integer, name: "uint64", bits: 64},
	{kind: integer, name: "uint", bits: 64},
	{kind: float, name: "float64", bits: 64},
	{kind: float, name: "float32", bits: 32},
}

func (t *typ) String() string {
	switch t.kind {
	case slice:
		return "[]" + t.elem.String()
	case array:
		return fmt.Sprintf("[%d]%s", t.len, t.elem)
	case mapping:
		return fmt.Sprintf("map[%s]%s", t.key, t.elem)
	case pointer:
		return "*" + t.elem.String()
	case closure:
		return fmt.Sprintf("func(%s) %s", t.key, t.elem)
	}
	return t.name
}

// same reports identity.
func (t *typ) same(o *typ) bool { return t.String() == o.String() }

// printable reports whether printing a value of it always gives the same text: it holds no addresses.
func (t *typ) printable() bool {
	switch t.kind {
	case pointer, closure, dynamic:
		return false
	case slice, array, mapping:
		return t.elem.printable()
	case structure:
		for _, f := range t.fields {
			if !f.typ.printable() {
				return false
			}
		}
	}
	return true
}

// comparable reports whether == is allowed, and cannot panic.
func (t *typ) comparable() bool {
	switch t.kind {
	case slice, mapping, closure, dynamic:
		return false
	case array:
		return t.elem.comparable()
	case structure:
		for _, f := range t.fields {
			if !f.typ.comparable() {
				return false
			}
		}
	}
	return true
}

// anyType makes or chooses a type; depth bounds how it is made of others.
func (g *generator) anyType(depth int) *typ {
	if depth == 0 || g.chance(50) {
		return pick(g, basics)
	}
	switch g.rnd.IntN(9) {
	case 0, 1:
		return &typ{kind: slice, elem: g.anyType(depth - 1)}
	case 2:
		return &typ{kind: array, len: 1 + g.rnd.IntN(4), elem: g.anyType(depth - 1)}
	case 3:
		return &typ{kind: mapping, key: g.keyType(), elem: g.anyType(depth - 1)}
	case 4:
		return &typ{kind: pointer, elem: g.anyType(depth - 1)}
	case 5:
		return &typ{kind: closure, key: pick(g, basics), elem: pick(g, basics)}
	case 6:
		return anyTyp
	}
	if len(g.structs) == 0 {
		return pick(g, basics)
	}
	return pick(g, g.structs)
}

func (g *generator) keyType() *typ {
	for {
		if t := pick(g, basics); t.kind != float {
			return t
		}
	}
}

// structType declares a struct with two methods.
func (g *generator) structType() {
	t := &typ{kind: structure, name: g.name("T"), method: g.name("m")}
	var fields []string
	for range 1 + g.rnd.IntN(4) {
		f := variable{name: g.name("x"), typ: g.anyType(1)}
		t.fields = append(t.fields, f)
		fields = append(fields, f.name+" "+f.typ.String())
	}
	g.line("type %s struct { %s }", t.name, strings.Join(fields, "; "))
	g.structs = append(g.structs, t)
	g.line("")
	for _, ptr := range []bool{true, false} {
		name, recv := t.method, "*"+t.name
		if !ptr {
			name, recv = name+"V", t.name
		}
		g.open("func (r %s) %s(n int) int", recv, name)
		for _, f := range t.fields {
			switch f.typ.kind {
			case integer:
				g.line("r.%s += %s(n)", f.name, f.typ)
				g.line("n += int(r.%s)", f.name)
			case text:
				g.line("if len(r.%s) < 20 { r.%s += \"+\" }", f.name, f.name)
				g.line("n += len(r.%s)", f.name)
			case slice:
				g.line("n += len(r.%s)", f.name)
			case truth:
				g.line("if r.%s { n-- }", f.name)
				g.line("r.%s = !r.%s", f.name, f.name)
			}
		}
		g.line("return n")
		g.close()
		g.line("")
	}
}
