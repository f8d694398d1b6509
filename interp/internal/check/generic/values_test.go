package generic_test

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	ourcmp "github.com/rgo-project/rgo/interp/internal/check/generic/cmp"
	ourerrors "github.com/rgo-project/rgo/interp/internal/check/generic/errors"
	ourmaps "github.com/rgo-project/rgo/interp/internal/check/generic/maps"
	ourrand "github.com/rgo-project/rgo/interp/internal/check/generic/math/rand/v2"
	ourreflect "github.com/rgo-project/rgo/interp/internal/check/generic/reflect"
)

func TestCmp(t *testing.T) {
	compares(t, math.NaN(), math.Inf(-1), -1, math.Copysign(0, -1), 0, 1, math.Inf(1))
	compares(t, "", "a", "b", "ab")
	compares(t, small(-128), small(0), small(127))
	compares(t, uint64(0), math.MaxUint64)
	agree(t, "Or", func() []any { return results(cmp.Or[int](), cmp.Or(0, 2, 3), cmp.Or("", ""), cmp.Or(math.NaN(), 1)) },
		func() []any {
			return results(ourcmp.Or[int](), ourcmp.Or(0, 2, 3), ourcmp.Or("", ""), ourcmp.Or(math.NaN(), 1))
		})
	agree(t, "Or of what cannot be compared", func() []any { return results(cmp.Or[any](nil, []int{1})) },
		func() []any { return results(ourcmp.Or[any](nil, []int{1})) })
	agree(t, "Or of structs that cannot be compared", func() []any { return results(cmp.Or(struct{ v any }{[]int{}})) },
		func() []any { return results(ourcmp.Or(struct{ v any }{[]int{}})) })
}

func compares[T cmp.Ordered](t *testing.T, vs ...T) {
	t.Helper()
	for _, x := range vs {
		for _, y := range vs {
			agree(t, fmt.Sprint(x, y), func() []any { return results(cmp.Compare(x, y), cmp.Less(x, y)) },
				func() []any { return results(ourcmp.Compare(x, y), ourcmp.Less(x, y)) })
		}
	}
}

type colors map[string]int

func TestMaps(t *testing.T) {
	odd := func(_ string, v int) bool { return v%2 == 1 }
	sameParity := func(a, b int) bool { return a%2 == b%2 }
	randomly(t, func(r *rand.Rand) {
		a, b := randomMap(r), randomMap(r)
		agree(t, fmt.Sprint("Equal ", a, b), func() []any { return results(maps.Equal(a, b), maps.Equal(a, a)) },
			func() []any { return results(ourmaps.Equal(a, b), ourmaps.Equal(a, a)) })
		agree(t, fmt.Sprint("EqualFunc ", a, b), func() []any { return results(maps.EqualFunc(a, b, sameParity)) },
			func() []any { return results(ourmaps.EqualFunc(a, b, sameParity)) })
		agree(t, fmt.Sprint("Clone ", a), func() []any { return results(maps.Clone(a)) }, func() []any { return results(ourmaps.Clone(a)) })
		agree(t, fmt.Sprint("Copy ", a, b), func() []any { maps.Copy(a, b); return results(a) }, func() []any { ourmaps.Copy(a, b); return results(a) })
		agree(t, fmt.Sprint("Insert ", a, b), func() []any { maps.Insert(a, maps.All(b)); return results(a) },
			func() []any { ourmaps.Insert(a, ourmaps.All(b)); return results(a) })
		agree(t, fmt.Sprint("DeleteFunc ", a), func() []any { c := maps.Clone(a); maps.DeleteFunc(c, odd); return results(c) },
			func() []any { c := maps.Clone(a); ourmaps.DeleteFunc(c, odd); return results(c) })
		agree(t, fmt.Sprint("Keys ", a), func() []any { return results(slices.Sorted(maps.Keys(a))) }, func() []any { return results(slices.Sorted(ourmaps.Keys(a))) })
		agree(t, fmt.Sprint("Values ", a), func() []any { return results(slices.Sorted(maps.Values(a))) }, func() []any { return results(slices.Sorted(ourmaps.Values(a))) })
		agree(t, fmt.Sprint("Collect ", a), func() []any { return results(maps.Collect(maps.All(a))) }, func() []any { return results(ourmaps.Collect(ourmaps.All(a))) })
		for stop := range 3 {
			agree(t, fmt.Sprint("stop ", a), func() []any {
				return results(len(pairs(maps.All(a), stop)), len(values(maps.Keys(a), stop)), len(values(maps.Values(a), stop)))
			}, func() []any {
				return results(len(pairs(ourmaps.All(a), stop)), len(values(ourmaps.Keys(a), stop)), len(values(ourmaps.Values(a), stop)))
			})
		}
	})
	nan := map[float64]int{math.NaN(): 1, math.Inf(1): 2}
	nan[math.NaN()] = 3
	agree(t, "NaN", func() []any { return results(len(maps.Clone(nan)), maps.Equal(nan, nan)) },
		func() []any { return results(len(ourmaps.Clone(nan)), ourmaps.Equal(nan, nan)) })
}

// randomMap makes a small map, nil now and then.
func randomMap(r *rand.Rand) colors {
	if r.IntN(5) == 0 {
		return nil
	}
	m := colors{}
	for range r.IntN(4) {
		m[string(rune('a'+r.IntN(3)))] = r.IntN(3)
	}
	return m
}

type withAs struct{ ok bool }

func (e withAs) Error() string { return "withAs" }

func (e withAs) As(target any) bool {
	if p, is := target.(**fs.PathError); is {
		*p = &fs.PathError{Op: "as"}
	}
	return e.ok
}

type coder interface {
	error
	Code() int
}

type coded int

func (e coded) Error() string { return "coded" }
func (e coded) Code() int     { return int(e) }

func TestAsType(t *testing.T) {
	path := &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}
	for _, err := range []error{
		nil, path, fmt.Errorf("a: %w", path), errors.Join(errors.New("b"), fmt.Errorf("c: %w", path)), coded(3),
		fmt.Errorf("%w %w", coded(1), coded(2)),
		withAs{true},
		withAs{false},
		errors.Join(withAs{false}, path), errors.New("d"),
		fmt.Errorf("e: %w", nil),
	} {
		as(t, err, errors.AsType[*fs.PathError], ourerrors.AsType[*fs.PathError])
		as(t, err, errors.AsType[coder], ourerrors.AsType[coder])
		as(t, err, errors.AsType[coded], ourerrors.AsType[coded])
		as(t, err, errors.AsType[error], ourerrors.AsType[error])
	}
}

func as[E error](t *testing.T, err error, theirs, ours func(error) (E, bool)) {
	t.Helper()
	pair := func(e E, ok bool) []any { return results(fmt.Sprintf("%#v", e), ok) }
	agree(t, fmt.Sprintf("%T of %#v", *new(E), err), func() []any { return pair(theirs(err)) }, func() []any { return pair(ours(err)) })
}

func TestReflect(t *testing.T) {
	type unexported struct{ v int }
	var nilError error
	for _, v := range []reflect.Value{
		{},
		reflect.ValueOf(1), reflect.ValueOf("x"), reflect.ValueOf(coded(1)), reflect.ValueOf(unexported{2}).Field(0),
		reflect.ValueOf(&nilError).Elem(), reflect.ValueOf([]any{coded(4)}).Index(0), reflect.ValueOf(strings.NewReader).Convert(reflect.TypeFor[func(string) *strings.Reader]()),
		reflect.ValueOf(time.Second).MethodByName("String"),
	} {
		asserts[int](t, v, reflect.TypeAssert[int], ourreflect.TypeAssert[int])
		asserts[coded](t, v, reflect.TypeAssert[coded], ourreflect.TypeAssert[coded])
		asserts[error](t, v, reflect.TypeAssert[error], ourreflect.TypeAssert[error])
		asserts[any](t, v, reflect.TypeAssert[any], ourreflect.TypeAssert[any])
		asserts[func() string](t, v, reflect.TypeAssert[func() string], ourreflect.TypeAssert[func() string])
	}
	if ourreflect.TypeFor[error]() != reflect.TypeFor[error]() || ourreflect.TypeFor[coded]() != reflect.TypeFor[coded]() {
		t.Error("TypeFor is wrong")
	}
}

func asserts[T any](t *testing.T, v reflect.Value, theirs, ours func(reflect.Value) (T, bool)) {
	t.Helper()
	pair := func(x T, ok bool) []any {
		if reflect.TypeFor[T]().Kind() == reflect.Func {
			return results(reflect.ValueOf(x).IsNil(), ok)
		}
		return results(fmt.Sprintf("%#v", x), ok)
	}
	agree(t, fmt.Sprintf("%v to %s", v, reflect.TypeFor[T]()), func() []any { return pair(theirs(v)) }, func() []any { return pair(ours(v)) })
}

func TestRandN(t *testing.T) {
	for range 1000 {
		if n := ourrand.N(10 * time.Second); n < 0 || n >= 10*time.Second {
			t.Fatalf("N(10s) is %s", n)
		}
		if n := ourrand.N(uint64(math.MaxUint64)); n == math.MaxUint64 {
			t.Fatalf("N(%d) is %d", uint64(math.MaxUint64), n)
		}
		if n := ourrand.N(int8(1)); n != 0 {
			t.Fatalf("N(1) is %d", n)
		}
	}
	agree(t, "N(0)", func() []any { return results(rand.N(0)) }, func() []any { return results(ourrand.N(0)) })
	agree(t, "N(-1)", func() []any { return results(rand.N(-1 * time.Second)) }, func() []any { return results(ourrand.N(-1 * time.Second)) })
}
