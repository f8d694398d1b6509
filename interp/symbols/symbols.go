package symbols

import (
	"reflect"
	"slices"
	"sync"
)

//go:generate go run ./internal/gen

// Table holds a package's exported names. A value tells its kind by itself: addressable is a variable;
// a constant.Value is an untyped constant; a nil pointer stands for the type it points to; a func is a function;
// the rest are typed constants.
type Table map[string]reflect.Value

// entry is a package of the index. Its table is built at first use: all of them together cost megabytes.
type entry struct {
	name      string
	table     func() Table
	generic   []string
	runes     []string
	overrides []string
	// What the package calls the types that have two names.
	uint8, int32 string
}

func newEntry(name string, build func() Table) *entry {
	return &entry{name: name, table: sync.OnceValue(build), uint8: "byte", int32: "int32"}
}

func (e *entry) lacking(generic ...string) *entry {
	e.generic = generic
	return e
}

func (e *entry) withRunes(names ...string) *entry {
	e.runes = names
	return e
}

func (e *entry) overriding(names ...string) *entry {
	e.overrides = names
	return e
}

func (e *entry) spelling(uint8Name, int32Name string) *entry {
	e.uint8, e.int32 = uint8Name, int32Name
	return e
}

// Std lists the import paths that have a table, sorted.
func Std() []string {
	paths := make([]string, 0, len(std))
	for path := range std {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// Lookup returns the table of the package at path. It is shared: whoever wants another one makes a copy.
func Lookup(path string) (Table, bool) {
	e, ok := std[path]
	if !ok {
		return nil, false
	}
	return e.table(), true
}

// Name returns the name that the package at path declares, "" if there is none.
func Name(path string) string {
	if e, ok := std[path]; ok {
		return e.name
	}
	return ""
}

// Generic lists the exported names of a package that its table lacks, because a generic func or type has no value
// before it is instantiated, and constraints are no types of values.
func Generic(path string) []string {
	if e, ok := std[path]; ok {
		return e.generic
	}
	return nil
}

// IsRune reports whether a name of the package at path is an untyped rune constant: in the table it looks like an integer.
func IsRune(path, name string) bool {
	e, ok := std[path]
	return ok && slices.Contains(e.runes, name)
}

// Spelling tells what the package at path mostly calls the types that have two names: "byte" or "uint8", "int32" or "rune".
func Spelling(path string) (uint8Name, int32Name string) {
	if e, ok := std[path]; ok {
		return e.uint8, e.int32
	}
	return "byte", "int32"
}

// Promotes reports whether a method of a struct type of the package at path can be one of an embedded field: it is, if there is such
// a field with a method of that name.
func Promotes(path, typ, method string) bool {
	e, ok := std[path]
	return ok && !slices.Contains(e.overrides, typ+"."+method)
}
