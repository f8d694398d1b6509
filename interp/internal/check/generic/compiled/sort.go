package compiled

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"unsafe"
)

// Sort sorts a slice whose elements are of an ordered kind, where it is.
func Sort(s any) {
	v := reflect.ValueOf(s)
	switch v.Type().Elem().Kind() {
	case reflect.Int:
		slices.Sort(view[int](v))
	case reflect.Int8:
		slices.Sort(view[int8](v))
	case reflect.Int16:
		slices.Sort(view[int16](v))
	case reflect.Int32:
		slices.Sort(view[int32](v))
	case reflect.Int64:
		slices.Sort(view[int64](v))
	case reflect.Uint:
		slices.Sort(view[uint](v))
	case reflect.Uint8:
		slices.Sort(view[uint8](v))
	case reflect.Uint16:
		slices.Sort(view[uint16](v))
	case reflect.Uint32:
		slices.Sort(view[uint32](v))
	case reflect.Uint64:
		slices.Sort(view[uint64](v))
	case reflect.Uintptr:
		slices.Sort(view[uintptr](v))
	case reflect.Float32:
		slices.Sort(view[float32](v))
	case reflect.Float64:
		slices.Sort(view[float64](v))
	case reflect.String:
		slices.Sort(view[string](v))
	default:
		panic(fmt.Sprintf("slices.Sort: %s has no order", v.Type().Elem()))
	}
}

// view is a slice's memory as a slice of the kind that its elements are of, whatever they are called.
func view[E cmp.Ordered](s reflect.Value) []E {
	return unsafe.Slice((*E)(s.UnsafePointer()), s.Len())
}

// SortFunc is slices.SortFunc of indexes.
func SortFunc(order []int, cmp func(a, b int) int) { slices.SortFunc(order, cmp) }

// SortStableFunc is slices.SortStableFunc of indexes.
func SortStableFunc(order []int, cmp func(a, b int) int) { slices.SortStableFunc(order, cmp) }
