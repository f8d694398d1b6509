package front

import (
	"testing"
)

// TestDiscard gives up programs that were compiled.
func TestDiscard(t *testing.T) {
	f := newSession(0)
	commit(t, f, `type P struct{ n int }; func (p *P) Get() int { return p.n }; p := &P{1}`)
	commit(t, f, `type S[T any] struct{ all []T }; func (s *S[T]) Len() int { return len(s.all) }; var ints S[int]; ints.Len()`)
	for _, text := range []string{
		`func (p *P) Set(n int) { p.n = n }; p.Set(1)`,
		`func (p *P) Get() string { return "x" }; p.Get() + "a"`,
		`func (s *S[T]) Add(x T) { s.all = append(s.all, x) }; ints.Add(1)`,
		`func (s *S[T]) Len() string { return "" }; ints.Len() + "a"`,
		`p := "other"; type P int; func f() {}; import str "strings"`,
	} {
		prog, err := f.Compile("in", text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		f.Discard(prog)
	}
	for text, fails := range map[string]bool{
		"p.Get() + ints.Len() + p.n": false, "p.Set(1)": true, "ints.Add(1)": true, "f()": true, `str.ToUpper("a")`: true, "P{n: 1}": false,
	} {
		prog, err := f.Compile("in", text)
		if fails != (err != nil) {
			t.Errorf("%s: %v", text, err)
		}
		if err == nil {
			f.Discard(prog)
		}
	}
}

// TestPositions has no two file sets of a session share positions.
func TestPositions(t *testing.T) {
	f := newSession(0)
	var ends []int
	for range 3 {
		unit := commit(t, f, "x := 1").Units[0]
		source := f.NewFileSet()
		source.AddFile("a.go", -1, 1<<20)
		ends = append(ends, unit.Fset.Base(), source.Base())
	}
	for i := range ends[1:] {
		if ends[i] >= ends[i+1] {
			t.Errorf("file sets end at %v", ends)
		}
	}
}
