package compiled

import (
	"math"
	"reflect"
	"slices"
)

// Grow makes room for n more elements in the slice that s points to, which has less. It is append's growth, without a slice to append.
func Grow(s any, n int) {
	v := reflect.ValueOf(s).Elem()
	if n > math.MaxInt-v.Len() {
		_ = slices.Grow(make([]struct{}, math.MaxInt), 1) // panics in the runtime's words, where reflect has its own
	}
	v.Grow(n)
}
