package load_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rgo-project/rgo/interp/internal/load"
)

// scenario is a tree and a command of the go command, with what it prints.
type scenario struct {
	name string
	verb string   // build, test or run
	args []string // a directory, or files
	tree []txtar.File
	want string // what we print
	goes string // what the go command prints, if that differs
}

func scenarios(t *testing.T) []scenario {
	t.Helper()
	names, err := filepath.Glob("testdata/errors/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	var all []scenario
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		s := scenario{name: strings.TrimSuffix(filepath.Base(name), ".txtar")}
		_, line, ok := strings.Cut(string(a.Comment), "\n$ ")
		words := strings.Fields(line)
		if !ok || len(words) < 2 {
			t.Fatalf("%s has no command", name)
		}
		s.verb, s.args = words[0], words[1:]
		differs := false
		for _, f := range a.Files {
			switch f.Name {
			case "want":
				s.want = strings.TrimSuffix(string(f.Data), "\n")
			case "want.go":
				s.goes, differs = strings.TrimSuffix(string(f.Data), "\n"), true
			default:
				s.tree = append(s.tree, f)
			}
		}
		if !differs {
			s.goes = s.want
		}
		all = append(all, s)
	}
	return all
}

func (s scenario) load(fsys fs.FS) error {
	opts := load.Options{GOOS: "linux", GOARCH: "amd64", Compiled: compiled, Tests: s.verb == "test"}
	var g *load.Graph
	var err error
	if s.verb == "run" {
		g, err = load.Files(fsys, s.args, opts)
	} else {
		g, err = load.Dir(fsys, path.Clean(s.args[0]), opts)
	}
	if err == nil {
		err = g.Check(importer())
	}
	if err == nil && s.verb == "test" {
		_, err = g.Tests()
	}
	return err
}

// TestErrors reads trees in which something is wrong.
func TestErrors(t *testing.T) {
	for _, s := range scenarios(t) {
		t.Run(s.name, func(t *testing.T) {
			fsys, err := txtar.FS(&txtar.Archive{Files: s.tree})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := s.load(fsys); err != nil {
				got = err.Error()
			}
			if got != s.want {
				t.Errorf("got\n%s\nwant\n%s", got, s.want)
			}
		})
	}
}

// TestErrorsOfGo holds the same scenarios against the go command: what is wanted is what it prints.
func TestErrorsOfGo(t *testing.T) {
	gocmd, err := exec.LookPath("go")
	if err != nil || testing.Short() {
		t.Skip("no go command, or no time for it")
	}
	for _, s := range scenarios(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, s.tree)
			args := []string{"build", "-o", os.DevNull}
			if s.verb == "test" {
				args = []string{"test", "-run=-", "-vet=off"}
			}
			cmd := exec.Command(gocmd, append(args, s.args...)...)
			cmd.Dir = dir
			cmd.Env = append(goEnv(dir), "GOOS=linux", "GOARCH=amd64")
			out, _ := cmd.CombinedOutput()
			if got := normal(string(out), dir, s.verb); got != s.goes {
				t.Errorf("go %s prints\n%s\nnot\n%s", strings.Join(args, " "), got, s.goes)
			}
		})
	}
}

var (
	inGoroot = regexp.MustCompile(`(is not in std) \(.*\)`)
	verdicts = regexp.MustCompile(`(?m)^(FAIL.*|ok .*|\? .*)\n`)
	testedBy = regexp.MustCompile(`^# [^ ]*\n(package |found packages|.*wrong signature|multiple)`)
)

// normal takes out of the go command's output what is about this machine, and the verdicts of go test.
func normal(out, dir, verb string) string {
	out = strings.ReplaceAll(out, dir+"/", "")
	out = strings.ReplaceAll(out, dir, ".")
	out = inGoroot.ReplaceAllString(out, "$1")
	if verb == "test" {
		out = verdicts.ReplaceAllString(out, "")
		out = testedBy.ReplaceAllString(out, "$1")
	}
	return strings.TrimSuffix(out, "\n")
}
