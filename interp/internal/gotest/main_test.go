package gotest_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rgo-project/rgo/interp/internal/gotest"
)

// TestMain lets this binary be another: suites run in processes of their own, as package testing cannot run within itself.
func TestMain(m *testing.M) {
	if args := os.Getenv("GOTEST_ARGS"); args != "" {
		os.Exit(another(args))
	}
	goleak.VerifyTestMain(m)
}

// another runs the suite of this name with each of the lists of arguments, one after the other, in one process.
func another(lists string) int {
	var all [][]string
	if err := json.Unmarshal([]byte(lists), &all); err != nil {
		panic(err)
	}
	code := 0
	for _, args := range all {
		var err error
		link := func() (*gotest.Suite, error) { return suites[args[0]](), nil }
		code, err = gotest.Main(gotest.Options{Args: args, Dir: ".", Stdout: os.Stdout, Stderr: os.Stdout}, link)
		if err != nil {
			fmt.Println("error:", err)
		}
		fmt.Println("exit status", code)
	}
	fmt.Println(len(os.Args), "arguments, help:", flag.Lookup("help-with-suites") != nil)
	return code
}

// run runs a suite as often as there are lists of arguments, and returns what was printed, without times.
func run(t *testing.T, lists ...[]string) string {
	t.Helper()
	args, err := json.Marshal(lists)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "itself")
	cmd.Env = append(os.Environ(), "GOTEST_ARGS="+string(args), "GORACE=atexit_sleep_ms=0")
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState.ExitCode() < 0 {
		t.Fatal(err)
	}
	return times.ReplaceAllString(string(out), "")
}

var times = regexp.MustCompile(`(?m) \(\d+\.\d\ds\)$| *\t? +\d+\t +\d+\.?\d* ns/op$`)

var suites = map[string]func() *gotest.Suite{
	"mixed": func() *gotest.Suite {
		update := flag.Bool("update", false, "renew `files`")
		return &gotest.Suite{
			Path: "example.com/mixed", Module: "example.com",
			Tests: []testing.InternalTest{
				{Name: "TestFine", F: func(t *testing.T) { t.Log("update:", *update, "short:", testing.Short()) }},
				{Name: "TestWrong", F: func(t *testing.T) {
					t.Run("sub", func(t *testing.T) { t.Error("no") })
					t.Run("fine", func(t *testing.T) { t.Parallel() })
				}},
				{Name: "TestSkipped", F: func(t *testing.T) { t.Skip("not today") }},
				{Name: "TestFiles", F: func(t *testing.T) {
					if _, err := os.ReadFile("testdata/fuzz/FuzzSeeds/1"); err != nil {
						t.Error(err)
					}
					if _, ok := t.Deadline(); ok {
						t.Error("there is a deadline")
					}
				}},
			},
			Benchmarks: []testing.InternalBenchmark{{Name: "BenchmarkNothing", F: func(b *testing.B) {
				for b.Loop() {
				}
			}}},
			Examples: []testing.InternalExample{
				{Name: "ExampleRight", F: func() { fmt.Println("right") }, Output: "right\n"},
				{Name: "ExampleWrong", F: func() { fmt.Println("wrong") }, Output: "right\n"},
				{Name: "ExampleAnyOrder", F: func() { fmt.Println("b\na") }, Output: "a\nb\n", Unordered: true},
			},
			Fuzz: []testing.InternalFuzzTarget{{Name: "FuzzSeeds", Fn: func(f *testing.F) {
				f.Add("code", 5, []byte("x"))
				f.Fuzz(func(t *testing.T, s string, n int, b []byte) { t.Logf("%q %d %q", s, n, b) })
			}}},
		}
	},
	"main": func() *gotest.Suite {
		return &gotest.Suite{
			Path:  "example.com/main",
			Tests: []testing.InternalTest{{Name: "TestOnce", F: func(*testing.T) { fmt.Println("testing") }}},
			Main: func(m *testing.M) {
				name := flag.String("name", "nobody", "whose tests")
				flag.Parse()
				fmt.Println("before", *name, flag.Args())
				defer fmt.Println("after")
				m.Run()
			},
		}
	},
	"none": func() *gotest.Suite { return &gotest.Suite{Path: "example.com/none"} },
}

// TestSuite runs tests, examples and seeds.
func TestSuite(t *testing.T) {
	for _, c := range []struct {
		name string
		args string
		want string
	}{
		{"quiet", "-test.run=Fine|Files|Skipped|Right|Any", "PASS\nexit status 0\n"},
		{"verbose", "-test.v -test.run=Fine|Skipped|Right -update", `=== RUN   TestFine
    main_test.go:N: update: true short: false
--- PASS: TestFine
=== RUN   TestSkipped
    main_test.go:N: not today
--- SKIP: TestSkipped
=== RUN   ExampleRight
--- PASS: ExampleRight
PASS
exit status 0
`},
		{"failures", "", `--- FAIL: TestWrong
    --- FAIL: TestWrong/sub
        main_test.go:N: no
--- FAIL: ExampleWrong
got:
wrong
want:
right
FAIL
exit status 1
`},
		{"one subtest", "-test.run=TestWrong/fine", "PASS\nexit status 0\n"},
		{"seeds", "-test.v -test.run=Fuzz", `=== RUN   FuzzSeeds
=== RUN   FuzzSeeds/seed#0
    main_test.go:N: "code" 5 "x"
=== RUN   FuzzSeeds/1
    main_test.go:N: "file" -7 "\x00y"
--- PASS: FuzzSeeds
    --- PASS: FuzzSeeds/seed#0
    --- PASS: FuzzSeeds/1
PASS
exit status 0
`},
		{"benchmarks", "-test.run=- -test.bench=. -test.benchtime=1x", "BenchmarkNothing\nPASS\nexit status 0\n"},
		{"lists", "-test.list=E|B", "BenchmarkNothing\nExampleRight\nExampleWrong\nExampleAnyOrder\nexit status 0\n"},
		{"nothing to run", "-test.run=Nowhere", "testing: warning: no tests to run\nPASS\nexit status 0\n"},
		{"wrong pattern", "-test.run=(", "testing: invalid regexp (\"(\"): error parsing regexp: missing closing ): `(`\nexit status 1\n"},
		{"twice", "-test.count=2 -test.v -test.run=Right", "=== RUN   ExampleRight\n--- PASS: ExampleRight\nPASS\nexit status 0\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := run(t, append([]string{"mixed"}, strings.Fields(c.args)...))
			got = regexp.MustCompile(`main_test.go:\d+`).ReplaceAllString(got, "main_test.go:N")
			got = regexp.MustCompile(`(?m)^(goos|goarch|pkg|cpu): .*\n`).ReplaceAllString(got, "")
			got = regexp.MustCompile(`BenchmarkNothing(-\d+)?`).ReplaceAllString(got, "BenchmarkNothing")
			if want := c.want + "2 arguments, help: false\n"; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestMainFunc has the tests' own TestMain around them.
func TestMainFunc(t *testing.T) {
	got := run(t, []string{"main", "-name", "me", "one", "two"}, []string{"main"})
	want := "before me [one two]\ntesting\nPASS\nafter\nexit status 0\nbefore nobody []\ntesting\nPASS\nafter\nexit status 0\n2 arguments, help: false\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestFlags leaves no trace of one run in the next, and says what is wrong with a command line.
func TestFlags(t *testing.T) {
	got := run(t, []string{"none", "-test.v", "-test.short", "-test.run=x"}, []string{"mixed", "-test.run=Fine"})
	if want := "testing: warning: no tests to run\nPASS\nexit status 0\nPASS\nexit status 0\n2 arguments, help: false\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for args, want := range map[string]string{
		"-no-such":         "flag provided but not defined: -no-such\nUsage of mixed:\n",
		"-h":               "Usage of mixed:\n",
		"-test.parallel=0": "testing: -parallel can only be given a positive integer\n",
	} {
		got := run(t, []string{"mixed", args})
		code := "exit status 2\n"
		if args == "-h" {
			code = "exit status 0\n"
		}
		if !strings.HasPrefix(got, want) || !strings.Contains(got, "-update") || !strings.Contains(got, "-test.run regexp") || !strings.Contains(got, code) {
			t.Errorf("%s: got\n%s", args, got)
		}
	}
}

func TestVerdict(t *testing.T) {
	for want, got := range map[string]string{
		"ok  \tp\t0.012s\n":                     gotest.Verdict("p", 0, 12*time.Millisecond, []byte("PASS\n")),
		"FAIL\tp\t1.500s\n":                     gotest.Verdict("p", 1, 1500*time.Millisecond, nil),
		"ok  \tp\t0.000s [no tests to run]\n":   gotest.Verdict("p", 0, 0, []byte("testing: warning: no tests to run\nPASS\n")),
		"?   \tp\t[no test files]\n":            gotest.NoTestFiles("p"),
		"FAIL\tp [build failed]\n":              gotest.NotRun("p", "build failed"),
		"ok  \tp\t0.000s [no tests to run]\n\n": gotest.Verdict("p", 0, 0, []byte("x\ntesting: warning: no tests to run\n")) + "\n",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
