package interp_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rgo-project/rgo/interp"
)

func TestInterruptLoop(t *testing.T) {
	s := session(t, interp.Options{})
	run(t, s, `n := 0; add := func(k int) int { n += k; return n }`)
	add := run(t, s, `add`).(func(int) int)
	for _, loop := range []string{
		`for {}`, `for { n++; n-- }`, `func f() { f2() }; func f2() { for i := 0; ; i++ { g(i) } }; func g(int) {}; f()`,
		`L: goto L`, `for { func() { defer func() { recover() }(); for {} }() }`, `for range make(chan int) {}`, `select {}`, `time.Sleep(time.Hour)`,
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("enough")
		time.AfterFunc(30*time.Millisecond, func() { cancel(why) })
		begin := time.Now()
		_, err := s.Run(ctx, interp.Input{Source: loop})
		if !errors.Is(err, interp.ErrInterrupted) || !errors.Is(err, why) {
			t.Errorf("%s: %v", loop, err)
		}
		if d := time.Since(begin); d > 5*time.Second {
			t.Errorf("%s took %v to be interrupted", loop, d)
		}
		if got, before := add(1), run(t, s, `n`); got != before {
			t.Fatalf("after %s a func made before gives %v, the variable is %v", loop, got, before)
		}
	}
	want(t, s, `1 + 1`, 2)
}

func TestInterruptOneOfMany(t *testing.T) {
	s := session(t, interp.Options{})
	run(t, s, `func fib(n int) int { if n < 2 { return n }; return fib(n-1) + fib(n-2) }`)
	var others sync.WaitGroup
	for range 3 {
		others.Go(func() {
			for range 20 {
				values, err := s.Run(context.Background(), interp.Input{Source: `fib(12)`})
				if err != nil || values[0].Any() != 144 {
					t.Errorf("fib(12): %v %v", values, err)
				}
			}
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Run(ctx, interp.Input{Source: `for { fib(5) }`}); !errors.Is(err, interp.ErrInterrupted) {
		t.Error(err)
	}
	others.Wait()
}

func TestInterruptRunsDeferred(t *testing.T) {
	var out bytes.Buffer
	s := session(t, interp.Options{Stdout: &out})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := s.Run(ctx, interp.Input{Source: `func() {
		defer fmt.Println("second")
		defer func() { fmt.Println("first", recover()) }()
		for {}
	}()
	fmt.Println("after")`})
	if !errors.Is(err, interp.ErrInterrupted) {
		t.Error(err)
	}
	if got := out.String(); got != "first <nil>\nsecond\n" {
		t.Errorf("deferred calls wrote %q", got)
	}
}

func TestExit(t *testing.T) {
	var stderr bytes.Buffer
	s := session(t, interp.Options{Stderr: &stderr})
	for src, code := range map[string]int{
		`os.Exit(3); for {}`: 3, `log.Fatal("bye")`: 1, `go os.Exit(4); time.Sleep(time.Minute)`: 4,
		`defer panic("not reached"); func() { defer func() { recover() }(); os.Exit(5) }()`: 5,
	} {
		_, err := s.Run(t.Context(), interp.Input{Source: src})
		var exit *interp.ExitError
		if !errors.As(err, &exit) || exit.Code != code {
			t.Errorf("%s: %v", src, err)
		}
	}
	if !strings.Contains(stderr.String(), "bye") {
		t.Errorf("stderr is %q", stderr.String())
	}
	want(t, s, `1`, 1)
}

func TestGoroutinePanic(t *testing.T) {
	var stderr bytes.Buffer
	s := session(t, interp.Options{Stderr: &stderr})
	run(t, s, "func f(n int) {\n\tpanic(n)\n}")
	run(t, s, `var wg sync.WaitGroup; wg.Add(1); go func() { defer wg.Done(); f(42) }(); wg.Wait(); time.Sleep(50*time.Millisecond)`)
	want(t, s, `1`, 1)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if got := stderr.String(); !strings.Contains(got, "panic: 42\n") || !strings.Contains(got, "main.f\n\tinput:2\nmain.main.func1\n\tinput:1\n") {
		t.Errorf("stderr is %q", got)
	}
}

func TestStackOverflow(t *testing.T) {
	s := session(t, interp.Options{})
	run(t, s, "func deep(n int) int {\n\treturn deep(n+1) + 1\n}")
	_, err := s.Run(t.Context(), interp.Input{Source: `defer func() { recover() }(); deep(0)`})
	var panicked *interp.PanicError
	if !errors.As(err, &panicked) || !panicked.Fatal {
		t.Fatal(err)
	}
	if got := panicked.Trace(); !strings.HasPrefix(got, "runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n\nmain.deep\n\tinput:1\nmain.deep\n\tinput:2\n") {
		t.Error(got)
	} else if lines := strings.Count(got, "\n"); lines > 80 || !strings.Contains(got, "\n...") {
		t.Errorf("%d lines:\n%s", lines, got)
	}
	want(t, s, `1 + 1`, 2)
}

func TestGoexitEndsTheRun(t *testing.T) {
	s, err := interp.NewSession(interp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := s.Run(ctx, interp.Input{Source: "func leave() { defer fmt.Println(); runtime.Goexit() }\nleave()"}); err == nil || !strings.Contains(err.Error(), "runtime.Goexit") {
		t.Errorf("%v", err)
	}
	if values, err := s.Run(ctx, interp.Input{Source: "1 + 1"}); err != nil || len(values) != 1 {
		t.Errorf("afterwards: %v, %v", values, err)
	}
}

// TestProgramGoesOnWithoutItsMainGoroutine ends as Go does: with the last goroutine.
func TestProgramGoesOnWithoutItsMainGoroutine(t *testing.T) {
	var stdout bytes.Buffer
	s := session(t, interp.Options{Stdout: &stdout})
	_, err := s.Run(t.Context(), interp.Input{Source: `go func() { time.Sleep(10 * time.Millisecond); fmt.Println("done") }(); runtime.Goexit()`, Strict: true})
	var panicked *interp.PanicError
	if !errors.As(err, &panicked) || err.Error() != "fatal error: no goroutines (main called runtime.Goexit) - deadlock!" || stdout.String() != "done\n" {
		t.Errorf("%v, %q", err, &stdout)
	}
}

func TestStrictRunEndsWithAPanicOfAnyGoroutine(t *testing.T) {
	var stderr bytes.Buffer
	s, err := interp.NewSession(interp.Options{Stderr: &stderr})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	src := "go func() { panic(\"in goroutine\") }()\ntime.Sleep(time.Minute)"
	var panicked *interp.PanicError
	begin := time.Now()
	if _, err := s.Run(t.Context(), interp.Input{Source: src, Strict: true}); !errors.As(err, &panicked) || panicked.Text != "in goroutine" {
		t.Errorf("%v", err)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	if stderr.Len() > 0 {
		t.Errorf("reported twice: %s", &stderr)
	}
	src = "go func() { panic(\"in goroutine\") }()\ntime.Sleep(50 * time.Millisecond); 1"
	if values, err := s.Run(t.Context(), interp.Input{Source: src}); err != nil || len(values) != 1 || !strings.Contains(stderr.String(), "in goroutine") {
		t.Errorf("%v, %v, %s", values, err, &stderr)
	}
}

// TestGoroutinesOutliveTheirInput leaves a goroutine running: a later input that is interrupted does not take it along, closing the session does.
func TestGoroutinesOutliveTheirInput(t *testing.T) {
	s := session(t, interp.Options{})
	run(t, s, `var n atomic.Int64; ended := make(chan bool, 1); go func() { defer func() { ended <- true }(); for { n.Add(1); time.Sleep(time.Millisecond) } }()`)
	ended := run(t, s, `ended`).(chan bool)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := s.Run(ctx, interp.Input{Source: `for {}`}); !errors.Is(err, interp.ErrInterrupted) {
		t.Error(err)
	}
	run(t, s, `was := n.Load(); for n.Load() == was { time.Sleep(time.Millisecond) }`)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("it goes on in a closed session")
	}
}

// TestCallbackPanics panics where compiled code has called: what recovers as compiled code does recovers, the rest is contained.
func TestCallbackPanics(t *testing.T) {
	var stderr bytes.Buffer
	s := session(t, interp.Options{Stderr: &stderr})
	want(t, s, `func() (r any) { defer func() { r = recover() }(); sync.OnceFunc(func() { panic("once") })(); return }()`, "once")
	run(t, s, `over := make(chan bool); n := 7; time.AfterFunc(time.Millisecond, func() { defer close(over); panic(fmt.Sprint("late ", n)) }); <-over; time.Sleep(50 * time.Millisecond)`)
	want(t, s, `n`, 7)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if got := stderr.String(); !strings.Contains(got, "panic: late 7\n\nmain.main.func1\n") {
		t.Errorf("stderr is %q", got)
	}
}

// TestAFailingInputIsUndone has an input whose last func cannot be run.
func TestAFailingInputIsUndone(t *testing.T) {
	s := session(t, interp.Options{})
	run(t, s, `type X struct{ a int }; x := X{1}`)
	_, err := s.Run(t.Context(), interp.Input{Source: `type Y struct{}
func (X) Later() int { return 1 }
func main() {}
//go:linkname nanotime runtime.nanotime
func nanotime() int64
nanotime()`})
	var refused *interp.CompileError
	if !errors.As(err, &refused) || refused.List[0].Line == 0 {
		t.Fatal(err)
	}
	for _, src := range []string{`x.Later()`, `Y{}`} {
		if _, err := s.Run(t.Context(), interp.Input{Source: src}); !errors.As(err, &refused) {
			t.Errorf("%s: %v", src, err)
		}
	}
	run(t, s, `func (x X) Later() int { return x.a + 1 }`)
	want(t, s, `x.Later()`, 2)
}

// TestCallbacksBelongToTheirRun gives compiled code funcs that capture nothing: they end with the run that gave them, and panic in it.
func TestCallbacksBelongToTheirRun(t *testing.T) {
	s := session(t, interp.Options{})
	run(t, s, `var n atomic.Int64; ended := make(chan bool, 1)`)
	ended := run(t, s, `ended`).(chan bool)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Run(ctx, interp.Input{Source: `var wg sync.WaitGroup; wg.Go(func() { defer func() { ended <- true }(); for { n.Add(1) } }); wg.Wait()`}); !errors.Is(err, interp.ErrInterrupted) {
		t.Error(err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("it goes on when its run has been interrupted")
	}
	_, err := s.Run(t.Context(), interp.Input{Source: `time.AfterFunc(time.Millisecond, func() { panic("late") }); time.Sleep(time.Minute)`, Strict: true})
	var panicked *interp.PanicError
	if !errors.As(err, &panicked) || panicked.Text != "late" {
		t.Error(err)
	}
}

// TestExitWhileInterrupted has code that calls os.Exit when it is interrupted: that is how it has ended.
func TestExitWhileInterrupted(t *testing.T) {
	s := session(t, interp.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := s.Run(ctx, interp.Input{Source: `func() { defer os.Exit(4); for {} }()`})
	var exit *interp.ExitError
	if !errors.As(err, &exit) || exit.Code != 4 {
		t.Error(err)
	}
}

// TestNumGoroutine counts the goroutines of the code, and not those that the session is made of.
func TestNumGoroutine(t *testing.T) {
	s := session(t, interp.Options{})
	want(t, s, `runtime.NumGoroutine()`, 1)
	want(t, s, `stop := make(chan bool); for range 3 { go func() { <-stop }() }; runtime.NumGoroutine()`, 4)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := s.Run(ctx, interp.Input{Source: `close(stop); for runtime.NumGoroutine() > 1 { time.Sleep(time.Millisecond) }`}); err != nil {
		t.Error(err)
	}
}
