package load_test

import (
	"errors"
	"fmt"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rgo-project/rgo/interp/internal/check"
	"github.com/rgo-project/rgo/interp/internal/load"
	"github.com/rgo-project/rgo/interp/internal/reify"
	"github.com/rgo-project/rgo/interp/internal/vm"
	"github.com/rgo-project/rgo/interp/symbols"
)

// machine is what graphs are run on.
type machine struct {
	*vm.Machine
	importer *check.Importer
	out      strings.Builder
}

func newMachine() *machine {
	m := &machine{}
	m.importer = check.NewImporter(func(path string) (string, symbols.Table, bool) {
		t, ok := symbols.Lookup(path)
		if path == "fmt" {
			t = maps.Clone(t)
			t["Println"] = reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprintln(&m.out, a...) })
			t["Printf"] = reflect.ValueOf(func(f string, a ...any) (int, error) { return fmt.Fprintf(&m.out, f, a...) })
		}
		return symbols.Name(path), t, ok
	})
	kinds := reify.New(reify.Config{Known: m.importer.Reflect, Method: func(sel *types.Selection) reify.Method { return m.Method(sel) }})
	m.Machine = vm.New(vm.Config{
		Types: kinds, Compiled: m.importer.Compiled,
		Print:    func(s string) { m.out.WriteString(s) },
		Uncaught: func(_ *vm.Run, p *vm.Panic) { fmt.Fprintln(&m.out, "panic:", p.Value) },
	})
	return m
}

// run loads a program, initialises its packages and runs its main. It returns what was printed.
func (m *machine) run(fsys fs.FS, dir string) (string, error) {
	g, err := load.Dir(fsys, dir, load.Options{Compiled: compiled})
	if err != nil {
		return "", err
	}
	if err := g.Check(m.importer); err != nil {
		return "", err
	}
	if err := g.Build(m.importer); err != nil {
		return "", err
	}
	run := m.NewRun(nil)
	for _, p := range g.Packages {
		code, err := m.Load(p.SSA, g.Fset)
		if err != nil {
			return "", err
		}
		for _, e := range p.Embeds {
			if err := e.Set(m.Var(e.Var)); err != nil {
				return "", err
			}
		}
		calls := []string{"init"}
		if p == g.Root {
			calls = append(calls, "main")
		}
		for _, name := range calls {
			_, err := code.Call(run, p.SSA.Func(name))
			if failed, ok := errors.AsType[*vm.Panic](err); ok {
				fmt.Fprintln(&m.out, "panic:", failed.Value)
				for _, f := range failed.Stack {
					fmt.Fprintf(&m.out, "\t%s %s:%d\n", f.Func, f.File, f.Line)
				}
				return m.out.String(), nil
			}
			if err != nil {
				return "", err
			}
		}
	}
	return m.out.String(), nil
}

// TestRun runs programs of several packages, and compares what they print with what is written beside them.
func TestRun(t *testing.T) {
	eachProgram(t, func(t *testing.T, tree []txtar.File, want string) {
		fsys, err := txtar.FS(&txtar.Archive{Files: tree})
		if err != nil {
			t.Fatal(err)
		}
		got, err := newMachine().run(fsys, ".")
		if err != nil {
			t.Fatal(err)
		}
		if whole := !strings.Contains(want, "panic: "); got != want && whole || !strings.HasPrefix(got, want) {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// TestRunOfGo holds the same programs against compiled Go.
func TestRunOfGo(t *testing.T) {
	gocmd, err := exec.LookPath("go")
	if err != nil || testing.Short() {
		t.Skip("no go command, or no time for it")
	}
	eachProgram(t, func(t *testing.T, tree []txtar.File, want string) {
		dir := t.TempDir()
		write(t, dir, tree)
		cmd := exec.Command(gocmd, "run", ".")
		cmd.Dir = dir
		cmd.Env = goEnv(dir)
		out, _ := cmd.CombinedOutput()
		if stack := strings.Index(want, "\n\t"); stack >= 0 { // the compiler's stack has other things besides
			want = want[:stack]
		}
		if got := string(out); !strings.HasPrefix(got, want) {
			t.Errorf("go run prints\n%s\nnot\n%s", got, want)
		}
	})
}

func eachProgram(t *testing.T, f func(t *testing.T, tree []txtar.File, want string)) {
	names, err := filepath.Glob("testdata/run/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no programs: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			last := a.Files[len(a.Files)-1]
			if last.Name != "want" {
				t.Fatal("what it prints comes last")
			}
			f(t, a.Files[:len(a.Files)-1], string(last.Data))
		})
	}
}

// write puts a tree into a directory.
func write(t *testing.T, dir string, tree []txtar.File) {
	t.Helper()
	for _, f := range tree {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// goEnv is the environment of a go command that neither asks the network nor depends on this one.
func goEnv(dir string) []string {
	return append(os.Environ(), "GOFLAGS=", "GOPROXY=off", "GOWORK=", "GOTOOLCHAIN=local", "CGO_ENABLED=0", "PWD="+dir)
}
