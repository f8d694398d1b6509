package reify_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"unsafe"
)

// TestEqual compares many random values with each other, and looks them up in maps, as compiled twins and as made ones.
func TestEqual(t *testing.T) {
	w := newWorld(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, twin := range twins {
		native := twin.typ
		if k := native.Kind(); k == reflect.Interface || native.Size() > 1<<12 || w.native(native) == native {
			continue
		}
		made := w.native(native)
		for _, bothKeys := range []bool{false, true} {
			if !native.Comparable() && bothKeys {
				continue
			}
			compare(t, rnd, made, native, bothKeys)
		}
	}
}

func compare(t *testing.T, rnd *rand.Rand, made, native reflect.Type, asKeys bool) {
	const n = 14
	values := make([]reflect.Value, n) // of the native type
	for i := range values {
		values[i] = reflect.New(native).Elem()
		fill(rnd, native, values[i].Addr().UnsafePointer())
	}
	twin := func(i int) reflect.Value { return reflect.NewAt(made, values[i].Addr().UnsafePointer()).Elem() }
	if asKeys {
		got := lookups(made, n, twin)
		want := lookups(native, n, func(i int) reflect.Value { return values[i] })
		if got != want {
			t.Errorf("%v as keys:\n got %s\nwant %s", native, got, want)
		}
		return
	}
	for i := range n {
		for j := range n {
			got := try(func() any { return twin(i).Interface() == twin(j).Interface() })
			want := try(func() any { return values[i].Interface() == values[j].Interface() })
			if got != want {
				t.Errorf("%v: %+v == %+v is %s, want %s", native, values[i], values[j], got, want)
			}
		}
	}
}

// lookups tells what became of values as the keys of maps: typed ones, and of any.
func lookups(typ reflect.Type, n int, value func(int) reflect.Value) string {
	typed := reflect.MakeMap(reflect.MapOf(typ, reflect.TypeFor[int]()))
	untyped := map[any]int{}
	text := ""
	for i := range n {
		text += try(func() any {
			typed.SetMapIndex(value(i), reflect.ValueOf(i))
			untyped[value(i).Interface()] = i
			return fmt.Sprint(typed.Len(), len(untyped), " ")
		})
	}
	for i := range n {
		text += try(func() any {
			at, ok := untyped[value(i).Interface()]
			return fmt.Sprint(typed.MapIndex(value(i)), at, ok, " ")
		})
	}
	return text
}

var pointees [2]int

// fill writes random content into memory of type t, of which there is little choice: many values are equal. Padding and blanks differ.
func fill(rnd *rand.Rand, t reflect.Type, p unsafe.Pointer) {
	switch t.Kind() {
	case reflect.Bool:
		*(*bool)(p) = rnd.IntN(2) == 1
	case reflect.String:
		*(*string)(p) = []string{"", "a", fmt.Sprint("b", rnd.IntN(2))}[rnd.IntN(3)]
	case reflect.Float32:
		*(*float32)(p) = []float32{0, float32(math.Copysign(0, -1)), 1, float32(math.NaN())}[rnd.IntN(4)]
	case reflect.Float64:
		*(*float64)(p) = []float64{0, math.Copysign(0, -1), 1, math.NaN()}[rnd.IntN(4)]
	case reflect.Complex64:
		*(*complex64)(p) = complex(float32(rnd.IntN(2)), float32(math.Copysign(0, float64(rnd.IntN(2)-1))))
	case reflect.Complex128:
		*(*complex128)(p) = complex(float64(rnd.IntN(2)), math.Copysign(0, float64(rnd.IntN(2)-1)))
	case reflect.Pointer:
		if t.Elem().Kind() == reflect.Int && rnd.IntN(3) > 0 {
			*(*unsafe.Pointer)(p) = unsafe.Pointer(&pointees[rnd.IntN(2)])
		}
	case reflect.Interface:
		if t.NumMethod() == 0 {
			*(*any)(p) = []any{nil, 1, 1.5, "a", errTest, []int{1}, Point{1, 2}}[rnd.IntN(7)]
		} else if t == reflect.TypeFor[error]() {
			*(*error)(p) = []error{nil, errTest, Str("a")}[rnd.IntN(3)]
		}
	case reflect.Array:
		for i := range t.Len() {
			fill(rnd, t.Elem(), unsafe.Add(p, uintptr(i)*t.Elem().Size()))
		}
	case reflect.Struct:
		if t.Size() > 0 && !holdsPointers(t) {
			for i := range t.Size() {
				*(*byte)(unsafe.Add(p, i)) = byte(rnd.IntN(256)) // padding
			}
		}
		for i := range t.NumField() {
			fill(rnd, t.Field(i).Type, unsafe.Add(p, t.Field(i).Offset))
		}
	case reflect.Chan, reflect.Func, reflect.Map, reflect.Slice, reflect.UnsafePointer:
	default:
		for i := range t.Size() {
			*(*byte)(unsafe.Add(p, i)) = 0
		}
		*(*byte)(p) = byte(rnd.IntN(2))
	}
}

func holdsPointers(t reflect.Type) bool { return headerOf(t).ptrBytes > 0 }
