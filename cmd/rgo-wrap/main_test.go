package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated file of the sample anew")

// TestSample generates what the sample's go:generate does, and compares it with what is in the repository, which is compiled and tested there.
func TestSample(t *testing.T) {
	dir := filepath.Join("internal", "sample")
	golden := filepath.Join(dir, "store_remote.go")
	got, err := generate(dir, golden, []string{"Store", "Cache", "Odd", "io/fs.GlobFS"})
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what is generated (go test -update): got\n%s", golden, got)
	}
}

// TestRefused shows what cannot be generated, and why.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module example.com/p\n\ngo 1.26\n")
	write("p.go", `package p

type Sealed interface { Open(); hidden() }
type Number interface { ~int | ~string }
type Empty interface{}
type Struct struct{}
type Good interface { Do() error }
`)
	for name, want := range map[string]string{
		"Sealed":             "its method hidden is not exported",
		"Number":             "a constraint",
		"Empty":              "has no methods",
		"Struct":             "not an interface",
		"Missing":            "has no type Missing",
		"go/ast.Expr":        "its method exprNode is not exported",
		"no/such/package.Is": "no/such/package",
	} {
		var stderr bytes.Buffer
		if code := run([]string{"-type", name, dir}, &stderr); code != 1 || !strings.Contains(stderr.String(), want) {
			t.Errorf("%s: %d, %q, want %q", name, code, stderr.String(), want)
		}
	}
	var stderr bytes.Buffer
	if code := run([]string{"-type", "Good", dir}, &stderr); code != 0 {
		t.Errorf("%d, %s", code, stderr.String())
	}
	text, err := os.ReadFile(filepath.Join(dir, "good_remote.go"))
	if err != nil || !strings.Contains(string(text), "func (r remoteGood) Do() (err error)") {
		t.Errorf("%s, %v", text, err)
	}
	// What was generated before may be wrong by now.
	write("good_remote.go", "package p\n\nfunc (r remoteGood) Do() int { return undefined }\n")
	if code := run([]string{"-type", "Good", dir}, &stderr); code != 0 {
		t.Errorf("again: %d, %s", code, stderr.String())
	}
	if code := run(nil, &stderr); code != 2 || !strings.Contains(stderr.String(), "usage") {
		t.Errorf("without arguments: %d, %s", code, stderr.String())
	}
}
