package vm

// More of what samples_test.go begins.

//lint:file-ignore S1040,SA4017,SA4022,SA4023,U1000 code that could be said more simply is run as well

import (
	"errors"
	"fmt"
	"math"
	"unsafe"
)

type (
	namer interface{ Name() string }
	sizer interface{ Size() int }
	both  interface {
		namer
		sizer
	}
	hidden interface{ secret() }

	dog    struct{ name string }
	cat    struct{ lives int }
	num    int
	text   string
	list   []int
	fn     func() int
	table2 map[string]int
	solo   struct{ p *int }
	empty  struct{}
)

func (d dog) Name() string    { return d.name }
func (d *dog) Size() int      { return len(d.name) }
func (c cat) Name() string    { return fmt.Sprint("cat", c.lives) }
func (c cat) Size() int       { return c.lives }
func (n num) Name() string    { return fmt.Sprint("num", int(n)) }
func (t text) Name() string   { return string(t) }
func (t text) secret()        {}
func (l list) Name() string   { return fmt.Sprint("list", len(l)) }
func (l list) Size() int      { return len(l) }
func (f fn) Name() string     { return fmt.Sprint("fn", f()) }
func (t table2) Name() string { return fmt.Sprint("table", len(t)) }
func (s solo) Name() string   { return fmt.Sprint("solo", *s.p) }
func (empty) Name() string    { return "empty" }
func (e empty) Error() string { return "empty error" }

func values() []any {
	seven := 7
	return []any{
		nil, 1, 300, -1, int8(5), uint8(255), int16(-2), uint16(1000), 'x', uint32(1 << 31), int64(1) << 40, uint64(math.MaxUint64), uintptr(9),
		true, false, 1.5, float32(2.5), math.NaN(), 1i, complex64(2i), "", "text", []int(nil),
		[]int{1},
		[]string{"a"},
		map[string]int{"a": 1},
		(*int)(nil), &seven == nil,
		point{1, 2},
		struct {
			text string
			n    int
		}{"", 5},
		struct {
			p *int
			n int
		}{&seven, 0}.p == &seven,
		*any(struct {
			p *int
			n int
		}{&seven, 0}).(struct {
			p *int
			n int
		}).p,
		[2]string{"a", "b"},
		[1]int{4},
		struct{}{},
		struct{ a any }{3},
		dog{"rex"},
		cat{9},
		num(4),
		text("t"),
		list{1, 2},
		fn(func() int { return 3 }),
		table2{"a": 1},
		solo{&seven},
		empty{},
		errors.New("e"), big{s: "big"}.s,
		[0]int{},
		outer{id: 3}.id,
		struct{ b, c int8 }{1, 2},
		[3]byte{1, 2, 3},
	}
}

func sampleInterfaces(tell say) {
	for _, v := range values() {
		switch v.(type) {
		case fn, solo, empty:
			tell(fmt.Sprintf("%T", v))
		default:
			tell(fmt.Sprintf("%T %v", v, v))
		}
		if n, ok := v.(namer); ok {
			tell(n.Name())
		}
		_, err := v.(error)
		_, s := v.(sizer)
		_, b := v.(both)
		_, h := v.(hidden)
		_, st := v.(fmt.Stringer)
		tell(err, s, b, h, st)
	}
	var n namer = dog{"a"}
	d := n.(dog)
	d.name = "changed"
	tell(n.Name(), d.Name())
	pd := &dog{"pointer"}
	n = pd
	pd.name = "seen"
	tell(n.Name(), n.(both).Size(), n.(sizer).Size(), n == namer(pd), n != nil)
	var b both = pd
	n = b
	var s sizer = b
	var a any = b
	tell(n.Name(), s.Size(), a == any(pd), a == any(n), n == a, s == a)
	var none namer
	a = none
	var noneBoth both
	none = noneBoth
	tell(none == nil, a == nil, a == any(nil))
	x := any(point{1, 2})
	y := x
	p := x.(point)
	p.X = 9
	tell(x == y, x == any(point{1, 2}), x.(point).X)
	try(tell, func() { tell(any([]int{}) == any([]int{})) })
	try(tell, func() { tell(any(func() {}) == x, any([]int{}) == any(map[int]int{})) })
	m := n.Name
	pd.name = "later"
	tell(m())
	for i := range 300 {
		var v any = i
		var w any = uint8(i)
		if v.(int) != i || w.(uint8) != uint8(i) {
			tell("wrong", i)
		}
	}
	es := []error{nil, errors.New("x"), empty{}}
	for _, e := range es {
		tell(e == nil, errors.Is(e, es[1]))
	}
	fmts := []fmt.Stringer{}
	tell(len(fmts), any(1) == any(1.0), any(1) == any(int64(1)), any("a") == any("a"))
}

func sampleAssertions(tell say) {
	var x any = 3
	i, ok := x.(int)
	s, no := x.(string)
	tell(i, ok, s, no)
	x = "now"
	i, ok = x.(int)
	tell(i, ok, x.(string))
	var n namer = cat{3}
	c, is := n.(cat)
	d, not := n.(dog)
	pd, never := n.(*dog)
	tell(c.lives, is, d.name == "", not, pd == nil, never)
	bo, can := n.(both)
	h, cannot := n.(hidden)
	tell(bo.Size(), can, h == nil, cannot)
	x = big{s: "b"}
	tell(x.(big).s)
	bv, bok := x.(big)
	ov, ook := x.(outer)
	tell(bv.s, bok, ov.id, ook)
	x = map[string]int{"a": 1}
	x.(map[string]int)["b"] = 2
	tell(x)
	x = func() string { return "called" }
	tell(x.(func() string)())
	_, isf := x.(func() int)
	tell(isf)
	x = nil
	_, a := x.(any)
	_, e := x.(error)
	tell(a, e)
	x = 4
	_, a = x.(any)
	tell(a, x.(any) == 4, x.(interface{}).(any).(int))
	type local struct{ a int }
	x = local{1}
	l, isl := x.(local)
	_, isa := x.(struct{ a int })
	tell(l.a, isl, isa)
	x = struct{ a int }{2}
	_, isl = x.(local)
	st, isa := x.(struct{ a int })
	tell(isl, isa, st.a)
	ch := make(chan int, 1)
	x = ch
	_, isr := x.(<-chan int)
	_, isc := x.(chan int)
	tell(isr, isc)
	x = [3]int{1, 2, 3}
	arr, isarr := x.([3]int)
	_, is4 := x.([4]int)
	tell(arr, isarr, is4)
	sevens := 7
	x = solo{&sevens}
	so := x.(solo)
	*so.p = 8
	tell(*x.(solo).p)
}

func sampleBadAssertions(tell say) {
	var (
		nothing any
		none    namer
		n       namer = dog{"d"}
		e             = error(empty{})
		x       any   = "string"
		st      any   = struct{ a int }{}
	)
	type point struct{ a, b int }
	for _, f := range []func(){
		func() { _ = nothing.(int) },
		func() { _ = nothing.(namer) },
		func() { _ = nothing.(any) },
		func() { _ = nothing.(error) },
		func() { _ = none.(dog) },
		func() { _ = none.(*dog) },
		func() { _ = none.(both) },
		func() { _ = none.(any) },
		func() { _ = x.(int) },
		func() { _ = x.([]int) },
		func() { _ = x.(*string) },
		func() { _ = x.(point) },
		func() { _ = x.(map[string]func(int) error) },
		func() { _ = x.(namer) },
		func() { _ = x.(both) },
		func() { _ = x.(error) },
		func() { _ = x.(fmt.Stringer) },
		func() { _ = x.(interface{ Foo(int) string }) },
		func() { _ = n.(cat) },
		func() { _ = n.(*dog) },
		func() { _ = n.(both) },
		func() { _ = n.(hidden) },
		func() { _ = e.(namer).(sizer) },
		func() { _ = e.(interface{ Is(error) bool }) },
		func() { _ = st.(namer) },
		func() { _ = st.(point) },
		func() { _ = any(n).(error) },
		func() { _ = any(globalPoint).(point) },
		func() { _ = any(1).(num) },
		func() { _ = any(num(1)).(int) },
		func() { _ = any(&globalPoint).(namer) },
		func() { _ = any(list{}).(fmt.Stringer) },
	} {
		try(tell, f)
	}
}

func classify(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case int, int64:
		return fmt.Sprintf("whole %T %v", v, v)
	case string:
		return "string " + v
	case error:
		return "error " + v.Error()
	case both:
		return "both " + v.Name() + fmt.Sprint(v.Size())
	case namer:
		return "namer"
	case []int:
		return fmt.Sprint("ints ", len(v))
	case func() int:
		return "func"
	case *int:
		return fmt.Sprint("pointer ", v == nil)
	case point, struct{}:
		return fmt.Sprintf("struct %v", v)
	case [2]string:
		return v[1]
	default:
		return fmt.Sprintf("other %T", v)
	}
}

func sampleSwitches(tell say) {
	for range 2 {
		for _, v := range values() {
			tell(classify(v))
		}
	}
	var n namer = list{1}
	switch v := n.(type) {
	case list:
		tell("list", len(v))
	case sizer:
		tell("sizer")
	}
	switch n.(type) {
	case hidden:
		tell("hidden")
	case sizer:
		tell("sizer")
	}
}

func sampleExtremes(tell say) {
	nan, zero := math.NaN(), 0.0
	neg := math.Copysign(zero, -1)
	tell(min(1, 2), max(1, 2), min(3, 1, 2), max(3, 1, 2), min(4))
	a, b, c := 5, -3, 7
	tell(min(a, b, c), max(a, b, c), min(a, 2), max(2, a), min(a))
	x, y := 1.5, 2.5
	tell(min(x, y), max(x, y), min(x, nan), max(nan, x), min(nan, x, y), 1/min(zero, neg), 1/max(neg, zero), 1/min(neg, zero))
	s, t := "b", "a"
	tell(min(s, t), max(s, t, "c"), min(s, "aa", t))
	u, v := uint8(200), uint8(100)
	tell(min(u, v), max(u, v), min(int8(u), int8(v)), max(uint64(1)<<63, uint64(u)))
	f, g := float32(1), float32(nan)
	tell(min(f, g), max(f, f+1))
	r := 'x'
	tell(max(r, 'a'), min(uintptr(a), uintptr(c)), min(int16(a), int16(b)), max(uint32(a), 9), max(uint16(3), uint16(u)), max(num(3), num(a)))
}

func sampleComplex(tell say) {
	x, y := 1.5, -2.0
	c := complex(x, y)
	d := complex(float32(x), float32(y))
	tell(c, d, real(c), imag(c), real(d), imag(d), c*c, d/2)
	type wave complex64
	w := wave(d)
	tell(real(w), imag(w), w)
	c = complex(imag(c), real(c))
	tell(c, fmt.Sprintf("%T %T", real(d), imag(c)))
	cs := []complex128{c, 1}
	cs[1] = complex(real(cs[0]), 1)
	tell(cs)
}

func sampleUnsafe(tell say) {
	a := [4]int32{1, 2, 3, 4}
	p := unsafe.Pointer(&a)
	q := (*int32)(unsafe.Add(p, 8))
	*q = 30
	s := unsafe.Slice(&a[0], 3)
	s[0] = 10
	tell(a, s, len(s), cap(s), *unsafe.SliceData(s))
	b := []byte("hello")
	str := unsafe.String(&b[1], 3)
	b[1] = 'E'
	tell(str, *unsafe.StringData(str), unsafe.String(nil, 0) == "", unsafe.Slice((*int)(nil), 0) == nil)
	var f float64 = 1.5
	tell(*(*uint64)(unsafe.Pointer(&f)), unsafe.Sizeof(a), sizes(int8(1)), sizes(point{}), sizes("s"), sizes(big{}))
}

func sizes[T any](v T) string { return fmt.Sprint(unsafe.Sizeof(v), unsafe.Alignof(v)) }

func sampleReceivers(tell say) {
	var (
		d *dog
		n namer = d
		c *cat
		s sizer = c
		o *struct{ dog }
		e namer = o
	)
	try(tell, func() { n.Name() })
	try(tell, func() { s.Size() })
	try(tell, func() { e.Name() })
	try(tell, func() { tell(d.Name()) })
	try(tell, func() { f := n.Name; f() })
	try(tell, func() { f := d.Name; f() })
	try(tell, func() { d.Size() })
	n, s, e = (*empty)(nil), list(nil), cat{} // so that the compiler does not know what they hold
	try(tell, func() { n.Name() })
}

func sampleLarge(tell say) {
	b := big{s: "s"}
	b.a[5] = 5
	f := func(v big, vs ...big) (big, int) { v.a[6] = 6; return v, len(vs) }
	c, n := f(b, b, b)
	tell(c.a[5], c.a[6], b.a[6], n)
	var x any = c
	d := x.(big)
	d.a[0] = 1
	tell(x.(big).a[0], d.a[0])
	m := map[string]big{"k": d}
	ch := make(chan big, 1)
	ch <- m["k"]
	e := <-ch
	arr := [2]big{e, b}
	arr[1].a[7] = 7
	ps := []*big{&arr[0], &arr[1]}
	ps[0].s = "zero"
	tell(arr[0].s, arr[1].a[7], e.s, b.a[7])
	for _, v := range arr {
		v.s = "copy"
	}
	for i := range arr {
		arr[i].s += "!"
	}
	tell(arr[0].s, arr[1].s)
	os := [2]outer{{id: 1, inner: inner{name: "x"}}}
	os[1] = os[0]
	os[1].name = "y"
	tell(os[0].name, os[1].name, os[1].id)
	var wide [200]string
	i := 150
	wide[i] = "w"
	copyOf := wide
	copyOf[i] = "c"
	tell(wide[i], copyOf[i], len(wide))
}
