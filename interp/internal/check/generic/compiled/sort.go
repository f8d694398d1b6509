package compiled

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"unsafe"
)

// A sorter sorts slices of one kind of elements where they are. Types of a kind are alike in memory and as arguments, whatever
// they are called: one instance of the library's code does for all of them.
type sorter struct {
	sort func(s reflect.Value) // nil for kinds without an order
	// cmp points to a func of two elements.
	sortFunc, sortStableFunc func(s reflect.Value, cmp unsafe.Pointer)
}

var sorters = map[reflect.Kind]sorter{
	reflect.Int: ordered[int](), reflect.Int8: ordered[int8](), reflect.Int16: ordered[int16](), reflect.Int32: ordered[int32](),
	reflect.Int64: ordered[int64](), reflect.Uint: ordered[uint](), reflect.Uint8: ordered[uint8](), reflect.Uint16: ordered[uint16](),
	reflect.Uint32: ordered[uint32](), reflect.Uint64: ordered[uint64](), reflect.Uintptr: ordered[uintptr](),
	reflect.Float32: ordered[float32](), reflect.Float64: ordered[float64](), reflect.String: ordered[string](),
	reflect.Pointer: unordered[unsafe.Pointer](), reflect.Interface: unordered[any](), reflect.Slice: unordered[[]byte](),
}

func ordered[E cmp.Ordered]() sorter {
	s := unordered[E]()
	s.sort = func(s reflect.Value) { slices.Sort(view[E](s)) }
	return s
}

func unordered[E any]() sorter {
	return sorter{
		sortFunc: func(s reflect.Value, cmp unsafe.Pointer) {
			slices.SortFunc(view[E](s), *(*func(a, b E) int)(cmp))
		},
		sortStableFunc: func(s reflect.Value, cmp unsafe.Pointer) {
			slices.SortStableFunc(view[E](s), *(*func(a, b E) int)(cmp))
		},
	}
}

// view is a slice's memory as a slice of what its elements are like.
func view[E any](s reflect.Value) []E {
	return unsafe.Slice((*E)(s.UnsafePointer()), s.Len())
}

// Sort sorts a slice whose elements are of an ordered kind.
func Sort(s any) {
	v := reflect.ValueOf(s)
	if sort := sorters[v.Type().Elem().Kind()].sort; sort != nil {
		sort(v)
		return
	}
	panic(fmt.Sprintf("slices.Sort: %s has no order", v.Type().Elem()))
}

// SortFunc sorts a slice in the order of the func that cmp points to. It reports whether it can: structs and arrays have no
// instance that does for all of them.
func SortFunc(s any, cmp unsafe.Pointer) bool {
	v := reflect.ValueOf(s)
	sort := sorters[v.Type().Elem().Kind()].sortFunc
	if sort != nil {
		sort(v, cmp)
	}
	return sort != nil
}

// SortStableFunc is SortFunc that leaves equal elements in the order they are in.
func SortStableFunc(s any, cmp unsafe.Pointer) bool {
	v := reflect.ValueOf(s)
	sort := sorters[v.Type().Elem().Kind()].sortStableFunc
	if sort != nil {
		sort(v, cmp)
	}
	return sort != nil
}

// SortIndexes is slices.SortFunc of indexes.
func SortIndexes(order []int, cmp func(a, b int) int) { slices.SortFunc(order, cmp) }

// SortIndexesStable is slices.SortStableFunc of indexes.
func SortIndexesStable(order []int, cmp func(a, b int) int) { slices.SortStableFunc(order, cmp) }
