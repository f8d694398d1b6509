package vm

import (
	"reflect"
	"unsafe"
)

// The faults that Go finds at run time are raised by doing the faulty thing in compiled code, so that the value that recover sees has the very
// type and text of Go's own. None of these funcs returns. An op stores its position in frame.pos before it calls one.

type (
	signed interface {
		~int | ~int8 | ~int16 | ~int32 | ~int64
	}
	unsigned interface {
		~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
	}
	integer interface{ signed | unsigned }
)

// faultNil is the fault of *p where p is nil.
func faultNil() {
	var p *int
	_ = *p
}

// faultDivide is the fault of x/0 and x%0.
func faultDivide() {
	zero := 0
	_ = 1 / zero
}

// faultShift is the fault of x<<n and x>>n where n is negative.
func faultShift() {
	n := -1
	_ = 1 << n
}

// faultNilMap is the fault of m[k] = v where m is nil.
func faultNilMap() {
	var none struct{ m map[int]int }
	none.m[0] = 0
}

// faultMakeLen is the fault of make([]T, n) where n is negative or too large.
func faultMakeLen() {
	n := -1
	_ = make([]byte, n)
}

// faultMakeCap is the fault of make([]T, n, m) where m is less than n or too large.
func faultMakeCap() {
	n, m := 1, 0
	_ = make([]byte, n, m)
}

// faultMakeChan is the fault of make(chan T, n) where n is negative or too large.
func faultMakeChan() {
	n := -1
	_ = make(chan int, n)
}

// faultIndex is the fault of s[i] where s has n elements or bytes.
func faultIndex[I integer](i I, n int) { _ = units(n, n)[i] }

// faultSliceCap is the fault of s[:j] where s is a slice whose capacity is n.
func faultSliceCap[J integer](j J, n int) { _ = units(0, n)[:j] }

// faultSliceLen is the fault of s[:j] where s is a string or an array of length n.
func faultSliceLen[J integer](j J, n int) {
	s := *(*string)(unsafe.Pointer(&stringHeader{len: n}))
	_ = s[:j]
}

// faultSliceLow is the fault of s[i:j] where i exceeds j, which is within bounds; a j that was left out is the length.
func faultSliceLow[I integer](i I, j int) { _ = units(j, j)[i:j] }

// faultSlice3Cap is the fault of s[::k] where s is a slice whose capacity is n.
func faultSlice3Cap[K integer](k K, n int) { _ = units(0, n)[:0:k] }

// faultSlice3Len is the fault of s[::k] where s is an array of length n.
func faultSlice3Len[K integer](k K, n int) {
	panic(boundsError(func() { _ = new([0]struct{})[:0:oneUnit] }, uint64(k), ^K(0) < 0, n))
}

// faultSlice3High is the fault of s[:j:k] where j exceeds k, which is within bounds.
func faultSlice3High[J integer](j J, k int) { _ = units(k, k)[:j:k] }

// faultSlice3Low is the fault of s[i:j:k] where i exceeds j, which is within bounds.
func faultSlice3Low[I integer](i I, j int) { _ = units(j, j)[i:j:j] }

// faultSliceToArray is the fault of converting a slice of n elements to an array, or a pointer to an array, of more elements.
func faultSliceToArray(n, want int) {
	panic(boundsError(func() { _ = [1]struct{}(units(0, 0)) }, uint64(want), true, n))
}

// units makes a slice that has bounds and no memory, so that any bounds can be broken.
func units(n, m int) []struct{} {
	return *(*[]struct{})(unsafe.Pointer(&sliceHeader{len: n, cap: m}))
}

// oneUnit is a bound that the compiler does not know.
var oneUnit = 1

// boundsError makes the error of a bounds check that compiled code can only do with the length of an array, which is part of its type: it is
// the error of another such check, with the numbers changed. The fields are those of the runtime's own type; a test says when they change.
func boundsError(check func(), x uint64, isSigned bool, n int) (err any) {
	defer func() {
		sample := reflect.ValueOf(recover())
		v := reflect.New(sample.Type()).Elem()
		v.Set(sample)
		fieldOf(v, "x").SetInt(int64(x))
		fieldOf(v, "y").SetInt(int64(n))
		fieldOf(v, "signed").SetBool(isSigned)
		err = v.Interface()
	}()
	check()
	return nil
}

// fieldOf is a field of a struct that may be set though it is not exported.
func fieldOf(v reflect.Value, name string) reflect.Value {
	f := v.FieldByName(name)
	return reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem()
}
