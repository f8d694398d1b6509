package load_test

import (
	"fmt"
	"go/types"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/interp/internal/load"
)

// TestTests finds what a test binary would run.
func TestTests(t *testing.T) {
	g := read(t, tree(
		"go.mod", "module m\ngo 1.26\n",
		"a.go", "package a\nimport \"testing\"\nfunc TestNot(t *testing.T) {}",
		"a_test.go", `package a

import test "testing"

type T = test.T

func Test(*test.T)       {}
func TestZ(t *T)         {}
func Test_a(_ *test.T)   {}
func Testament()         {}
func TestÄ(t *test.T)    {}
func BenchmarkB(b *test.B) {}
func FuzzF(f *test.F)    {}
func (S) TestMethod()    {}

type S struct{}

func ExampleS() {
	// Output:
	// s
}

func Example_empty() {
	// Output:
}

func Example_none() {}

func Example_any() {
	println()
	// Unordered output: b
	// a
}
`,
		"x_test.go", "package a_test\nimport \"testing\"\nfunc TestMain(m *testing.M) { m.Run() }\nfunc TestX(*testing.T) {}",
	), ".", load.Options{Tests: true})
	if !g.HasTests() || g.Module() != "m" {
		t.Error("no tests in module", g.Module())
	}
	tests, err := g.Tests()
	if err != nil {
		t.Fatal(err)
	}
	names := func(list []*types.Func) string {
		var all []string
		for _, fn := range list {
			all = append(all, fn.Name())
		}
		return strings.Join(all, " ")
	}
	if got, want := names(tests.Tests), "Test TestZ Test_a TestÄ TestX"; got != want {
		t.Errorf("tests %s, want %s", got, want)
	}
	if got := names(tests.Benchmarks) + " " + names(tests.Fuzz) + " " + tests.Main.FullName(); got != "BenchmarkB FuzzF m_test.TestMain" {
		t.Error(got)
	}
	var examples []string
	for _, e := range tests.Examples {
		examples = append(examples, fmt.Sprintf("%s %q %v", e.Func.Name(), e.Output, e.Unordered))
	}
	if got, want := strings.Join(examples, ", "), `ExampleS "s\n" false, Example_empty "" false, Example_any "b\na\n" true`; got != want {
		t.Errorf("examples %s, want %s", got, want)
	}
}
