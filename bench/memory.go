package main

import (
	"context"
	"fmt"
	"runtime"
	"text/tabwriter"

	rgo "github.com/rgo-project/rgo/interp"
)

// kind is a kind of input, given over and over.
type kind struct {
	name   string
	source func(i int) string
}

var kinds = []kind{
	{"x + N", func(i int) string { return fmt.Sprintf("x + %d", i) }},
	{"x = N", func(i int) string { return fmt.Sprintf("x = %d", i) }},
	{"v := N", func(i int) string { return fmt.Sprintf("v := %d", i) }},
	{"func f() int { return N }", func(i int) string { return fmt.Sprintf("func f() int { return %d }", i) }},
	{"f := func() int { return N }; f()", func(i int) string { return fmt.Sprintf("f := func() int { return %d }; f()", i) }},
	{"fmt.Sprint(x, N)", func(i int) string { return fmt.Sprintf("fmt.Sprint(x, %d)", i) }},
	{"type T struct { a [N%7]int }", func(i int) string { return fmt.Sprintf("type T struct { a [%d]int }", i%7) }},
	{"a new name each time: vN := 1", func(i int) string { return fmt.Sprintf("v%d := 1", i) }},
}

// memory measures what a session keeps of many inputs.
func memory(ctx context.Context, w *tabwriter.Writer, o options) error {
	fmt.Fprintf(w, "memory in use after inputs\tbefore\tafter %d\tafter %d\tper input of the last half\t\n", o.inputs/2, o.inputs)
	for _, k := range kinds {
		if err := k.measure(ctx, w, o.inputs); err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
	}
	return nil
}

func (k kind) measure(ctx context.Context, w *tabwriter.Writer, n int) error {
	s, err := rgo.NewSession(rgo.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	run := func(source string) error {
		_, err := s.Run(ctx, rgo.Input{Source: source})
		return err
	}
	if err := run("x := 1; fmt.Sprint(x)"); err != nil {
		return err
	}
	before := inUse()
	for i := range n / 2 {
		if err := run(k.source(i)); err != nil {
			return err
		}
	}
	half := inUse()
	for i := range n - n/2 {
		if err := run(k.source(n/2 + i)); err != nil {
			return err
		}
	}
	after := inUse()
	fmt.Fprintf(w, "%s\t%.1f MB\t%.1f MB\t%.1f MB\t%.0f B\t\n", k.name, mb(before), mb(half), mb(after), (float64(after)-float64(half))/float64(n-n/2))
	return nil
}

// inUse is the memory that is reachable.
func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func mb(n uint64) float64 { return float64(n) / (1 << 20) }
