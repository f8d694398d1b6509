package vm

import (
	"math"
	"reflect"
	"runtime"
	"testing"
)

// fault runs f and returns the runtime.Error that it panics with.
func fault(t *testing.T, f func()) runtime.Error {
	t.Helper()
	var got any
	func() {
		defer func() { got = recover() }()
		f()
	}()
	err, ok := got.(runtime.Error)
	if !ok {
		t.Fatalf("panicked with %T %v, which is no runtime.Error", got, got)
	}
	return err
}

// TestFaults compares each fault with the one that compiled code has.
func TestFaults(t *testing.T) {
	var (
		nilInt  *int
		nilMap  map[string]bool
		zero    int
		minus   = -1
		small   = int8(-3)
		huge    = uint64(math.MaxUint64)
		five    = 5
		s       = make([]string, 2, 4)
		str     = "héllo"
		array   [3]int
		pair    = []int{1, 2}
		minimum = math.MinInt64
	)
	for name, c := range map[string]struct{ ours, compiled func() }{
		"nil":                     {faultNil, func() { *nilInt = 1 }},
		"nil map":                 {faultNilMap, func() { nilMap["a"] = true }},
		"division":                {faultDivide, func() { five /= zero }},
		"remainder":               {faultDivide, func() { five %= zero }},
		"shift":                   {faultShift, func() { five <<= minus }},
		"shift right":             {faultShift, func() { five >>= small }},
		"make":                    {faultMakeLen, func() { s = make([]string, minus) }},
		"make of too much":        {faultMakeLen, func() { s = make([]string, math.MaxInt64-five) }},
		"make, len beyond cap":    {faultMakeCap, func() { s = make([]string, five, zero) }},
		"make of a channel":       {faultMakeChan, func() { _ = make(chan string, minus) }},
		"index":                   {func() { faultIndex(5, 2) }, func() { _ = s[five] }},
		"index, negative":         {func() { faultIndex(int8(-3), 2) }, func() { _ = s[small] }},
		"index, least":            {func() { faultIndex(math.MinInt64, 2) }, func() { _ = s[minimum] }},
		"index, huge":             {func() { faultIndex(huge, 6) }, func() { _ = str[huge] }},
		"index, array":            {func() { faultIndex(5, 3) }, func() { _ = array[five] }},
		"slice, cap":              {func() { faultSliceCap(5, 4) }, func() { _ = s[:five] }},
		"slice, cap, negative":    {func() { faultSliceCap(-1, 4) }, func() { _ = s[:minus] }},
		"slice, cap, huge":        {func() { faultSliceCap(huge, 4) }, func() { _ = s[:huge] }},
		"slice, len":              {func() { faultSliceLen(50, 6) }, func() { _ = str[:five*10] }},
		"slice, len, negative":    {func() { faultSliceLen(int8(-3), 6) }, func() { _ = str[:small] }},
		"slice, len, huge":        {func() { faultSliceLen(huge, 6) }, func() { _ = str[:huge] }},
		"slice, array":            {func() { faultSliceLen(5, 3) }, func() { _ = array[:five] }},
		"slice, low":              {func() { faultSliceLow(5, 0) }, func() { _ = str[five:zero] }},
		"slice, low, beyond len":  {func() { faultSliceLow(5, 2) }, func() { _ = s[five:] }},
		"slice, low, negative":    {func() { faultSliceLow(-1, 2) }, func() { _ = s[minus:] }},
		"slice, low, huge":        {func() { faultSliceLow(huge, 6) }, func() { _ = str[huge:] }},
		"slice3, cap":             {func() { faultSlice3Cap(5, 4) }, func() { _ = s[:1:five] }},
		"slice3, cap, negative":   {func() { faultSlice3Cap(small, 4) }, func() { _ = s[:1:small] }},
		"slice3, cap, huge":       {func() { faultSlice3Cap(huge, 4) }, func() { _ = s[:1:huge] }},
		"slice3, array":           {func() { faultSlice3Len(5, 3) }, func() { _ = array[:1:five] }},
		"slice3, array, negative": {func() { faultSlice3Len(small, 3) }, func() { _ = array[:1:small] }},
		"slice3, array, huge":     {func() { faultSlice3Len(huge, 3) }, func() { _ = array[:1:huge] }},
		"slice3, high":            {func() { faultSlice3High(5, 3) }, func() { _ = s[:five:3] }},
		"slice3, high, negative":  {func() { faultSlice3High(-1, 3) }, func() { _ = s[:minus:3] }},
		"slice3, high, huge":      {func() { faultSlice3High(huge, 3) }, func() { _ = s[:huge:3] }},
		"slice3, low":             {func() { faultSlice3Low(5, 2) }, func() { _ = s[five:2:3] }},
		"slice3, low, negative":   {func() { faultSlice3Low(-1, 2) }, func() { _ = s[minus:2:3] }},
		"slice3, low, huge":       {func() { faultSlice3Low(huge, 2) }, func() { _ = s[huge:2:3] }},
		"slice to array":          {func() { faultSliceToArray(2, 4) }, func() { _ = [4]int(pair) }},
		"slice to array pointer":  {func() { faultSliceToArray(2, 4) }, func() { _ = (*[4]int)(pair) }},
	} {
		t.Run(name, func(t *testing.T) {
			got, want := fault(t, c.ours), fault(t, c.compiled)
			if reflect.TypeOf(got) != reflect.TypeOf(want) || got.Error() != want.Error() {
				t.Errorf("got %T %v, want %T %v", got, got, want, want)
			}
		})
	}
}
