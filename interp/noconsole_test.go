package interp_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/interp"
)

// A session that is served without a console runs code all the same: its output goes where it always did.
func TestServedWithoutAConsole(t *testing.T) {
	var here, there bytes.Buffer
	s := session(t, interp.Options{Stdout: &there})
	a, b := conn.Pipe(conn.Config{}, conn.Config{Bind: interp.Serve(s, nil)})
	t.Cleanup(func() { _ = a.Close(); _ = a.Wait(); _ = b.Wait() })
	remote := interp.On(a)
	if err := remote.Execute(t.Context(), `hello := func() { fmt.Println("hello") }; hello()`, interp.Stdout(&here), interp.Stdin(strings.NewReader("x"))); err != nil {
		t.Fatal(err)
	}
	if here.Len() > 0 || there.String() != "hello\n" {
		t.Errorf("here %q, there %q", here.String(), there.String())
	}
}

// What has no type over there is a *netproxy.Proxy there; a func of the session takes it as what it is meant to be.
func TestSetOfAReader(t *testing.T) {
	there := dial(t)
	ctx := t.Context()
	in := io.Reader(strings.NewReader("from here"))
	if err := there.Set(ctx, "raw", in); err != nil {
		t.Fatal(err)
	}
	shown, err := there.Run(ctx, `fmt.Sprintf("%T", raw)`)
	if err != nil || len(shown) != 1 || shown[0].Text != `"*netproxy.Proxy"` {
		t.Errorf("%v, %v", shown, err)
	}
	if err := there.Execute(ctx, "var in io.Reader; func use(r io.Reader) { in = r }"); err != nil {
		t.Fatal(err)
	}
	use, err := there.Eval(ctx, "use")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := use.Call(ctx, "", in); err != nil {
		t.Fatal(err)
	}
	shown, err = there.Run(ctx, `b, err := io.ReadAll(in); string(b) + fmt.Sprint(err)`)
	if err != nil || len(shown) != 1 || shown[0].Text != `"from here<nil>"` {
		t.Errorf("%v, %v", shown, err)
	}
}
