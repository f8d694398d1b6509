package generic_test

// What this file declares is run twice: by compiled code, with the library's generic names, and by the machine, which has ours.
// Both must say the same.

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unique"
	"weak"
)

type say func(...any)

var samples = []struct {
	name string
	run  func(say)
}{
	{"editing slices", sampleEdits},
	{"sorting", sampleSorts},
	{"sorting what is named", sampleNamed},
	{"a sort that panics", sampleSortPanics},
	{"searching", sampleSearches},
	{"iterators", sampleIterators},
	{"maps", sampleMaps},
	{"pulling", samplePull},
	{"once", sampleOnce},
	{"atomic pointers", sampleAtomic},
	{"unique values", sampleUnique},
	{"weak pointers", sampleWeak},
	{"cleanups", sampleCleanups},
	{"errors", sampleErrors},
	{"reflection", sampleReflect},
	{"null", sampleNull},
	{"hashes", sampleHashes},
	{"order", sampleOrder},
	{"instances that are compiled", sampleInstances},
	{"names of types", sampleTypes},
}

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

// try runs f, and says what it panics with.
func try(tell say, f func()) {
	defer func() {
		if p := recover(); p != nil {
			_, fault := p.(runtime.Error)
			tell("panic:", p, fault)
		}
	}()
	f()
}

type card struct {
	rank int
	suit string
	back *card
}

func (c card) String() string { return fmt.Sprint(c.rank, c.suit) }
func (c card) Error() string  { return "card " + c.suit }

type hand []card

type degrees float32

func deal(r *rand.Rand, n int) hand {
	h := make(hand, r.IntN(n+1), n+3)
	for i := range h {
		h[i] = card{rank: r.IntN(4), suit: string(rune('a' + i%26))}
	}
	return h
}

func byRank(a, b card) int { return cmp.Compare(a.rank, b.rank) }

func sampleEdits(tell say) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 3))
		i, j := r.IntN(12)-1, r.IntN(12)-1
		edits := []func(h, v hand) hand{
			func(h, v hand) hand { return slices.Insert(h, i, v...) },
			func(h, v hand) hand { return slices.Insert(h, i, h...) },
			func(h, v hand) hand { return slices.Replace(h, i, j, v...) },
			func(h, v hand) hand { return slices.Delete(h, i, j) },
			func(h, v hand) hand { return slices.DeleteFunc(h, func(c card) bool { return c.rank == i }) },
			func(h, v hand) hand { return slices.Compact(h) },
			func(h, v hand) hand {
				return slices.CompactFunc(h, func(a, b card) bool { return a.rank == b.rank })
			},
			func(h, v hand) hand { return slices.Grow(h, j) },
			func(h, v hand) hand { return slices.Concat(h, v, h) },
			func(h, v hand) hand { return slices.Repeat(v, j) },
			func(h, v hand) hand { return slices.Clone(h) },
			func(h, v hand) hand { slices.Reverse(h); return slices.Clip(h) },
		}
		for k, edit := range edits {
			try(tell, func() {
				seeded := rand.New(rand.NewPCG(seed, 4))
				h, v := deal(seeded, 10), deal(seeded, 4)
				all := h[:cap(h)]
				result := edit(h, v)
				tell(seed, k, result, len(result), cap(result), all, h, result == nil)
			})
		}
	}
}

func sampleSorts(tell say) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 5))
		h := deal(r, 80)
		compared := 0
		count := func(a, b card) int { compared++; return byRank(a, b) }
		slices.SortFunc(h, count)
		tell(h, compared)
		tell(slices.IsSortedFunc(h, count))
		h = deal(r, 80)
		slices.SortStableFunc(h, count)
		tell(h, compared)
		tell(slices.SortedFunc(slices.Values(deal(r, 20)), byRank), slices.SortedStableFunc(slices.Values(deal(r, 20)), byRank))
	}
	words := strings.Fields("the quick brown fox jumps over the lazy dog")
	slices.SortFunc(words, strings.Compare)
	tell(words)
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(b, a)) })
	tell(words)
	slices.Sort(words)
	tell(words)
}

func sampleNamed(tell say) {
	type local int8
	temperatures := []degrees{3, degrees(math.NaN()), -1, degrees(math.Inf(1)), 0, degrees(math.Copysign(0, -1))}
	slices.Sort(temperatures)
	tell(temperatures, slices.IsSorted(temperatures))
	numbers := []local{5, -128, 127, 0}
	slices.Sort(numbers)
	tell(numbers)
	spans := []time.Duration{time.Hour, time.Second, -time.Minute}
	slices.Sort(spans)
	tell(spans)
	slices.Sort[[]int](nil)
	tell(slices.Sorted(maps.Keys(map[local]bool{3: true, -3: false})))
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 8))
		h := deal(r, 50)
		sampleKind(tell, h, func(c card) *card { return &c }, func(p *card) int { return p.rank })
		sampleKind(tell, h, func(c card) fmt.Stringer { return c }, func(s fmt.Stringer) int { return s.(card).rank })
		sampleKind(tell, h, func(c card) any { return c }, func(v any) int { return v.(card).rank })
		sampleKind(tell, h, func(c card) hand { return hand{c, c} }, func(h hand) int { return h[1].rank })
		sampleKind(tell, h, func(c card) degrees { return degrees(c.rank) }, func(d degrees) int { return int(d) })
		sampleKind(tell, h, func(c card) local { return local(c.suit[0]) }, func(l local) int { return int(l) % 3 })
		sampleKind(tell, h, func(c card) [2]card { return [2]card{c} }, func(a [2]card) int { return a[0].rank })
		sampleKind(tell, h, func(c card) func() card { return func() card { return c } }, func(f func() card) int { return f().rank })
	}
}

// sampleKind sorts elements of another kind: the order tells some of them apart, what is told of them tells all.
func sampleKind[E any](tell say, h hand, of func(card) E, rank func(E) int) {
	s := make([]E, len(h))
	for i, c := range h {
		s[i] = of(c)
	}
	n := 0
	compare := func(a, b E) int { n++; return cmp.Compare(rank(a), rank(b)) }
	stable := slices.Clone(s)
	slices.SortFunc(s, compare)
	slices.SortStableFunc(stable, compare)
	tell(n)
	for i := range s {
		var a, b any = s[i], stable[i]
		switch x := a.(type) {
		case *card:
			a, b = *x, *b.(*card)
		case func() card:
			a, b = x(), b.(func() card)()
		}
		tell(a, b)
	}
	try(tell, func() {
		slices.SortFunc(s, func(a, b E) int {
			if n--; n%7 == 0 {
				panic(n)
			}
			return compare(b, a)
		})
	})
}

func sampleSortPanics(tell say) {
	r := rand.New(rand.NewPCG(1, 6))
	h := make(hand, 40)
	for i := range h {
		h[i] = card{rank: r.IntN(100)}
	}
	for limit := range 30 {
		c := slices.Clone(h)
		n := 0
		try(tell, func() {
			slices.SortFunc(c, func(a, b card) int {
				if n++; n > limit*9 {
					panic(fmt.Sprint("after ", n))
				}
				return byRank(a, b)
			})
		})
		tell(c)
	}
}

func sampleSearches(tell say) {
	h := hand{{rank: 1, suit: "a"}, {rank: 3, suit: "b"}, {rank: 3, suit: "c"}, {rank: 9, suit: "d"}}
	tell(slices.Index(h, card{rank: 3, suit: "c"}), slices.Index(h, card{}), slices.Contains(h, h[1]), slices.ContainsFunc(h, func(c card) bool { return c.suit > "c" }))
	for rank := range 11 {
		i, ok := slices.BinarySearchFunc(h, rank, func(c card, rank int) int { return c.rank - rank })
		tell(rank, i, ok)
	}
	tell(slices.BinarySearch([]degrees{degrees(math.NaN()), 1, 2}, 2))
	tell(slices.MinFunc(h, byRank), slices.MaxFunc(h, byRank), slices.Max([]degrees{1, 2}), slices.Min([]string{"b", "a"}))
	tell(slices.Equal(h, h[:]), slices.EqualFunc(h, []int{1, 3, 3, 9}, func(c card, n int) bool { return c.rank == n }))
	tell(slices.Compare([]degrees{1, 2}, []degrees{1, 3}), slices.CompareFunc(h, []int{1, 2}, func(c card, n int) int { return c.rank - n }))
	try(tell, func() { tell(slices.Max(hand(nil)[:0:0].ranks())) })
	try(tell, func() { tell(slices.MinFunc(hand{}, byRank)) })
	try(tell, func() { tell(slices.Index([]any{[]int{}}, any([]int{}))) })
	try(tell, func() { tell(slices.IndexFunc(h, nil)) })
}

func (h hand) ranks() []int {
	var ranks []int
	for _, c := range h {
		ranks = append(ranks, c.rank)
	}
	return ranks
}

func sampleIterators(tell say) {
	h := deal(rand.New(rand.NewPCG(2, 7)), 9)
	for i, c := range slices.All(h) {
		if i == 3 {
			break
		}
		tell(i, c)
	}
	for i, c := range slices.Backward(h) {
		if i%2 == 0 {
			continue
		}
		tell(i, c)
	}
	for part := range slices.Chunk(h, 2) {
		tell(part, len(part), cap(part))
	}
	try(tell, func() { tell(slices.Chunk(h, 0)) })
	tell(slices.Collect(slices.Values(h)), slices.AppendSeq(hand{{suit: "first"}}, slices.Values(h)))
	tell(slices.Collect(func(func(card) bool) {}) == nil)
	for c := range evens(slices.Values(h)) {
		defer tell("deferred", c)
		if c.rank == 0 {
			return
		}
	}
}

// evens is an iterator adapter as one writes them.
func evens(seq iter.Seq[card]) iter.Seq[card] {
	return func(yield func(card) bool) {
		for c := range seq {
			if c.rank%2 == 0 && !yield(c) {
				return
			}
		}
	}
}

func sampleMaps(tell say) {
	type key struct {
		x any
		n int
	}
	m := map[key]hand{{1, 1}: {{rank: 1}}, {"1", 1}: nil, {card{suit: "k"}, 0}: {}}
	c := maps.Clone(m)
	tell(len(c), maps.EqualFunc(m, c, func(a, b hand) bool { return len(a) == len(b) }))
	delete(c, key{1, 1})
	tell(len(m), len(c), maps.Clone(map[int]card(nil)) == nil)
	maps.Copy(c, map[key]hand{{nil, 7}: {{}, {}}})
	maps.DeleteFunc(c, func(k key, h hand) bool { return len(h) == 0 })
	tell(c)
	byName := map[string]card{"a": {rank: 1}, "b": {rank: 2}}
	tell(slices.Sorted(maps.Keys(byName)), slices.SortedFunc(maps.Values(byName), byRank), maps.Equal(byName, maps.Collect(maps.All(byName))))
	maps.Insert(byName, maps.All(map[string]card{"c": {rank: 3}}))
	tell(byName)
	nan := map[float64]card{math.NaN(): {rank: 1}}
	tell(len(maps.Clone(nan)), maps.Equal(nan, nan))
	try(tell, func() { maps.Copy(map[string]card(nil), byName) })
}

func samplePull(tell say) {
	next, stop := iter.Pull(evens(func(yield func(card) bool) {
		defer tell("the sequence ends")
		for i := range 9 {
			if !yield(card{rank: i}) {
				return
			}
		}
	}))
	for range 3 {
		c, ok := next()
		tell(c, ok)
	}
	stop()
	c, ok := next()
	tell(c, ok)
	stop()
	next2, stop2 := iter.Pull2(slices.All(hand{{suit: "x"}}))
	for range 3 {
		i, c, ok := next2()
		tell(i, c, ok)
	}
	stop2()
	broken, stop3 := iter.Pull(func(yield func(int) bool) {
		yield(1)
		panic(card{suit: "thrown"})
	})
	tell(broken())
	try(tell, func() { broken() })
	tell(broken())
	stop3()
	a, stopA := iter.Pull(slices.Values([]string{"a", "b", "c"}))
	b, stopB := iter.Pull(maps.Keys(map[int]bool{1: true}))
	defer stopA()
	defer stopB()
	for {
		x, more := a()
		y, also := b()
		tell(x, more, y, also)
		if !more {
			break
		}
	}
}

func sampleOnce(tell say) {
	calls := 0
	once := sync.OnceValue(func() card { calls++; return card{rank: calls} })
	tell(once(), once(), calls)
	twice := sync.OnceValues(func() (card, error) { calls++; return card{}, card{suit: "error"} })
	_, err := twice()
	_, again := twice()
	tell(err, err == again, calls)
	bad := sync.OnceValue(func() hand { calls++; return hand{}[calls:] })
	try(tell, func() { bad() })
	try(tell, func() { bad() })
	tell(calls)
	var wg sync.WaitGroup
	var sum atomic.Int64
	slow := sync.OnceValue(func() int { sum.Add(1); return 5 })
	for range 8 {
		wg.Go(func() { sum.Add(int64(slow())) })
	}
	wg.Wait()
	tell(sum.Load())
}

func sampleAtomic(tell say) {
	one, two := &card{rank: 1}, &card{rank: 2}
	var p atomic.Pointer[card]
	tell(p.Load() == nil, p.CompareAndSwap(one, two), p.CompareAndSwap(nil, one), p.Load(), p.Swap(two), p.Load().rank)
	var list atomic.Pointer[card]
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 50 {
				c := &card{rank: i}
				for {
					c.back = list.Load()
					if list.CompareAndSwap(c.back, c) {
						break
					}
				}
			}
		})
	}
	wg.Wait()
	n, sum := 0, 0
	for c := list.Load(); c != nil; c = c.back {
		n, sum = n+1, sum+c.rank
	}
	tell(n, sum)
	try(tell, func() { tell((*atomic.Pointer[card])(nil).Load()) })
	type config struct {
		atomic.Pointer[hand]
		name string
	}
	var c config
	c.Store(&hand{{rank: 5}})
	tell((*c.Load())[0], c.name)
}

func sampleUnique(tell say) {
	type point struct{ x, y int }
	a, b, c := unique.Make(point{1, 2}), unique.Make(point{1, 2}), unique.Make(point{2, 1})
	tell(a == b, a == c, a.Value(), c.Value())
	byHandle := map[unique.Handle[point]]string{a: "a", c: "c"}
	tell(byHandle[b], len(byHandle))
	tell(unique.Make("x") == unique.Make(strings.ToLower("X")), unique.Make[any](point{}) == unique.Make[any](card{}), unique.Make[fmt.Stringer](card{}).Value())
	try(tell, func() { unique.Make[any](hand{}) })
	try(tell, func() { tell(unique.Handle[point]{}.Value()) })
	runtime.GC()
	tell(a == unique.Make(point{1, 2}))
}

func sampleWeak(tell say) {
	c := &card{rank: 4, back: &card{rank: 5}}
	w, field := weak.Make(c), weak.Make(&c.suit)
	tell(w.Value() == c, w == weak.Make(c), w == weak.Make(c.back), field.Value() == &c.suit, weak.Make[card](nil).Value() == nil)
	runtime.GC()
	tell(w.Value().rank)
	runtime.KeepAlive(c)
	gone := weakly()
	tell(until(func() bool { return gone.Value() == nil }))
}

// weakly returns a pointer to what nothing else refers to.
//
//go:noinline
func weakly() weak.Pointer[[40]card] {
	return weak.Make(&[40]card{{rank: 1}})
}

// until collects garbage until something is so.
func until(is func() bool) bool {
	for range 2000 {
		if is() {
			return true
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	return false
}

func sampleCleanups(tell say) {
	cleaned := make(chan card, 4)
	arrange(cleaned)
	var seen hand
	tell(until(func() bool {
		for len(cleaned) > 0 {
			seen = append(seen, <-cleaned)
		}
		return len(seen) == 2
	}))
	slices.SortFunc(seen, byRank)
	tell(seen)
	c := &card{}
	try(tell, func() { runtime.AddCleanup(c, func(*card) {}, c) })
	try(tell, func() { runtime.AddCleanup(c, func(*string) {}, &c.suit) })
	try(tell, func() { runtime.AddCleanup((*card)(nil), func(int) {}, 1) })
}

//go:noinline
func arrange(cleaned chan card) {
	runtime.AddCleanup(&[40]card{}, func(c card) { cleaned <- c }, card{rank: 7, suit: "arg"})
	runtime.AddCleanup(&[40]card{}, func(c *card) { cleaned <- *c }, &card{rank: 8, suit: "pointer"})
	runtime.AddCleanup(&[40]card{}, func(n int) { cleaned <- card{rank: n} }, 9).Stop()
}

func sampleErrors(tell say) {
	wrapped := fmt.Errorf("wrapped: %w", errors.Join(errors.New("first"), card{suit: "inner"}))
	c, ok := errors.AsType[card](wrapped)
	tell(c.suit, ok)
	_, ok = errors.AsType[*card](wrapped)
	tell(ok)
	s, ok := errors.AsType[interface {
		error
		fmt.Stringer
	}](wrapped)
	tell(s, ok)
	_, ok = errors.AsType[card](nil)
	tell(ok)
}

func sampleReflect(tell say) {
	tell(reflect.TypeFor[card]().Name(), reflect.TypeFor[card]().NumField(), reflect.TypeFor[error](), reflect.TypeFor[hand]().Elem().Name())
	c, ok := reflect.TypeAssert[card](reflect.ValueOf(card{rank: 3}))
	tell(c, ok)
	e, ok := reflect.TypeAssert[error](reflect.ValueOf(card{suit: "e"}))
	tell(e, ok)
	_, ok = reflect.TypeAssert[hand](reflect.ValueOf(card{}))
	tell(ok)
	try(tell, func() { reflect.TypeAssert[int](reflect.ValueOf(card{}).Field(0)) })
	try(tell, func() { reflect.TypeAssert[int](reflect.Value{}) })
	for f, v := range reflect.ValueOf(card{rank: 6}).Fields() {
		tell(f.Name, v.Kind())
	}
}

func sampleNull(tell say) {
	for _, v := range []any{nil, int64(4), "5", "x", 2.5, []byte("6")} {
		var n sql.Null[degrees]
		err := n.Scan(v)
		value, verr := n.Value()
		tell(err, n.V, n.Valid, value, verr)
		var s sql.Null[string]
		tell(s.Scan(v), s)
	}
}

func sampleHashes(tell say) {
	seed := maphash.MakeSeed()
	a, b, c := card{suit: "x"}, card{suit: strings.ToLower("X")}, card{suit: "y"}
	tell(maphash.Comparable(seed, a) == maphash.Comparable(seed, b), maphash.Comparable(seed, a) == maphash.Comparable(seed, c))
	try(tell, func() { maphash.Comparable(seed, any(hand{})) })
	n := rand.N(degreesInt(10))
	tell(n >= 0, n < 10)
	try(tell, func() { rand.N(degreesInt(-1)) })
}

type degreesInt int16

func sampleOrder(tell say) {
	nan := degrees(math.NaN())
	tell(cmp.Compare(nan, 1), cmp.Compare(1, nan), cmp.Compare(nan, nan), cmp.Less(nan, nan), cmp.Less(nan, 0), cmp.Compare("b", "a"))
	tell(cmp.Or(card{}, card{rank: 1}, card{rank: 2}), cmp.Or[card](), cmp.Or("", "x"))
	try(tell, func() { cmp.Or[any](nil, hand{}) })
}

func sampleInstances(tell say) {
	tell(slices.Collect(strings.SplitSeq("a,b,c", ",")), slices.Sorted(strings.FieldsSeq(" z y ")))
	for i := range strings.Lines("one\ntwo\n") {
		tell(i)
	}
	var seq iter.Seq[string] = strings.SplitSeq("x-y", "-")
	next, stop := iter.Pull(seq)
	tell(next())
	stop()
	var own iter.Seq[string] = func(yield func(string) bool) { _ = yield("p") && yield("q") }
	tell(strings.Join(slices.Collect(own), "+"), reflect.ValueOf(own).Type() == reflect.TypeOf(seq))
	for v := range reflect.ValueOf(own).Seq() {
		tell(v)
	}
	for v := range reflect.ValueOf(evens(slices.Values(hand{{rank: 2}}))).Seq() {
		tell(v)
	}
}

func sampleTypes(tell say) {
	type pair[K comparable, V any] struct {
		key K
		val V
	}
	tell(fmt.Sprintf("%T %T %T", iter.Seq[card](nil), iter.Seq2[int, *card](nil), new(atomic.Pointer[card])))
	tell(fmt.Sprintf("%T %T %T", unique.Handle[card]{}, weak.Pointer[card]{}, sql.Null[hand]{}))
	tell(fmt.Sprintf("%T %T", slices.All(hand{}), maps.Keys(map[degrees]card{})))
	tell(fmt.Sprintf("%v %+v", sql.Null[card]{V: card{rank: 1}, Valid: true}, sql.Null[pair[string, int]]{V: pair[string, int]{key: "k", val: 1}}))
}
