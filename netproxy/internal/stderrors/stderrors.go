// Package stderrors is a table of the standard library's errors: its exported error values, and its exported error types, by their names in Go
// with whole import paths. It is made when somebody first asks.
package stderrors

import (
	"reflect"
	"sync"
)

//go:generate go run ./internal/gen

// Sentinel is a well-known error.
type Sentinel struct {
	Name string
	Err  error
}

type table struct {
	sentinels []Sentinel
	byName    map[string]error
	names     map[error]string      // the keys are of comparable types
	kinds     map[reflect.Type]bool // types of the sentinels
	types     map[string]reflect.Type
	known     map[reflect.Type]bool
}

var std = sync.OnceValue(func() *table {
	t := &table{
		byName: make(map[string]error), names: make(map[error]string), kinds: make(map[reflect.Type]bool),
		types: make(map[string]reflect.Type), known: make(map[reflect.Type]bool),
	}
	for _, s := range variables() {
		if s.Err == nil || !reflect.TypeOf(s.Err).Comparable() { // somebody has set the variable
			continue
		}
		t.byName[s.Name] = s.Err
		if _, again := t.names[s.Err]; again { // os.ErrNotExist is that of io/fs
			continue
		}
		t.sentinels = append(t.sentinels, s)
		t.names[s.Err] = s.Name
		t.kinds[reflect.TypeOf(s.Err)] = true
	}
	list := errorTypes()
	if ErrnoType != nil {
		list = append(list, ErrnoType)
	}
	for _, typ := range list {
		t.types[typ.PkgPath()+"."+typ.Name()] = typ
		t.known[typ] = true
	}
	return t
})

// NameOf returns the name of err if it is itself a well-known error. What it costs does not depend on their number, and err may be of any type.
func NameOf(err error) (string, bool) {
	t := std()
	if !t.kinds[reflect.TypeOf(err)] { // a type that cannot be compared must not get near the map
		return "", false
	}
	name, ok := t.names[err]
	return name, ok
}

// Named returns the well-known error of that name, or nil.
func Named(name string) error { return std().byName[name] }

// All returns the well-known errors, each once. They must not be changed.
func All() []Sentinel { return std().sentinels }

// Type returns the error type of that name; it may be the pointer to it that is an error.
func Type(name string) (reflect.Type, bool) {
	t, ok := std().types[name]
	return t, ok
}

// Types returns the error types by their names. They must not be changed.
func Types() map[string]reflect.Type { return std().types }

// Known reports whether t is in the table of types.
func Known(t reflect.Type) bool { return std().known[t] }
