package vm

import (
	"fmt"
	"go/types"
	"math"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
)

// The arithmetic of interpreted code is compared with that of compiled code, for all kinds of numbers, on values where kinds differ.

// operation is a binary operation in source and compiled.
type operation[X, Y, R any] struct {
	name, text string
	compiled   func(X, Y) R
}

func integerOperations[T integer]() []operation[T, T, T] {
	return []operation[T, T, T]{
		{"add", "x + y", func(x, y T) T { return x + y }},
		{"sub", "x - y", func(x, y T) T { return x - y }},
		{"mul", "x * y", func(x, y T) T { return x * y }},
		{"quo", "x / y", func(x, y T) T { return x / y }},
		{"rem", "x % y", func(x, y T) T { return x % y }},
		{"and", "x & y", func(x, y T) T { return x & y }},
		{"or", "x | y", func(x, y T) T { return x | y }},
		{"xor", "x ^ y", func(x, y T) T { return x ^ y }},
		{"andNot", "x &^ y", func(x, y T) T { return x &^ y }},
		{"negate", "-x + 0*y", func(x, y T) T { return -x + 0*y }},
		{"complement", "^x | 0*y", func(x, y T) T { return ^x | 0*y }},
	}
}

// pairOperations are operations whose values only other operations use.
func pairOperations[T integer | fraction]() []operation[T, T, T] {
	return []operation[T, T, T]{
		{"addAdd", "x + y + x", func(x, y T) T { return x + y + x }},
		{"subAdd", "y + (x - y)", func(x, y T) T { return y + (x - y) }},
		{"mulAdd", "x*y + x", func(x, y T) T { return T(x*y) + x }},
		{"addMul", "(x + y) * y", func(x, y T) T { return (x + y) * y }},
		{"subMul", "y * (x - y)", func(x, y T) T { return y * (x - y) }},
		{"mulMul", "x * y * y", func(x, y T) T { return x * y * y }},
		{"mulSub", "x*y - x", func(x, y T) T { return T(x*y) - x }},
		{"subOfMul", "x - x*y", func(x, y T) T { return x - T(x*y) }},
		{"many", "(x+y)*(x-y) + (x*y - y)", func(x, y T) T { return T((x+y)*(x-y)) + (T(x*y) - y) }},
	}
}

func fractionOperations[T fraction]() []operation[T, T, T] {
	return []operation[T, T, T]{
		{"add", "x + y", func(x, y T) T { return x + y }},
		{"sub", "x - y", func(x, y T) T { return x - y }},
		{"mul", "x * y", func(x, y T) T { return x * y }},
		{"quo", "x / y", func(x, y T) T { return x / y }},
		{"negate", "-x", func(x, _ T) T { return -x }},
	}
}

func orderOperations[T integer | float | ~string]() []operation[T, T, bool] {
	return []operation[T, T, bool]{
		{"lss", "x < y", func(x, y T) bool { return x < y }},
		{"leq", "x <= y", func(x, y T) bool { return x <= y }},
		{"gtr", "x > y", func(x, y T) bool { return x > y }},
		{"geq", "x >= y", func(x, y T) bool { return x >= y }},
	}
}

func equalityOperations[T comparable]() []operation[T, T, bool] {
	return []operation[T, T, bool]{
		{"eql", "x == y", func(x, y T) bool { return x == y }},
		{"neq", "x != y", func(x, y T) bool { return x != y }},
	}
}

func shiftOperations[T, N integer]() []operation[T, N, T] {
	return []operation[T, N, T]{
		{"shl", "x << y", func(x T, y N) T { return x << y }},
		{"shr", "x >> y", func(x T, y N) T { return x >> y }},
	}
}

// integerEdges are the values around 0, the limits and some powers of two.
func integerEdges[T integer]() []T {
	bits := reflect.TypeFor[T]().Bits()
	all := []T{0, 1, 2, 3, 8, 10, 127, ^T(0), ^T(1), ^T(2), ^T(99)}
	for _, b := range []int{bits - 1, bits / 2} {
		p := T(1) << b
		all = append(all, p, p-1, p+1)
	}
	return all
}

func floatEdges[T float]() []T {
	all := []T{0, 1, 3, 0.1, 0.5, 1.5, 2.5, 1 << 24, 1<<24 + 1, 1 << 63, 1e10, 1e20, 1e30}
	for _, v := range []float64{math.MaxFloat64, math.SmallestNonzeroFloat64, math.MaxFloat32, math.SmallestNonzeroFloat32, 1<<53 + 1} {
		all = append(all, T(v))
	}
	for _, v := range all {
		all = append(all, -v)
	}
	return append(all, T(math.NaN()))
}

func complexEdges[T ~complex64 | ~complex128]() []T {
	inf, nan := math.Inf(1), math.NaN()
	parts := []float64{0, math.Copysign(0, -1), 1, -2.5, 0.1, inf, -inf, nan}
	var all []T
	for _, re := range parts {
		for _, im := range parts {
			all = append(all, T(complex(re, im)))
		}
	}
	return all
}

// result is what a call gives: a value, or a fault.
func result[R any](f func() R) (value R, fault string) {
	defer func() {
		if p := recover(); p != nil {
			fault = fmt.Sprintf("panic %T: %v", p, p)
		}
	}()
	return f(), ""
}

// outcome is a result as text.
func outcome[R any](f func() R) string {
	value, fault := result(f)
	if fault != "" {
		return fault
	}
	return fmt.Sprint(value)
}

// alike tells whether two values are the same: -0 is not 0, and NaN is NaN.
func alike[R any](x, y R) bool {
	switch reflect.TypeFor[R]().Kind() {
	case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		return fmt.Sprint(x) == fmt.Sprint(y)
	}
	return any(x) == any(y)
}

// compareOperations runs operations on all pairs of values: as a value, as a condition, and with each of the operands a constant.
func compareOperations[X, Y, R any](t *testing.T, ops []operation[X, Y, R], xs []X, ys []Y) {
	xt, yt, rt := reflect.TypeFor[X](), reflect.TypeFor[Y](), reflect.TypeFor[R]()
	t.Run(fmt.Sprintf("%v,%v", xt, yt), func(t *testing.T) {
		var src strings.Builder
		src.WriteString("package main\n")
		for _, o := range ops {
			fmt.Fprintf(&src, "func %s(x %v, y %v) %v { return %s }\n", o.name, xt, yt, rt, o.text)
			if rt.Kind() == reflect.Bool {
				fmt.Fprintf(&src, "func %s_branch(x %v, y %v) bool { if %s { return true }; return false }\n", o.name, xt, yt, o.text)
			}
			for i, x := range xs {
				if lit, ok := constantText(x); ok && o.name != "negate" {
					fmt.Fprintf(&src, "func %s_x%d(y %v) %v { const x %v = %s; return %s }\n", o.name, i, yt, rt, xt, lit, o.text)
				}
			}
			for i, y := range ys {
				if lit, ok := constantText(y); ok && legalOperand(o.text, y) {
					fmt.Fprintf(&src, "func %s_y%d(x %v) %v { const y %v = %s; return %s }\n", o.name, i, xt, rt, yt, lit, o.text)
				}
			}
		}
		p := runnable(t, src.String())
		check := func(o operation[X, Y, R], form string, x X, y Y, call func() R) {
			t.Helper()
			got, fault := result(call)
			want, wantFault := result(func() R { return o.compiled(x, y) })
			if fault != wantFault || !alike(got, want) {
				t.Errorf("%s%s: %s where x, y = %v, %v is %v %s, want %v %s", o.name, form, o.text, x, y, got, fault, want, wantFault)
			}
		}
		for _, o := range ops {
			both := p.fn(o.name).(func(X, Y) R)
			var branch func(X, Y) R
			if rt.Kind() == reflect.Bool {
				branch = p.fn(o.name + "_branch").(func(X, Y) R)
			}
			for _, x := range xs {
				for _, y := range ys {
					check(o, "", x, y, func() R { return both(x, y) })
					if branch != nil {
						check(o, " in a condition", x, y, func() R { return branch(x, y) })
					}
				}
			}
			for i, x := range xs {
				if _, ok := constantText(x); ok && o.name != "negate" {
					f := p.fn(fmt.Sprintf("%s_x%d", o.name, i)).(func(Y) R)
					for _, y := range ys {
						check(o, " with x a constant", x, y, func() R { return f(y) })
					}
				}
			}
			for i, y := range ys {
				if _, ok := constantText(y); ok && legalOperand(o.text, y) {
					f := p.fn(fmt.Sprintf("%s_y%d", o.name, i)).(func(X) R)
					for _, x := range xs {
						check(o, " with y a constant", x, y, func() R { return f(x) })
					}
				}
			}
		}
	})
}

// constantText writes v as a constant, if it can be one.
func constantText(v any) (string, bool) {
	switch r := reflect.ValueOf(v); {
	case r.CanInt(), r.CanUint():
		return fmt.Sprint(v), true
	case r.CanFloat():
		f := r.Float()
		return fmt.Sprintf("%x", f), !math.IsInf(f, 0) && !math.IsNaN(f) && !(f == 0 && math.Signbit(f))
	case r.Kind() == reflect.String, r.Kind() == reflect.Bool:
		return fmt.Sprintf("%#v", v), true
	}
	return "", false
}

// legalOperand tells whether the compiler accepts y as a constant operand.
func legalOperand(text string, y any) bool {
	r := reflect.ValueOf(y)
	switch {
	case strings.Contains(text, "/"), strings.Contains(text, "%"):
		return !r.IsZero()
	case strings.Contains(text, "<<"), strings.Contains(text, ">>"):
		return !r.CanInt() || r.Int() >= 0
	}
	return true
}

func TestIntegers(t *testing.T) {
	testInteger[int](t)
	testInteger[int8](t)
	testInteger[int16](t)
	testInteger[int32](t)
	testInteger[int64](t)
	testInteger[uint](t)
	testInteger[uint8](t)
	testInteger[uint16](t)
	testInteger[uint32](t)
	testInteger[uint64](t)
	testInteger[uintptr](t)
}

func testInteger[T integer](t *testing.T) {
	edges := integerEdges[T]()
	compareOperations(t, append(integerOperations[T](), pairOperations[T]()...), edges, edges)
	t.Run("compared", func(t *testing.T) {
		compareOperations(t, append(orderOperations[T](), equalityOperations[T]()...), edges, edges)
	})
	t.Run("shifted", func(t *testing.T) {
		compareOperations(t, shiftOperations[T, int](), edges, []int{0, 1, 7, 8, 15, 16, 31, 32, 63, 64, 65, 256, 1 << 32, math.MaxInt, -1, math.MinInt})
		compareOperations(t, shiftOperations[T, int8](), edges, []int8{0, 1, 7, 8, 63, 64, 127, -1, -128})
		compareOperations(t, shiftOperations[T, int16](), edges, []int16{0, 31, 32, 64, 256, math.MaxInt16, -1})
		compareOperations(t, shiftOperations[T, int32](), edges, []int32{0, 15, 16, 64, math.MaxInt32, -5})
		compareOperations(t, shiftOperations[T, int64](), edges, []int64{0, 1, 32, 63, 1 << 40, math.MinInt64})
		compareOperations(t, shiftOperations[T, uint](), edges, []uint{0, 1, 8, 63, 64, math.MaxUint})
		compareOperations(t, shiftOperations[T, uint8](), edges, []uint8{0, 1, 8, 64, 255})
		compareOperations(t, shiftOperations[T, uint16](), edges, []uint16{0, 7, 32, 64, 256, math.MaxUint16})
		compareOperations(t, shiftOperations[T, uint32](), edges, []uint32{0, 8, 32, 1 << 31})
		compareOperations(t, shiftOperations[T, uint64](), edges, []uint64{0, 33, 64, 1 << 32, math.MaxUint64})
		compareOperations(t, shiftOperations[T, uintptr](), edges, []uintptr{0, 33, 64, 1 << 32})
	})
}

func TestFloats(t *testing.T) {
	testFloat[float32](t)
	testFloat[float64](t)
}

func testFloat[T float](t *testing.T) {
	edges := floatEdges[T]()
	compareOperations(t, append(fractionOperations[T](), pairOperations[T]()...), edges, edges)
	t.Run("compared", func(t *testing.T) {
		compareOperations(t, append(orderOperations[T](), equalityOperations[T]()...), edges, edges)
	})
}

func TestComplex(t *testing.T) {
	testComplex[complex64](t)
	testComplex[complex128](t)
}

func testComplex[T ~complex64 | ~complex128](t *testing.T) {
	edges := complexEdges[T]()
	compareOperations(t, append(fractionOperations[T](), pairOperations[T]()...), edges, edges)
	t.Run("compared", func(t *testing.T) {
		compareOperations(t, equalityOperations[T](), edges, edges)
	})
}

func TestStrings(t *testing.T) {
	edges := []string{"", "a", "b", "aa", "ab", "héllo", "a\x00", "\xff", strings.Repeat("long ", 100)}
	compareOperations(t, append(orderOperations[string](), equalityOperations[string]()...), edges, edges)
	t.Run("joined", func(t *testing.T) {
		compareOperations(t, []operation[string, string, string]{
			{"add", "x + y", func(x, y string) string { return x + y }},
			{"left", "x + y + x", func(x, y string) string { return x + y + x }},
			{"right", "x + (y + x)", func(x, y string) string { return x + (y + x) }},
			{"more", "x + y + (y + x) + y", func(x, y string) string { return x + y + (y + x) + y }},
		}, edges, edges)
	})
}

func TestBooleans(t *testing.T) {
	edges := []bool{false, true}
	compareOperations(t, append(equalityOperations[bool](), []operation[bool, bool, bool]{
		{"not", "!x", func(x, _ bool) bool { return !x }},
		{"both", "x && y", func(x, y bool) bool { return x && y }},
		{"either", "x || !y", func(x, y bool) bool { return x || !y }},
	}...), edges, edges)
}

// source is a program whose funcs are called.
type source struct {
	m    *Machine
	main *ssa.Package
}

func runnable(t testing.TB, text string) source {
	t.Helper()
	m, _, main, _ := program(t, text)
	return source{m, main}
}

// fn is a func of the program, as a value of its type.
func (s source) fn(name string) any {
	return s.m.Func(s.main.Func(name).Object().(*types.Func)).Interface()
}
