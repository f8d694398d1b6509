package front

import (
	"go/types"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/rgo-project/rgo/interp/internal/check"
	"github.com/rgo-project/rgo/interp/internal/check/generic"
	"github.com/rgo-project/rgo/interp/symbols"
)

// newSession is a Front over the standard library.
func newSession(mode ssa.BuilderMode) *Front {
	byName := map[string][]string{"unsafe": {"unsafe"}}
	for _, p := range symbols.Std() {
		byName[symbols.Name(p)] = append(byName[symbols.Name(p)], p)
	}
	imp := check.NewImporter(func(path string) (string, symbols.Table, bool) {
		t, ok := symbols.Lookup(path)
		return symbols.Name(path), t, ok
	})
	return New(Config{
		Importer: imp,
		Generic: func(p *types.Package) *Generic {
			files, info, ok := imp.Generic(p)
			if !ok {
				return nil
			}
			return &Generic{Fset: generic.FileSet, Files: files, Info: info}
		},
		Packages: func(name string) []string { return byName[name] },
		Paths:    symbols.Std,
		Mode:     mode,
	})
}

// commit compiles an input of which nothing is expected to be wrong.
func commit(t testing.TB, f *Front, text string) *Program {
	t.Helper()
	p, err := f.Compile("in", text)
	if err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	f.Commit(p)
	return p
}
