package vm

// What this file declares is run twice: as the compiled code that it is, and by the machine, from its source. Both must say the same.

import (
	"fmt"
	"math"
	"runtime"
	"strings"
)

type say func(...any)

var samples = []struct {
	name string
	run  func(say)
}{
	{"loads and stores", sampleMemory},
	{"structs", sampleStructs},
	{"nil pointers", sampleNil},
	{"arrays", sampleArrays},
	{"bad indexes", sampleIndexes},
	{"slicing", sampleSlicing},
	{"bad bounds", sampleBounds},
	{"make", sampleMake},
	{"append grows", sampleGrowth},
	{"append", sampleAppend},
	{"copy and clear", sampleCopy},
	{"maps", sampleMaps},
	{"maps by kinds of keys", sampleKeys},
	{"bad keys", sampleBadKeys},
	{"ranges over maps", sampleRanges},
	{"ranges over strings", sampleStrings},
	{"channels", sampleChannels},
	{"closed channels", sampleClosed},
	{"selects", sampleSelects},
	{"goroutines", sampleGoroutines},
	{"interfaces", sampleInterfaces},
	{"assertions", sampleAssertions},
	{"bad assertions", sampleBadAssertions},
	{"type switches", sampleSwitches},
	{"min and max", sampleExtremes},
	{"complex numbers", sampleComplex},
	{"unsafe", sampleUnsafe},
	{"methods of nil", sampleReceivers},
	{"large values", sampleLarge},
	{"deferred builtins", sampleDeferred},
	{"generic code", sampleGenerics},
	{"named types", sampleNamed},
	{"loops", sampleLoops},
}

// runSamples returns what the samples say.
func runSamples() []string {
	var all []string
	for _, s := range samples {
		n := 0
		tell := func(args ...any) {
			n++
			all = append(all, s.name+" "+fmt.Sprint(n)+": "+strings.TrimSuffix(fmt.Sprintln(args...), "\n"))
		}
		try(tell, func() { s.run(tell) })
	}
	return all
}

// try runs f and tells how it panicked.
func try(tell say, f func()) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		_, isError := p.(error)
		_, isRuntime := p.(runtime.Error)
		_, isAssertion := p.(*runtime.TypeAssertionError)
		tell("panic:", p, isError, isRuntime, isAssertion)
	}()
	f()
}

type point struct{ X, Y int }

type inner struct {
	b    byte
	name string
	list []int
	any
}

type outer struct {
	id uint16
	inner
	in   *inner
	grid [2][3]int32
	next *outer
}

type big struct {
	a [40]int
	s string
	m map[string]int
}

var (
	global      = 7
	globalPoint = point{1, 2}
	globalBig   big
	globalOuter *outer
)

func sampleMemory(tell say) {
	global, globalPoint = 7, point{1, 2}
	x := 3
	p := &x
	*p += global
	tell(x, *p)
	pp := &p
	**pp = 9
	global = x
	tell(global, globalPoint)
	globalPoint.Y = 5
	q := &globalPoint
	q.X++
	tell(globalPoint, *q)
	var (
		b   bool
		i8  int8      = -1
		u16 uint16    = 65535
		r   rune      = 'ж'
		f32 float32   = 1.5
		f             = math.Inf(-1)
		c64 complex64 = 1 + 2i
		c             = 3 - 4i
		s             = "text"
		sl            = []byte("bytes")
		e   any       = s
		fn            = func() int { return x }
		m             = map[string]int{"a": 1}
		ch            = make(chan int, 3)
		arr           = [3]string{"x", "y", "z"}
		up            = uintptr(12)
	)
	pb, pi8, pu16, pr, pf32, pf, pc64, pc, ps, psl, pe, pfn, pm, pch, parr, pup := &b, &i8, &u16, &r, &f32, &f, &c64, &c, &s, &sl, &e, &fn, &m, &ch, &arr, &up
	*pb, *pi8, *pu16, *pr, *pf32, *pf = true, *pi8-1, *pu16+1, *pr+1, *pf32*2, -*pf
	*pc64, *pc, *ps, *psl, *pe = *pc64*2, *pc+1, *ps+"!", append(*psl, '?'), *ps
	(*pm)["b"] = 2
	*pch <- 4
	(*parr)[1] = "Y"
	*pup++
	tell(b, i8, u16, r, f32, f, c64, c, s, string(sl), e, (*pfn)(), m, len(ch), arr, up)
	*pfn = func() int { return -x }
	tell(fn(), *pch == ch, (*pm)["b"])
	z := new(big)
	z.s = "big"
	w := *z
	w.a[39] = 1
	globalBig = w
	tell(z.a[39], w.a[39], globalBig.s, globalBig.m == nil)
	n := new(int)
	*n = 4
	tell(*n, *new(string) == "", new(big).m == nil, *new(point))
}

func sampleStructs(tell say) {
	o := outer{id: 3, inner: inner{b: 1, name: "n", list: []int{1}, any: 2}, in: &inner{name: "in"}}
	o.grid[1][2] = 5
	o.next = &outer{id: 4}
	o.next.next = &o
	o.inner.name += "m"
	o.list = append(o.list, 2)
	o.in.b = 200
	o.next.grid = o.grid
	tell(o.id, o.name, o.list, o.in.name, o.in.b, o.grid, o.next.grid[1], o.next.next == &o, o.any)
	c := o
	c.grid[0][0] = 1
	c.name = "c"
	tell(o.grid, c.grid, o.name, c.name, c.in == o.in)
	tell(make3(1).Y, make3(2), func() inner { return inner{b: 3} }().b)
	var anon struct {
		a int8
		b struct{ c, d string }
	}
	anon.b.d = "d"
	anon.a--
	tell(anon)
	ps := []*point{{1, 2}, {3, 4}}
	ps[1].X = 30
	vs := []point{{1, 2}, {3, 4}}
	vs[1].X = 31
	p := &vs[0]
	p.Y = 20
	for i := range vs {
		vs[i].X++
	}
	for _, v := range vs {
		v.X = 0
	}
	tell(*ps[1], vs)
	arr := [2]point{{1, 2}}
	arr[1].Y = 9
	brr := arr
	brr[0].X = 7
	tell(arr, brr, arr == brr, arr != [2]point{{1, 2}, {0, 9}})
	type empty struct{}
	es := []empty{{}, {}}
	ep := &es[1]
	tell(len(es), *ep, es)
}

func make3(n int) point { return point{n, n + 1} }

func sampleNil(tell say) {
	var (
		p *int
		o *outer
		s *[]int
		a *[4]int
		e *struct{}
		b *big
		f func()
		i interface{ M() }
	)
	for _, f := range []func(){
		func() { tell(*p) },
		func() { *p = 1 },
		func() { tell(o.id) },
		func() { o.next.id = 1 },
		func() { tell(o.grid[1][1]) },
		func() { tell((*s)[0]) },
		func() { tell(a[1]) },
		func() { a[1] = 2 },
		func() { tell(a[:]) },
		func() { tell(len(a), cap(a)) },
		func() {
			for i := range a {
				tell(i)
			}
		},
		func() {
			for _, v := range a {
				tell(v)
			}
		},
		func() { _ = *e },
		func() { x := *b; tell(x.s) },
		func() { *b = big{} },
		func() { f() },
		func() { i.M() },
		func() { q := &o.grid; tell(q == nil) },
		func() { q := &o.id; tell(q == nil) },
		func() { globalOuter.next = nil },
	} {
		try(tell, f)
	}
}

func sampleArrays(tell say) {
	a := [5]int{1, 2, 3}
	b := a
	b[4] = 9
	i := 2
	a[i] += b[i]
	tell(a, b, len(a), a[i], a == b)
	m := [3][2]string{{"a"}, {"b", "c"}}
	m[i][1] = "z"
	tell(m, m[1][i-1])
	p := &m
	p[0] = [2]string{"x", "y"}
	tell(p[0][i-2], len(p), p[2])
	tell(array()[i], array()[0], [3]string{"q", "w", "e"}[i])
	u := uint8(1)
	tell(a[u], m[u], array()[u], "héllo"[u])
	for i, v := range a {
		a[4-i] = v
	}
	tell(a)
	var grid [4][4]float64
	for y := range grid {
		for x := range grid[y] {
			grid[y][x] = float64(x * y)
		}
	}
	tell(grid)
	bytes := [4]byte{1, 2}
	bytes[3] ^= 0xf0
	tell(bytes, bytes[:2], string(bytes[3:]))
	var pairs [2]struct {
		a int8
		s string
	}
	pairs[1].s = "s"
	pairs[i-2].a = 4
	tell(pairs)
}

func array() [3]int { return [3]int{4, 5, 6} }

func sampleIndexes(tell say) {
	s := []int{1, 2, 3}
	str := "abc"
	a := [3]string{"a", "b", "c"}
	pa := &a
	bs := []big{{}}
	for _, i := range []int{-1, 3, 1 << 40, math.MinInt} {
		try(tell, func() { tell(s[i]) })
		try(tell, func() { s[i] = 1 })
		try(tell, func() { p := &s[i]; tell(*p) })
		try(tell, func() { tell(str[i]) })
		try(tell, func() { tell(a[i]) })
		try(tell, func() { pa[i] = "z" })
		try(tell, func() { tell(array()[i]) })
		try(tell, func() { tell(bs[i].s) })
		try(tell, func() { bs[i] = big{} })
	}
	for _, i := range []uint64{3, math.MaxUint64, 1 << 63} {
		try(tell, func() { tell(s[i]) })
		try(tell, func() { tell(str[i]) })
		try(tell, func() { a[i] = "" })
	}
	for _, i := range []int8{-128, -1, 0, 3} {
		try(tell, func() { tell(s[i], str[i], a[i]) })
	}
	for _, i := range []uint8{1, 200} {
		try(tell, func() { tell(s[i], str[i], a[i]) })
	}
	for _, i := range []int32{1, -7} {
		try(tell, func() { tell(s[i], str[i], a[i]) })
	}
	for _, i := range []uintptr{2, 77} {
		try(tell, func() { tell(s[i], str[i], a[i]) })
	}
	var none []string
	try(tell, func() { tell(none[0]) })
	try(tell, func() { tell(""[len(none)]) })
	try(tell, func() { tell(s[int16(-4)+int16(len(none))], s[uint16(5)+uint16(len(none))], s[uint32(5)]) })
	try(tell, func() { tell(s[uint16(5)+uint16(len(none))]) })
	try(tell, func() { tell(s[uint32(1)<<31]) })
}

func sampleSlicing(tell say) {
	s := []int{0, 1, 2, 3, 4, 5}
	i, j, k := 1, 3, 4
	tell(s[i:], s[:j], s[i:j], s[:], s[i:j:k], cap(s[i:j:k]), cap(s[i:]), len(s[j:j]), cap(s[6:]), s[6:] == nil)
	t := s[i:j]
	tell(t[:4], cap(t))
	t = append(t, 100)
	tell(s, t)
	t = append(s[i:j:j], 200)
	tell(s, t)
	str := "hello, 世界"
	tell(str[i:], str[:j], str[i:j], str[len(str):] == "", str[7:10])
	a := [4]string{"a", "b", "c", "d"}
	v := a[i:j]
	v[0] = "B"
	p := &a
	tell(a, v, cap(v), p[j:], cap(p[:i:j]))
	var none []int
	tell(none[:] == nil, none[0:0] == nil, len(none[:0:0]))
	var u8 uint8 = 2
	var i64 int64 = 3
	tell(s[u8:i64], str[u8:i64], a[u8:i64])
	bs := make([]big, 2, 5)
	bs = bs[1:4]
	bs[2].s = "x"
	tell(len(bs), cap(bs), bs[2].s)
	es := make([]struct{}, 3, 10)
	tell(len(es[1:7]), cap(es[1:7]))
	type names []string
	ns := names{"a", "b"}
	tell(ns[1:], fmt.Sprintf("%T", ns[1:]))
}

func sampleBounds(tell say) {
	s := make([]int, 3, 5)
	str := "abc"
	a := [3]int{}
	for _, i := range []int{-1, 2, 4, 6} {
		for _, j := range []int{-2, 1, 3, 5, 7} {
			try(tell, func() { tell(i, j, len(s[i:j])) })
			try(tell, func() { tell(i, j, len(str[i:j])) })
			try(tell, func() { tell(i, j, len(a[i:j])) })
			try(tell, func() { tell(i, j, len(s[i:j:4])) })
			try(tell, func() { tell(i, j, len(a[i:j:3])) })
			try(tell, func() { tell(i, j, len(s[1:i:j])) })
			try(tell, func() { tell(i, j, len(a[1:i:j])) })
		}
		try(tell, func() { tell(i, len(s[i:])) })
		try(tell, func() { tell(i, len(s[:i])) })
		try(tell, func() { tell(i, len(str[i:])) })
		try(tell, func() { tell(i, len(str[:i])) })
		try(tell, func() { tell(i, len(a[i:])) })
		try(tell, func() { tell(i, len(a[:i])) })
	}
	for _, u := range []uint64{1, 4, math.MaxUint64} {
		try(tell, func() { tell(u, len(s[u:])) })
		try(tell, func() { tell(u, len(s[:u])) })
		try(tell, func() { tell(u, len(str[u:])) })
		try(tell, func() { tell(u, len(str[:u])) })
		try(tell, func() { tell(u, len(a[u:])) })
		try(tell, func() { tell(u, len(a[:u:u])) })
	}
	for _, i := range []int8{-3, 3} {
		try(tell, func() { tell(i, len(s[i:])) })
		try(tell, func() { tell(i, len(str[:i])) })
	}
}

func sampleMake(tell say) {
	for _, n := range []int{0, 3, -1, math.MaxInt} {
		try(tell, func() { s := make([]int, n); tell(n, len(s), cap(s), s) })
		try(tell, func() { s := make([]string, 2, n); tell(n, len(s), cap(s), s) })
		try(tell, func() { s := make([]string, n, 4); tell(n, len(s), cap(s), s) })
		try(tell, func() { s := make([]struct{}, min(n, 1<<40)); tell(n, len(s), cap(s)) })
		try(tell, func() { m := make(map[string]int, min(n, 100)); m["a"]++; tell(n, m) })
		try(tell, func() { c := make(chan int, n); tell(n, len(c), cap(c)) })
		try(tell, func() { c := make(chan<- big, n); tell(n, len(c), cap(c)) })
	}
	for _, n := range []uint64{2, math.MaxUint64} {
		try(tell, func() { s := make([]byte, n); tell(n, s) })
		try(tell, func() { s := make([]byte, 1, n); tell(n, s) })
		try(tell, func() { c := make(chan string, n); tell(n, cap(c)) })
	}
	for _, n := range []int8{1, -1} {
		try(tell, func() { s := make([]int, n, 2); tell(n, s) })
	}
	s := make([]int, 2, 10)
	s = s[:10]
	tell(s, len(make([]big, 3)), make([]bool, 1), make([]any, 2), make([]*int, 1))
	tell(len(make([]string, 2, 9)[:7]))
}
