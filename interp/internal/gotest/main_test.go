package gotest_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"runtime"
	"strconv"
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
	h := &host{}
	h.runner = gotest.NewRunner(h)
	for _, args := range all {
		var err error
		link := func() (*gotest.Suite, error) { return suites[args[0]](h), nil }
		code, err = h.runner.Run(gotest.Options{Args: args, Dir: ".", Stdout: os.Stdout, Stderr: os.Stdout}, link)
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

// host runs compiled code as if it were interpreted: it contains panics, and knows where its callers are.
type host struct{ runner *gotest.Runner }

func (h *host) Here() func(func()) error {
	return func(f func()) (err error) {
		done := false
		defer func() {
			if p := recover(); p != nil && !done {
				wrong, ok := p.(error)
				if !ok {
					wrong = fmt.Errorf("%v", p)
				}
				err = wrong
			}
		}()
		f()
		done = true
		return nil
	}
}

func (h *host) Apart() func(func()) error { return h.Here() }

func (h *host) Stack() []gotest.Place {
	pcs := make([]uintptr, 100)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
	var list []gotest.Place
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if strings.Contains(f.Function, "gotest_test.") && !strings.Contains(f.Function, "host") && !strings.HasSuffix(f.Function, ".call") {
			list = append(list, gotest.Place{Func: f.Function, File: f.File, Line: f.Line})
		}
	}
	return list
}

func (h *host) Crash(err error) string { return fmt.Sprintf("panic: %v [recovered, repanicked]", err) }

// call calls a method as interpreted code would.
func (h *host) call(recv any, name string, args ...any) {
	in := []reflect.Value{reflect.ValueOf(recv)}
	for _, a := range args {
		in = append(in, reflect.ValueOf(a))
	}
	f := h.runner.Method(reflect.TypeOf(recv), name)
	if name != "Run" && name != "RunParallel" && name != "Fuzz" && len(args)%2 == 1 { // as the checker has it: a method of what is embedded
		in[0] = in[0].Elem().Field(0).Addr()
		in[0] = reflect.NewAt(in[0].Type().Elem(), in[0].UnsafePointer())
		f = h.runner.Method(in[0].Type(), name)
	}
	f.Call(in)
}

var suites = map[string]func(*host) *gotest.Suite{
	"mixed": func(h *host) *gotest.Suite {
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
	"main": func(h *host) *gotest.Suite {
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
	"logs": func(h *host) *gotest.Suite {
		help := func(t testing.TB, text string) {
			h.call(t, "Helper")
			h.call(t, "Errorf", "%s", text)
		}
		return &gotest.Suite{
			Path: "example.com/logs",
			Tests: []testing.InternalTest{
				{Name: "TestLog", F: func(t *testing.T) {
					h.call(t, "Log", "two\nlines", 1)
					help(t, "helped")
					h.call(t, "Run", "sub", func(t *testing.T) {
						if got := strings.Join(h.runner.Running(), " "); got != "TestLog/sub (0s)" {
							t.Error("running", got)
						}
						h.call(t, "Cleanup", func() { h.call(t, "Log", "clean") })
						h.call(t, "Skip", "skipped")
						fmt.Println("not reached")
					})
					h.call(t, "Fatalf", "%d", 7)
					fmt.Println("not reached")
				}},
			},
			Fuzz: []testing.InternalFuzzTarget{{Name: "FuzzLog", Fn: func(f *testing.F) {
				h.call(f, "Logf", "%s", "before")
				f.Add("seed")
				h.call(f, "Fuzz", func(t *testing.T, s string) { h.call(t, "Error", s) })
			}}},
		}
	},
	"panics": func(h *host) *gotest.Suite {
		return &gotest.Suite{
			Path: "example.com/panics",
			Tests: []testing.InternalTest{
				{Name: "TestBefore", F: func(t *testing.T) {}},
				{Name: "TestDirect", F: func(t *testing.T) { t.Log("said"); panic("direct") }},
				{Name: "TestSub", F: func(t *testing.T) {
					h.call(t, "Run", "sub", func(t *testing.T) { panic(errors.New("in sub")) })
				}},
				{Name: "TestBubble", F: func(t *testing.T) {
					bubble := h.runner.Symbols()["testing/synctest"]["Test"].Interface().(func(*testing.T, func(*testing.T)))
					bubble(t, func(t *testing.T) { time.Sleep(time.Hour); panic("in a bubble") })
				}},
				{Name: "TestClean", F: func(t *testing.T) { h.call(t, "Cleanup", func() { panic("in cleanup") }) }},
				{Name: "TestAfter", F: func(t *testing.T) { fmt.Println("not reached") }},
			},
			Benchmarks: []testing.InternalBenchmark{
				{Name: "BenchmarkSub", F: func(b *testing.B) { h.call(b, "Run", "sub", func(*testing.B) { panic("in benchmark") }) }},
				{Name: "BenchmarkParallel", F: func(b *testing.B) { h.call(b, "RunParallel", func(*testing.PB) { panic("in parallel") }) }},
			},
			Fuzz: []testing.InternalFuzzTarget{{Name: "FuzzPanic", Fn: func(f *testing.F) {
				f.Add("x")
				h.call(f, "Fuzz", func(t *testing.T, s string) { panic("on " + s) })
			}}},
			Examples: []testing.InternalExample{
				{Name: "ExamplePanic", F: func() { fmt.Println("output"); panic("in example") }, Output: "output\n"},
				{Name: "ExampleTwo", F: func() { fmt.Println("not reached") }, Output: "x\n"},
			},
		}
	},
	"none": func(h *host) *gotest.Suite { return &gotest.Suite{Path: "example.com/none"} },
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

// TestLog names the places of interpreted callers, but not those of helpers.
func TestLog(t *testing.T) {
	got := run(t, []string{"logs"})
	lines := map[string]int{}
	for _, found := range regexp.MustCompile(`main_test.go:(\d+): (\w+)`).FindAllStringSubmatch(got, -1) {
		lines[found[2]], _ = strconv.Atoi(found[1])
	}
	got = regexp.MustCompile(`main_test.go:\d+`).ReplaceAllString(got, "main_test.go:N")
	want := `--- FAIL: TestLog
    main_test.go:N: two
        lines 1
    main_test.go:N: helped
    main_test.go:N: 7
--- FAIL: FuzzLog
    main_test.go:N: before
    --- FAIL: FuzzLog/seed#0
        main_test.go:N: seed
FAIL
exit status 1
2 arguments, help: false
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if at := lines["two"]; lines["helped"] != at+1 || lines["7"] != at+10 || lines["before"] != at+15 || lines["seed"] != at+17 {
		t.Errorf("lines %v", lines)
	}
}

// TestPanics ends a binary as a panic does: after the report of the tests under way.
func TestPanics(t *testing.T) {
	for args, want := range map[string]string{
		"-test.run=Before|Direct|After":          "--- FAIL: TestDirect\n    main_test.go:N: said\npanic: direct [recovered, repanicked]\n",
		"-test.run=TestSub|After":                "--- FAIL: TestSub\n    --- FAIL: TestSub/sub\npanic: in sub [recovered, repanicked]\n",
		"-test.run=Clean|After":                  "--- FAIL: TestClean\npanic: in cleanup [recovered, repanicked]\n",
		"-test.run=Bubble|After":                 "--- FAIL: TestBubble\npanic: in a bubble [recovered, repanicked]\n",
		"-test.run=Fuzz|Example":                 "--- FAIL: FuzzPanic\n    --- FAIL: FuzzPanic/seed#0\npanic: on x [recovered, repanicked]\n",
		"-test.run=Example":                      "--- FAIL: ExamplePanic\npanic: in example [recovered, repanicked]\n",
		"-test.run=- -test.bench=Sub":            "--- FAIL: BenchmarkSub/sub\n--- FAIL: BenchmarkSub\npanic: in benchmark [recovered, repanicked]\n",
		"-test.run=- -test.bench=Parallel":       "--- FAIL: BenchmarkParallel\npanic: in parallel [recovered, repanicked]\n",
		"-test.run=Direct -test.v -test.count=3": "=== RUN   TestDirect\n    main_test.go:N: said\n--- FAIL: TestDirect\npanic: direct [recovered, repanicked]\n",
	} {
		got := run(t, append([]string{"panics"}, strings.Fields(args)...), []string{"panics", "-test.run=Before"})
		got = regexp.MustCompile(`main_test.go:\d+`).ReplaceAllString(got, "main_test.go:N")
		got = regexp.MustCompile(`(?m)^(goos|goarch|pkg|cpu): .*\n`).ReplaceAllString(got, "")
		got = regexp.MustCompile(`(Benchmark\w+(/sub)?)(-\d+)?[ \t]*`).ReplaceAllString(got, "$1")
		if want += "exit status 2\nPASS\nexit status 0\n2 arguments, help: false\n"; got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", args, got, want)
		}
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
