package rtype_test

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/rgo-project/rgo/internal/rtype"
)

// TestCollector keeps objects alive by pointers that only the collector's view of made types leads to.
func TestCollector(t *testing.T) {
	big := make(map[string]reflect.Type)
	for _, n := range []int{1, 2, 7, 63, 64, 65, 600, 3000, 20000} {
		big[fmt.Sprintf("struct%d", n)] = structWithPointerAt(t, n)
	}
	for name, typ := range big {
		t.Run(name, func(t *testing.T) {
			k := typ.NumField() - 1
			set := func(v reflect.Value, text string) { v.Field(k).Set(reflect.ValueOf(fresh(text))) }
			get := func(v reflect.Value) string { return *v.Field(k).Interface().(*string) }

			p := reflect.New(typ)
			set(p.Elem(), "in a variable")
			slice := reflect.MakeSlice(reflect.SliceOf(typ), 3, 3)
			set(slice.Index(2), "in a slice")
			array := reflect.New(reflect.ArrayOf(5, typ)).Elem()
			set(array.Index(4), "in an array")
			m := reflect.MakeMap(reflect.MapOf(reflect.TypeFor[int](), typ))
			for i := range 20 {
				v := reflect.New(typ).Elem()
				set(v, fmt.Sprint("in a map ", i))
				m.SetMapIndex(reflect.ValueOf(i), v)
			}
			var boxed any
			{
				v := reflect.New(typ).Elem()
				set(v, "in an interface")
				boxed = v.Interface()
			}
			var ch reflect.Value
			if typ.Size() < 1<<16 {
				ch = reflect.MakeChan(rtype.ChanOf(reflect.BothDir, typ), 2)
				v := reflect.New(typ).Elem()
				set(v, "in a channel")
				ch.Send(v)
			}
			churn()
			for got, want := range map[string]string{
				get(p.Elem()): "in a variable", get(slice.Index(2)): "in a slice", get(array.Index(4)): "in an array",
				get(m.MapIndex(reflect.ValueOf(13))): "in a map 13", get(reflect.ValueOf(boxed)): "in an interface",
			} {
				if got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}
			if ch.IsValid() {
				if v, _ := ch.Recv(); get(v) != "in a channel" {
					t.Errorf("got %q from a channel", get(v))
				}
			}
		})
	}
}

// structWithPointerAt makes a struct of n words of which only the last is a pointer, to a string.
func structWithPointerAt(t *testing.T, n int) reflect.Type {
	t.Helper()
	var fields []rtype.Field
	var layout []reflect.StructField
	if n > 1 {
		typ := reflect.ArrayOf(n-1, reflect.TypeFor[uintptr]())
		fields = append(fields, rtype.Field{Name: "pad", PkgPath: "p", Type: typ})
		layout = append(layout, reflect.StructField{Name: "F0", Type: typ})
	}
	fields = append(fields, rtype.Field{Name: "P", Type: reflect.TypeFor[*string]()})
	layout = append(layout, reflect.StructField{Name: "F1", Type: reflect.TypeFor[*byte]()})
	d, err := rtype.Declare(rtype.Spec{Name: "p.S", PkgPath: "p", Defined: true, Layout: reflect.StructOf(layout)})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.SetFields(fields); err != nil {
		t.Fatal(err)
	}
	return d.Type()
}

func fresh(text string) *string {
	s := strings.Clone(text)
	return &s
}

// churn has the collector run and memory that it took for free be used again.
func churn() {
	for range 3 {
		runtime.GC()
		var keep []*string
		for range 2000 {
			keep = append(keep, fresh("what is free is overwritten"))
		}
		runtime.KeepAlive(keep)
	}
}

// TestFrame makes frames with pointers in all sorts of places, and lets go of them and of their types.
func TestFrame(t *testing.T) {
	type frame struct {
		typ reflect.Type
		at  unsafe.Pointer
	}
	const word = unsafe.Sizeof(uintptr(0))
	patterns := map[string]func(i int) bool{
		"all": func(int) bool { return true }, "none": func(int) bool { return false }, "odd": func(i int) bool { return i%2 == 1 },
		"some": func(i int) bool { return i%7 == 3 }, "first": func(i int) bool { return i == 0 },
	}
	for _, words := range []int{1, 2, 3, 8, 63, 64, 65, 130, 1000, 5000, 20000} {
		for name, pointer := range patterns {
			pointers := make([]bool, words)
			for i := range pointers {
				pointers[i] = pointer(i)
			}
			var frames []frame
			for n := range 2 {
				typ := rtype.Frame(uintptr(words)*word, pointers)
				at := rtype.New(typ)
				for i, p := range pointers {
					if slot := unsafe.Add(at, uintptr(i)*word); p {
						*(**string)(slot) = fresh(fmt.Sprint(n, i))
					} else {
						*(*uintptr)(slot) = uintptr(i)
					}
				}
				frames = append(frames, frame{typ, at})
			}
			churn()
			for n, f := range frames {
				for i, p := range pointers {
					slot := unsafe.Add(f.at, uintptr(i)*word)
					if p && **(**string)(slot) != fmt.Sprint(n, i) || !p && *(*uintptr)(slot) != uintptr(i) {
						t.Fatalf("%d words, %s: word %d of frame %d is not what it was", words, name, i, n)
					}
				}
			}
			runtime.KeepAlive(frames)
		}
	}
}

// TestFrameTypesDie lets types of frames go: nothing else may keep them.
func TestFrameTypesDie(t *testing.T) {
	died := make(chan bool, 1)
	func() {
		typ := rtype.Frame(640, []bool{true, false, true})
		_ = rtype.New(typ)
		runtime.AddCleanup((*[8]uintptr)(rtype.Word(typ)), func(int) { died <- true }, 0)
	}()
	for range 20 {
		runtime.GC()
		select {
		case <-died:
			return
		default:
		}
	}
	t.Error("the type of a frame is kept")
}

// TestLargeFrames checks that types of large frames are not let go, and are as few as there are layouts: see largeFrame.
func TestLargeFrames(t *testing.T) {
	frame := func() reflect.Type { return rtype.Frame(1<<16, []bool{false, true, false}) }
	first := frame()
	if frame() != first {
		t.Error("there are two types of one layout")
	}
	if rtype.Frame(1<<16, []bool{true, true}) == first || rtype.Frame(1<<17, []bool{false, true}) == first {
		t.Error("two layouts have one type")
	}
}

func TestFrameRefused(t *testing.T) {
	for _, f := range []func(){
		func() { rtype.Frame(7, nil) }, func() { rtype.Frame(8, []bool{false, true}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("a frame was made")
				}
			}()
			f()
		}()
	}
}
