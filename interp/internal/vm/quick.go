package vm

import "reflect"

// quick calls compiled funcs of common signatures without reflect. It returns nil for the others.
func (s *site) quick(fn reflect.Value) op {
	if fn.Type().Name() != "" || len(s.results) != fn.Type().NumOut() {
		return nil
	}
	switch f := fn.Interface().(type) {
	case func():
		return s.around(func(*frame) { f() })
	case func(float64) float64:
		return quick1(s, f)
	case func(float64, float64) float64:
		return quick2(s, f)
	case func(int) string:
		return quick1(s, f)
	case func(string) string:
		return quick1(s, f)
	case func(string, string) bool:
		return quick2(s, f)
	case func(string, string) string:
		return quick2(s, f)
	case func(string, string) int:
		return quick2(s, f)
	case func(rune) bool:
		return quick1(s, f)
	case func(string) error:
		return quick1(s, f)
	case func(error) error:
		return quick1(s, f)
	}
	return nil
}

// around is an op that leaves interpreted code for a while.
//
//go:noinline
func (s *site) around(f func(*frame)) op {
	pos := s.pos
	return func(fr *frame) {
		fr.pos = pos
		f(fr)
		fr.back()
		fr.poll()
	}
}

//go:noinline
func quick1[A, R any](s *site, f func(A) R) op {
	a, r := s.args[0].slot, s.results[0].slot
	return s.around(func(fr *frame) { *at[R](fr, r) = f(*at[A](fr, a)) })
}

//go:noinline
func quick2[A, B, R any](s *site, f func(A, B) R) op {
	a, b, r := s.args[0].slot, s.args[1].slot, s.results[0].slot
	return s.around(func(fr *frame) { *at[R](fr, r) = f(*at[A](fr, a), *at[B](fr, b)) })
}
