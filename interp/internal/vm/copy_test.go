package vm

import (
	"reflect"
	"testing"
	"time"
	"unsafe"
)

// TestCopy moves values of many layouts, and looks at the memory beside them.
func TestCopy(t *testing.T) {
	x := 5
	for _, v := range []any{
		true, int8(-1), uint16(2), int32(-3), 4, 1.5, float32(2.5), 1i, complex64(2i), uintptr(7), "string",
		[]int{1, 2},
		map[int]int{1: 2},
		&x,
		make(chan int),
		struct{}{},
		[0]int{},
		[1]*int{&x},
		[2]int{1, 2},
		[3]int{1, 2, 3},
		[4]int{1, 2, 3, 4},
		[5]int{4: 1},
		[3]byte{1, 2, 3},
		[12]byte{11: 9},
		struct {
			p *int
			n int
		}{&x, 1},
		struct {
			n int
			p *int
		}{1, &x},
		struct{ p, q *int }{&x, nil},
		struct {
			n int
			s string
		}{1, "s"},
		struct {
			s string
			n int32
		}{"s", 1},
		struct{ s, t string }{"a", "b"},
		struct {
			e any
			n int8
		}{"e", 1},
		struct {
			a byte
			e error
		}{},
		time.Unix(1, 2),
		[2]time.Time{time.Unix(3, 4)},
		unsafe.Pointer(&x),
		[100]string{99: "last"},
	} {
		typ := reflect.TypeOf(v)
		row := reflect.New(reflect.ArrayOf(3, typ)).Elem()
		src := reflect.New(typ).Elem()
		src.Set(reflect.ValueOf(v))
		middle := row.Index(1).Addr().UnsafePointer()
		copier(typ)(middle, src.Addr().UnsafePointer())
		if got := row.Index(1).Interface(); !reflect.DeepEqual(got, v) {
			t.Errorf("%T: copied %v as %v", v, v, got)
		}
		if !row.Index(0).IsZero() || !row.Index(2).IsZero() {
			t.Errorf("%T: the copy is too large: %v", v, row)
		}
		row.Index(0).Set(src)
		row.Index(2).Set(src)
		clearer(typ)(middle)
		if !row.Index(1).IsZero() {
			t.Errorf("%T: %v is not cleared", v, row.Index(1))
		}
		if !reflect.DeepEqual(row.Index(0).Interface(), v) || !reflect.DeepEqual(row.Index(2).Interface(), v) {
			t.Errorf("%T: too much is cleared: %v", v, row)
		}
	}
}

// like is the type that values of a shape are moved as.
func (exact[T]) like() reflect.Type { return reflect.TypeFor[T]() }

// TestShapes checks that no shape takes a pointer for a number, or a number for a pointer.
func TestShapes(t *testing.T) {
	for pattern, s := range shapes {
		if like := s.(interface{ like() reflect.Type }).like(); words(like) != pattern {
			t.Errorf("values of words %s are moved as %v", pattern, like)
		}
	}
}
