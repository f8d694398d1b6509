package interp

import (
	"reflect"

	"github.com/rgo-project/rgo/interp/internal/engine"
)

// selection is a select statement of interpreted code, under way in one goroutine.
type selection struct {
	s        *Session
	cases    []reflect.SelectCase
	into     []reflect.Value // where a case that receives puts what it has received
	received bool            // what was received had been sent: the channel was not closed
}

// Send adds a case that sends what value points to.
func (s *selection) Send(ch, value any) {
	s.cases = append(s.cases, reflect.SelectCase{Dir: reflect.SelectSend, Chan: engine.Unwrap(reflect.ValueOf(ch)), Send: target(value)})
	s.into = append(s.into, reflect.Value{})
}

// Recv adds a case that receives what value is to point to.
func (s *selection) Recv(ch, value any) {
	s.cases = append(s.cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: engine.Unwrap(reflect.ValueOf(ch))})
	s.into = append(s.into, target(value))
}

func target(pointer any) reflect.Value { return engine.Unwrap(reflect.ValueOf(pointer)).Elem() }

// OK tells whether what was received had been sent.
func (s *selection) OK() bool { return s.received }

// Try chooses a case that can go on, -1 if there is none.
func (s *selection) Try() int {
	i := s.choose(reflect.SelectCase{Dir: reflect.SelectDefault})
	if i == len(s.into) {
		return -1
	}
	return i
}

// Wait chooses a case that can go on, when there is one.
func (s *selection) Wait() int {
	if len(s.cases) > 0 {
		if i := s.Try(); i >= 0 {
			return i
		}
	}
	var ended []reflect.SelectCase
	for e := s.s.roster.execution(); e != nil; e = e.parent {
		ended = append(ended, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(e.ended)})
	}
	for {
		i := s.choose(ended...)
		if i < len(s.into) {
			return i
		}
		s.s.roster.poll()
		ended = nil // the execution has ended, and lets its deferred calls do their work
	}
}

func (s *selection) choose(others ...reflect.SelectCase) int {
	i, v, ok := reflect.Select(append(s.cases[:len(s.into):len(s.into)], others...))
	if i < len(s.into) && s.into[i].IsValid() {
		s.into[i].Set(v)
		s.received = ok
	}
	return i
}
