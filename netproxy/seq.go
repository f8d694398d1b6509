package netproxy

import (
	"reflect"
	"strings"

	"github.com/rgo-project/rgo/conn"
)

// isSeq says whether t is an iter.Seq or an iter.Seq2.
func isSeq(t reflect.Type) bool {
	return t.Kind() == reflect.Func && t.PkgPath() == "iter" && (strings.HasPrefix(t.Name(), "Seq[") || strings.HasPrefix(t.Name(), "Seq2["))
}

// makeSeq makes an iter.Seq or iter.Seq2 of p: each range over it is an iteration of its own over there. It has no error to return, so what goes
// wrong on the way is a panic with the error, and a panic of the producer is one with a *PanicError.
func (s *Space) makeSeq(in *callScope, p *Proxy, t reflect.Type) (reflect.Value, error) {
	yield := t.In(0)
	elements := make([]reflect.Type, yield.NumIn())
	how := [2]conn.Want{}
	for i := range elements {
		elements[i] = yield.In(i)
		how[2-len(elements)+i] = wantOf(elements[i])
	}
	if err := p.iterableAs(t, elements); err != nil {
		return reflect.Value{}, err
	}
	read := func(r *pageReader, width int) ([]reflect.Value, error) {
		if width != len(elements) {
			return nil, fail(ErrArgument, "%s are iterated over, where a %s has %d", plural(width, "value"), t, len(elements))
		}
		e := make([]reflect.Value, width)
		for i := range e {
			var err error
			if e[i], err = r.into(elements[i]); err != nil {
				return nil, err
			}
		}
		return e, nil
	}
	made := reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
		err := iterate(in.context(), p, how, read, func(e []reflect.Value) bool { return args[0].Call(e)[0].Bool() })
		if err != nil {
			panic(err)
		}
		return nil
	})
	remake(made, p)
	return made, nil
}

// iterableAs says whether p, as far as its type is known, is a sequence of such elements.
func (p *Proxy) iterableAs(t reflect.Type, elements []reflect.Type) error {
	refused := fail(ErrArgument, "a %s of the other side cannot become a %s", p.Type(), t)
	name, generic := p.typ, false
	for prefix, n := range map[string]int{"iter.Seq[": 1, "iter.Seq2[": 2} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			if n != len(elements) {
				return refused
			}
			name, generic = "func(func("+strings.ReplaceAll(strings.TrimSuffix(rest, "]"), ",", ", ")+") bool)", true
		}
	}
	there, ok := parseType(name, func(name string) (reflect.Type, bool) {
		if known, ok := p.space.knownType(name); ok {
			return known, true
		}
		return reflect.TypeFor[unknownType](), true
	})
	switch {
	case !ok, !generic && there == reflect.TypeFor[unknownType](): // nothing is known: the iteration will tell
		return nil
	case there.Kind() != reflect.Func || there.NumIn() != 1 || there.NumOut() != 0 || there.In(0).Kind() != reflect.Func:
		return refused
	}
	yield := there.In(0)
	if yield.NumIn() != len(elements) || yield.NumOut() != 1 || yield.Out(0).Kind() != reflect.Bool {
		return refused
	}
	for i, e := range elements {
		if !mayBecome(yield.In(i), e) {
			return refused
		}
	}
	return nil
}
