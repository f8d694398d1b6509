package interp

import (
	"fmt"
	"go/constant"
	"reflect"
	"slices"
	"strings"

	"github.com/rgo-project/rgo/interp/symbols"
)

// Module is a compiled package as the session's code sees it.
type Module struct {
	path  string
	table symbols.Table
}

// Modules lists the import paths of the packages that the session can import, sorted.
func (s *Session) Modules() []string { return s.packages.paths() }

// Module returns the package at an import path.
func (s *Session) Module(importPath string) (*Module, error) {
	if err := s.packages.only.check(importPath); err != nil {
		return nil, err
	}
	return s.module(importPath)
}

func (s *Session) module(importPath string) (*Module, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	_, table, ok := s.packages.table(importPath)
	if !ok {
		return nil, fmt.Errorf("interp: no package %q; Modules lists what there is", importPath)
	}
	if s.stdio != nil && importPath == "os" {
		s.stdio.start()
	}
	return &Module{path: importPath, table: table}, nil
}

// Path is the module's import path.
func (m *Module) Path() string { return m.path }

// Names lists the funcs, variables and constants of the module, sorted.
func (m *Module) Names() []string {
	var names []string
	for name, v := range m.table {
		if !isType(v) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Lookup returns a func, a variable, which can be set, or a constant, which has the type that Go gives it by default.
func (m *Module) Lookup(name string) (reflect.Value, error) {
	v, ok := m.table[name]
	if !ok {
		if slices.Contains(symbols.Generic(m.path), name) {
			return reflect.Value{}, fmt.Errorf("interp: %s.%s is generic: it has no value before it is instantiated", m.path, name)
		}
		return reflect.Value{}, fmt.Errorf("interp: package %s has no %s%s", m.path, name, m.like(name))
	}
	if isType(v) {
		return reflect.Value{}, fmt.Errorf("interp: %s.%s is a type, not a value", m.path, name)
	}
	if c, ok := constantOf(v); ok {
		return constantValue(c, symbols.IsRune(m.path, name)), nil
	}
	return v, nil
}

// like names what differs from name in case alone.
func (m *Module) like(name string) string {
	for _, n := range m.Names() {
		if strings.EqualFold(n, name) {
			return "; there is " + n
		}
	}
	return ""
}

func isType(v reflect.Value) bool { return !v.CanAddr() && v.Kind() == reflect.Pointer && v.IsNil() }

func constantOf(v reflect.Value) (constant.Value, bool) {
	if v.CanAddr() || !v.Type().Implements(reflect.TypeFor[constant.Value]()) {
		return nil, false
	}
	c, ok := v.Interface().(constant.Value)
	return c, ok
}

// constantValue is an untyped constant as a variable would have it.
func constantValue(c constant.Value, isRune bool) reflect.Value {
	switch c.Kind() {
	case constant.Bool:
		return reflect.ValueOf(constant.BoolVal(c))
	case constant.String:
		return reflect.ValueOf(constant.StringVal(c))
	case constant.Float:
		f, _ := constant.Float64Val(c)
		return reflect.ValueOf(f)
	case constant.Complex:
		re, _ := constant.Float64Val(constant.Real(c))
		im, _ := constant.Float64Val(constant.Imag(c))
		return reflect.ValueOf(complex(re, im))
	}
	i, exact := constant.Int64Val(c)
	switch {
	case isRune:
		return reflect.ValueOf(rune(i))
	case exact:
		return reflect.ValueOf(int(i))
	}
	if u, exact := constant.Uint64Val(c); exact { // such as math.MaxUint64, which no int holds
		return reflect.ValueOf(u)
	}
	f, _ := constant.Float64Val(c)
	return reflect.ValueOf(f)
}
