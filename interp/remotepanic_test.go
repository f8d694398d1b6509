package interp_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/interp"
	"github.com/rgo-project/rgo/netproxy"
)

type silent struct{}

func (silent) Attach(io.Reader, io.Writer, io.Writer) func() { return func() {} }

// What a peer calls of the session's code, outside of any run, panics like compiled code, however deep it was.
func TestAPanicOfWhatAPeerCallsArrivesAsOne(t *testing.T) {
	s, err := interp.NewSession(interp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	a, b := conn.Pipe(conn.Config{}, conn.Config{Bind: interp.Serve(s, silent{})})
	defer func() { _, _ = a.Close(), b.Close() }()
	there := interp.On(a)
	if err := there.Execute(t.Context(), `
		type boomer struct{}
		func (boomer) Boom(n int) (int, error) { if n > 0 { return (&boomer{}).Boom(n - 1) }; panic("boom") }
	`); err != nil {
		t.Fatal(err)
	}
	object, err := there.Eval(t.Context(), "&boomer{}")
	if err != nil {
		t.Fatal(err)
	}
	for _, deep := range []int{0, 500} {
		_, err := object.Call(t.Context(), "Boom", deep)
		var p *netproxy.PanicError
		if !errors.As(err, &p) || fmt.Sprint(p.Value) != "boom" {
			t.Errorf("%d deep: %v", deep, err)
		}
	}
}
