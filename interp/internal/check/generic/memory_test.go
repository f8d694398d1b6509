package generic_test

import (
	"database/sql"
	"fmt"
	"iter"
	"math"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unique"
	"unsafe"
	"weak"

	oursql "github.com/rgo-project/rgo/interp/internal/check/generic/database/sql"
	ouriter "github.com/rgo-project/rgo/interp/internal/check/generic/iter"
	ourruntime "github.com/rgo-project/rgo/interp/internal/check/generic/runtime"
	ouratomic "github.com/rgo-project/rgo/interp/internal/check/generic/sync/atomic"
	ourunique "github.com/rgo-project/rgo/interp/internal/check/generic/unique"
	ourweak "github.com/rgo-project/rgo/interp/internal/check/generic/weak"
)

// TestLayouts holds the generic types to the memory of the library's: compiled instances of them are used by our methods.
func TestLayouts(t *testing.T) {
	for _, both := range [][2]reflect.Type{
		{reflect.TypeFor[ouratomic.Pointer[int]](), reflect.TypeFor[atomic.Pointer[int]]()},
		{reflect.TypeFor[ourunique.Handle[string]](), reflect.TypeFor[unique.Handle[string]]()},
		{reflect.TypeFor[ourweak.Pointer[int]](), reflect.TypeFor[weak.Pointer[int]]()},
		{reflect.TypeFor[oursql.Null[int]](), reflect.TypeFor[sql.Null[int]]()},
		{reflect.TypeFor[ouriter.Seq[int]](), reflect.TypeFor[iter.Seq[int]]()},
		{reflect.TypeFor[ouriter.Seq2[int, string]](), reflect.TypeFor[iter.Seq2[int, string]]()},
	} {
		if ours, theirs := layout(both[0]), layout(both[1]); ours != theirs {
			t.Errorf("%s is\n%s, not\n%s", both[0], ours, theirs)
		}
	}
}

func layout(t reflect.Type) string {
	if t.Kind() != reflect.Struct {
		return strings.NewReplacer(t.PkgPath()+".", "").Replace(fmt.Sprint(t.Kind(), t.In(0)))
	}
	var b strings.Builder
	for i := range t.NumField() {
		f := t.Field(i)
		fmt.Fprintf(&b, "%s %s at %d (%d bytes, exported: %v)\n", f.Name, f.Type.Kind(), f.Offset, f.Type.Size(), f.IsExported())
	}
	return b.String()
}

func TestAtomicPointer(t *testing.T) {
	one, two := new(int), new(int)
	var p ouratomic.Pointer[int]
	if p.Load() != nil || p.CompareAndSwap(one, two) || !p.CompareAndSwap(nil, one) || p.Swap(two) != one || p.Load() != two {
		t.Error("the pointer is wrong")
	}
	p.Store(one)
	if theirs := (*atomic.Pointer[int])(unsafe.Pointer(&p)); theirs.Load() != one {
		t.Error("compiled code sees another pointer")
	}
	var wg sync.WaitGroup
	var count ouratomic.Pointer[int]
	for range 4 {
		wg.Go(func() {
			for range 1000 {
				for {
					old := count.Load()
					next := 1
					if old != nil {
						next = *old + 1
					}
					if count.CompareAndSwap(old, &next) {
						break
					}
				}
			}
		})
	}
	wg.Wait()
	if *count.Load() != 4000 {
		t.Errorf("counted %d", *count.Load())
	}
}

type point struct{ x, y int }

type wrapped struct{ v any }

func TestUnique(t *testing.T) {
	uniques(t, "aa", strings.Repeat("a", 2), "b", "")
	uniques(t, label("aa"), label(strings.Repeat("a", 2)), label("b"))
	uniques[any](t, 1, int8(1), "1", nil, point{1, 2}, label("a"))
	uniques[error](t, nil, coded(1), coded(2))
	uniques[fmt.Stringer](t, nil, time.Second, time.Minute)
	uniques(t, point{1, 2}, point{2, 1}, point{})
	uniques(t, wrapped{1}, wrapped{"1"}, wrapped{})
	uniques(t, small(1), small(2))
	uniques(t, struct{}{})
	uniques(t, [0]int{})
	uniques(t, [2]label{"a", "b"}, [2]label{"b", "a"})
	uniques(t, new(int), new(int), nil)
	uniques(t, celsius(0), celsius(math.Copysign(0, -1)), celsius(1))
	uniques(t, 1.5, 2.5)
	uniques(t, 1i, 2i)
	one, other := ourunique.Make(celsius(math.NaN())), ourunique.Make(celsius(math.NaN()))
	if one == other {
		t.Error("NaN is equal to itself")
	}
	agree(t, "a slice", func() []any { return results(unique.Make[any]([]int{}).Value()) }, func() []any { return results(ourunique.Make[any]([]int{}).Value()) })
	agree(t, "a slice in a struct", func() []any { return results(unique.Make(wrapped{[]int{}}).Value()) }, func() []any { return results(ourunique.Make(wrapped{[]int{}}).Value()) })
	agree(t, "zero", func() []any { return results(unique.Handle[int]{}.Value()) }, func() []any { return results(ourunique.Handle[int]{}.Value()) })
	ours, theirs := ourunique.Make("shared"), unique.Make("shared")
	if *(*unsafe.Pointer)(unsafe.Pointer(&ours)) != *(*unsafe.Pointer)(unsafe.Pointer(&theirs)) {
		t.Error("compiled code has another handle of a string")
	}
}

func uniques[T comparable](t *testing.T, vs ...T) {
	t.Helper()
	for _, x := range vs {
		if got := ourunique.Make(x).Value(); got != x {
			t.Errorf("the value of %#v is %#v", x, got)
		}
		for _, y := range vs {
			agree(t, fmt.Sprintf("%#v %#v", x, y), func() []any { return results(unique.Make(x) == unique.Make(y)) },
				func() []any { return results(ourunique.Make(x) == ourunique.Make(y)) })
		}
	}
}

// TestUniqueForgets makes handles by the thousand: those of the dead ones go, one that is held stays the same.
func TestUniqueForgets(t *testing.T) {
	type big struct {
		n    int
		room [100]string
	}
	held := ourunique.Make(big{n: -1, room: [100]string{"full"}})
	var gone atomic.Int64
	for i := range 2000 {
		h := ourunique.Make(big{n: i})
		value := *(**big)(unsafe.Pointer(&h))
		runtime.AddCleanup(value, func(int) { gone.Add(1) }, i)
	}
	eventually(t, "all handles but one are gone", func() bool { return gone.Load() == 2000 })
	if ourunique.Make(big{n: -1, room: [100]string{"full"}}) != held || held.Value().n != -1 {
		t.Error("a handle that was held is another one")
	}
	if h := ourunique.Make(big{n: 5}); h.Value().n != 5 || h != ourunique.Make(big{n: 5}) {
		t.Error("a value that was forgotten has no handle")
	}
}

// eventually collects garbage until something is so.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); {
		if time.Now().After(deadline) {
			t.Fatalf("not in 20 s: %s", what)
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
}

type node struct {
	text string
	data [8]int
}

func TestWeak(t *testing.T) {
	n := &node{text: "here"}
	w := ourweak.Make(n)
	field := ourweak.Make(&n.data[3])
	if w.Value() != n || w != ourweak.Make(n) || w == ourweak.Make(&node{}) || field.Value() != &n.data[3] {
		t.Error("a weak pointer is wrong")
	}
	theirs := weak.Make(n)
	if *(*unsafe.Pointer)(unsafe.Pointer(&w)) != (*[1]unsafe.Pointer)(unsafe.Pointer(&theirs))[0] {
		t.Error("compiled code has another weak pointer")
	}
	runtime.GC()
	if w.Value() == nil || w.Value().text != "here" {
		t.Error("gone while it is held")
	}
	runtime.KeepAlive(n)
	n = nil
	eventually(t, "the object is gone", func() bool { return w.Value() == nil && field.Value() == nil })
	if theirs.Value() != nil {
		t.Error("compiled code still sees it")
	}
	if ourweak.Make[node](nil).Value() != nil || (ourweak.Pointer[node]{}).Value() != nil || ourweak.Make[node](nil) != (ourweak.Pointer[node]{}) {
		t.Error("nil is wrong")
	}
}

func TestAddCleanup(t *testing.T) {
	cleaned := make(chan string, 4)
	clean := func(s string) { cleaned <- s }
	ourruntime.AddCleanup(&node{text: "a"}, clean, "a")
	ourruntime.AddCleanup(&node{text: "b"}, clean, "stopped").Stop()
	arg := &node{text: "pointer"}
	ourruntime.AddCleanup(&node{}, func(n *node) { cleaned <- n.text }, arg)
	ourruntime.AddCleanup(&node{}, func(v any) { cleaned <- fmt.Sprint(v) }, any(point{1, 2}))
	seen := map[string]bool{}
	eventually(t, "the cleanups have run", func() bool {
		for {
			select {
			case s := <-cleaned:
				seen[s] = true
			default:
				return len(seen) == 3
			}
		}
	})
	if seen["stopped"] || !seen["a"] || !seen["pointer"] || !seen["{1 2}"] {
		t.Errorf("cleaned %v", seen)
	}
	n := &node{}
	nothing := func(*node) {}
	agree(t, "itself", func() []any { runtime.AddCleanup(n, nothing, n); return nil }, func() []any { ourruntime.AddCleanup(n, nothing, n); return nil })
	agree(t, "a part of itself", func() []any { runtime.AddCleanup(n, func(*int) {}, &n.data[1]); return nil }, func() []any { ourruntime.AddCleanup(n, func(*int) {}, &n.data[1]); return nil })
	agree(t, "nil", func() []any { runtime.AddCleanup((*node)(nil), clean, ""); return nil }, func() []any { ourruntime.AddCleanup((*node)(nil), clean, ""); return nil })
	agree(t, "nil argument", func() []any { runtime.AddCleanup(n, nothing, nil).Stop(); return nil }, func() []any { ourruntime.AddCleanup(n, nothing, nil).Stop(); return nil })
	runtime.KeepAlive(n)
}
