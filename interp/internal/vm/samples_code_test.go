package vm

// More of what samples_test.go begins.

//lint:file-ignore S1000,U1000 code that could be said more simply is run as well

import (
	"fmt"
	"strings"
	"unsafe"
)

func sampleDeferred(tell say) {
	m := map[string]int{"a": 1, "b": 2}
	s := []int{1, 2, 3}
	t := []int{7, 8}
	b := []byte("xxx")
	ch := make(chan int, 1)
	func() {
		k := "a"
		defer delete(m, k)
		defer copy(s, t)
		defer copy(b, "yz")
		defer close(ch)
		defer clear(t[1:])
		k = "b"
		t = []int{0, 5}
		tell(len(m), s, t)
	}()
	_, open := <-ch
	tell(m, s, t, string(b), open)
	go clear(m)
	func() {
		defer func() { tell("recovered", recover()) }()
		defer close(ch)
	}()
	func() {
		defer func() { tell("recovered", recover() != nil) }()
		var none map[any]int
		defer delete(none, any([]int{}))
	}()
}

type number interface {
	~int | ~int8 | ~uint16 | ~float64
}

func mapped[S ~[]E, E, R any](s S, f func(E) R) []R {
	r := make([]R, 0, len(s))
	for _, e := range s {
		r = append(r, f(e))
	}
	return r
}

func keysOf[M ~map[K]V, K comparable, V any](m M) int {
	n := 0
	for k, v := range m {
		if w, ok := m[k]; ok && any(v) == any(w) {
			n++
		}
		delete(m, k)
	}
	return n
}

func total[T number](vs ...T) (sum T) {
	for i := range vs {
		sum += vs[i]
	}
	return max(sum, 1)
}

type stack[T any] struct {
	items []T
	seen  map[string]T
	last  *T
}

func (s *stack[T]) push(v T) {
	s.items = append(s.items, v)
	s.last = &s.items[len(s.items)-1]
	if s.seen == nil {
		s.seen = make(map[string]T)
	}
	s.seen[fmt.Sprint(v)] = v
}

func (s *stack[T]) pop() (v T, ok bool) {
	if len(s.items) == 0 {
		return v, false
	}
	v = s.items[len(s.items)-1]
	clear(s.items[len(s.items)-1:])
	s.items = s.items[:len(s.items)-1]
	return v, true
}

func sent[T any](vs []T) []T {
	ch := make(chan T, 1)
	go func() {
		defer close(ch)
		for _, v := range vs {
			select {
			case ch <- v:
			}
		}
	}()
	var out []T
	for v := range ch {
		out = append(out, v)
	}
	return out
}

func kindOfValue[T any](v T) string {
	switch x := any(v).(type) {
	case int:
		return fmt.Sprint("int", x+1)
	case []T:
		return "slice of itself"
	case fmt.Stringer:
		return "stringer"
	}
	_, ok := any(v).(T)
	return fmt.Sprintf("%T %v", v, ok)
}

func indexed[T ~[]E | ~[3]E, E any](v T, i int) E { return v[i] }

func bytesOf[T string | []byte](v T) (n int) {
	for i := range len(v) {
		n += int(v[i])
	}
	n += len(v[1:2])
	return n + copy(make([]byte, 2), v)
}

type offsets[T any] struct {
	a T
	point
	in struct{ b, c T }
}

func (o *offsets[T]) all() string {
	return fmt.Sprint(unsafe.Offsetof(o.point), unsafe.Offsetof(o.in), unsafe.Offsetof(o.in.c), unsafe.Offsetof((*o).in.c))
}

func sampleGenerics(tell say) {
	tell(new(offsets[int8]).all(), new(offsets[string]).all())
	type names []string
	tell(mapped(names{"a", "bb"}, func(s string) int { return len(s) }), mapped([]point{{1, 2}}, func(p point) big { return big{s: fmt.Sprint(p)} })[0].s)
	tell(keysOf(map[string]int{"a": 1, "b": 2}), keysOf(map[point][2]int{{}: {1}}))
	tell(total(1, 2, 3), total(1.5, 2), total[int8](), total(num(3), 4), total[uint16](65535, 3))
	var s stack[point]
	s.push(point{1, 2})
	s.push(point{3, 4})
	s.last.X = 30
	p, ok := s.pop()
	tell(p, ok, s.items, s.seen["{1 2}"], len(s.seen))
	s.pop()
	_, ok = s.pop()
	tell(ok)
	var b stack[big]
	b.push(big{s: "x"})
	v, _ := b.pop()
	tell(v.s, len(b.items), cap(b.items))
	tell(sent([]string{"a", "b"}), sent([]any{1, nil}), len(sent([]big{{}, {}})), sent([]struct{}{{}}))
	tell(kindOfValue(1), kindOfValue("s"), kindOfValue(point{}), kindOfValue([]int{}), kindOfValue(any(3)))
	tell(indexed[[]string, string]([]string{"x", "y"}, 1), indexed[[3]point, point]([3]point{{5, 6}}, 0))
	try(tell, func() { tell(indexed[[]int, int](nil, 0)) })
	try(tell, func() { tell(indexed[[3]int, int]([3]int{}, 3)) })
	tell(bytesOf("abc"), bytesOf([]byte("abc")))
}

type (
	temperature float64
	week        [7]string
	grid        [][]rune
	queue       chan string
	visits      map[label2]int
	label2      string
	predicates  []func(int) bool
	tree        struct {
		left, right *tree
		v           int
	}
	matrix [2][2]complex128
)

func (t *tree) insert(v int) *tree {
	switch {
	case t == nil:
		return &tree{v: v}
	case v < t.v:
		t.left = t.left.insert(v)
	default:
		t.right = t.right.insert(v)
	}
	return t
}

func (t *tree) each(f func(int)) {
	if t != nil {
		t.left.each(f)
		f(t.v)
		t.right.each(f)
	}
}

func (w week) day(i int) string { return w[i%len(w)] }
func (w *week) set(i int)       { w[i] = strings.ToUpper(w[i]) }
func (v visits) add(l label2)   { v[l]++ }
func (m matrix) times(n matrix) (r matrix) {
	for i := range m {
		for j := range n[0] {
			for k := range n {
				r[i][j] += m[i][k] * n[k][j]
			}
		}
	}
	return r
}

func sampleNamed(tell say) {
	w := week{"mo", "tu", 6: "su"}
	w.set(1)
	tell(w.day(8), w.day(13), w, len(w))
	g := grid{[]rune("ab"), nil}
	g[1] = append(g[1], 'x', 'ж')
	tell(string(g[1]), len(g[0]), g[0][1])
	q := make(queue, 2)
	q <- "job"
	tell(<-q, cap(q))
	v := visits{}
	v.add("home")
	v.add("home")
	tell(v["home"], v["none"], v)
	ps := predicates{func(i int) bool { return i > 1 }}
	ps = append(ps, func(i int) bool { return i%2 == 0 })
	tell(ps[0](2), ps[1](3))
	var root *tree
	for _, v := range []int{5, 2, 8, 1, 9, 3} {
		root = root.insert(v)
	}
	var sorted []int
	root.each(func(v int) { sorted = append(sorted, v) })
	tell(sorted)
	m := matrix{{1, 1i}, {0, 2}}
	tell(m.times(m), m)
	var t temperature = 36.6
	pt := &t
	*pt += 0.4
	tell(t, fmt.Sprintf("%T %T %T %T", t, g, v, ps))
	f := w.day
	w[0] = "changed"
	tell(f(0), w.day(0), week.day(w, 0))
	ws := map[string]week{"a": w}
	tell(ws["a"][0], ws["b"][0] == "", ws["a"].day(1))
	lists := []*[3]int{{1, 2, 3}, {}}
	for _, l := range lists {
		for i := range l {
			l[i]++
		}
	}
	tell(*lists[0], *lists[1], lists[0][1:])
}

func sampleLoops(tell say) {
	var kept []point
	for i := range 3 {
		p := &point{X: i}
		p.Y += p.X
		a := new([3]point)
		a[i] = *p
		a[i%2].X++
		q := &outer{in: new(inner)}
		q.grid[1][i]++
		q.in.b++
		kept = append(kept, *p, a[0], a[1], a[2], point{int(q.grid[1][i]), int(q.in.b)})
	}
	tell(kept)
	var fs []func() int
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { i += 10; return i })
	}
	tell(fs[0](), fs[0](), fs[1](), fs[2]())
	x, y := 1, 2
	for range 5 {
		x, y = y, x+y
	}
	tell(x, y)
	a := []int{1, 2, 3}
	i := 0
	i, a[i] = 2, 10
	tell(i, a)
	a[0], a[1], a[2] = a[2], a[0], a[1]
	tell(a)
	for i, v := range a {
		if i == 0 {
			a = append(a, 99)
			a[1] = 77
		}
		tell(i, v)
	}
	arr := [3]int{1, 2, 3}
	for i, v := range arr {
		arr[2] = 100
		tell(i, v)
	}
	for i, v := range &arr {
		arr[2] = 200
		tell(i, v)
	}
	var list *tree
	for i := range 4 {
		list = &tree{left: list, v: i}
	}
	n := 0
	for l := list; l != nil; l = l.left {
		n = n*10 + l.v
	}
	tell(n)
	s := "start"
	for len(s) > 0 {
		s = s[1:]
	}
	tell(s == "")
	m := map[int]int{0: 1, 1: 2, 2: 3}
	k := 0
	for range 3 {
		k = m[k]
	}
	tell(k)
	var e any = 0
	for range 3 {
		e = e.(int) + 1
	}
	tell(e)
	p := &point{}
	for i := range 3 {
		q := *p
		q.X += i
		p = &q
	}
	tell(*p)
outer:
	for i := range 3 {
		for j := range 3 {
			switch {
			case j == 2:
				continue outer
			case i == 2:
				break outer
			}
			tell(i, j)
		}
	}
	var b big
	bs := []big{b, b}
	for i, c := range bs {
		c.a[0] = i + 1
		b, bs[i] = c, b
	}
	tell(b.a[0], bs[0].a[0], bs[1].a[0])
	words := map[string][]string{}
	for _, w := range strings.Fields("the quick the lazy the dog quick") {
		words[w[:1]] = append(words[w[:1]], w)
	}
	tell(words)
}
