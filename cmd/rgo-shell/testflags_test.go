package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestParseTest reads command lines as go test does.
func TestParseTest(t *testing.T) {
	for line, want := range map[string]testRun{
		"":                              {dirs: []string{"."}, shown: true, live: true},
		"./a ./b":                       {dirs: []string{"./a", "./b"}},
		"-v ./a":                        {dirs: []string{"./a"}, args: []string{"-test.v=true"}, shown: true},
		"-v=false ./a":                  {dirs: []string{"./a"}, args: []string{"-test.v=false"}},
		"./a -run X -count=2 --short":   {dirs: []string{"./a"}, args: []string{"-test.run=X", "-test.count=2", "-test.short=true"}},
		"-test.run=X ./a":               {dirs: []string{"./a"}, args: []string{"-test.run=X"}},
		"-bench . ./a":                  {dirs: []string{"./a"}, args: []string{"-test.bench=."}, shown: true, live: true},
		"./a -update -name x -run Y z":  {dirs: []string{"./a"}, args: []string{"-update", "-name", "x", "-test.run=Y", "z"}},
		"./a -args -run X":              {dirs: []string{"./a"}, args: []string{"-run", "X"}},
		"./a -v -- -v":                  {dirs: []string{"./a"}, args: []string{"-test.v=true", "--", "-v"}, shown: true},
		"-tags a,b -vet=off -p 4 ./a c": {dirs: []string{"./a", "c"}, tags: []string{"a", "b"}},
		"-update ./a":                   {dirs: []string{"."}, args: []string{"-update", "./a"}, shown: true, live: true},
		"-timeout 5s ./a":               {dirs: []string{"./a"}, timeout: 5 * time.Second},
	} {
		got, err := parseTest(strings.Fields(line))
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if want.timeout == 0 {
			want.timeout = 10 * time.Minute
		}
		want.args = append([]string{"-test.paniconexit0"}, want.args...)
		if !slices.Equal(got.dirs, want.dirs) || !slices.Equal(got.args, want.args) || !slices.Equal(got.tags, want.tags) ||
			got.timeout != want.timeout || got.shown != want.shown || got.live != want.live {
			t.Errorf("%s: got %+v, want %+v", line, *got, want)
		}
	}
	for line, want := range map[string]string{
		"-race":           "-race is not possible here: the race detector sees compiled code alone",
		"-cover ./a":      "-cover is not possible here: interpreted code is not instrumented",
		"-fuzz=X":         "-fuzz is not possible here",
		"./a -run":        "flag needs an argument: -run",
		"-timeout soon .": "invalid duration",
	} {
		if _, err := parseTest(strings.Fields(line)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}

// TestTree finds what belongs to a directory.
func TestTree(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"work/go.work", "work/m/go.mod", "work/m/cmd/main.go", "work/m/cmd/testdata/x.go", "work/m/.hid/x.go", "work/m/sub/go.mod", "work/m/sub/x.go", "alone/x.go"} {
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Join(root, "work/m"))
	p, err := packageIn("cmd", nil)
	if err != nil || p.Root != filepath.Join(root, "work") || p.Dir != "m/cmd" || p.Name("m/cmd/main.go") != "cmd/main.go" || p.Name("x/y.go") != "../x/y.go" {
		t.Errorf("got %+v, %v", p, err)
	}
	t.Setenv("GOWORK", "off")
	if p, err := packageIn("cmd", nil); err != nil || p.Root != filepath.Join(root, "work/m") || p.Dir != "cmd" {
		t.Errorf("got %+v, %v", p, err)
	}
	if p, err := packageIn("../../alone", nil); err != nil || p.Root != filepath.Join(root, "alone") || p.Dir != "." {
		t.Errorf("got %+v, %v", p, err)
	}
	if p, err := programOf([]string{"cmd/main.go"}, nil); err != nil || !slices.Equal(p.Files, []string{"cmd/main.go"}) {
		t.Errorf("got %+v, %v", p, err)
	}
	if _, err := packageIn("nowhere", nil); err == nil {
		t.Error("found nowhere")
	}
	for arg, want := range map[string]string{"./...": "cmd", "...": "cmd", "./cmd": "./cmd", "./sub/...": "sub"} {
		dirs, err := packageDirs(arg)
		if got := strings.Join(dirs, " "); got != want || err != nil {
			t.Errorf("%s is %s, want %s (%v)", arg, got, want, err)
		}
	}
	if _, err := packageDirs("./.hid/no/..."); err == nil {
		t.Error("found packages where there is nothing")
	}
}
