package vm

import (
	"slices"
	"testing"
)

// TestUnused looks at what a function drops while it waits for calls: nothing, unless something has the collector run.
func TestUnused(t *testing.T) {
	const code = `
type object struct{ next *object }
func f() { a, b := new(object), new(object); g(a); g(b); g(a); g(nil) }
func g(*object) {}
func main() { f() }
`
	drops := func(source string) (counts []int) {
		_, p, main, _ := program(t, source)
		f := p.u.funcs[main.Func("f")]
		var calls []int32
		for pos := range f.unused {
			calls = append(calls, pos)
		}
		slices.Sort(calls)
		for _, pos := range calls {
			counts = append(counts, len(f.clear)-len(f.unused[pos]))
		}
		return counts
	}
	if got := drops("package main\n" + code); got != nil {
		t.Errorf("without a collection %v pointers are kept by calls", got)
	}
	for _, collection := range []string{
		"import \"runtime\"\nfunc collect() { func() { runtime.GC() }() }",
		"import \"runtime/debug\"\ntype list[T any] struct{}\nfunc (list[T]) collect() { defer debug.FreeOSMemory() }",
	} {
		if got := drops("package main\n" + collection + code); !slices.Equal(got, []int{2, 1, 0, 0}) {
			t.Errorf("%s: calls keep %v pointers", collection, got)
		}
	}
}
