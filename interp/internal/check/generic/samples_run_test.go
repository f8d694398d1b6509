package generic_test

import (
	_ "embed"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/rgo-project/rgo/interp/internal/check"
	"github.com/rgo-project/rgo/interp/internal/reify"
	"github.com/rgo-project/rgo/interp/internal/vm"
	"github.com/rgo-project/rgo/interp/symbols"
)

//go:embed samples_test.go
var samplesSource string

// TestSamples runs the samples on the machine, with the sources of this package.
func TestSamples(t *testing.T) {
	got, want := interpreted(t), runSamples()
	for i, w := range want {
		g := "nothing"
		if i < len(got) {
			g = got[i]
		}
		if g != w {
			t.Errorf("%s\ninterpreted: %s", w, g)
		}
	}
	if len(got) > len(want) {
		t.Errorf("more than compiled: %q", got[len(want):])
	}
}

func interpreted(t *testing.T) []string {
	t.Helper()
	imp := check.NewImporter(func(path string) (string, symbols.Table, bool) {
		table, ok := symbols.Lookup(path)
		return symbols.Name(path), table, ok
	})
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "samples_test.go", samplesSource, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{}, Implicits: map[ast.Node]types.Object{},
		Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}
	conf := types.Config{Importer: imp, Context: imp.Context()}
	pkg, err := conf.Check(reflect.TypeFor[card]().PkgPath(), fset, []*ast.File{file}, info)
	if err != nil {
		t.Fatal(err)
	}
	prog := ssa.NewProgram(fset, ssa.InstantiateGenerics)
	create(prog, imp, pkg.Imports(), map[*types.Package]bool{})
	main := prog.CreatePackage(pkg, []*ast.File{file}, info, false)
	main.Build()
	return call(t, imp, main, fset)
}

// create makes the packages that others import, with the source of those that have it.
func create(prog *ssa.Program, imp *check.Importer, pkgs []*types.Package, done map[*types.Package]bool) {
	for _, pkg := range pkgs {
		if !done[pkg] {
			done[pkg] = true
			files, info, _ := imp.Generic(pkg)
			prog.CreatePackage(pkg, files, info, true)
			create(prog, imp, pkg.Imports(), done)
		}
	}
}

func call(t *testing.T, imp *check.Importer, main *ssa.Package, fset *token.FileSet) []string {
	t.Helper()
	var m *vm.Machine
	m = vm.New(vm.Config{
		Types:    reify.New(reify.Config{Known: imp.Reflect, Method: func(s *types.Selection) reify.Method { return m.Method(s) }}),
		Compiled: imp.Compiled,
		Print:    func(s string) { t.Log(s) },
		Uncaught: func(_ *vm.Run, p *vm.Panic) { t.Errorf("a panic that nothing caught: %v", p.Value) },
	})
	loaded, err := m.Load(main, fset)
	if err != nil {
		t.Fatal(err)
	}
	run := m.NewRun(nil)
	if _, err := loaded.Call(run, main.Func("init")); err != nil {
		t.Fatal(err)
	}
	results, err := loaded.Call(run, main.Func("runSamples"))
	if err != nil {
		t.Fatal(err)
	}
	return results[0].Interface().([]string)
}
