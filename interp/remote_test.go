package interp_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/interp"
	"github.com/rgo-project/rgo/netproxy"
)

// dial connects to a server of sessions in this process over a unix socket.
func dial(t *testing.T) *interp.Remote {
	t.Helper()
	addr := "unix://" + filepath.Join(t.TempDir(), "s")
	l, err := conn.Listen(addr)
	if err != nil {
		t.Fatal(err)
	}
	srv := interp.NewServer(interp.Options{})
	served := make(chan error, 1)
	go func() { served <- srv.Serve(context.Background(), l) }()
	c, err := conn.Dial(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if err := c.Wait(); err != nil {
			t.Errorf("wait: %v", err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := srv.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		if err := <-served; !errors.Is(err, conn.ErrServerClosed) && err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	return interp.On(c)
}

func TestRemoteRun(t *testing.T) {
	there := dial(t)
	ctx := t.Context()
	if err := there.Execute(ctx, "func twice(n int) int { return 2 * n }\nx := twice(21)"); err != nil {
		t.Fatal(err)
	}
	values, err := there.Run(ctx, `x; strings.Cut("a=b", "=")`)
	if err != nil {
		t.Fatal(err)
	}
	want := []interp.Shown{{Text: `"a"`, Type: "string"}, {Text: `"b"`, Type: "string"}, {Text: "true", Type: "bool"}}
	if !slices.Equal(values, want) {
		t.Errorf("values %v, want %v", values, want)
	}
	v, err := there.Eval(ctx, "x")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := netproxy.Value[int](ctx, v); n != 42 || err != nil {
		t.Errorf("x is %d, %v", n, err)
	}
}

func TestRemoteStreams(t *testing.T) {
	there := dial(t)
	var stdout, stderr bytes.Buffer
	err := there.Execute(t.Context(), `
		in := bufio.NewScanner(os.Stdin)
		for in.Scan() {
			fmt.Println("got", in.Text())
		}
		fmt.Fprintln(os.Stderr, "done")`,
		interp.Stdin(strings.NewReader("one\ntwo\n")), interp.Stdout(&stdout), interp.Stderr(&stderr))
	if err != nil {
		t.Fatal(err)
	}
	if stdout.String() != "got one\ngot two\n" || stderr.String() != "done\n" {
		t.Errorf("stdout %q, stderr %q", &stdout, &stderr)
	}
}

// TestRemoteStreamsWhileRunning sees output before the code that wrote it has ended, and answers it.
func TestRemoteStreamsWhileRunning(t *testing.T) {
	there := dial(t)
	answers, answer := io.Pipe()
	questions, ask := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- there.Execute(t.Context(), `
			fmt.Println("name?")
			var name string
			fmt.Scanln(&name)
			fmt.Println("hello", name)`, interp.Stdin(answers), interp.Stdout(ask))
		ask.Close()
	}()
	buf := make([]byte, 6)
	if _, err := io.ReadFull(questions, buf); err != nil || string(buf) != "name?\n" {
		t.Fatalf("%q, %v", buf, err)
	}
	if _, err := io.WriteString(answer, "gopher\n"); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(questions)
	if err != nil || string(rest) != "hello gopher\n" {
		t.Errorf("%q, %v", rest, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	answer.Close() // ends the feeding of input
}

func TestRemoteErrors(t *testing.T) {
	there := dial(t)
	ctx := t.Context()

	var compile *interp.CompileError
	err := there.Execute(ctx, "a := 1\nb := a + nosuch", interp.Name("my.go"))
	if !errors.As(err, &compile) || !strings.HasPrefix(err.Error(), "my.go:2:10: ") {
		t.Errorf("compile error: %v", err)
	}

	var panicked *interp.PanicError
	err = there.Execute(ctx, "func f() { panic(fs.ErrNotExist) }\nf()")
	if !errors.As(err, &panicked) || !errors.Is(err, fs.ErrNotExist) || len(panicked.Stack) == 0 {
		t.Errorf("panic: %#v", err)
	}

	var exit *interp.ExitError
	if err = there.Execute(ctx, "os.Exit(7)"); !errors.As(err, &exit) || exit.Code != 7 {
		t.Errorf("exit: %v", err)
	}
}

func TestRemoteInterrupt(t *testing.T) {
	there := dial(t)
	if err := there.Execute(t.Context(), "n := 0\nadd := func() int { n++; return n }"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begin := time.Now()
	err := there.Execute(ctx, "for { add() }")
	if !errors.Is(err, interp.ErrInterrupted) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("interrupted: %v", err)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	v, err := there.Run(t.Context(), "before := n; add() == before+1")
	if err != nil || len(v) != 1 || v[0].Text != "true" {
		t.Errorf("after the interrupt: %v, %v", v, err)
	}
}

func TestRemoteCallbacks(t *testing.T) {
	there := dial(t)
	ctx := t.Context()
	var lines []string
	if err := there.Set(ctx, "notify", func(line string) int { lines = append(lines, line); return len(lines) }); err != nil {
		t.Fatal(err)
	}
	v, err := there.Run(ctx, `notify("a"); notify("b")`)
	if err != nil || len(v) != 1 || v[0] != (interp.Shown{Text: "2", Type: "int"}) {
		t.Errorf("%v, %v", v, err)
	}
	if !slices.Equal(lines, []string{"a", "b"}) {
		t.Errorf("lines %q", lines)
	}
}

// TestRemoteModules is RPyC's demonstration.
func TestRemoteModules(t *testing.T) {
	there := dial(t)
	ctx := t.Context()
	ros := there.Module("os")
	args, err := ros.Get(ctx, "Args")
	if err != nil {
		t.Fatal(err)
	}
	if err := args.Append(ctx, "lucy"); err != nil {
		t.Fatal(err)
	}
	if last, err := netproxy.Index[string](ctx, args, -1); last != "lucy" || err != nil {
		t.Errorf("last %q, %v", last, err)
	}
	if v, err := there.Run(ctx, "os.Args[len(os.Args)-1]"); err != nil || v[0].Text != `"lucy"` {
		t.Errorf("the session's own os.Args: %v, %v", v, err)
	}
	if slices.Contains(os.Args, "lucy") {
		t.Error("the session has changed the process's own os.Args")
	}
	if _, err := ros.Call(ctx, "Open", "/no/such/file"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open: %v", err)
	}
	if _, err := there.Module("no/such").Get(ctx, "X"); err == nil {
		t.Error("a module that is not there")
	}
	before := there.Conn().Stats().RoundTrips
	name, err := async.Value[string](ctx, async.Of(there.Module("os")).Call("Open", "/").Call("Stat").Call("Name"))
	if err != nil || name != "/" {
		t.Errorf("name %q, %v", name, err)
	}
	if trips := there.Conn().Stats().RoundTrips - before; trips != 1 {
		t.Errorf("%d round trips, want 1", trips)
	}
}

func TestRemoteComplete(t *testing.T) {
	there := dial(t)
	if err := there.Execute(t.Context(), "type point struct{ Left, Right int }\nvar here point"); err != nil {
		t.Fatal(err)
	}
	for src, want := range map[string][]string{
		"x := here.L": {"Left"},
		"os.Hostn":    {"Hostname"},
		"her":         {"here"},
	} {
		start, names, err := there.Complete(t.Context(), src, len(src))
		if err != nil || !slices.Equal(names, want) || !strings.HasPrefix(want[0], src[start:]) {
			t.Errorf("%q: %q from %d, %v", src, names, start, err)
		}
	}
}
