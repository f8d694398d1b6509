package check_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/rgo-project/rgo/interp/internal/check"
	"github.com/rgo-project/rgo/interp/symbols"
)

func importer() *check.Importer {
	return check.NewImporter(func(path string) (string, symbols.Table, bool) {
		t, ok := symbols.Lookup(path)
		return symbols.Name(path), t, ok
	})
}

// TestTypes asks the checker for the types of expressions over imported packages.
func TestTypes(t *testing.T) {
	const src = `package main
import ("os"; "io"; "math"; "unicode/utf8"; "time"; "net/http"; "sort")
`
	for expr, want := range map[string]string{
		`os.Hostname`: "func() (string, error)", `os.Args`: "[]string", `os.Stdin`: "*os.File", `io.EOF`: "error", `math.Pi`: "untyped float",
		`math.MaxInt64`: "untyped int", `utf8.RuneError`: "untyped rune", `time.Second`: "time.Duration", `os.ErrNotExist.Error()`: "string",
		`os.FileInfo(nil)`: "io/fs.FileInfo", `http.Client{}.Timeout`: "time.Duration", `(&http.Client{}).Do`: "func(*net/http.Request) (*net/http.Response, error)",
		`sort.Interface.Len`: "func(sort.Interface) int", `os.PathSeparator`: "untyped rune", `os.ModePerm`: "io/fs.FileMode",
	} {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "x.go", src+"var _, _, _, _, _, _, _ = os.Args, io.EOF, math.Pi, utf8.RuneError, time.Second, http.DefaultClient, sort.Ints\nfunc _() { _ = "+expr+" }", 0)
		if err != nil {
			t.Fatal(err)
		}
		info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
		pkg, err := (&types.Config{Importer: importer()}).Check("main", fset, []*ast.File{file}, info)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		tv, err := types.Eval(fset, pkg, file.End()-2, expr)
		if err != nil || tv.Type.String() != want {
			t.Errorf("%s is %v, want %s (%v)", expr, tv.Type, want, err)
		}
	}
}

// TestEveryPackage imports all there is into one importer: types that packages share are the same ones.
func TestEveryPackage(t *testing.T) {
	imp := importer()
	for _, path := range symbols.Std() {
		pkg, err := imp.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		table, _ := symbols.Lookup(path)
		for name := range table {
			if pkg.Scope().Lookup(name) == nil {
				t.Errorf("%s.%s is lost", path, name)
			}
		}
	}
	if _, err := imp.Import("no/such"); err == nil {
		t.Error("imported no/such")
	}
}
