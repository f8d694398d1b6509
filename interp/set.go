package interp

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"reflect"
)

// Set makes v the value of a variable of the session, whose type is v's own. A func can be called by name; what a pointer points to is shared.
func (s *Session) Set(name string, v any) error {
	if !token.IsIdentifier(name) || name == "_" {
		return fmt.Errorf("interp: set %q: not a name of Go", name)
	}
	if v == nil {
		return fmt.Errorf("interp: set %s: nil has no type; set a typed nil", name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	if err := s.set(name, reflect.ValueOf(v)); err != nil {
		return fmt.Errorf("interp: set %s: %w", name, err)
	}
	return nil
}

func (s *Session) set(name string, value reflect.Value) error {
	prog, obj := s.front.Given(name, s.typeOf(value.Type()))
	for _, u := range prog.Units {
		if _, err := s.machine.Load(u.SSA, u.Fset); err != nil {
			s.front.Discard(prog)
			return err
		}
	}
	at := s.machine.Var(obj)
	if at.Type() != value.Type() { // struct{ x int } of the host's package: the memory is the same
		at = reflect.NewAt(value.Type(), at.Addr().UnsafePointer()).Elem()
	}
	at.Set(value)
	s.front.Commit(prog)
	return nil
}

// Get returns the value of a variable, func or constant of the session.
func (s *Session) Get(name string) (Value, error) {
	if v, ok := s.lookup(name); ok {
		return v, nil
	}
	rs, err := s.Run(context.Background(), Input{Name: "get", Source: name})
	if err != nil {
		return Value{}, err
	}
	if len(rs) != 1 {
		return Value{}, errors.New("interp: " + name + " has no value")
	}
	return rs[0], nil
}

// lookup finds a variable or a func that a name stands for, without compiling anything.
func (s *Session) lookup(name string) (Value, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return Value{}, false
	}
	var found reflect.Value
	obj := s.front.Lookup(name)
	switch obj := obj.(type) {
	case *types.Var:
		if at := s.machine.Var(obj); at.IsValid() {
			found = reflect.New(at.Type()).Elem()
			found.Set(at)
		}
	case *types.Func:
		found = s.machine.Func(obj)
	}
	if !found.IsValid() {
		return Value{}, false
	}
	return s.valued([]reflect.Value{found}, []types.Type{obj.Type()})[0], true
}

// typeOf is the checker's type for one of the runtime's: the session's own, if it is one.
func (s *Session) typeOf(t reflect.Type) types.Type {
	if own, ok := s.types.Reverse(t); ok {
		return own
	}
	return s.importer.Type(t)
}
