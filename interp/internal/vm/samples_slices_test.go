package vm

// More of what samples_test.go begins.

//lint:file-ignore U1000 fields are there for their sizes

import (
	"errors"
	"math"
)

var escaped any

func growth[T any](tell say, name string, v T) {
	var s []T
	var caps []int
	for range 3000 {
		s = append(s, v)
		escaped = s // the compiler puts small slices elsewhere that are not
		if n := len(caps); n == 0 || caps[n-1] != cap(s) {
			caps = append(caps, cap(s))
		}
	}
	tell(name, caps)
	for _, n := range []int{1, 2, 3, 5, 7, 11, 100, 257, 1000} {
		tell(name, n, cap(append([]T(nil), make([]T, n)...)), cap(append(make([]T, n), v, v, v)), cap(append(make([]T, 5), make([]T, n)...)))
	}
}

func sampleGrowth(tell say) {
	type odd struct{ a, b, c byte }
	type mixed struct {
		a int8
		p *int
		s string
		b bool
	}
	growth(tell, "byte", byte(1))
	growth(tell, "bool", true)
	growth(tell, "int16", int16(1))
	growth(tell, "rune", 'x')
	growth(tell, "int", 1)
	growth(tell, "float64", 1.5)
	growth(tell, "complex128", 1i)
	growth(tell, "string", "s")
	growth(tell, "pointer", new(int))
	growth(tell, "any", any(1))
	growth(tell, "error", errors.New("e"))
	growth(tell, "slice", []int{1})
	growth(tell, "map", map[int]int{})
	growth(tell, "func", func() {})
	growth(tell, "point", point{})
	growth(tell, "odd", odd{})
	growth(tell, "mixed", mixed{})
	growth(tell, "big", big{})
	growth(tell, "empty", struct{}{})
	growth(tell, "array", [5]string{})
	growth(tell, "outer", outer{})
}

func sampleAppend(tell say) {
	var s []int
	s = append(s, []int{}...)
	tell(s == nil)
	s = append(s, 1, 2, 3)
	s = append(s, s...)
	s = append(s[:1], s[2:]...)
	tell(s)
	b := append([]byte("a"), "bcd"...)
	b = append(b, b...)
	b = append(b, ""...)
	tell(string(b))
	t := append([]string(nil), "x", "y")
	t = append(t[:0], t[1])
	tell(t, t[:2])
	var bs []big
	bs = append(bs, big{s: "1"}, big{s: "2"})
	bs = append(bs, bs...)
	bs = append(bs[:1], bs[2:]...)
	for _, b := range bs {
		tell(b.s)
	}
	as := append([]any{1}, "s", nil, 2.5, []int{1})
	tell(as, len(as))
	ps := append([]*point(nil), &point{1, 2})
	ps = append(ps, ps[0])
	ps[1].X = 8
	tell(*ps[0], len(ps))
	x := []int{1, 2, 3, 4}
	y := append(x[:1], x...)
	tell(x, y)
	z := append(x[:2], 9)
	tell(x, z)
	i := 0
	f := func() int { i++; return i }
	tell(append([]int{f()}, f(), f()))
	type list []list
	l := append(list{}, list{}, list{list{}})
	tell(len(l), len(l[1]))
	ss := append([][]int{}, nil, []int{1}, []int{2, 3})
	ss[0] = append(ss[0], ss[2]...)
	tell(ss)
	es := append([]error{}, nil, errors.New("e"))
	tell(es)
	os := []outer{}
	for i := range 3 {
		os = append(os, outer{id: uint16(i)})
	}
	tell(len(os), os[2].id)
	fs := []func() int{}
	for i := range 3 {
		fs = append(fs, func() int { return i * i })
	}
	tell(fs[0](), fs[1](), fs[2]())
	none := append([]int{}, []int(nil)...)
	tell(none == nil, append([]int(nil), none...) == nil)
	long := append(x, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	tell(long, len(long))
	if len(s) > 2 {
		s = append(s, len(s))
	} else {
		s = append(s, -1)
	}
	tell(s)
}

func sampleCopy(tell say) {
	s := []int{1, 2, 3, 4, 5}
	n := copy(s[1:], s)
	tell(n, s)
	n = copy(s, s[2:])
	tell(n, s, copy(s, []int(nil)))
	b := make([]byte, 3)
	tell(copy(b, "hello"), string(b))
	copy(b, "")
	bs := []big{{s: "a"}, {s: "b"}, {s: "c"}}
	tell(copy(bs[1:], bs), bs[0].s, bs[1].s, bs[2].s)
	ss := []string{"x", "y"}
	copy(ss, ss[1:])
	tell(ss)
	clear(s[1:3])
	clear(bs[:1])
	clear(ss[2:])
	var none []string
	clear(none)
	tell(s, bs[0].s == "", bs[1].s, ss)
	m := map[float64]int{math.NaN(): 1, math.NaN(): 2, 1: 3}
	tell(len(m))
	delete(m, math.NaN())
	tell(len(m))
	clear(m)
	tell(len(m), m)
	var nm map[string]int
	clear(nm)
	delete(nm, "x")
	tell(nm == nil)
	as := []any{1, "x"}
	clear(as)
	tell(as)
	os := []outer{{id: 1}, {id: 2}}
	copy(os, os[1:])
	clear(os[1:])
	tell(os[0].id, os[1].id)
}
