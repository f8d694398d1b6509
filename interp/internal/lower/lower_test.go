package lower

import (
	"bytes"
	"flag"
	"go/format"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/interp/internal/check"
	"github.com/rgo-project/rgo/interp/symbols"
)

var update = flag.Bool("update", false, "write the goldens in testdata anew")

func newFront() (*Front, *token.FileSet) {
	fset := token.NewFileSet()
	table := func(path string) (string, symbols.Table, bool) {
		t, ok := symbols.Lookup(path)
		return symbols.Name(path), t, ok
	}
	packages := func(name string) (paths []string) {
		for _, p := range symbols.Std() {
			if symbols.Name(p) == name {
				paths = append(paths, p)
			}
		}
		return paths
	}
	return NewFront(Config{FileSet: fset, Importer: check.NewImporter(table), Packages: packages}), fset
}

// TestGoldens shows what inputs are lowered to. A file of testdata is one session: each input stands between a line "== in" and a line
// "== out", and what it is lowered to after that.
func TestGoldens(t *testing.T) {
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
			front, fset := newFront()
			var b strings.Builder
			for _, part := range strings.Split(string(want), "== in\n")[1:] {
				src, _, _ := strings.Cut(part, "== out\n")
				b.WriteString("== in\n" + src + "== out\n")
				prog, err := front.Compile("x.go", strings.TrimSuffix(src, "\n"))
				if err != nil {
					b.WriteString("! " + err.Error() + "\n")
					continue
				}
				var out bytes.Buffer
				if err := format.Node(&out, fset, prog.File); err != nil {
					t.Fatal(err)
				}
				b.WriteString(out.String())
				front.Commit(prog)
			}
			if b.String() == string(want) {
				return
			}
			if *update {
				if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("%s differs (go test -update writes it anew); got\n%s", file, b.String())
		})
	}
}

// FuzzCompile looks for inputs that bring the front-end down, or that are compiled though an error was found.
func FuzzCompile(f *testing.F) {
	for _, src := range []string{
		"x := 1", "func f() {", "type T struct{ T }", "package main; func main() {}", "for i := range 3 { defer f(i) }", "var x = y; y := x", "L: goto L",
		"import \"os\"; os.Args", "func (t *T) M() {}; type T int", "const c = 1 << 70; c", "a, b := f()", "_ = 1", "x.", "}", "`",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		front, _ := newFront()
		prog, err := front.Compile("x.go", src)
		if (prog == nil) == (err == nil) {
			t.Fatalf("program %v, error %v", prog, err)
		}
		Incomplete(src)
	})
}
