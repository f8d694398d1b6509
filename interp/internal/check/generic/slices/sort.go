package slices

import (
	"cmp"
	"unsafe"

	"github.com/rgo-project/rgo/interp/internal/check/generic/compiled"
)

// Sort sorts a slice in ascending order, NaN first.
func Sort[S ~[]E, E cmp.Ordered](x S) {
	compiled.Sort(x)
}

// SortFunc sorts in the order of cmp. Equal elements end as compiled code would leave them.
func SortFunc[S ~[]E, E any](x S, cmp func(a, b E) int) {
	if !compiled.SortFunc(x, unsafe.Pointer(&cmp)) {
		sortBy(x, cmp, compiled.SortIndexes)
	}
}

// SortStableFunc sorts in the order of cmp. Equal elements stay in the order they were in.
func SortStableFunc[S ~[]E, E any](x S, cmp func(a, b E) int) {
	if !compiled.SortStableFunc(x, unsafe.Pointer(&cmp)) {
		sortBy(x, cmp, compiled.SortIndexesStable)
	}
}

// sortBy has the indexes sorted, and moves the elements then. Should cmp panic, they are left as they are sorted by then.
func sortBy[S ~[]E, E any](x S, cmp func(a, b E) int, sort func(order []int, cmp func(a, b int) int)) {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	defer arrange(x, order)
	sort(order, func(a, b int) int { return cmp(x[a], x[b]) })
}

// arrange puts the element x[order[i]] at i.
func arrange[S ~[]E, E any](x S, order []int) {
	old := Clone(x)
	for i, from := range order {
		x[i] = old[from]
	}
}

// IsSorted reports whether a slice is in ascending order.
func IsSorted[S ~[]E, E cmp.Ordered](x S) bool {
	for i := len(x) - 1; i > 0; i-- {
		if cmp.Less(x[i], x[i-1]) {
			return false
		}
	}
	return true
}

// IsSortedFunc reports whether a slice is in the order of cmp.
func IsSortedFunc[S ~[]E, E any](x S, cmp func(a, b E) int) bool {
	for i := len(x) - 1; i > 0; i-- {
		if cmp(x[i], x[i-1]) < 0 {
			return false
		}
	}
	return true
}
