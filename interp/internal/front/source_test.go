package front_test

import (
	"go/types"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rgo-project/rgo/interp/internal/front"
	"github.com/rgo-project/rgo/interp/internal/load"
	"github.com/rgo-project/rgo/interp/symbols"
)

// sources are packages that a session reads when an input imports them.
type sources struct {
	types.Importer
	s      *session
	fsys   fstest.MapFS
	loaded map[string]*types.Package
	code   map[*types.Package]*front.Generic
}

func (m *sources) Import(path string) (*types.Package, error) {
	if m.loaded[path] != nil {
		return m.loaded[path], nil
	}
	dir, ours := strings.CutPrefix(path, "main/")
	if !ours {
		return m.Importer.Import(path)
	}
	g, err := load.Dir(m.fsys, dir, load.Options{Module: "main", Compiled: func(p string) bool { return symbols.Name(p) != "" }})
	if err != nil {
		return nil, err
	}
	if err := g.Check(m.s.importer); err != nil {
		return nil, err
	}
	if err := g.Build(m.s.importer); err != nil {
		return nil, err
	}
	for _, p := range g.Packages {
		m.loaded[p.Path] = p.Types
		m.code[p.Types] = &front.Generic{Fset: g.Fset, Files: p.Files, Info: p.Info}
		code, err := m.s.vm.Load(p.SSA, g.Fset)
		if err != nil {
			return nil, err
		}
		if _, err := code.Call(m.s.vm.NewRun(nil), p.SSA.Func("init")); err != nil {
			return nil, err
		}
	}
	return m.loaded[path], nil
}

// TestSource has inputs import packages that are there as source.
func TestSource(t *testing.T) {
	files := fstest.MapFS{
		"geo/geo.go": {Data: []byte(`package geo
import "fmt"
type Point struct{ X, Y int; hidden string }
func (p Point) String() string { return fmt.Sprint(p.X, "|", p.Y, p.hidden) }
func New(x, y int) Point { count++; return Point{x, y, "!"} }
var count = 10
func init() { count++ }
func Count() int { return count }
var Origin = New(0, 0)
type Set[T comparable] struct{ m map[T]bool }
func (s *Set[T]) Add(x T) *Set[T] { if s.m == nil { s.m = map[T]bool{} }; s.m[x] = true; return s }
func (s *Set[T]) Len() int { return size(s.m) + offset }
func size[K comparable](m map[K]bool) int { return len(m) }
func Map[T, U any](a []T, f func(T) U) (r []U) { for _, x := range a { r = append(r, f(x)) }; return r }
var offset = 0
type Holder struct{ Set[string] }
`)},
		"bad/bad.go": {Data: []byte("package bad\nfunc F() int { return \"x\" }\n")},
	}
	s := newSession()
	imports := &sources{s: s, fsys: files, loaded: map[string]*types.Package{}, code: map[*types.Package]*front.Generic{}}
	s.read(imports)
	for _, step := range []struct{ text, want string }{
		{`import "main/geo"; geo.Count()`, "12 (int)\n"},
		{`p := geo.New(3, 4); fmt.Println(p, geo.Origin); geo.Count()`, "3|4! 0|0!\n13 (int)\n"},
		{`p.hidden`, "! in:1:3: p.hidden undefined (cannot refer to unexported field hidden)\n"},
		{`geo.count`, "! in:1:5: name count not exported by package geo\n"},
		{`geo.Cuont()`, "! in:1:5: undefined: geo.Cuont; did you mean geo.Count?\n"},
		{`s := &geo.Set[geo.Point]{}; s.Add(p).Add(p).Len()`, "1 (int)\n"},
		{`geo.Map([]geo.Point{p}, func(p geo.Point) string { return p.String() })[0]`, "\"3|4!\" (string)\n"},
		{`var h interface{ Len() int } = &geo.Holder{}; h.Len()`, "0 (int)\n"},
		{`type Named struct{ geo.Point }; var str fmt.Stringer = Named{p}; str.String()`, "\"3|4!\" (string)\n"},
	} {
		if got := s.run("in", step.text); got != step.want {
			t.Errorf("> %s\n%swant\n%s", step.text, got, step.want)
		}
	}
	if got := s.run("in", `import "main/bad"`); !strings.HasPrefix(got, "! in:1:8: could not import main/bad (") || !strings.Contains(got, "bad/bad.go:2:23: cannot use") {
		t.Error(got)
	}
}
