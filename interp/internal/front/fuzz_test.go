package front

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
)

// FuzzCompile gives a session any text: it is compiled or refused, and what is refused changes nothing.
func FuzzCompile(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txt")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if input, ok := strings.CutPrefix(line, "> "); ok {
				f.Add(input)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := newSession(ssa.SanityCheckFunctions)
		commit(t, s, `type P struct{ n int }; func (p *P) Get() int { return p.n }; func (p P) String() string { return fmt.Sprint(p.n) }`)
		commit(t, s, `type S[T any] struct{ all []T }; func (s *S[T]) Add(x T) { s.all = append(s.all, x) }; ints := &S[int]{}; ints.Add(1)`)
		commit(t, s, `x, p := 1, &P{1}; func get() int { return x + p.Get() }`)
		before := s.Names()
		prog, err := s.Compile("in", text)
		if err == nil {
			s.Discard(prog)
		} else if strings.Contains(err.Error(), "the compiler failed") {
			t.Fatal(err)
		}
		if after := s.Names(); !slices.Equal(before, after) {
			t.Fatalf("names were %v and are %v", before, after)
		}
		commit(t, s, `ints.Add(x); var str fmt.Stringer = p; get() + p.Get() + len(str.String())`)
	})
}
