package netproxy

import "reflect"

// unknownType stands for types of the other side that are not known here.
type unknownType struct{}

// callableAs says whether p, as far as its type is known, can be called as a t.
func (p *Proxy) callableAs(t reflect.Type) error {
	there, ok := p.space.remoteType(p.typ)
	switch {
	case !ok || there == reflect.TypeFor[unknownType](): // nothing is known: the calls will tell
		return nil
	case there.Kind() != reflect.Func:
		return fail(ErrArgument, "a %s is no func and cannot become a %s", p.Type(), t)
	case !callable(t, there):
		return fail(ErrArgument, "a %s of the other side cannot become a %s", p.Type(), t)
	}
	return nil
}

// remoteType makes the type of a name as far as it is known here.
func (s *Space) remoteType(name string) (reflect.Type, bool) {
	return parseType(name, func(name string) (reflect.Type, bool) {
		if known, ok := s.knownType(name); ok {
			return known, true
		}
		if name == typeName(contextType) {
			return contextType, true
		}
		return reflect.TypeFor[unknownType](), true
	})
}

// fits says whether a func of the other side, whose type has that name, may be called as a t.
func (s *Space) fits(t reflect.Type, name string) bool {
	there, ok := s.remoteType(name)
	return !ok || there.Kind() == reflect.Func && callable(t, there)
}

// callable says whether a func of type there may be called as one of type t: with contexts where it wants some, and an error at the end if it
// has one.
func callable(t, there reflect.Type) bool {
	here, has := signature(t), signature(there)
	if here.variadic != has.variadic || len(here.in) != len(has.in) || len(here.out) != len(has.out) || has.fails && !here.fails {
		return false
	}
	fits := true
	for i := range here.in {
		fits = fits && mayBecome(here.in[i], has.in[i])
	}
	for i := range here.out {
		fits = fits && mayBecome(has.out[i], here.out[i])
	}
	return fits
}

// signature is a func type without contexts and the error at the end.
type funcSignature struct {
	in, out         []reflect.Type
	variadic, fails bool
}

func signature(t reflect.Type) funcSignature {
	s := funcSignature{variadic: t.IsVariadic()}
	for i := range t.NumIn() {
		if t.In(i) != contextType {
			s.in = append(s.in, t.In(i))
		}
	}
	for i := range t.NumOut() {
		s.out = append(s.out, t.Out(i))
	}
	if n := len(s.out); n > 0 && s.out[n-1] == errorType {
		s.out, s.fails = s.out[:n-1], true
	}
	return s
}

// mayBecome says whether values of type from may fit to. It only says no where none can.
func mayBecome(from, to reflect.Type) bool {
	a, b := family(from), family(to)
	return a == b || a == classInterface || b == classInterface
}

// family puts types together whose values may fit one another; classInterface is for those of which nothing can be said.
func family(t reflect.Type) class {
	if t.Kind() == reflect.Func {
		return classShared
	}
	switch c := planOf(t).class; c {
	case classBool, classString:
		return c
	case classInt, classUint, classFloat, classComplex:
		return classInt
	case classMap:
		return c
	case classSlice, classArray, classBytes:
		return classSlice
	default:
		return classInterface
	}
}
