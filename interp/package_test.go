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
