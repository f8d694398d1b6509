package interp

import (
	"context"
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"strconv"

	"github.com/rgo-project/rgo/interp/internal/lower"
	"github.com/rgo-project/rgo/interp/symbols"
)

// Set makes v the value of a variable of the session, whose type is v's own. A func can be called by name; what a pointer points to is shared.
func (s *Session) Set(name string, v any) error {
	if !token.IsIdentifier(name) || name == "_" {
		return fmt.Errorf("interp: set %q: not a name of Go", name)
	}
	if v == nil {
		return fmt.Errorf("interp: set %s: nil has no type; set a typed nil", name)
	}
	value := reflect.ValueOf(v)
	prog, entry, err := s.compileSet(name, value)
	if err != nil {
		return fmt.Errorf("interp: set %s: %w", name, err)
	}
	_, err = s.execute(context.Background(), Input{Name: "set"}, prog, entry)
	return err
}

func (s *Session) compileSet(name string, value reflect.Value) (*lower.Program, func(), error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, ErrClosed
	}
	s.nameTypes(value.Type())
	holder := reflect.New(value.Type()).Elem()
	holder.Set(value)
	s.addRunSymbols(symbols.Table{"Given": holder})
	prog, err := s.front.Given(name, s.importer.Type(value.Type()), "Given")
	if err != nil {
		return nil, nil, err
	}
	if err := s.load(prog); err != nil {
		return nil, nil, err
	}
	entry, err := s.engine.Func(prog.Entry)
	if err != nil {
		return nil, nil, err
	}
	s.front.Commit(prog)
	s.runs.Add(1)
	return prog, entry, nil
}

// addRunSymbols adds names to the package of lowered code.
func (s *Session) addRunSymbols(table symbols.Table) {
	for name, v := range table {
		s.runTable[name] = v
	}
	s.importer.Add(lower.RunPath, table)
	if s.loaded[lower.RunPath] {
		s.engine.Use(lower.RunPath, lower.RunPath, table)
	}
}

// nameTypes gives names to the types that t is made of and that code could not name otherwise.
func (s *Session) nameTypes(t reflect.Type) {
	if t.Name() != "" {
		if t.PkgPath() == "" || s.types[t] != "" {
			return
		}
		if _, table, ok := s.table(t.PkgPath()); ok && table[t.Name()].IsValid() {
			return
		}
		name := "T" + strconv.Itoa(len(s.types)+1)
		s.types[t] = name
		s.named[s.importer.Type(t).(*types.Named).Obj()] = name
		s.addRunSymbols(symbols.Table{name: reflect.Zero(reflect.PointerTo(t))})
		return
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
		s.nameTypes(t.Elem())
	case reflect.Map:
		s.nameTypes(t.Key())
		s.nameTypes(t.Elem())
	case reflect.Func:
		for i := range t.NumIn() {
			s.nameTypes(t.In(i))
		}
		for i := range t.NumOut() {
			s.nameTypes(t.Out(i))
		}
	case reflect.Struct:
		for i := range t.NumField() {
			s.nameTypes(t.Field(i).Type)
		}
	}
}

// foreign is the name that nameTypes has given a type.
func (s *Session) foreign(obj *types.TypeName) (string, bool) {
	name, ok := s.named[obj]
	return name, ok
}
