package vm

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/rgo-project/rgo/interp/internal/check"
	"github.com/rgo-project/rgo/interp/internal/reify"
	"github.com/rgo-project/rgo/interp/symbols"
)

var (
	_ = importer.Default
	_ io.Writer
)

// program compiles a whole package main.
func program(t testing.TB, source string) (*Machine, *Package, *ssa.Package, *strings.Builder) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "prog.go", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	out := new(strings.Builder)
	table := func(path string) (string, symbols.Table, bool) {
		tab, ok := symbols.Lookup(path)
		if path == "fmt" {
			own := symbols.Table{}
			for k, v := range tab {
				own[k] = v
			}
			own["Println"] = reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprintln(out, a...) })
			own["Printf"] = reflect.ValueOf(func(f string, a ...any) (int, error) { return fmt.Fprintf(out, f, a...) })
			own["Print"] = reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprint(out, a...) })
			tab = own
		}
		return symbols.Name(path), tab, ok
	}
	imp := check.NewImporter(table)
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{}, Implicits: map[ast.Node]types.Object{},
		Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}
	conf := types.Config{Importer: imp, GoVersion: "go1.26"}
	pkg, err := conf.Check("main", fset, []*ast.File{file}, info)
	if err != nil {
		t.Fatal(err)
	}
	prog := ssa.NewProgram(fset, ssa.InstantiateGenerics)
	for _, dep := range pkg.Imports() {
		prog.CreatePackage(dep, nil, nil, true)
	}
	main := prog.CreatePackage(pkg, []*ast.File{file}, info, false)
	main.Build()
	var m *Machine
	m = New(Config{
		Types: reify.New(reify.Config{Known: imp.Reflect}),
		Compiled: func(path, name string) (reflect.Value, bool) {
			own, debug := m.Runtime()
			switch {
			case path == "runtime" && name == "GC":
				return own[name], true
			case path == "runtime/debug" && name == "FreeOSMemory":
				return debug[name], true
			}
			_, tab, _ := table(path)
			v, ok := tab[name]
			return v, ok
		},
		Print:    func(s string) { out.WriteString(s) },
		Uncaught: func(_ *Run, p *Panic) { fmt.Fprintf(out, "uncaught: %v\n", p.Value) },
	})
	loaded, err := m.Load(main, fset)
	if err != nil {
		t.Fatal(err)
	}
	return m, loaded, main, out
}

// output is what a program prints.
func output(t testing.TB, source string) string {
	t.Helper()
	m, p, main, out := program(t, source)
	run := m.NewRun(nil)
	for _, name := range []string{"init", "main"} {
		if _, err := p.Call(run, main.Func(name)); err != nil {
			if failed, ok := err.(*Panic); ok {
				fmt.Fprintf(out, "panic: %v %v\n", failed.Value, failed.Stack)
			} else {
				fmt.Fprintln(out, err)
			}
		}
	}
	return out.String()
}

func TestFib(t *testing.T) {
	got := output(t, `package main
func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }
func main() { println(fib(20)) }`)
	if got != "6765\n" {
		t.Error(got)
	}
}
