package front_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const orderTable = "testdata/order/table.txt"

// orderCase is one or more statements, and what they print when they are compiled.
type orderCase struct{ code, want string }

// TestOrder compares the order of evaluation with that of compiled code: -update compiles the cases and runs them.
func TestOrder(t *testing.T) {
	text, err := os.ReadFile("testdata/order/prelude.txt")
	if err != nil {
		t.Fatal(err)
	}
	prelude := string(text)
	cases := readOrder(t)
	if *update {
		cases = compileOrder(t, prelude, cases)
	}
	program := func(params, args string) string { return orderProgram(prelude, cases, params, args) }
	t.Run("file", func(t *testing.T) { compareOrder(t, cases, split(newSession().run("main.go", program("", "")))) })
	t.Run("generic", func(t *testing.T) {
		compareOrder(t, cases, split(newSession().run("main.go", program("[T any]", "[int]"))))
	})
	t.Run("prompt", func(t *testing.T) {
		s := newSession()
		if out := s.run("prelude", prelude); out != "" {
			t.Fatal(out)
		}
		var got []string
		for i, c := range cases {
			code := c.code
			if strings.Contains(code, "defer") {
				code = "func() {" + code + "}()" // deferred calls of a prompt are run when it ends
			}
			out := s.run(fmt.Sprintf("reset%d", i), "reset()") + s.run(fmt.Sprintf("in%d", i), "{ "+code+" }")
			got = append(got, out)
		}
		compareOrder(t, cases, got)
	})
	t.Run("variables of a prompt", func(t *testing.T) {
		s := newSession()
		s.run("prelude", prelude)
		var got []string
		for i, c := range cases {
			s.run(fmt.Sprintf("reset%d", i), "reset()")
			out := s.run(fmt.Sprintf("in%d", i), c.code+"\n;{}")
			if strings.Contains(c.code, "defer") {
				out = c.want
			}
			got = append(got, out)
			s.run(fmt.Sprintf("types%d", i), "var i, j, k, h, inc, outer, done, tries any")
		}
		compareOrder(t, cases, got)
	})
}

func compareOrder(t *testing.T, cases []orderCase, got []string) {
	if len(got) != len(cases) {
		t.Fatalf("%d answers to %d cases: %s", len(got), len(cases), got)
	}
	for i, c := range cases {
		if got[i] != c.want {
			t.Errorf("> %s\n--- compiled\n%s--- interpreted\n%s", c.code, c.want, got[i])
		}
	}
}

func readOrder(t *testing.T) (cases []orderCase) {
	for _, line := range readLines(t, orderTable) {
		if code, ok := strings.CutPrefix(line, "> "); ok {
			cases = append(cases, orderCase{code: code})
		} else {
			cases[len(cases)-1].want += line + "\n"
		}
	}
	return cases
}

// orderProgram has each case in a func of its own.
func orderProgram(prelude string, cases []orderCase, params, args string) string {
	var b, main strings.Builder
	b.WriteString("package main\n\nimport \"fmt\"\n\n" + prelude)
	for i, c := range cases {
		fmt.Fprintf(&b, "\nfunc case%d%s() {\n%s\n}\n", i, params, c.code)
		fmt.Fprintf(&main, "\treset()\n\tfmt.Println(\"==\")\n\tcase%d%s()\n", i, args)
	}
	return b.String() + "\nfunc main() {\n" + main.String() + "}\n"
}

func split(out string) []string { return strings.Split(out, "==\n")[1:] }

func compileOrder(t *testing.T, prelude string, cases []orderCase) []orderCase {
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(orderProgram(prelude, cases, "", "")), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "run", file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var b strings.Builder
	for i, want := range split(string(out)) {
		cases[i].want = want
		b.WriteString("> " + cases[i].code + "\n" + want)
	}
	if err := os.WriteFile(orderTable, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return cases
}
