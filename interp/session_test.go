package interp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/rgo-project/rgo/interp"
	"github.com/rgo-project/rgo/interp/symbols"
)

func session(t testing.TB, o interp.Options) *interp.Session {
	t.Helper()
	s, err := interp.NewSession(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// run runs an input that must not fail, and returns the value of its last expression.
func run(t testing.TB, s *interp.Session, src string) any {
	t.Helper()
	values, err := s.Run(t.Context(), interp.Input{Source: src})
	if err != nil {
		t.Fatalf("%s\n%v", src, err)
	}
	if len(values) == 0 {
		return nil
	}
	return values[0].Any()
}

func want(t testing.TB, s *interp.Session, src string, value any) {
	t.Helper()
	if got := run(t, s, src); got != value {
		t.Errorf("%s is %v (%T), want %v (%T)", src, got, got, value, value)
	}
}

func TestManyRunsAtOnce(t *testing.T) {
	s := session(t, interp.Options{})
	run(t, s, `shared := map[string]int{}; var mu sync.Mutex`)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for k := range 50 {
				name := fmt.Sprintf("v%d_%d", g, k)
				src := fmt.Sprintf("%s := %d; mu.Lock(); shared[%q] = %s; mu.Unlock(); %s", name, g*1000+k, name, name, name)
				values, err := s.Run(context.Background(), interp.Input{Source: src})
				if err != nil || values[0].Any() != g*1000+k {
					t.Errorf("%s: %v %v", name, values, err)
				}
			}
		})
	}
	wg.Wait()
	want(t, s, `len(shared)`, 200)
}

func TestNestedRun(t *testing.T) {
	s := session(t, interp.Options{})
	depth := 0
	if err := s.Set("again", func(src string) string {
		depth++
		values, err := s.Run(context.Background(), interp.Input{Source: src})
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(values[0].Any())
	}); err != nil {
		t.Fatal(err)
	}
	want(t, s, "again(`again(\"x := 7; x\") + \"!\"`)", "7!")
	want(t, s, `x`, 7)
}

func TestStdio(t *testing.T) {
	var both bytes.Buffer
	s := session(t, interp.Options{Stdin: strings.NewReader("a b\nline\n"), Stdout: &both, Stderr: &both})
	run(t, s, `fmt.Println("1"); fmt.Fprintln(os.Stderr, "2"); fmt.Println("3"); println("4"); os.Stdout.WriteString("5\n"); log.SetFlags(0); log.Print("6")`)
	if got := both.String(); got != "1\n2\n3\n4\n5\n6\n" {
		t.Errorf("output is %q", got)
	}
	want(t, s, `var x, y string; fmt.Scanln(&x, &y); x + y`, "ab")
	want(t, s, `line, _ := bufio.NewReader(os.Stdin).ReadString('\n'); line`, "line\n")
	run(t, s, `r, w, _ := os.Pipe(); old := os.Stdout; os.Stdout = w; fmt.Print("caught"); os.Stdout = old; w.Close()`)
	want(t, s, `b, _ := io.ReadAll(r); string(b)`, "caught")
}

func TestHostPackage(t *testing.T) {
	level := 1
	s := session(t, interp.Options{Symbols: map[string]symbols.Table{"example.com/host": {
		"Twice": reflectOf(func(n int) int { return 2 * n }), "Level": variable(&level),
	}}})
	want(t, s, `import "example.com/host"; host.Level = 5; host.Twice(host.Level)`, 10)
	if level != 5 {
		t.Errorf("level is %d", level)
	}
	if err := s.Use("example.com/later", symbols.Table{"X": reflectOf("x")}); err != nil {
		t.Fatal(err)
	}
	want(t, s, `later.X`, "x")
}

func TestModule(t *testing.T) {
	s := session(t, interp.Options{Args: []string{"prog", "one"}})
	m, err := s.Module("os")
	if err != nil {
		t.Fatal(err)
	}
	args, err := m.Lookup("Args")
	if err != nil {
		t.Fatal(err)
	}
	run(t, s, `os.Args = append(os.Args, "two")`)
	if got := args.Interface().([]string); len(got) != 3 || got[2] != "two" {
		t.Errorf("args are %v", got)
	}
	args.Index(1).SetString("changed")
	want(t, s, `os.Args[1]`, "changed")
	for _, name := range []string{"Nope", "File", "getenv"} {
		if _, err := m.Lookup(name); err == nil {
			t.Errorf("looked up os.%s", name)
		}
	}
	if _, err := s.Module("no/such"); err == nil {
		t.Error("a module no/such")
	}
	if n := len(s.Modules()); n < 170 {
		t.Errorf("%d modules", n)
	}
}

func TestAsOwnProcess(t *testing.T) {
	exits := make(chan int, 1)
	s := session(t, interp.Options{OwnProcess: true, Exit: func(code int) { exits <- code }})
	want(t, s, `os.Args[0]`, os.Args[0])
	_, err := s.Run(t.Context(), interp.Input{Source: `os.Exit(7)`})
	var exit *interp.ExitError
	if !errors.As(err, &exit) || exit.Code != 7 || <-exits != 7 {
		t.Errorf("exit: %v", err)
	}
}

func TestClosed(t *testing.T) {
	s := session(t, interp.Options{})
	done := make(chan error, 1)
	started := make(chan bool)
	if err := s.Set("started", func() { close(started) }); err != nil {
		t.Fatal(err)
	}
	go func() {
		_, err := s.Run(context.Background(), interp.Input{Source: `started(); for {}`})
		done <- err
	}()
	<-started
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; !errors.Is(err, interp.ErrInterrupted) || !errors.Is(err, interp.ErrClosed) {
		t.Errorf("the run ended with %v", err)
	}
	if _, err := s.Run(t.Context(), interp.Input{Source: `1`}); !errors.Is(err, interp.ErrClosed) {
		t.Error(err)
	}
}

func TestIncomplete(t *testing.T) {
	for src, incomplete := range map[string]bool{
		"": false, "x": false, "x :=": true, "f(1,": true, "func f() {": true, "func f() {\n}": false, "`raw": true, "/* c": true, "// c": false,
		"a.": true, "if x {\n} else": true, "}": false, "f(]": false, `"open`: false, "x++": false, "for {": true, "type T struct {": true, "1 +": true,
	} {
		if got := interp.Incomplete(src); got != incomplete {
			t.Errorf("Incomplete(%q) is %v", src, got)
		}
	}
}

// TestMemory says what an input costs; it fails only if that is out of all proportion.
func TestMemory(t *testing.T) {
	s := session(t, interp.Options{})
	run(t, s, `x := 0`)
	heap := func() float64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	const n = 2000
	before := heap()
	for range n {
		run(t, s, `x++; x`)
	}
	each := (heap() - before) / n
	t.Logf("%.0f bytes for each input", each)
	if each > 1<<10 {
		t.Errorf("an input costs %.0f bytes", each)
	}
}

func BenchmarkInput(b *testing.B) {
	s := session(b, interp.Options{})
	for i := range 200 {
		run(b, s, fmt.Sprintf("type T%d struct { A int; B []string }\nfunc (t *T%d) M(n int) string { return t.B[n] }\nvar v%d T%d", i, i, i, i))
	}
	for b.Loop() {
		run(b, s, `v7.A + 1`)
	}
}

func reflectOf(x any) reflect.Value { return reflect.ValueOf(x) }

func variable[T any](p *T) reflect.Value { return reflect.ValueOf(p).Elem() }

func TestComplete(t *testing.T) {
	s := session(t, interp.Options{})
	run(t, s, "type point struct { X, hidden int }\nfunc (p *point) Move() {}\nvar where point; var buf bytes.Buffer")
	for src, want := range map[string]string{
		"whe": "where", "x := strings.ToUp": "ToUpper ToUpperSpecial", "where.": "Move X hidden", "buf.Writ": "Write WriteByte WriteRune WriteString WriteTo",
		"os.Stdin.Na": "Name", "slices.SortS": "SortStableFunc", "nosuch.": "", "encodi": "encoding", "1 + where.hid": "hidden",
	} {
		start, names := s.Complete(src, len(src))
		if got := strings.Join(names, " "); got != want {
			t.Errorf("Complete(%q) = %d %q, want %q", src, start, got, want)
		}
	}
}

func TestNothingToRun(t *testing.T) {
	s, err := interp.NewSession(interp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 2 {
		for _, src := range []string{"", " \n", "// a comment", "/* one\n more */\n"} {
			if values, err := s.Run(t.Context(), interp.Input{Source: src}); len(values) > 0 || err != nil {
				t.Errorf("%q: %v, %v", src, values, err)
			}
		}
	}
	if _, err := s.Run(t.Context(), interp.Input{Source: "/* open"}); err == nil {
		t.Error("half a comment runs")
	}
}
