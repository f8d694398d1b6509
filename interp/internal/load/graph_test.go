package load_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rgo-project/rgo/interp/internal/load"
)

// tree makes a file system of names and contents, which take turns.
func tree(files ...string) fs.FS {
	m := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		m[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return m
}

// read loads and checks a directory.
func read(t *testing.T, fsys fs.FS, dir string, opts load.Options) *load.Graph {
	t.Helper()
	opts.Compiled = compiled
	g, err := load.Dir(fsys, dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Check(importer()); err != nil {
		t.Fatal(err)
	}
	return g
}

func paths(g *load.Graph) string {
	var all []string
	for _, p := range g.Packages {
		all = append(all, p.Path)
	}
	return strings.Join(all, " ")
}

// TestInitOrder lists packages in the order in which a compiled program initialises them: by path, as far as imports allow.
func TestInitOrder(t *testing.T) {
	fsys := tree(
		"go.mod", "module m\ngo 1.26\n",
		"main.go", "package main\nimport (_ \"m/z\"; _ \"m/b\")\nfunc main() {}",
		"z/z.go", "package z\nimport _ \"m/z/deep\"",
		"z/deep/d.go", "package deep",
		"b/b.go", "package b\nimport (_ \"m/z\"; _ \"m/c\"; _ \"m/y\")",
		"c/c.go", "package c",
		"y/y.go", "package y",
	)
	g := read(t, fsys, ".", load.Options{})
	if got, want := paths(g), "m/c m/y m/z/deep m/z m/b m"; got != want {
		t.Errorf("order %s, want %s", got, want)
	}
	if g.Root.Types.Path() != "main" || g.Packages[0].Types.Path() != "m/c" {
		t.Errorf("types of %s and %s", g.Root.Types.Path(), g.Packages[0].Types.Path())
	}
}

// TestModules finds packages beside and outside of the module.
func TestModules(t *testing.T) {
	const main = "package main\nimport _ \"example.com/other/pkg\"\nfunc main() {}"
	const gomod = "module example.com/m\ngo 1.26\nrequire example.com/other v1.2.3\n"
	const pkg = "package pkg\nimport _ \"example.com/other/internal/x\""
	for name, c := range map[string]struct {
		tree, modules fs.FS
		dir           string
	}{
		"replaced": {dir: ".", tree: tree("main.go", main, "go.mod", gomod+"replace example.com/other => ./sub/other\n",
			"sub/other/go.mod", "module example.com/other\n", "sub/other/pkg/a.go", pkg, "sub/other/internal/x/x.go", "package x")},
		"replaced, without a go.mod": {dir: ".", tree: tree("main.go", main, "go.mod", gomod+"replace example.com/other v1.2.3 => ./other\n",
			"other/pkg/a.go", pkg, "other/internal/x/x.go", "package x")},
		"vendored": {dir: ".", tree: tree("main.go", main, "go.mod", gomod, "vendor/modules.txt", "# example.com/other v1.2.3\n## explicit\nexample.com/other/pkg\n",
			"vendor/example.com/other/pkg/a.go", pkg, "vendor/example.com/other/internal/x/x.go", "package x")},
		"of a workspace": {dir: "m/cmd", tree: tree("go.work", "go 1.26\nuse ./m\nuse ./other\n", "m/go.mod", "module example.com/m\ngo 1.26\n", "m/cmd/main.go", main,
			"other/go.mod", "module example.com/other\ngo 1.20\n", "other/pkg/a.go", pkg, "other/internal/x/x.go", "package x")},
		"of the cache": {
			dir: ".", tree: tree("main.go", main, "go.mod", gomod),
			modules: tree("example.com/other@v1.2.3/pkg/a.go", pkg, "example.com/other@v1.2.3/internal/x/x.go", "package x", "example.com/other@v1.2.4/pkg/a.go", "wrong"),
		},
		"of the cache, replaced": {
			dir: ".", tree: tree("main.go", main, "go.mod", gomod+"replace example.com/other => example.com/Fork v0.1.0\n"),
			modules: tree("example.com/!fork@v0.1.0/pkg/a.go", pkg, "example.com/!fork@v0.1.0/internal/x/x.go", "package x"),
		},
		"of the nearest module": {
			dir: ".", tree: tree("main.go", main, "go.mod", gomod+"require example.com/other/pkg v1.0.0\nrequire example.com/other/internal v1.0.0\n"),
			modules: tree("example.com/other@v1.2.3/a.go", "package other", "example.com/other/pkg@v1.0.0/a.go", pkg, "example.com/other/internal@v1.0.0/x/x.go", "package x"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := read(t, c.tree, c.dir, load.Options{Modules: c.modules})
			if got := paths(g); !strings.HasPrefix(got, "example.com/other/internal/x example.com/other/pkg example.com/m") && !strings.HasPrefix(got, "example.com/m/cmd") {
				t.Errorf("packages %s", got)
			}
		})
	}
}

// TestAbsentModules tells of modules that are known but not here.
func TestAbsentModules(t *testing.T) {
	const main = "package main\nimport _ \"example.com/other/pkg\"\nfunc main() {}"
	for gomod, want := range map[string]string{
		"require example.com/other v1.2.3": "main.go:2:8: module example.com/other@v1.2.3 is required, but its source is not here; " +
			"to put it into the vendor directory:\n\tgo mod vendor",
		"require example.com/other v1.2.3\nreplace example.com/other => ../other": "main.go:2:8: example.com/other@v1.2.3: replacement directory ../other is not here",
	} {
		fsys := tree("go.mod", "module example.com/m\ngo 1.26\n"+gomod+"\n", "main.go", main)
		_, err := load.Dir(fsys, ".", load.Options{Compiled: compiled, Modules: tree()})
		if err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}

// TestWithoutModule reads a tree that has no go.mod.
func TestWithoutModule(t *testing.T) {
	fsys := tree(
		"cmd/main.go", "package main\nimport \"tools/text\"\nfunc main() { text.Print() }",
		"text/text.go", "package text\nimport \"fmt\"\nfunc Print() { fmt.Println() }",
	)
	g := read(t, fsys, "cmd", load.Options{Module: "tools"})
	if got, want := paths(g), "tools/text tools/cmd"; got != want {
		t.Errorf("packages %s, want %s", got, want)
	}
	if _, err := load.Dir(fsys, "../x", load.Options{Compiled: compiled}); err == nil {
		t.Error("read a directory outside of the tree")
	}
}

// TestConstraints chooses files by system and tags.
func TestConstraints(t *testing.T) {
	fsys := tree(
		"go.mod", "module m\ngo 1.26\n",
		"a.go", "package a\nvar _ = system + machine + debug + pure + release",
		"a_linux.go", "package a\nconst system = 1",
		"a_windows.go", "package a\nconst system = 1",
		"a_arm64.go", "package a\nconst machine = 1",
		"b.go", "//go:build !arm64\npackage a\nconst machine = 1",
		"c.go", "//go:build debug && !race\npackage a\nconst debug = 1",
		"d.go", "//go:build !debug\npackage a\nconst debug = 1",
		"e.go", "//go:build !purego\npackage a\nfunc f() int",
		"f.go", "//go:build purego\npackage a\nconst pure = 1",
		"g.go", "//go:build go1.21 && !go1.99\npackage a\nconst release = 1",
		"h.go", "package a\nimport \"C\"",
		"_i.go", "nothing",
		"documentation.go", "package documentation",
	)
	for opts, want := range map[[3]string]string{
		{"linux", "amd64"}:            "a.go a_linux.go b.go d.go f.go g.go",
		{"windows", "arm64", "debug"}: "a.go a_arm64.go a_windows.go c.go f.go g.go",
	} {
		g := read(t, fsys, ".", load.Options{GOOS: opts[0], GOARCH: opts[1], Tags: strings.Fields(opts[2])})
		var names []string
		for _, f := range g.Root.Files {
			names = append(names, g.Fset.File(f.Package).Name())
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%v: %s, want %s", opts, got, want)
		}
	}
}

// TestNames calls files as the user does.
func TestNames(t *testing.T) {
	fsys := tree("go.mod", "module m\ngo 1.26\n", "a/x.go", "package a\nvar x int = nothing")
	opts := load.Options{Compiled: compiled, Name: func(file string) string { return "../proj/" + file }}
	g, err := load.Dir(fsys, "a", opts)
	if err != nil {
		t.Fatal(err)
	}
	err = g.Check(importer())
	if want := "# m/a\n../proj/a/x.go:2:13: undefined: nothing"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestTestFiles reads a package's tests: those that belong to it, which packages that it is imported by see, too, and external ones.
func TestTestFiles(t *testing.T) {
	fsys := tree(
		"go.mod", "module m\ngo 1.26\n",
		"a/a.go", "package a\nfunc F() {}",
		"a/a_test.go", "package a\nfunc ForTests() {}",
		"a/x_test.go", "package a_test\nimport (\"m/a\"; \"m/b\")\nfunc f() { a.ForTests(); b.G() }",
		"b/b.go", "package b\nimport \"m/a\"\nfunc G() { a.F() }",
		"b/b_test.go", "package b\nnot Go",
		"only/x_test.go", "package only_test\nimport _ \"m/a\"",
		"none/x.go", "package none",
	)
	for dir, want := range map[string]string{"a": "m/a m/b m/a_test", "only": "m/a m/only_test", "none": "m/none"} {
		g := read(t, fsys, dir, load.Options{Tests: true})
		if got := paths(g); got != want {
			t.Errorf("%s: packages %s, want %s", dir, got, want)
		}
		if got, want := g.XTest != nil, dir != "none"; got != want {
			t.Errorf("%s: external tests: %v", dir, got)
		}
	}
	if g := read(t, fsys, "a", load.Options{}); g.XTest != nil || len(g.Root.Files) != 1 {
		t.Error("tests were read that nobody asked for")
	}
}

// TestNeeds lists what is to be sent to where a package is to be run.
func TestNeeds(t *testing.T) {
	fsys := tree(
		"go.work", "go 1.26\nuse ./m\nuse ./o\n",
		"o/go.mod", "module o\ngo 1.26\n", "o/o.go", "package o", "o/read.me", "",
		"m/go.mod", "module m\ngo 1.26\nrequire example.com/c v1.0.0\n",
		"m/p/p.go", "package p\nimport (_ \"m/q\"; _ \"o\"; _ \"example.com/c\")",
		"m/p/p_windows.go", "package p", "m/p/p_test.go", "package p", "m/p/x_test.go", "package p_test\nimport _ \"m/p/sub\"", "m/p/golden", "",
		"m/p/sub/s.go", "package sub", "m/p/sub/data", "", "m/p/testdata/x/y", "", "m/testdata/z", "", "m/p/sub/testdata/no", "",
		"m/q/q.go", "package q\nimport _ \"embed\"\n//go:embed dir/name\nvar x string", "m/q/dir/name", "x", "m/q/dir/other", "", "m/q/q_test.go", "package q",
		"m/r/r.go", "package r",
	)
	cache := tree("example.com/c@v1.0.0/c.go", "package c", "example.com/c@v1.0.0/go.mod", "module example.com/c", "example.com/c@v1.0.0/d/d.go", "package d")
	for tests, want := range map[bool]string{
		false: "go.work m/go.mod m/p/p.go m/p/p_test.go m/p/p_windows.go m/p/x_test.go m/q/dir/name m/q/q.go m/q/q_test.go o/go.mod o/o.go",
		true: "go.work m/go.mod m/p/golden m/p/p.go m/p/p_test.go m/p/p_windows.go m/p/sub/s.go m/p/testdata/x/y m/p/x_test.go " +
			"m/q/dir/name m/q/q.go m/q/q_test.go m/testdata/z o/go.mod o/o.go",
	} {
		needs, err := read(t, fsys, "m/p", load.Options{Tests: tests, Modules: cache}).Needs()
		if err != nil {
			t.Error(err)
		}
		if got := strings.Join(needs.Tree, " "); got != want {
			t.Errorf("tests %v: needs\n%s\nwant\n%s", tests, got, want)
		}
		if got := strings.Join(needs.Cache, " "); got != "example.com/c@v1.0.0/c.go example.com/c@v1.0.0/go.mod" {
			t.Errorf("needs of the cache %s", got)
		}
	}
}

// TestGivenBodies reads packages whose assembly there is Go for.
func TestGivenBodies(t *testing.T) {
	fsys := tree("go.mod", "module m\ngo 1.26\nrequire golang.org/x/sys v0.1.0\n", "a.go", "package a\nimport (_ \"golang.org/x/sys/unix\"; _ \"golang.org/x/sys/cpu\")")
	cache := tree(
		"golang.org/x/sys@v0.1.0/unix/a.go", `package unix

import "syscall"

func Syscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno)

//go:linkname vgetrandom runtime.vgetrandom
func vgetrandom([]byte, uint32) (int, bool)

func Getpid() int { pid, _, _ := Syscall(1, 2, 3, 4); return int(pid) }
`, "golang.org/x/sys@v0.1.0/unix/a_amd64.s", "", "golang.org/x/sys@v0.1.0/unix/a_arm64.s", "",
		"golang.org/x/sys@v0.1.0/cpu/a.go", "package cpu\n\nfunc cpuid(eaxArg, ecxArg uint32) (eax, ebx, ecx, edx uint32)\n\nfunc xgetbv() (eax, edx uint32) { return 1, 2 }\n",
	)
	g := read(t, fsys, ".", load.Options{Modules: cache})
	for _, p := range g.Packages {
		for _, name := range p.Types.Scope().Names() {
			if strings.Contains(name, "gettimeofday") || name == "xgetbv·given" {
				t.Errorf("%s has %s, which it did not ask for", p.Path, name)
			}
		}
	}
	cache = tree("golang.org/x/sys@v0.1.0/unix/a.go", "package unix\n\nfunc other()\n", "golang.org/x/sys@v0.1.0/cpu/a.go", "package cpu")
	g, err := load.Dir(fsys, ".", load.Options{Compiled: compiled, Modules: cache})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Check(importer()); err == nil || !strings.Contains(err.Error(), "a.go:3:6: missing function body") {
		t.Errorf("a func that there is nothing for is %v", err)
	}
}
