package front

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
)

func update() bool { return flag.Lookup("update").Value.String() == "true" }

// TestPasses shows what becomes of the inputs of a session. A line that begins with "> " is an input, and "| " goes on with it; what
// follows is what it is lowered to, or what is wrong with it.
func TestPasses(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no goldens", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := replay(string(want))
			if got == string(want) {
				return
			}
			if update() {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("%s (go test -update writes it anew) is now\n%s", file, got)
		})
	}
}

func replay(golden string) string {
	f := newSession(ssa.SanityCheckFunctions)
	var b strings.Builder
	lines := strings.Split(strings.TrimSuffix(golden, "\n"), "\n")
	n := 0
	for i := 0; i < len(lines); i++ {
		if strings.HasPrefix(lines[i], "#") || lines[i] == "" {
			b.WriteString(lines[i] + "\n")
			continue
		}
		text, ok := strings.CutPrefix(lines[i], "> ")
		if !ok {
			continue // an old answer
		}
		for i+1 < len(lines) && strings.HasPrefix(lines[i+1], "| ") {
			i++
			text += "\n" + lines[i][2:]
		}
		n++
		b.WriteString("> " + strings.ReplaceAll(text, "\n", "\n| ") + "\n")
		b.WriteString(answer(f, fmt.Sprintf("in%d", n), text))
	}
	return b.String()
}

// answer compiles an input as Compile does, and shows the steps.
func answer(f *Front, name, text string) string {
	var list ErrorList
	in, err := f.read(name, text)
	if err == nil {
		var out string
		if out, err = compileAndShow(f, in); err == nil {
			f.Commit(&Program{in: in})
			return out
		}
		in.undo()
	}
	if !errors.As(err, &list) {
		return "! " + err.Error() + "\n"
	}
	return "! " + strings.ReplaceAll(list.Error(), "\n", "\n! ") + "\n"
}

func compileAndShow(f *Front, in *input) (string, error) {
	file, err := f.lower(in)
	if err != nil {
		return "", err
	}
	unit, err := f.build(in, file)
	if err != nil {
		return "", err
	}
	defer f.close(in)
	return show(f.pkg, in, file) + showUnit(unit), nil
}

// show writes a lowered input. What is an earlier input's has a ′.
func show(pkg *types.Package, in *input, file *ast.File) string {
	var b strings.Builder
	for _, mentions := range []map[*ast.Ident]types.Object{in.info.Uses, in.info.Defs} {
		for id, obj := range mentions {
			if obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == mainPath && obj.Parent() == obj.Pkg().Scope() && obj.Pkg() != in.pkg && obj.Pkg() != pkg {
				id.Name = obj.Name() + "′"
			}
		}
	}
	for _, id := range in.variables {
		fmt.Fprintf(&b, "  new %s %s\n", id.Name, TypeName(in.info.Defs[id].Type()))
	}
	for _, v := range in.kept {
		fmt.Fprintf(&b, "  again %s %s\n", v.Name(), TypeName(v.Type()))
	}
	for _, name := range slices.Sorted(maps.Keys(in.imports)) {
		fmt.Fprintf(&b, "  import %s %q\n", name, in.imports[name])
	}
	for _, p := range in.dots {
		fmt.Fprintf(&b, "  import . %q\n", p)
	}
	if in.file != nil {
		return b.String()
	}
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && (g.Tok == token.VAR || g.Specs[0].(*ast.TypeSpec).Type == nil) {
			continue // told above, or another unit's
		}
		var code bytes.Buffer
		if err := format.Node(&code, in.fset, d); err != nil {
			return err.Error()
		}
		b.WriteString("  " + strings.ReplaceAll(code.String(), "\n", "\n  ") + "\n")
	}
	for _, t := range in.results {
		fmt.Fprintf(&b, "  = %s\n", TypeName(t))
	}
	return b.String()
}

func showUnit(u *Unit) string {
	var b strings.Builder
	for _, pair := range u.Redefined {
		fmt.Fprintf(&b, "  callers of %s call the new one\n", pair[0].Name())
	}
	for _, n := range u.Renewed {
		fmt.Fprintf(&b, "  %s has other methods\n", n.Obj().Name())
	}
	var symbols []string
	for _, obj := range u.Symbols {
		symbols = append(symbols, types.ObjectString(obj, (*types.Package).Name))
	}
	slices.Sort(symbols)
	for _, s := range symbols {
		fmt.Fprintf(&b, "  uses %s\n", s)
	}
	if u.Init != nil {
		b.WriteString("  is initialised\n")
	}
	return b.String()
}
