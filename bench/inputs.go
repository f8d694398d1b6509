package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	rgo "github.com/rgo-project/rgo/interp"
)

// inputs measures what one line costs, compiled and run, in a session that has many definitions.
func inputs(ctx context.Context, w *tabwriter.Writer, _ options) error {
	s, err := rgo.NewSession(rgo.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	const definitions = 200
	for i := range definitions / 4 {
		source := fmt.Sprintf(`x%[1]d := %[1]d
func f%[1]d(n int) int { return n + x%[1]d }
type t%[1]d struct{ n, m int }
func (t *t%[1]d) sum() int { return t.n + t.m + f%[1]d(1) }
const c%[1]d = %[1]d
`, i)
		if _, err := s.Run(ctx, rgo.Input{Source: source}); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "one line in a session with %d definitions, compiled and run, median of 501\t\t\n", definitions)
	for _, line := range []string{"x7 + 1", "y := f9(x7)", "x7 += c3", "(&t5{1, 2}).sum()", `fmt.Sprintf("%d", x7)`, "func g(a int) int { return f1(a) * 2 }", "for i := range 3 { x1 += i }"} {
		fmt.Fprintf(w, "%s\t%s\t\n", line, median(501, func() error { _, err := s.Run(ctx, rgo.Input{Source: line}); return err }))
	}
	return nil
}
