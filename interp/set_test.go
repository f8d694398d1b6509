package interp_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/rgo-project/rgo/interp"
)

type counter struct{ n int }

func (c *counter) Add(k int) int { c.n += k; return c.n }

func TestSetAndGet(t *testing.T) {
	s := session(t, interp.Options{})
	c := &counter{n: 1}
	for name, v := range map[string]any{
		"c": c, "greet": func(who string) string { return "hello " + who }, "m": map[string]int{"a": 1}, "d": 3 * time.Second,
	} {
		if err := s.Set(name, v); err != nil {
			t.Fatal(name, err)
		}
	}
	want(t, s, `c.Add(4)`, 5)
	if c.n != 5 {
		t.Errorf("the host's counter is %d", c.n)
	}
	want(t, s, `c2 := c; c2.Add(1)`, 6)
	want(t, s, `greet("you")`, "hello you")
	want(t, s, `m["a"] + int(d.Seconds())`, 4)
	v, err := s.Get("m")
	if err != nil || v.Type != "map[string]int" || interp.Format(v) != `map[string]int{"a":1}` {
		t.Errorf("m is %v %v", v, err)
	}
	if err := s.Set("no good", 1); err == nil {
		t.Error("a name with a space")
	}
	if _, err := s.Get("nosuch"); err == nil {
		t.Error("got what is not there")
	}
}

type point struct{ x, Y int }

func (p point) Sum() int { return p.x + p.Y }

// TestSetTypes gives values of types that code of the session cannot name, or that are the session's own.
func TestSetTypes(t *testing.T) {
	s := session(t, interp.Options{})
	run(t, s, `type T struct { A int; b string }; func (t T) String() string { return "T!" + t.b }; v := T{1, "x"}`)
	own, err := s.Get("v")
	if err != nil || interp.Format(own) != "T!x" || own.Type != "T" || own.Value.Type().String() != "main.T" {
		t.Errorf("v is %v, %v", own, err)
	}
	for name, x := range map[string]any{
		"w": own.Any(), "anonymous": struct {
			a int
			B string
		}{1, "b"}, "p": point{1, 2}, "f": func(a int, b ...string) int { return a + len(b) }, "cause": context.Canceled, "array": [2]point{{1, 2}, {3, 4}}, "d": time.Second,
	} {
		if err := s.Set(name, x); err != nil {
			t.Fatal(name, err)
		}
		if v, err := s.Get(name); err != nil || v.Value.Type() != reflect.TypeOf(x) {
			t.Errorf("%s is %v of type %v, %v", name, v, v.Value.Type(), err)
		}
	}
	want(t, s, `v == w`, true)
	want(t, s, `f(1, "a", "b") + p.Sum() + array[1].Sum() + len(anonymous.B)`, 14)
	want(t, s, `fmt.Sprintf("%T %v %v", anonymous, p, cause)`, "struct { a int; B string } {1 2} context canceled")
	if _, err := s.Run(t.Context(), interp.Input{Source: `p.x`}); err == nil {
		t.Error("code of the session sees an unexported field of the host's")
	}
	run(t, s, `const k = 7; func g() int { return k * int(d/time.Second) }`)
	if v, err := s.Get("k"); err != nil || v.Any() != 7 {
		t.Errorf("k is %v, %v", v, err)
	}
	if v, err := s.Get("g"); err != nil || v.Any().(func() int)() != 7 {
		t.Errorf("g is %v, %v", v, err)
	}
	if err := s.Set("d", 2*time.Second); err != nil {
		t.Fatal(err)
	}
	want(t, s, `g()`, 14)
}
