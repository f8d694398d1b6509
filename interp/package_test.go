package interp_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/interp"
)

// written is a directory with files of these names and contents, which take turns.
func written(t *testing.T, files ...string) string {
	t.Helper()
	root := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(root, filepath.FromSlash(files[i]))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[i+1]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// TestRunPackage runs programs of several packages in a session, beside its inputs.
func TestRunPackage(t *testing.T) {
	var out strings.Builder
	s, err := interp.NewSession(interp.Options{Stdout: &out, Stdin: strings.NewReader("input\n")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	root := written(t,
		"go.mod", "module example.com/m\ngo 1.26\n",
		"cmd/main.go", `package main

import (
	"bufio"
	"fmt"
	"os"

	"example.com/m/lib"
)

type T struct{ n int }

func main() {
	line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	fmt.Printf("%T %q %v\n", T{}, line, lib.Squares(3))
}
`,
		"lib/lib.go", "package lib\n\nfunc Squares(n int) (list []int) {\n\tfor i := range n {\n\t\tlist = append(list, i*i)\n\t}\n\treturn list\n}\n",
		"fails/main.go", "package main\n\nfunc main() { f(nil) }\n\nfunc f(m map[string]int) { m[\"x\"]++ }\n",
		"exits/main.go", "package main\n\nimport \"os\"\n\nfunc init() { os.Exit(3) }\n\nfunc main() {}\n",
		"loops/main.go", "package main\n\nfunc main() { for {} }\n",
		"wrong/main.go", "package main\n\nimport \"example.com/m/broken\"\n\nfunc main() { broken.F() }\n",
		"broken/b.go", "package broken\n\nfunc F() {\n\tx := 1\n}\n",
	)
	ctx := t.Context()
	if _, err := s.Run(ctx, interp.Input{Source: `type T int; x := T(1)`}); err != nil {
		t.Fatal(err)
	}
	if err := s.RunPackage(ctx, interp.Package{Root: root, Dir: "cmd"}); err != nil {
		t.Fatal(err)
	}
	if err := s.RunPackage(ctx, interp.Package{Root: root, Files: []string{"cmd/main.go"}}); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "main.T \"input\\n\" [0 1 4]\nmain.T \"\" [0 1 4]\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}

	var panicked *interp.PanicError
	if err := s.RunPackage(ctx, interp.Package{Root: root, Dir: "fails"}); !errors.As(err, &panicked) || panicked.Stack[0] != (interp.Frame{Func: "main.f", File: "fails/main.go", Line: 5}) {
		t.Errorf("a panic is %v", err)
	}
	var exit *interp.ExitError
	if err := s.RunPackage(ctx, interp.Package{Root: root, Dir: "exits"}); !errors.As(err, &exit) || exit.Code != 3 {
		t.Errorf("os.Exit is %v", err)
	}
	short, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	if err := s.RunPackage(short, interp.Package{Root: root, Dir: "loops"}); !errors.Is(err, interp.ErrInterrupted) {
		t.Errorf("an interrupt is %v", err)
	}
	name := func(file string) string { return "up/" + file }
	var wrong *interp.CompileError
	err = s.RunPackage(ctx, interp.Package{Root: root, Dir: "wrong", Name: name})
	if !errors.As(err, &wrong) || err.Error() != "# example.com/m/broken\nup/broken/b.go:4:2: declared and not used: x" || wrong.List[1].Line != 4 {
		t.Errorf("what does not compile is %v", err)
	}
	if err := s.RunPackage(ctx, interp.Package{Root: root, Dir: "lib"}); err == nil || err.Error() != "package example.com/m/lib is not a main package" {
		t.Errorf("a package that is no program is %v", err)
	}
	if err := s.RunPackage(ctx, interp.Package{Root: root, Dir: "../x"}); !errors.As(err, &wrong) {
		t.Errorf("a directory outside is %v", err)
	}
	if path, err := (interp.Package{Root: root, Dir: "lib"}).Path(); path != "example.com/m/lib" || err != nil {
		t.Errorf("the path is %s, %v", path, err)
	}
	if _, err := s.TestPackage(ctx, interp.Package{Root: root, Dir: "lib"}, interp.Tests{}); err == nil {
		t.Error("tests ran in a session that shares its process")
	}
	values, err := s.Run(ctx, interp.Input{Source: `x`})
	if err != nil || values[0].Type != "T" || values[0].Any() == nil {
		t.Errorf("the session's own variable is %v, %v", values, err)
	}
}

// TestSource imports packages of a module at the prompt: they are read once, initialised before the first input that imports them, and share their types.
func TestSource(t *testing.T) {
	root := written(t,
		"go.mod", "module example.com/m\ngo 1.26\n",
		"shapes/shapes.go", `package shapes

import (
	"fmt"

	"example.com/m/internal/base"
)

type Square struct{ side int }

func (s Square) String() string { return fmt.Sprint("square of ", s.side) }

func New(side int) Square { base.Count++; return Square{side} }

func Map[T, U any](list []T, f func(T) U) (out []U) {
	for _, x := range list {
		out = append(out, f(x))
	}
	return out
}

type Stack[T any] struct{ list []T }

func (s *Stack[T]) Push(x T) int { s.list = append(s.list, x); return len(s.list) }
`,
		"internal/base/base.go", "package base\n\nimport \"fmt\"\n\nvar Count = 10\n\nfunc init() { fmt.Println(\"base\") }\n",
		"more/more.go", "package more\n\nimport (\n\t\"example.com/m/internal/base\"\n\t\"example.com/m/shapes\"\n)\n\nvar Made = shapes.Map([]int{base.Count, 2}, shapes.New)\n\nvar S shapes.Stack[shapes.Square]\n",
		"bad/bad.go", "package bad\n\nfunc F() int { return \"x\" }\n",
		"cmd/main.go", "package main\n\nfunc main() {}\n",
		"panics/p.go", "package panics\n\nvar x = f()\n\nfunc f() int { panic(\"at once\") }\n",
	)
	var out strings.Builder
	s, err := interp.NewSession(interp.Options{Stdout: &out, Source: filepath.Join(root, "cmd")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for _, step := range []struct{ source, want string }{
		{`import "example.com/m/shapes"; nothing`, `input:1:32: undefined: nothing`},
		{`import "example.com/m/shapes"; sq := shapes.New(3); fmt.Println(sq)`, "base\nsquare of 3\n"},
		{`import "example.com/m/internal/base"; fmt.Println(base.Count)`, "11\n"},
		{`fmt.Println(shapes.Map([]shapes.Square{sq}, shapes.Square.String))`, "[square of 3]\n"},
		{`var st shapes.Stack[int]; st.Push(1); fmt.Println(st.Push(2), fmt.Sprintf("%T", st))`, "2 shapes.Stack[int]\n"},
		{`import "example.com/m/more"; more.S.Push(sq); fmt.Println(more.Made, more.S, base.Count)`, "[square of 11 square of 2] {[{3}]} 13\n"},
		{`sq.side`, "input:1:4: sq.side undefined (cannot refer to unexported field side)"},
		{`import "example.com/m/bad"`, "input:1:8: could not import example.com/m/bad (its source is not right:\n\t# example.com/m/bad\n\tbad/bad.go:3:23: cannot use \"x\" (untyped string constant) as int value in return statement)"},
		{`import "example.com/m/cmd"`, `input:1:8: could not import example.com/m/cmd (its source is not right:` + "\n\t" + `import "example.com/m/cmd" is a program, not an importable package)`},
		{`import "example.com/m/nowhere"`, `input:1:8: could not import example.com/m/nowhere (no package "example.com/m/nowhere")`},
		{`import "example.com/m/panics"`, "panic: at once"},
	} {
		out.Reset()
		_, err := s.Run(t.Context(), interp.Input{Source: step.source})
		got := out.String()
		if err != nil {
			got = err.Error()
		}
		if got != step.want {
			t.Errorf("%s\ngives %q\nwant  %q", step.source, got, step.want)
		}
	}
}

// TestRemotePackage sends a program to where it runs.
func TestRemotePackage(t *testing.T) {
	root := written(t,
		"go.mod", "module example.com/m\ngo 1.26\n",
		"cmd/main.go", "package main\n\nimport (\n\t_ \"embed\"\n\t\"fmt\"\n\t\"example.com/m/lib\"\n)\n\n//go:embed text\nvar text string\n\nfunc main() { fmt.Println(text, lib.X) }\n",
		"cmd/text", "content", "cmd/other", "not sent", "lib/lib.go", "package lib\n\nvar X = 7\n", "lib/lib_test.go", "package lib\n\nnot Go",
		"wrong/main.go", "package main\n\nimport _ \"example.com/not/here\"\n\nfunc main() {}\n",
	)
	t.Setenv("TMPDIR", t.TempDir())
	r := dial(t)
	var out strings.Builder
	if err := r.RunPackage(t.Context(), interp.Package{Root: root, Dir: "cmd"}, interp.Stdout(&out)); err != nil || out.String() != "content 7\n" {
		t.Errorf("printed %q, %v", &out, err)
	}
	if err := r.RunPackage(t.Context(), interp.Package{Root: root, Dir: "cmd"}, interp.Stdout(&out), interp.SameDisk()); err != nil || out.String() != "content 7\ncontent 7\n" {
		t.Errorf("printed %q, %v", &out, err)
	}
	var wrong *interp.CompileError
	if err := r.RunPackage(t.Context(), interp.Package{Root: root, Dir: "wrong"}); !errors.As(err, &wrong) || !strings.HasPrefix(err.Error(), "wrong/main.go:3:8: no required module provides package") {
		t.Errorf("what is not here is %v", err)
	}
	if _, err := r.TestPackage(t.Context(), interp.Package{Root: root, Dir: "cmd"}, interp.Tests{}); err == nil || !strings.Contains(err.Error(), "a process to itself") {
		t.Errorf("tests in a session that shares its process are %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "rgo-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestHostileArchive sends a session files that are to lie elsewhere.
func TestHostileArchive(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, h := range []tar.Header{
		{Name: "../out", Typeflag: tar.TypeReg},
		{Name: "/out", Typeflag: tar.TypeReg},
		{Name: "root/../../out", Typeflag: tar.TypeReg},
		{Name: "root/link", Typeflag: tar.TypeSymlink, Linkname: "/"},
		{Name: "root/dev", Typeflag: tar.TypeChar},
	} {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		w := tar.NewWriter(z)
		if err := errors.Join(w.WriteHeader(&h), w.Close(), z.Close()); err != nil {
			t.Fatal(err)
		}
		if dir, err := interp.Unpack(b.Bytes()); err == nil {
			t.Errorf("%s was unpacked to %s", h.Name, dir)
		}
	}
	if _, err := interp.Unpack([]byte("no archive")); err == nil {
		t.Error("what is no archive was unpacked")
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
