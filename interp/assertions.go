package interp

import (
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"strings"

	"github.com/rgo-project/rgo/interp/internal/engine"
)

// dynamic is the value that an interface value of interpreted code holds, without what the engine holds it in: a struct of its own, or a
// wrapper that gives it methods for compiled code.
func dynamic(x any) reflect.Value {
	v := reflect.ValueOf(x)
	for {
		v = engine.Unwrap(v)
		w := v
		if w.IsValid() && w.Kind() == reflect.Pointer && !w.IsNil() {
			w = w.Elem()
		}
		if !w.IsValid() || w.Kind() != reflect.Struct || w.NumField() < 2 || w.Type().Field(0).Name != "IValue" || v.NumMethod() == 0 {
			return v
		}
		v = w.Field(0)
	}
}

// as tells whether x holds a value of the type that target points to, or one with the methods of that interface, and puts it there.
func as(x, target any) bool {
	v, to := dynamic(x), engine.Unwrap(reflect.ValueOf(target)).Elem()
	if !v.IsValid() {
		return false
	}
	switch t := to.Type(); {
	case v.Type() == t, t.Kind() == reflect.Interface && v.Type().Implements(t):
		to.Set(v)
	case v.Type().Name() == "" && v.Type().String() == t.String() && v.CanConvert(t): // a recursive type, which the engine may make twice
		to.Set(v.Convert(t))
	default:
		return false
	}
	return true
}

// errorsAs is errors.As for a target that is of a type of the session's.
func errorsAs(err error, target any) bool {
	for err != nil {
		if as(err, target) {
			return true
		}
		switch x := err.(type) { //nolint:errorlint // one step at a time
		case interface{ Unwrap() error }:
			err = x.Unwrap()
		case interface{ Unwrap() []error }:
			return slices.ContainsFunc(x.Unwrap(), func(err error) bool { return errorsAs(err, target) })
		default:
			return false
		}
	}
	return false
}

// same is x == y for interface values: what wrappers hold is compared, and not the wrappers.
func same(x, y any) bool {
	v, w := dynamic(x), dynamic(y)
	if !v.IsValid() || !w.IsValid() {
		return v.IsValid() == w.IsValid()
	}
	return v.Type() == w.Type() && v.Equal(w)
}

// lacks says no for a value that has not all of the methods. A compiled value that has them cannot be had as an interface of the session's.
func lacks(x any, methods ...string) bool {
	v := dynamic(x)
	if !v.IsValid() {
		return false
	}
	for _, name := range methods {
		if !v.MethodByName(name).IsValid() {
			return false
		}
	}
	panic(fmt.Errorf("interp: a %v of compiled code cannot become a value of an interface that the session declares: assert to an interface of a package that has the methods %v", v.Type(), methods))
}

// assertionError is what Go panics with for an assertion that does not hold.
type assertionError string

func (e assertionError) Error() string { return "interface conversion: " + string(e) }

// RuntimeError makes it a runtime.Error, which is what user code asks for.
func (e assertionError) RuntimeError() {}

var _ runtime.Error = assertionError("")

// notAsserted panics as Go does when x is not what an assertion wanted.
func notAsserted(x any, static, wanted string) {
	v := dynamic(x)
	switch {
	case !v.IsValid():
		panic(assertionError(fmt.Sprintf("%s is nil, not %s", static, wanted)))
	case strings.Contains(v.Type().String(), "struct {"): // its name is lost
		panic(assertionError(fmt.Sprintf("%s is another type, not %s", static, wanted)))
	}
	panic(assertionError(fmt.Sprintf("%s is %v, not %s", static, v.Type(), wanted)))
}
