package conformance_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/interp/conformance"
)

// TestJudge has one outcome for each verdict: a harness that lets a wrong one pass is worse than none.
func TestJudge(t *testing.T) {
	want := conformance.Outcome{End: conformance.Exited, Stdout: "one\ntwo\n", Stderr: "e\n"}
	with := func(change func(*conformance.Outcome)) conformance.Outcome { o := want; change(&o); return o }
	for _, c := range []struct {
		name    string
		got     conformance.Outcome
		verdict conformance.Verdict
		why     string
	}{
		{"the same", want, conformance.Pass, ""},
		{"other output", with(func(o *conformance.Outcome) { o.Stdout = "one\n2\n" }), conformance.Wrong, "got 2, want two"},
		{"less output", with(func(o *conformance.Outcome) { o.Stdout = "one\n" }), conformance.Wrong, "got , want two"},
		{"other errors", with(func(o *conformance.Outcome) { o.Stderr = "" }), conformance.Wrong, "standard error"},
		{"other status", with(func(o *conformance.Outcome) { o.Exit = 1 }), conformance.Wrong, "got 1, want 0"},
		{"panic", with(func(o *conformance.Outcome) { o.End, o.Fault = conformance.Panicked, "panic: x" }), conformance.Wrong, "panic: x"},
		{"refused", conformance.Outcome{End: conformance.Refused, Fault: "a.go:1:2: no"}, conformance.Not, "a.go:1:2: no"},
		{"hung", conformance.Outcome{End: conformance.Hung}, conformance.Hangs, ""},
		{"crashed", conformance.Outcome{End: conformance.Crashed, Fault: "fatal error: x"}, conformance.Dies, "fatal error: x"},
	} {
		if v, why := conformance.Judge(c.got, want); v != c.verdict || !strings.Contains(why, c.why) {
			t.Errorf("%s: %s %q, want %s %q", c.name, v, why, c.verdict, c.why)
		}
	}
	fault := conformance.Outcome{End: conformance.Panicked, Fault: "panic: x"}
	if v, _ := conformance.Judge(conformance.Outcome{End: conformance.Panicked, Fault: "panic: y"}, fault); v != conformance.Wrong {
		t.Errorf("another panic: %s", v)
	}
	if v, _ := conformance.Judge(conformance.Outcome{End: conformance.Exited}, fault); v != conformance.Wrong {
		t.Errorf("no panic: %s", v)
	}
}

// TestInputs: what is needed comes first, what needs one another comes together, and main's statements come one by one.
func TestInputs(t *testing.T) {
	got, err := conformance.Inputs(`package main
import "fmt"
func even(n int) bool { return n == 0 || odd(n-1) }
func show(t T) { fmt.Println(t) }
type T struct{ n int }
func odd(n int) bool { return n != 0 && even(n-1) }
func (t T) String() string { return "T" }
func main() {
	x := even(2)
	for range 2 { show(T{}) }
	fmt.Println(x)
}
`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`import "fmt"`,
		"func even(n int) bool { return n == 0 || odd(n-1) }\n\nfunc odd(n int) bool { return n != 0 && even(n-1) }",
		"type T struct{ n int }", `func (t T) String() string { return "T" }`, "func show(t T) { fmt.Println(t) }",
		"x := even(2)", "for range 2 { show(T{}) }", "fmt.Println(x)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n--\n"), strings.Join(want, "\n--\n"))
	}
}

// TestInputsThatBelongTogether: a deferred call of main's is not run before the statements behind it.
func TestInputsThatBelongTogether(t *testing.T) {
	for _, body := range []string{"defer f()\n\tf()", "L:\n\tfor { break L }", "if true { return }\n\tf()", "f := 1\n\t_ = f"} {
		got, err := conformance.Inputs("package main\nfunc f() {}\nfunc main() {\n\t" + body + "\n}\n")
		if err != nil || len(got) != 3 || got[2] != "main()" {
			t.Errorf("%s: %q %v", body, got, err)
		}
	}
}

// TestTableRoundTrip: what is written down is what is read.
func TestTableRoundTrip(t *testing.T) {
	cases := []*conformance.Case{
		{Program: conformance.Program{Name: "x/a", Source: "package main\n", Args: []string{"p", "q"}, Stdin: "in\n"}, Want: &conformance.Outcome{End: conformance.Exited, Exit: 3, Stdout: "no newline", Stderr: "e\n"}},
		{
			Program: conformance.Program{Name: "x/b", Source: "package main\n"}, Unpasted: "why",
			Want:    &conformance.Outcome{End: conformance.Panicked, Fault: "panic: a\nb"},
			Differs: &conformance.Outcome{End: conformance.Refused, Fault: "b.go:1:1: no"},
		},
	}
	file := filepath.Join(t.TempDir(), "x.txtar")
	text := conformance.FormatTable(cases)
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
	read, err := conformance.ReadTable(file)
	if err != nil || len(read) != 2 {
		t.Fatal(len(read), err)
	}
	if again := conformance.FormatTable(read); !bytes.Equal(again, text) {
		t.Errorf("got\n%s\nwant\n%s", again, text)
	}
	if c := read[0]; c.Want.Stdout != "no newline" || c.Want.Exit != 3 || c.Stdin != "in\n" || len(c.Args) != 2 {
		t.Errorf("%+v %+v", c.Program, c.Want)
	}
	if c := read[1]; c.Want.Fault != "panic: a\nb" || c.Differs.End != conformance.Refused || c.Unpasted != "why" {
		t.Errorf("%+v %+v", c.Want, c.Differs)
	}
}

// TestCompiled: the compiler's word on a program that ends well, one that panics, one that exits, and one that is wrong.
func TestCompiled(t *testing.T) {
	for source, want := range map[string]conformance.Outcome{
		`func main() { println("err") }`:                              {End: conformance.Exited, Stderr: "err\n"},
		`func main() { println("err"); panic("a\nb") }`:               {End: conformance.Panicked, Stderr: "err\n", Fault: "panic: a\nb"},
		"import \"os\"\nfunc main() { os.Exit(len(os.Args)) }":        {End: conformance.Exited, Exit: 3},
		"func main() { var a []int; print(a[len(a)]) }":               {End: conformance.Panicked, Fault: "panic: runtime error: index out of range [0] with length 0"},
		"func f() int { return 1 + f() }\nfunc main() { print(f()) }": {End: conformance.Crashed, Fault: "fatal error: stack overflow"},
	} {
		p := &conformance.Program{Name: "t/p", Source: "package main\n" + source, Args: []string{"a", "b"}}
		got := (&conformance.Compiled{}).Run(t.Context(), p)
		got.Stderr, _, _ = strings.Cut(got.Stderr, "runtime: goroutine stack exceeds")
		if got != want {
			t.Errorf("%s: %+v, want %+v", source, got, want)
		}
	}
	p := &conformance.Program{Name: "t/p", Source: "package main\nfunc main() { x }"}
	if got := (&conformance.Compiled{}).Run(t.Context(), p); got.End != conformance.Refused || !strings.Contains(got.Fault, "undefined: x") {
		t.Errorf("%+v", got)
	}
}

// TestCommand: the Go toolchain's own go run stands in for an interpreter, whose time can be up.
func TestCommand(t *testing.T) {
	e := &conformance.Command{Argv: []string{"go", "run"}}
	p := &conformance.Program{Name: "t/p", Source: "package main\nfunc main() { println(\"e\") }"}
	if got, want := e.Run(t.Context(), p), (conformance.Outcome{End: conformance.Exited, Stderr: "e\n"}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	p.Source = "package main\nfunc main() { for { } }"
	if got := e.Run(ctx, p); got.End != conformance.Hung {
		t.Errorf("%+v", got)
	}
}

// TestReadGoTests reads the programs of a directory as the Go distribution has them.
func TestReadGoTests(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.go": "// run\npackage main\n", "b.go": "// run -gcflags=-l x y\npackage main\n", "c.go": "// errorcheck\npackage main\n",
		"d.go": "// rundir\npackage main\n", "e.go": "// run\n\n//go:build plan9\n\npackage main\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := conformance.ReadGoTests(dir, []string{"."})
	if err != nil || len(got) != 2 || got[0].Name != "a.go" || !slices.Equal(got[1].Args, []string{"x", "y"}) {
		t.Errorf("%d programs, %v", len(got), err)
	}
}
