package front_test

import (
	"errors"
	"flag"
	"fmt"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/rgo-project/rgo/interp/internal/check"
	"github.com/rgo-project/rgo/interp/internal/check/generic"
	"github.com/rgo-project/rgo/interp/internal/front"
	"github.com/rgo-project/rgo/interp/internal/reify"
	"github.com/rgo-project/rgo/interp/internal/vm"
	"github.com/rgo-project/rgo/interp/symbols"
)

// session runs inputs on the machine.
type session struct {
	importer *check.Importer
	front    *front.Front
	types    *reify.Types
	vm       *vm.Machine
	out      strings.Builder
}

func newSession() *session {
	s := &session{}
	in := strings.NewReader("first line\nsecond line\n")
	own := map[string]symbols.Table{
		"fmt": {
			"Print":   reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprint(&s.out, a...) }),
			"Println": reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprintln(&s.out, a...) }),
			"Printf":  reflect.ValueOf(func(f string, a ...any) (int, error) { return fmt.Fprintf(&s.out, f, a...) }),
			"Scan":    reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fscan(in, a...) }),
		},
		"os": {"Args": reflect.ValueOf(&[]string{"prog", "arg"}).Elem()},
	}
	imp := check.NewImporter(func(path string) (string, symbols.Table, bool) {
		t, ok := symbols.Lookup(path)
		if own[path] != nil {
			t = maps.Clone(t)
			maps.Copy(t, own[path])
		}
		return symbols.Name(path), t, ok
	})
	s.importer = imp
	s.read(&sources{Importer: imp})
	s.types = reify.New(reify.Config{Known: imp.Reflect, Method: func(sel *types.Selection) reify.Method { return s.vm.Method(sel) }})
	s.vm = vm.New(vm.Config{
		Types: s.types, Compiled: imp.Compiled, Print: func(text string) { s.out.WriteString(text) },
		Uncaught: func(_ *vm.Run, p *vm.Panic) { fmt.Fprintf(&s.out, "uncaught: %v\n", p.Value) },
	})
	return s
}

// read gives the session a front-end that imports from source, too.
func (s *session) read(from *sources) {
	from.Importer = s.importer
	byName := map[string][]string{"unsafe": {"unsafe"}}
	for _, p := range symbols.Std() {
		byName[symbols.Name(p)] = append(byName[symbols.Name(p)], p)
	}
	s.front = front.New(front.Config{
		Importer: from,
		Packages: func(name string) []string { return byName[name] },
		Paths:    symbols.Std,
		Mode:     ssa.SanityCheckFunctions,
		Generic: func(p *types.Package) *front.Generic {
			if code := from.code[p]; code != nil {
				return code
			}
			files, info, ok := s.importer.Generic(p)
			if !ok {
				return nil
			}
			return &front.Generic{Fset: generic.FileSet, Files: files, Info: info}
		},
	})
}

// run runs an input and shows what a session would: what it prints, the values of its last expression, or what is wrong.
func (s *session) run(name, text string) string {
	s.out.Reset()
	prog, err := s.front.Compile(name, text)
	if err != nil {
		return "! " + strings.ReplaceAll(err.Error(), "\n", "\n! ") + "\n"
	}
	var values []reflect.Value
	for _, u := range prog.Units {
		if values, err = s.runUnit(u); err != nil {
			break
		}
	}
	var refused *vm.Error
	if errors.As(err, &refused) {
		s.front.Discard(prog)
	} else {
		s.front.Commit(prog)
	}
	out := s.out.String()
	if out != "" && !strings.HasSuffix(out, "\n") {
		out += "⏎\n"
	}
	var p *vm.Panic
	switch {
	case errors.As(err, &p):
		out += "! panic: " + fmt.Sprint(p.Value)
		for _, frame := range p.Stack {
			out += fmt.Sprintf(" @ %s %s:%d", strings.Replace(frame.Func, "main."+front.EntryName, "main", 1), frame.File, frame.Line)
		}
		return out + "\n"
	case err != nil:
		return out + "! " + err.Error() + "\n"
	}
	var shown []string
	for i, v := range values {
		shown = append(shown, show(v)+" ("+front.TypeName(prog.Results[i])+")")
	}
	if len(shown) > 0 {
		out += strings.Join(shown, ", ") + "\n"
	}
	return out
}

func (s *session) runUnit(u *front.Unit) (values []reflect.Value, err error) {
	for _, n := range u.Renewed {
		s.types.Renew(n)
	}
	p, err := s.vm.Load(u.SSA, u.Fset)
	if err != nil {
		return nil, err
	}
	for _, pair := range u.Redefined {
		s.vm.Redefine(pair[0], pair[1])
	}
	r := s.vm.NewRun(nil)
	if u.Init != nil {
		if _, err := p.Call(r, u.Init); err != nil {
			return nil, err
		}
	}
	if u.Entry != nil {
		return p.Call(r, u.Entry)
	}
	return nil, nil
}

// anything stands for a value whose form is not the front-end's to say.
const anything = "…"

func show(v reflect.Value) string {
	if v.Kind() == reflect.Interface {
		if v.IsNil() {
			return "nil"
		}
		if e, ok := v.Interface().(error); ok {
			return e.Error()
		}
	}
	switch {
	case v.CanInt(), v.CanUint(), v.Kind() == reflect.Bool:
		if v.Type().PkgPath() == "" {
			return fmt.Sprint(v)
		}
	case v.CanFloat():
		return strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits())
	case v.Kind() == reflect.String:
		return strconv.Quote(v.String())
	}
	return anything
}

var update = flag.Bool("update", false, "write the answers of the sessions in testdata anew")

// TestSessions runs sessions: a line that begins with "> " is an input, and "| " goes on with it; what follows is the answer.
func TestSessions(t *testing.T) {
	files, err := filepath.Glob("testdata/sessions/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no sessions", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			var b strings.Builder
			lines := readLines(t, file)
			replay(lines, func(text, _, got string) {
				text = strings.ReplaceAll(text, "\n", "\n| ")
				b.WriteString("> " + strings.ReplaceAll(text, "| \n", "|\n") + "\n" + got)
			}, func(line string) { b.WriteString(line + "\n") })
			if b.String() == strings.Join(lines, "\n")+"\n" {
				return
			}
			if *update {
				if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("%s (go test -update writes it anew) differs %s", file, firstDifference(lines, strings.Split(b.String(), "\n")))
		})
	}
}

// firstDifference shows where two texts begin to differ.
func firstDifference(want, got []string) string {
	for i := range min(len(want), len(got)) {
		if want[i] != got[i] {
			from := max(i-2, 0)
			return fmt.Sprintf("in line %d\n--- want\n%s\n--- got\n%s", i+1,
				strings.Join(want[from:min(i+3, len(want))], "\n"), strings.Join(got[from:min(i+3, len(got))], "\n"))
		}
	}
	return "at its end"
}

func readLines(t *testing.T, file string) []string {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// replay runs the inputs of a session, and calls answer with each and its old and its new answer, comment with other lines.
func replay(lines []string, answer func(text, want, got string), comment func(string)) {
	s := newSession()
	for i, n := 0, 0; i < len(lines); {
		text, ok := strings.CutPrefix(lines[i], "> ")
		i++
		if !ok {
			comment(lines[i-1])
			continue
		}
		for i < len(lines) && strings.HasPrefix(lines[i], "|") {
			text += "\n" + strings.TrimPrefix(lines[i][1:], " ")
			i++
		}
		n++
		want := ""
		for i < len(lines) && !strings.HasPrefix(lines[i], "> ") && !strings.HasPrefix(lines[i], "#") && lines[i] != "" {
			want += lines[i] + "\n"
			i++
		}
		answer(text, want, s.run(fmt.Sprintf("in%d", n), text))
	}
}
