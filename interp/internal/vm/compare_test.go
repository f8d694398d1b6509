package vm

import (
	"strings"
	"testing"
)

// TestEquality compares values of every comparable type. Each line says what should hold.
func TestEquality(t *testing.T) {
	got := output(t, `package main
import ("errors"; "fmt"; "io"; "math"; "unsafe")

type point struct{ x, y int8 }
type mixed struct {
	name string
	v    any
	f    float64
	_    int
	p    *int
}
type one struct{ p *int }
type empty struct{}
type twin interface{ Error() string }
type code int
func (c code) Error() string { return fmt.Sprint("code ", int(c)) }

func say(what string, ok bool) { if !ok { fmt.Println(what) } }

func main() {
	i, j := 1, 1
	p, q := &i, &i
	say("pointers", p == q && p != &j && !(p == nil))
	say("unsafe", unsafe.Pointer(p) == unsafe.Pointer(q) && unsafe.Pointer(p) != nil)
	c := make(chan int)
	var r <-chan int = c
	say("channels", c == r && r == c && c != nil && r != make(chan int))
	var m map[string]int
	var s []int
	var f func()
	var e any
	var err error
	say("nils", m == nil && nil == s && f == nil && e == nil && nil == err)
	switch any(nil).(type) { case nil: default: say("type switch over nil", false) }
	switch (*int)(nil) { case nil: case any(nil): say("switch over a nil pointer", false); default: say("switch over a nil pointer", false) }
	switch (*int)(nil) { case any(nil): say("a nil pointer in an interface", false) }
	switch e { case nil: default: say("switch with nil", false) }
	switch any(nil) { case e: default: say("switch over nil", false) }
	switch err { case nil: default: say("switch with nil, an error", false) }
	m, s, f, e, err = map[string]int{}, []int{}, func() {}, 0, io.EOF
	say("no nils", m != nil && nil != s && f != nil && e != nil && nil != err)

	say("structs", point{1, 2} == point{1, 2} && point{1, 2} != point{1, 3})
	a, b := mixed{"n", 1, 0, 1, p}, mixed{"n", 1, math.Copysign(0, -1), 2, q}
	say("fields", a == b)
	b.v = int8(1)
	say("dynamic types in fields", a != b)
	a.v, b.v = math.NaN(), math.NaN()
	say("NaN in fields", a != b && b != b)
	say("one word", one{p} == one{q} && one{p} != one{&j})
	say("no words", empty{} == empty{} && [0]int{} == [0]int{})
	arr := [3]string{"a", "b", "c"}
	other := arr
	say("arrays", arr == other)
	other[2] = "d"
	say("elements", arr != other)
	say("arrays of structs", [2]point{{1, 2}} == [2]point{{1, 2}, {}})
	say("one pointer", [1]*int{p} == [1]*int{q} && [1]*int{p} != [1]*int{&j})
	say("arrays of interfaces", [2]any{1, "a"} == [2]any{1, "a"} && [2]any{1, "a"} != [2]any{1, 1})

	var x, y any = point{1, 2}, point{1, 2}
	say("interfaces", x == y && x != any(struct{ x, y int8 }{1, 2}) && x == point{1, 2})
	var e1, e2 error = code(1), code(1)
	say("errors", e1 == e2 && e1 != code(2) && e1 == any(code(1)))
	var t1 twin = code(1)
	say("interfaces with the same methods", e1 == t1 && t1 == e1 && t1 == twin(e2) && error(t1) == e1)
	say("errors of compiled code", err == io.EOF && err != io.ErrUnexpectedEOF && errors.Is(twin(err), io.EOF))
	var t2 twin = io.EOF
	say("and through another interface", error(t2) == io.EOF && errors.Is(t2, io.EOF) && io.EOF == t2)
	say("whatever interface they come from", errors.Is(error(t1), e1) && errors.Is(e1, error(t1)))
	n := math.NaN()
	say("NaN", n != n && !(n == n) && !(n < n) && !(n >= n) && any(n) != any(n))
	z := 1i
	say("complex", z*z == -1 && z != 1)
	say("done", false)
}`)
	if got != "done\n" {
		t.Errorf("these do not hold:\n%s", strings.TrimSuffix(got, "done\n"))
	}
}

// TestNotComparable compares values that cannot be, which is found at run time only.
func TestNotComparable(t *testing.T) {
	p := runnable(t, `package main
func equal(x, y any) bool { return x == y }
func branch(x, y any) bool { if x != y { return false }; return true }
func boxed(x, y any) bool { return [2]any{1, x} == [2]any{1, y} }
func fields(x, y any) bool { return struct{ n int; v any }{1, x} == struct{ n int; v any }{1, y} }
func first(x, y any) bool { return struct{ n int; v any }{1, x} == struct{ n int; v any }{2, y} }
`)
	compiled := func(x, y any) bool { return x == y }
	for _, name := range []string{"equal", "branch", "boxed", "fields"} {
		f := p.fn(name).(func(x, y any) bool)
		for _, v := range []any{[]int{1}, map[string]int{}, func() {}, struct{ f []int }{}, [1]func(){}, 1, "a", nil} {
			got, want := outcome(func() bool { return f(v, v) }), outcome(func() bool { return compiled(v, v) })
			if got != want {
				t.Errorf("%s of two values of %T: %s, want %s", name, v, got, want)
			}
			if f(v, 7.5) {
				t.Errorf("%s: %v equals 7.5", name, v)
			}
		}
	}
	if got := outcome(func() bool { return p.fn("first").(func(x, y any) bool)([]int{}, []int{}) }); got != "false" {
		t.Errorf("a struct that differs before what cannot be compared: %s", got)
	}
}
