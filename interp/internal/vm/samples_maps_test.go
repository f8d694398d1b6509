package vm

// More of what samples_test.go begins.

//lint:file-ignore S1000 code that could be said more simply is run as well

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"sync"
	"time"
)

func sampleMaps(tell say) {
	m := map[string]int{"a": 1, "b": 2}
	m["c"] = 3
	m["a"] += 10
	m["d"]++
	delete(m, "b")
	delete(m, "zz")
	v, ok := m["a"]
	w, no := m["b"]
	_, is := m["c"]
	tell(m, len(m), v, ok, w, no, is, m["none"])
	var none map[string][]int
	x, has := none["a"]
	tell(none == nil, len(none), x == nil, has, none["b"])
	try(tell, func() { none["a"] = nil })
	try(tell, func() { none["a"] = append(none["a"], 1) })
	lists := map[string][]int{}
	lists["x"] = append(lists["x"], 1)
	lists["x"] = append(lists["x"], 2)
	tell(lists)
	nested := map[int]map[string]point{1: {"a": {1, 2}}}
	nested[2] = map[string]point{}
	nested[2]["z"] = point{3, 4}
	tell(nested, nested[1]["a"].Y, nested[3]["q"])
	same := m
	same["shared"] = 1
	tell(m["shared"], len(m))
	ptrs := map[*point]string{}
	p, q := &point{1, 1}, &point{1, 1}
	ptrs[p], ptrs[q] = "p", "q"
	tell(len(ptrs), ptrs[p], ptrs[q], ptrs[nil] == "")
	bigs := map[int]big{}
	b := bigs[1]
	b.s, b.a[3] = "s", 7
	bigs[1] = b
	c, found := bigs[1]
	_, lost := bigs[2]
	tell(c.s, c.a[3], bigs[1].a[3], bigs[2].s == "", found, lost)
	funcs := map[string]func(int) int{"sq": func(i int) int { return i * i }}
	tell(funcs["sq"](4))
	sets := map[rune]struct{}{'a': {}}
	sets['b'] = struct{}{}
	_, in := sets['b']
	tell(len(sets), in)
	type name string
	type count uint16
	named := map[name]count{"n": 1}
	named["n"] += 65535
	named["m"]--
	tell(named, fmt.Sprintf("%T", named))
	i := 0
	next := func() int { i++; return i }
	order := map[int]int{}
	order[next()] = next()
	order[next()] += next()
	tell(order)
	m2 := map[string]string{}
	for i := range 200 {
		m2[fmt.Sprint(i%50)] += string(rune('a' + i%26))
	}
	tell(m2, len(m2))
}

type key struct {
	a int8
	s string
}

func keyed[K comparable](tell say, ks ...K) {
	m := map[K]int{}
	other := map[K]outer{}
	huge := map[K][50]int{}
	for i, k := range ks {
		m[k] += i + 1
		other[k] = outer{id: uint16(i)}
		h := huge[k]
		h[49] = i
		huge[k] = h
	}
	for _, k := range ks {
		v, ok := m[k]
		_, ok2 := huge[k]
		tell(k, v, ok, ok2, m[k], other[k].id, huge[k][49])
	}
	if len(ks) > 0 {
		delete(m, ks[0])
		delete(huge, ks[0])
	}
	tell(len(m), len(other), len(huge))
	sum := 0
	for k, v := range m {
		sum += v
		delete(other, k)
	}
	tell(sum, len(other))
}

func sampleKeys(tell say) {
	type color uint8
	type id int64
	type label string
	keyed(tell, true, false)
	keyed(tell, int8(-1), 0, 5)
	keyed(tell, uint8(1), 255)
	keyed(tell, color(1), color(2))
	keyed(tell, int16(1), -3)
	keyed(tell, uint16(1), 65535)
	keyed(tell, int32(1), -1, 1<<30)
	keyed(tell, uint32(1), 1<<31)
	keyed(tell, 1, -1, 1<<40)
	keyed(tell, uint(1), 1<<63)
	keyed(tell, id(1), -1)
	keyed(tell, uintptr(1), 2)
	keyed(tell, float32(1), float32(math.NaN()), float32(math.Copysign(0, -1)), 0)
	keyed(tell, 1.5, math.NaN(), math.Copysign(0, -1), 0, math.Inf(1))
	keyed(tell, complex64(1i), complex(float32(math.NaN()), 0))
	keyed(tell, 1i, complex(math.NaN(), 0))
	keyed(tell, "a", "", "b", "a long key that does not fit", "a")
	keyed(tell, label("x"), "y")
	keyed(tell, point{1, 2}, point{2, 1}, point{1, 2})
	keyed(tell, key{1, "a"}, key{1, "b"}, key{})
	keyed(tell, [2]int{1, 2}, [2]int{2, 1})
	keyed(tell, [3]string{"a"}, [3]string{"b"})
	keyed[any](tell, 1, "1", 1.0, nil, int8(1), point{1, 2}, 1, [2]int{1, 2}, true, label("x"), "x")
	keyed(tell, struct{}{})
	keyed[error](tell, nil)
	keyed(tell, [33]string{1: "x"}, [33]string{2: "x"})
}

func sampleBadKeys(tell say) {
	m := map[any]int{1: 1}
	for _, k := range []any{[]int{1}, map[int]int{}, func() {}, struct{ a any }{[]int{}}, [1]any{func() {}}} {
		try(tell, func() { m[k] = 1 })
		try(tell, func() { tell(m[k]) })
		try(tell, func() { _, ok := m[k]; tell(ok) })
		try(tell, func() { delete(m, k) })
	}
	var none map[any]int
	try(tell, func() { tell(none[[]int{}]) })
	try(tell, func() { delete(none, []int{}) })
}

func sampleRanges(tell say) {
	m := map[int]string{}
	for i := range 100 {
		m[i] = fmt.Sprint(i)
	}
	var ks []int
	for k, v := range m {
		if fmt.Sprint(k) != v {
			tell("wrong", k, v)
		}
		ks = append(ks, k)
	}
	sort.Ints(ks)
	tell(ks)
	n := 0
	for range m {
		n++
	}
	for k := range m {
		n += k
	}
	for _, v := range m {
		n += len(v)
	}
	tell(n)
	seen := 0
	for k := range m { // all but the first are deleted before they are met
		seen++
		for other := range m {
			if other != k {
				delete(m, other)
			}
		}
	}
	tell(seen, len(m))
	clear(m)
	m[1] = "a"
	rounds := 0
	for k := range m {
		if rounds++; rounds > 1000 {
			break
		}
		delete(m, k)
		if rounds < 5 {
			m[k] = "again" // it may be met again, or not
		}
	}
	tell(rounds >= 1)
	var none map[string]int
	for k, v := range none {
		tell("none", k, v)
	}
	type pair struct {
		a, b string
	}
	pairs := map[pair]*big{{"a", "b"}: {s: "x"}, {"c", "d"}: nil}
	total := 0
	for k, v := range pairs {
		if v != nil {
			total += len(v.s)
		}
		total += len(k.a + k.b)
		k.a = "changed"
	}
	tell(total, len(pairs))
	outerSum := 0
	for i := range map[int]bool{1: true, 2: false} {
		for j := range map[int]bool{10: true, 20: false} {
			for s := range map[string]int{"x": 1, "yy": 2} {
				outerSum += i * j * len(s)
			}
		}
	}
	tell(outerSum)
	orders := map[string]bool{}
	for range 200 {
		order := ""
		for k := range map[string]int{"a": 1, "b": 2, "c": 3} {
			order += k
		}
		orders[order] = true
	}
	tell(len(orders) > 1)
	funcs := []func() int{}
	for k, v := range map[int]int{1: 2, 3: 4} {
		funcs = append(funcs, func() int { return k * v })
	}
	tell(funcs[0]() + funcs[1]())
	var k2 int
	var v2 string
	for k2, v2 = range map[int]string{5: "five"} {
	}
	tell(k2, v2)
}

func sampleStrings(tell say) {
	for i, r := range "aé世\xff\xe4\xb8z\U0001F600" {
		tell(i, r, string(r))
	}
	for i := range "éa" {
		tell(i)
	}
	n := 0
	for range "日本" {
		n++
	}
	for _, r := range "日本" {
		n += int(r)
	}
	tell(n)
	for i, r := range "" {
		tell("none", i, r)
	}
	s := "abc"
	for i, r := range s {
		s = "xyz"
		tell(i, r, s)
	}
	type text string
	for i, r := range text("né") {
		tell(i, r)
	}
	tell("abc"[1], len("né"), "né"[1:], "a" < "b", strings.Repeat("ab", 3)[2:4])
	for i := range []byte("xy") {
		for j, r := range "é" {
			tell(i, j, r)
		}
	}
}

func sampleChannels(tell say) {
	c := make(chan int, 3)
	c <- 1
	c <- 2
	tell(len(c), cap(c), <-c)
	v, ok := <-c
	tell(v, ok, len(c))
	close(c)
	v, ok = <-c
	tell(v, ok, <-c)
	roundTrip(tell, true)
	roundTrip(tell, int8(-3))
	roundTrip(tell, uint16(3))
	roundTrip(tell, 'x')
	roundTrip(tell, 2.5)
	roundTrip(tell, 1i)
	roundTrip(tell, "s")
	roundTrip(tell, []string{"a", "b"})
	roundTrip(tell, any(3))
	roundTrip(tell, error(nil))
	roundTrip(tell, point{1, 2})
	roundTrip(tell, key{1, "s"})
	roundTrip(tell, [3]byte{1, 2, 3})
	roundTrip(tell, [40]int{39: 1})
	roundTrip(tell, struct{}{})
	roundTrip(tell, &point{1, 2})
	roundTrip(tell, map[string]int{"a": 1})
	cc := make(chan chan string, 1)
	s := make(chan string, 1)
	cc <- s
	s <- "in"
	tell(<-<-cc)
	var (
		sends chan<- string = s
		recvs <-chan string = s
	)
	sends <- "dir"
	tell(<-recvs, len(recvs), cap(sends))
	sum := 0
	nums := make(chan int)
	go func() {
		defer close(nums)
		for i := range 10 {
			nums <- i
		}
	}()
	for n := range nums {
		sum += n
	}
	tell(sum)
	type event struct {
		name string
		data []byte
		n    int
	}
	events := make(chan event)
	go func() {
		events <- event{"a", []byte("x"), 1}
		events <- event{name: "b"}
		close(events)
	}()
	for e := range events {
		tell(e.name, string(e.data), e.n)
	}
	e, ok := <-events
	tell(e.name == "", ok)
	s2 := s
	tell(s == s2, s == make(chan string), len((chan int)(nil)))
}

func roundTrip[T any](tell say, v T) {
	var zero T
	buffered := make(chan T, 2)
	buffered <- v
	buffered <- zero
	x := <-buffered
	y, ok := <-buffered
	through := make(chan T)
	go func() {
		through <- v
		through <- v
		close(through)
	}()
	z := <-through
	w, ok2 := <-through
	u, ok3 := <-through
	a, b := fmt.Sprintf("%v %T", x, x), fmt.Sprintf("%v %T", v, v)
	tell(a == b, fmt.Sprint(y), ok, fmt.Sprint(z) == fmt.Sprint(v), fmt.Sprint(w) == fmt.Sprint(x), ok2, fmt.Sprint(u), ok3)
}

func sampleClosed(tell say) {
	c := make(chan int, 1)
	close(c)
	var none chan string
	b := make(chan big)
	close(b)
	try(tell, func() { c <- 1 })
	try(tell, func() { close(c) })
	try(tell, func() { close(none) })
	try(tell, func() { b <- big{} })
	try(tell, func() {
		select {
		case c <- 1:
		default:
		}
	})
	try(tell, func() {
		select {
		case c <- 1:
		case b <- big{}:
		}
	})
	v, ok := <-b
	tell(v.s, ok)
	waiting := make(chan int)
	done := make(chan bool)
	go func() {
		_, ok := <-waiting
		done <- ok
	}()
	time.Sleep(10 * time.Millisecond)
	close(waiting)
	tell(<-done)
}

func sampleSelects(tell say) {
	a, b := make(chan int, 1), make(chan string, 1)
	var none chan bool
	select {
	case v := <-a:
		tell("a", v)
	default:
		tell("default")
	}
	a <- 1
	select {
	case v, ok := <-a:
		tell("a", v, ok)
	case none <- true:
		tell("sent")
	}
	b <- "full"
	select {
	case v := <-a:
		tell("a", v)
	case b <- "again":
		tell("sent")
	case <-none:
		tell("none")
	case s := <-b:
		tell("b", s)
	}
	select {
	case b <- "one":
		tell("sent", len(b))
	default:
		tell("default")
	}
	select {
	case b <- "two":
		tell("sent")
	default:
		tell("default", len(b))
	}
	select {
	case none <- true:
		tell("sent")
	case <-none:
		tell("received")
	default:
		tell("nothing")
	}
	close(a)
	select {
	case v, ok := <-a:
		tell(v, ok)
	}
	counts := [2]int{}
	x, y := make(chan int, 1000), make(chan int, 1000)
	for i := range 1000 {
		x <- i
		y <- i
	}
	for range 1000 {
		select {
		case <-x:
			counts[0]++
		case <-y:
			counts[1]++
		}
	}
	tell(counts[0]+counts[1], counts[0] > 300, counts[1] > 300)
	bigs := make(chan big, 1)
	arr := [2]chan point{make(chan point, 1), make(chan point, 1)}
	i := 0
	f := func() int { i++; return i }
	select {
	case arr[f()-1] <- point{f(), f()}:
		tell("sent", i)
	case <-arr[f()-2]:
		tell("received", i)
	}
	tell(len(arr[0]), len(arr[1]), i)
	bigs <- big{s: "x"}
	var got big
	var gotOk bool
	select {
	case got, gotOk = <-bigs:
	case <-none:
	}
	tell(got.s, gotOk)
	timeout := time.After(5 * time.Millisecond)
loop:
	for {
		select {
		case <-none:
			tell("none")
		case <-timeout:
			tell("timeout")
			break loop
		}
	}
	work, results, quit := make(chan int), make(chan int), make(chan struct{})
	go func() {
		for {
			select {
			case n := <-work:
				results <- n * n
			case <-quit:
				close(results)
				return
			}
		}
	}()
	sum := 0
	for i := range 5 {
		work <- i
		sum += <-results
	}
	close(quit)
	_, open := <-results
	tell(sum, open)
}

func sampleGoroutines(tell say) {
	var (
		mu sync.Mutex
		wg sync.WaitGroup
	)
	shared := map[int]int{}
	total := 0
	for i := range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			local := map[string]int{}
			for j := range 50 {
				local[fmt.Sprint(j%7)] += j
			}
			var s []point
			for j := range 50 {
				s = append(s, point{i, j})
			}
			var a any = s[i]
			p, _ := a.(point)
			mu.Lock()
			defer mu.Unlock()
			shared[p.X] += p.Y + local["3"]
			total += len(s)
		}()
	}
	wg.Wait()
	tell(shared, total)
	in, out := make(chan int), make(chan string)
	for range 4 {
		go func() {
			for n := range in {
				out <- fmt.Sprint(n * 2)
			}
			out <- ""
		}()
	}
	go func() {
		for i := range 100 {
			in <- i
		}
		close(in)
	}()
	var all []string
	for ended := 0; ended < 4; {
		if s := <-out; s == "" {
			ended++
		} else {
			all = append(all, s)
		}
	}
	sort.Strings(all)
	tell(len(all), all[0], all[99])
	var once sync.Once
	n := 0
	for range 3 {
		once.Do(func() { n++ })
	}
	tell(n)
}
