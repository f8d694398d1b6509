package load_test

import (
	"embed"
	"fmt"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rgo-project/rgo/interp/internal/load"
)

//go:embed all:testdata/embed *_test.go
var compiledFS embed.FS

// TestEmbed fills variables as the compiler would.
func TestEmbed(t *testing.T) {
	fsys := tree(
		"go.mod", "module m\ngo 1.26\n",
		"p/p.go", `package p

import "embed"

//go:embed a.txt
var text string

//go:embed "with space.txt"
var data []byte

type raw []bite
type bite byte
type words string

var (
	//go:embed a.txt
	// It has a type of its own.
	named words
	//go:embed a.txt
	bites raw
)

//go:embed *.txt dir
//go:embed all:hidden/.deep
var files embed.FS

//go:embed dir/[._xs]*
var some embed.FS

var empty embed.FS
`,
		"p/a.txt", "alpha", "p/with space.txt", "beta", "p/dir/x", "x", "p/dir/sub/y", "y", "p/dir/.no", "no", "p/dir/_no", "no",
		"p/hidden/.deep/_z", "z", "p/hidden/.deep/.w", "w", "p/dir/module/go.mod", "module other", "p/dir/module/x", "no",
	)
	g := read(t, fsys, "p", load.Options{})
	var names []string
	for _, e := range g.Root.Embeds {
		names = append(names, e.Var.Name())
	}
	if got, want := strings.Join(names, " "), "text data named bites files some"; got != want {
		t.Fatalf("variables %s, want %s", got, want)
	}
	type (
		bite  byte
		raw   []bite
		words string
	)
	var text string
	var data []byte
	var named words
	var bites raw
	var files, some embed.FS
	for i, v := range []any{&text, &data, &named, &bites, &files, &some} {
		if err := g.Root.Embeds[i].Set(reflect.ValueOf(v).Elem()); err != nil {
			t.Errorf("%s: %v", names[i], err)
		}
	}
	if text != "alpha" || string(data) != "beta" || named != "alpha" || len(bites) != 5 || bites[0] != 'a' {
		t.Errorf("text %q, data %q, named %q, bites %v", text, data, named, bites)
	}
	if err := fstest.TestFS(files, "a.txt", "with space.txt", "dir/x", "dir/sub/y", "hidden/.deep/_z", "hidden/.deep/.w"); err != nil {
		t.Error(err)
	}
	if got, want := list(t, files), "a.txt dir dir/sub dir/sub/y dir/x hidden hidden/.deep hidden/.deep/.w hidden/.deep/_z with space.txt"; got != want {
		t.Errorf("files %s, want %s", got, want)
	}
	if got, want := list(t, some), "dir dir/.no dir/_no dir/sub dir/sub/y dir/x"; got != want {
		t.Errorf("some %s, want %s", got, want)
	}
}

// TestEmbedAsCompiled makes a file system that the compiler has made, too.
func TestEmbedAsCompiled(t *testing.T) {
	e := &load.Embed{}
	err := fs.WalkDir(compiledFS, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			data, _ := compiledFS.ReadFile(name)
			e.Files = append(e.Files, load.File{Name: name, Data: string(data)})
		}
		return err
	})
	if err != nil || len(e.Files) < 5 {
		t.Fatal(len(e.Files), err)
	}
	var made embed.FS
	if err := e.Set(reflect.ValueOf(&made).Elem()); err != nil {
		t.Fatal(err)
	}
	if got, want := inside(made), inside(compiledFS); got != want {
		t.Errorf("made\n%s\ncompiled\n%s", got, want)
	}
}

// inside lists names and sizes in the order in which a file system has them, with the slashes of directories.
func inside(files embed.FS) string {
	var b strings.Builder
	list := reflect.ValueOf(files).Field(0).Elem()
	for i := range list.Len() {
		fmt.Fprintln(&b, list.Index(i).Field(0).String(), list.Index(i).Field(1).Len())
	}
	return b.String()
}

func list(t *testing.T, fsys fs.FS) string {
	t.Helper()
	var all []string
	err := fs.WalkDir(fsys, ".", func(name string, _ fs.DirEntry, err error) error {
		if name != "." {
			all = append(all, name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return strings.Join(all, " ")
}
