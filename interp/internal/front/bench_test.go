package front

import (
	"fmt"
	"runtime"
	"testing"
)

// grown is a session with 200 definitions.
func grown(tb testing.TB) *Front {
	f := newSession(0)
	for i := range 50 {
		commit(tb, f, fmt.Sprintf("func f%d(a int, s string) (int, error) { if a > %d { return len(s), nil }; return a, errors.New(s) }", i, i))
		commit(tb, f, fmt.Sprintf("type T%d struct { A int; b string; next *T%d }", i, i))
		commit(tb, f, fmt.Sprintf("func (t *T%d) M(n int) string { return fmt.Sprint(t.A, n, t.b) }", i))
		commit(tb, f, fmt.Sprintf("v%d := map[string]*T%d{}", i, i))
	}
	return f
}

func BenchmarkInput(b *testing.B) {
	for _, text := range []string{"x = x + 1", "y := x", "fmt.Println(x)", `f7(x, "a")`, `v3["k"] = &T3{A: x}; v3["k"].M(2)`, "slices.Sort([]int{x})"} {
		b.Run(text, func(b *testing.B) {
			f := grown(b)
			commit(b, f, "x := 1")
			for b.Loop() {
				commit(b, f, text)
			}
		})
	}
}

// TestMemory gives a session many inputs. What it keeps does not grow with their number.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes many inputs")
	}
	for _, texts := range [][]string{
		{"x = x + 1"},
		{"y := x"},
		{"fmt.Sprint(x)"},
		{`z := 1`, `z := "a"`},
		{"x := len(x)", "x := fmt.Sprint(x)"},
		{"func f(n int) int { return n + 1 }", "f(1)"},
		{"type T struct { a int }", "var t T"},
		{"func (p *P) M() int { return p.n }", "p.M()"},
		{"import str \"strings\"", "str.ToUpper(fmt.Sprint(x))"},
		{"nosuch(x)"},
		{"for i := range 3 { x := i; _ = func() int { return x } }"},
		{"w, err := f2(); err"},
		{"m := map[string]func(int) string{}"},
		{"slices.Sort([]int{1})"},
		{"func G[A any](a A) []A { return []A{a} }", "g := G(1)"},
	} {
		t.Run(texts[0], func(t *testing.T) {
			f := newSession(0)
			commit(t, f, "x := 1; type P struct { n int }; p := &P{1}; func f2() (int, error) { return 1, nil }")
			give := func(n int) {
				for range n {
					for _, text := range texts {
						if p, err := f.Compile("in", text); err == nil {
							f.Commit(p)
						}
					}
				}
			}
			give(200)
			before := heap()
			const n = 2000
			give(n)
			if grown := int(heap()) - int(before); grown > n*16 {
				t.Errorf("%d bytes more after %d inputs, %d for each", grown, n, grown/n)
			}
			runtime.KeepAlive(f)
		})
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
