package generic_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/interp/internal/check/generic"
	"github.com/rgo-project/rgo/interp/internal/check/generic/compiled"
	"github.com/rgo-project/rgo/interp/symbols"
)

// TestNames finds every name here that the tables of the standard library lack, and no others.
func TestNames(t *testing.T) {
	for _, path := range symbols.Std() {
		files, err := generic.Files(path)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, file := range files {
			if want := symbols.Name(path); file.Name.Name != want {
				t.Errorf("%s declares package %s, not %s", path, file.Name.Name, want)
			}
			names = append(names, exported(file)...)
		}
		slices.Sort(names)
		if want := symbols.Generic(path); !slices.Equal(names, want) {
			t.Errorf("%s has the generic names %v, and should have %v", path, names, want)
		}
	}
}

// exported lists a file's exported names but for methods.
func exported(file *ast.File) (names []string) {
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil && decl.Name.IsExported() {
				names = append(names, decl.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok && spec.Name.IsExported() {
					names = append(names, spec.Name.Name)
				}
			}
		}
	}
	return names
}

// TestNothingToInitialize holds the sources to what can be run from instances alone: generic funcs, no variables, no init.
func TestNothingToInitialize(t *testing.T) {
	for _, path := range symbols.Std() {
		files, err := generic.Files(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			for _, decl := range file.Decls {
				switch decl := decl.(type) {
				case *ast.FuncDecl:
					if decl.Recv == nil && decl.Type.TypeParams == nil {
						t.Errorf("%s: func %s is not generic", path, decl.Name.Name)
					}
				case *ast.GenDecl:
					if decl.Tok == token.VAR {
						t.Errorf("%s: a variable at %s", path, generic.FileSet.Position(decl.Pos()))
					}
				}
			}
		}
	}
}

// TestCompiledTable finds every exported func of package compiled in its table.
func TestCompiledTable(t *testing.T) {
	paths, err := filepath.Glob("compiled/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range exported(file) {
			if name != "Table" {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	if table := slices.Sorted(maps.Keys(compiled.Table())); !slices.Equal(table, names) {
		t.Errorf("the table has %v, and should have %v", table, names)
	}
}

// TestNoFiles asks for packages without generic names, and for paths that are none.
func TestNoFiles(t *testing.T) {
	for _, path := range []string{"fmt", "math", "crypto", "", ".", "..", "/", "no/such", "slices/edit.go"} {
		if files, err := generic.Files(path); len(files) > 0 || err != nil {
			t.Errorf("%q has %d files (%v)", path, len(files), err)
		}
	}
}

// TestPositions tells positions of these sources from all others.
func TestPositions(t *testing.T) {
	files, err := generic.Files("slices")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	at := generic.FileSet.Position(files[0].Package)
	if !strings.HasPrefix(at.Filename, "slices/") || at.Line == 0 {
		t.Errorf("slices begins at %s", at)
	}
	if files[0].Package < 1<<32 {
		t.Errorf("position %d may be another file set's", files[0].Package)
	}
}
