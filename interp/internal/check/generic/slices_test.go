package generic_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unsafe"

	ours "github.com/rgo-project/rgo/interp/internal/check/generic/slices"
)

type named []int

// memory is an array and slices of it: a func that works in place shows what it does to all of it.
type memory struct {
	array [16]int
	s     named
	v     []int
}

func newMemory(r *rand.Rand) *memory {
	m := &memory{}
	for i := range m.array {
		m.array[i] = i + 1
	}
	bounds := []int{r.IntN(17), r.IntN(17), r.IntN(17)}
	slices.Sort(bounds)
	m.s = m.array[bounds[0]:bounds[1]:bounds[2]]
	from, to := r.IntN(17), r.IntN(17)
	switch r.IntN(4) {
	case 0:
		m.v = m.array[min(from, to):max(from, to)]
	case 1:
		m.v = nil
	default:
		for i := range to {
			m.v = append(m.v, 100+i)
		}
	}
	return m
}

// place tells where in the array a slice is, if it is there.
func (m *memory) place(s []int) string {
	at := uintptr(unsafe.Pointer(unsafe.SliceData(s)))
	if low := uintptr(unsafe.Pointer(&m.array)); at >= low && at < low+unsafe.Sizeof(m.array) {
		return fmt.Sprint("element ", (at-low)/unsafe.Sizeof(0))
	}
	return "elsewhere"
}

// TestEdits compares the funcs that write into a slice, or into new memory: results, capacities, what is left behind.
func TestEdits(t *testing.T) {
	type edit struct {
		name         string
		theirs, ours func(s named, i, j int, v []int) named
	}
	edits := []edit{
		{
			"Insert",
			func(s named, i, _ int, v []int) named { return slices.Insert(s, i, v...) },
			func(s named, i, _ int, v []int) named { return ours.Insert(s, i, v...) },
		},
		{
			"Replace",
			func(s named, i, j int, v []int) named { return slices.Replace(s, i, j, v...) },
			func(s named, i, j int, v []int) named { return ours.Replace(s, i, j, v...) },
		},
		{
			"Delete",
			func(s named, i, j int, _ []int) named { return slices.Delete(s, i, j) },
			func(s named, i, j int, _ []int) named { return ours.Delete(s, i, j) },
		},
		{
			"DeleteFunc",
			func(s named, i, _ int, _ []int) named {
				return slices.DeleteFunc(s, func(v int) bool { return v%(i+3) == 0 })
			},
			func(s named, i, _ int, _ []int) named {
				return ours.DeleteFunc(s, func(v int) bool { return v%(i+3) == 0 })
			},
		},
		{
			"Grow",
			func(s named, i, _ int, _ []int) named { return slices.Grow(s, i) },
			func(s named, i, _ int, _ []int) named { return ours.Grow(s, i) },
		},
		{
			"Clip",
			func(s named, _, _ int, _ []int) named { return slices.Clip(s) },
			func(s named, _, _ int, _ []int) named { return ours.Clip(s) },
		},
		{
			"Clone",
			func(s named, _, _ int, _ []int) named { return slices.Clone(s) },
			func(s named, _, _ int, _ []int) named { return ours.Clone(s) },
		},
		{
			"Reverse",
			func(s named, _, _ int, _ []int) named { slices.Reverse(s); return s },
			func(s named, _, _ int, _ []int) named { ours.Reverse(s); return s },
		},
		{
			"Repeat",
			func(s named, i, _ int, _ []int) named { return slices.Repeat(s, i) },
			func(s named, i, _ int, _ []int) named { return ours.Repeat(s, i) },
		},
		{
			"Concat",
			func(s named, _, _ int, v []int) named { return slices.Concat(s, v, s) },
			func(s named, _, _ int, v []int) named { return ours.Concat(s, v, s) },
		},
	}
	for _, e := range edits {
		t.Run(e.name, func(t *testing.T) {
			randomly(t, func(r *rand.Rand) {
				seed := [2]uint64{r.Uint64(), r.Uint64()}
				i, j := r.IntN(20)-1, r.IntN(20)-1
				run := func(f func(s named, i, j int, v []int) named) func() []any {
					return func() []any {
						m := newMemory(rand.New(rand.NewPCG(seed[0], seed[1])))
						before := outcome(func() []any { return results(m.s, m.v, m.place(m.s), m.place(m.v)) })
						var result named
						after := outcome(func() []any { result = f(m.s, i, j, m.v); return results(result, m.place(result)) })
						return results(before, after, m.array)
					}
				}
				agree(t, fmt.Sprint(e.name, " ", i, " ", j), run(e.theirs), run(e.ours))
			})
		})
	}
}

// TestCompact compares what is compared, what is kept and what is cleared.
func TestCompact(t *testing.T) {
	randomly(t, func(r *rand.Rand) {
		s := make([]int, r.IntN(12))
		for i := range s {
			s[i] = 1 + r.IntN(3)
		}
		agree(t, fmt.Sprint(s), func() []any { c := slices.Clone(s); return results(slices.Compact(c), c) },
			func() []any { c := slices.Clone(s); return results(ours.Compact(c), c) })
		run := func(compact func([]int, func(a, b int) bool) []int) func() []any {
			return func() []any {
				var asked [][2]int
				c := slices.Clone(s)
				short := compact(c, func(a, b int) bool { asked = append(asked, [2]int{a, b}); return (a+b)%2 == 0 })
				return results(short, c, asked)
			}
		}
		agree(t, fmt.Sprint(s), run(slices.CompactFunc[[]int]), run(ours.CompactFunc[[]int]))
	})
}

// TestHugeRepeat repeats so often that the length overflows, and elements without size as often as can be.
func TestHugeRepeat(t *testing.T) {
	for _, n := range []int{-1, 0, 1, math.MaxInt/2 + 1, math.MaxInt} {
		agree(t, fmt.Sprint(n), func() []any { return results(len(slices.Repeat(make([]struct{}, 1), n))) },
			func() []any { return results(len(ours.Repeat(make([]struct{}, 1), n))) })
		if n == 1 {
			continue
		}
		agree(t, fmt.Sprint(n), func() []any { return results(slices.Repeat([]int{}, n)) }, func() []any { return results(ours.Repeat([]int{}, n)) })
		if n <= 0 || n > math.MaxInt/2 {
			agree(t, fmt.Sprint(n), func() []any { return results(slices.Repeat([]int{1, 2, 3}, n)) }, func() []any { return results(ours.Repeat([]int{1, 2, 3}, n)) })
		}
	}
	huge := make([]struct{}, math.MaxInt)
	agree(t, "Concat", func() []any { return results(slices.Concat(huge, huge)) }, func() []any { return results(ours.Concat(huge, huge)) })
}

// TestHugeGrow asks for more than there is. Which of the runtime's funcs finds out, compiled code does not always agree with itself.
func TestHugeGrow(t *testing.T) {
	same := strings.NewReplacer("makeslice", "growslice")
	for _, n := range []int{math.MaxInt, math.MaxInt - 1, math.MaxInt / 2, math.MaxInt / 8, 1 << 50} {
		for _, both := range [][2]func() []any{
			{func() []any { return results(slices.Grow([]int{1}, n)) }, func() []any { return results(ours.Grow([]int{1}, n)) }},
			{func() []any { return results(slices.Grow([]byte(nil), n)) }, func() []any { return results(ours.Grow([]byte(nil), n)) }},
			{
				func() []any { return results(cap(slices.Grow(make([]struct{}, 2), n))) },
				func() []any { return results(cap(ours.Grow(make([]struct{}, 2), n))) },
			},
		} {
			if want, got := same.Replace(outcome(both[0])), same.Replace(outcome(both[1])); got != want {
				t.Errorf("%d\nours:   %s\ntheirs: %s", n, got, want)
			}
		}
	}
}

// TestSearches compares the funcs that look for something, on ints and on floats with NaNs.
func TestSearches(t *testing.T) {
	randomly(t, func(r *rand.Rand) {
		searches(t, ints(r, 5), ints(r, 5), r.IntN(5))
		pool := []float64{math.NaN(), math.Inf(-1), math.Copysign(0, -1), 0, 1, 2}
		floats := func() []float64 {
			s := make([]float64, r.IntN(6))
			for i := range s {
				s[i] = pool[r.IntN(len(pool))]
			}
			return s
		}
		searches(t, floats(), floats(), pool[r.IntN(len(pool))])
	})
}

func ints(r *rand.Rand, n int) []int {
	s := make([]int, r.IntN(n+1))
	for i := range s {
		s[i] = r.IntN(n)
	}
	return s
}

func searches[E cmp.Ordered](t *testing.T, a, b []E, v E) {
	t.Helper()
	what := fmt.Sprint(a, b, v)
	agree(t, "Equal "+what, func() []any { return results(slices.Equal(a, b), slices.Equal(a, a)) }, func() []any { return results(ours.Equal(a, b), ours.Equal(a, a)) })
	agree(t, "Compare "+what, func() []any { return results(slices.Compare(a, b)) }, func() []any { return results(ours.Compare(a, b)) })
	agree(t, "Index "+what, func() []any { return results(slices.Index(a, v), slices.Contains(a, v)) }, func() []any { return results(ours.Index(a, v), ours.Contains(a, v)) })
	agree(t, "Min "+what, func() []any { return results(slices.Min(a)) }, func() []any { return results(ours.Min(a)) })
	agree(t, "Max "+what, func() []any { return results(slices.Max(a)) }, func() []any { return results(ours.Max(a)) })
	agree(t, "IsSorted "+what, func() []any { return results(slices.IsSorted(a)) }, func() []any { return results(ours.IsSorted(a)) })
	sorted := slices.Sorted(slices.Values(a))
	pair := func(i int, ok bool) []any { return results(i, ok) }
	agree(t, "BinarySearch "+what, func() []any { return pair(slices.BinarySearch(sorted, v)) }, func() []any { return pair(ours.BinarySearch(sorted, v)) })
	agree(t, "BinarySearch of what is not sorted "+what, func() []any { return pair(slices.BinarySearch(a, v)) }, func() []any { return pair(ours.BinarySearch(a, v)) })
}

// TestCallbacks compares the arguments that callbacks are called with, and in which order.
func TestCallbacks(t *testing.T) {
	type funcs struct {
		equal    func(a, b []int, eq func(int, int) bool) bool
		compare  func(a, b []int, cmp func(int, int) int) int
		index    func(s []int, f func(int) bool) int
		contains func(s []int, f func(int) bool) bool
		min, max func(s []int, cmp func(int, int) int) int
		sorted   func(s []int, cmp func(int, int) int) bool
		search   func(s []int, target int, cmp func(int, int) int) (int, bool)
		sort     func(s []int, cmp func(int, int) int)
		stable   func(s []int, cmp func(int, int) int)
	}
	theirs := funcs{
		slices.EqualFunc[[]int, []int], slices.CompareFunc[[]int, []int], slices.IndexFunc[[]int], slices.ContainsFunc[[]int],
		slices.MinFunc[[]int], slices.MaxFunc[[]int], slices.IsSortedFunc[[]int], slices.BinarySearchFunc[[]int, int, int],
		slices.SortFunc[[]int], slices.SortStableFunc[[]int],
	}
	mine := funcs{
		ours.EqualFunc[[]int, []int], ours.CompareFunc[[]int, []int], ours.IndexFunc[[]int], ours.ContainsFunc[[]int],
		ours.MinFunc[[]int], ours.MaxFunc[[]int], ours.IsSortedFunc[[]int], ours.BinarySearchFunc[[]int, int, int],
		ours.SortFunc[[]int], ours.SortStableFunc[[]int],
	}
	randomly(t, func(r *rand.Rand) {
		a, b, v := ints(r, 40), ints(r, 5), r.IntN(5)
		limit := r.IntN(1000) // the callback panics some day
		run := func(call func(f funcs, eq func(int, int) bool, is func(int) bool, cmp func(int, int) int) []any, f funcs) func() []any {
			return func() []any {
				var asked []any
				ask := func(v ...any) {
					if asked = append(asked, v...); len(asked) > limit {
						panic("enough")
					}
				}
				x := slices.Clone(a)
				got := outcome(func() []any {
					return call(funcs{
						f.equal, f.compare, f.index, f.contains, f.min, f.max, f.sorted, f.search,
						func(_ []int, cmp func(int, int) int) { f.sort(x, cmp) },
						func(_ []int, cmp func(int, int) int) { f.stable(x, cmp) },
					}, func(a, b int) bool { ask(a, b); return a%3 == b%3 },
						func(a int) bool { ask(a); return a == v },
						func(a, b int) int { ask(a, b); return a%3 - b%3 })
				})
				return results(got, asked, x)
			}
		}
		for name, call := range map[string]func(f funcs, eq func(int, int) bool, is func(int) bool, cmp func(int, int) int) []any{
			"EqualFunc": func(f funcs, eq func(int, int) bool, _ func(int) bool, _ func(int, int) int) []any {
				return results(f.equal(a, b, eq), f.equal(a, a, eq))
			},
			"CompareFunc": func(f funcs, _ func(int, int) bool, _ func(int) bool, cmp func(int, int) int) []any {
				return results(f.compare(a, b, cmp), f.compare(b, a, cmp))
			},
			"IndexFunc": func(f funcs, _ func(int, int) bool, is func(int) bool, _ func(int, int) int) []any {
				return results(f.index(a, is), f.contains(b, is))
			},
			"MinFunc, MaxFunc": func(f funcs, _ func(int, int) bool, _ func(int) bool, cmp func(int, int) int) []any {
				return results(f.min(a, cmp), f.max(a, cmp))
			},
			"IsSortedFunc": func(f funcs, _ func(int, int) bool, _ func(int) bool, cmp func(int, int) int) []any {
				return results(f.sorted(b, cmp))
			},
			"BinarySearchFunc": func(f funcs, _ func(int, int) bool, _ func(int) bool, cmp func(int, int) int) []any {
				i, ok := f.search(a, v, cmp)
				return results(i, ok)
			},
			"SortFunc": func(f funcs, _ func(int, int) bool, _ func(int) bool, cmp func(int, int) int) []any {
				f.sort(a, cmp)
				return nil
			},
			"SortStableFunc": func(f funcs, _ func(int, int) bool, _ func(int) bool, cmp func(int, int) int) []any {
				f.stable(a, cmp)
				return nil
			},
		} {
			agree(t, fmt.Sprint(name, " ", a, b, v), run(call, theirs), run(call, mine))
		}
	})
}

type (
	celsius float64
	label   string
	small   int8
)

// TestSort sorts elements of every ordered kind under names of their own.
func TestSort(t *testing.T) {
	randomly(t, func(r *rand.Rand) {
		n := r.IntN(60)
		sorts(t, r, n, func() int { return r.IntN(9) - 4 })
		sorts(t, r, n, func() small { return small(r.IntN(9) - 4) })
		sorts(t, r, n, func() int16 { return int16(r.IntN(9) - 4) })
		sorts(t, r, n, func() rune { return rune(r.IntN(9) - 4) })
		sorts(t, r, n, func() int64 { return r.Int64() })
		sorts(t, r, n, func() uint { return uint(r.Uint64()) })
		sorts(t, r, n, func() byte { return byte(r.IntN(256)) })
		sorts(t, r, n, func() uint16 { return uint16(r.IntN(256)) })
		sorts(t, r, n, func() uint32 { return r.Uint32() })
		sorts(t, r, n, func() uint64 { return r.Uint64() })
		sorts(t, r, n, func() uintptr { return uintptr(r.Uint64()) })
		sorts(t, r, n, func() float32 { return r.Float32() })
		sorts(t, r, n, func() label { return label(fmt.Sprint(r.IntN(99))) })
		sorts(t, r, n, func() celsius {
			return []celsius{celsius(math.NaN()), celsius(math.Copysign(0, -1)), 0, celsius(r.Float64())}[r.IntN(4)]
		})
	})
}

func sorts[E cmp.Ordered](t *testing.T, r *rand.Rand, n int, next func() E) {
	t.Helper()
	s := make([]E, n)
	for i := range s {
		s[i] = next()
	}
	what := fmt.Sprintf("%T %v", s, s)
	agree(t, what, func() []any { c := slices.Clone(s); slices.Sort(c); return results(c) },
		func() []any { c := slices.Clone(s); ours.Sort(c); return results(c) })
	agree(t, what, func() []any { return results(slices.Sorted(slices.Values(s))) },
		func() []any { return results(ours.Sorted(slices.Values(s))) })
}

// TestStable tells elements apart that the order does not.
func TestStable(t *testing.T) {
	type card struct {
		rank int
		suit string
	}
	byRank := func(a, b card) int { return cmp.Compare(a.rank, b.rank) }
	randomly(t, func(r *rand.Rand) {
		s := make([]card, r.IntN(100))
		for i := range s {
			s[i] = card{r.IntN(4), fmt.Sprint(i)}
		}
		for name, both := range map[string][2]func([]card){
			"SortFunc":       {func(s []card) { slices.SortFunc(s, byRank) }, func(s []card) { ours.SortFunc(s, byRank) }},
			"SortStableFunc": {func(s []card) { slices.SortStableFunc(s, byRank) }, func(s []card) { ours.SortStableFunc(s, byRank) }},
			"SortedFunc": {
				func(s []card) { copy(s, slices.SortedFunc(slices.Values(s), byRank)) },
				func(s []card) { copy(s, ours.SortedFunc(slices.Values(s), byRank)) },
			},
			"SortedStableFunc": {
				func(s []card) { copy(s, slices.SortedStableFunc(slices.Values(s), byRank)) },
				func(s []card) { copy(s, ours.SortedStableFunc(slices.Values(s), byRank)) },
			},
		} {
			agree(t, name, func() []any { c := slices.Clone(s); both[0](c); return results(c) },
				func() []any { c := slices.Clone(s); both[1](c); return results(c) })
		}
	})
}

// TestIterators goes through all, and stops early; what is in the slice by then is what is seen.
func TestIterators(t *testing.T) {
	randomly(t, func(r *rand.Rand) {
		s := named(ints(r, 9))
		if r.IntN(9) == 0 {
			s = nil
		}
		stop, n := r.IntN(10), r.IntN(6)-1
		for name, both := range map[string][2]func() []any{
			"All":      {func() []any { return pairs(slices.All(s), stop) }, func() []any { return pairs(ours.All(s), stop) }},
			"Backward": {func() []any { return pairs(slices.Backward(s), stop) }, func() []any { return pairs(ours.Backward(s), stop) }},
			"Values":   {func() []any { return values(slices.Values(s), stop) }, func() []any { return values(ours.Values(s), stop) }},
			"Chunk":    {func() []any { return values(slices.Chunk(s, n), stop) }, func() []any { return values(ours.Chunk(s, n), stop) }},
			"Collect": {
				func() []any { return results(slices.Collect(slices.Values(s))) },
				func() []any { return results(ours.Collect(ours.Values(s))) },
			},
			"AppendSeq": {
				func() []any { return results(slices.AppendSeq(slices.Clip(s), slices.Values(s))) },
				func() []any { return results(ours.AppendSeq(slices.Clip(s), ours.Values(s))) },
			},
			"a changing slice": {
				func() []any { return changing(slices.All[[]int]) },
				func() []any { return changing(func(s []int) seq2 { return seq2(ours.All(s)) }) },
			},
			"a slice changing from the end": {
				func() []any { return changing(slices.Backward[[]int]) },
				func() []any { return changing(func(s []int) seq2 { return seq2(ours.Backward(s)) }) },
			},
			"nil": {
				func() []any { return results(slices.Collect[int](nil)) },
				func() []any { return results(ours.Collect[int](nil)) },
			},
		} {
			agree(t, fmt.Sprint(name, " ", s, stop, n), both[0], both[1])
		}
	})
}

type seq2 = func(func(int, int) bool)

func changing[F ~seq2](all func([]int) F) (seen []any) {
	s := []int{1, 2, 3, 4}
	iterate := all(s)
	s[1] = 20
	iterate(func(i, v int) bool {
		seen = append(seen, i, v)
		s[2], s = 30, nil
		return true
	})
	return seen
}

func values[V any](seq func(func(V) bool), stop int) (seen []any) {
	for v := range seq {
		if len(seen) == stop {
			break
		}
		seen = append(seen, v)
	}
	return seen
}

func pairs[K, V any](seq func(func(K, V) bool), stop int) (seen []any) {
	for k, v := range seq {
		if len(seen) >= 2*stop {
			break
		}
		seen = append(seen, k, v)
	}
	return seen
}
