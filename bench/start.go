package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/traefik/yaegi/interp"
	"github.com/traefik/yaegi/stdlib"

	rgo "github.com/rgo-project/rgo/interp"
)

// start measures how long a new session takes to its first result.
func start(ctx context.Context, w *tabwriter.Writer, o options) error {
	const times = 21
	fmt.Fprintln(w, "first result of a new session, median\tyaegi\trgo\t")
	old := median(times, func() error {
		i := interp.New(interp.Options{})
		if err := i.Use(stdlib.Symbols); err != nil {
			return err
		}
		_, err := i.Eval("1 + 1")
		return err
	})
	ours := median(times, func() error {
		s, err := rgo.NewSession(rgo.Options{})
		if err != nil {
			return err
		}
		defer s.Close()
		_, err = s.Run(ctx, rgo.Input{Source: "1 + 1"})
		return err
	})
	fmt.Fprintf(w, "in this process\t%s\t%s\t\n", old, ours)
	shell, clean, err := shellOf(ctx, o)
	if err != nil {
		return err
	}
	defer clean()
	process := median(times, func() error { return prints(exec.CommandContext(ctx, shell, "-c", "fmt.Println(1 + 1)"), "2\n") })
	fmt.Fprintf(w, "rgo-shell -c: two processes and a connection\t\t%s\t\n", process)
	return nil
}

// measured is a time, or why there is none.
type measured struct {
	time.Duration
	err error
}

func (m measured) String() string {
	if m.err != nil {
		return m.err.Error()
	}
	return fmt.Sprintf("%.2f ms", ms(m.Duration))
}

func median(times int, f func() error) measured {
	took := make([]time.Duration, times)
	for i := range took {
		began := time.Now()
		if err := f(); err != nil {
			return measured{err: err}
		}
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	return measured{Duration: took[times/2]}
}

// shellOf returns the path of an rgo-shell.
func shellOf(ctx context.Context, o options) (path string, clean func(), err error) {
	if o.shell != "" {
		return o.shell, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return "", nil, err
	}
	path = filepath.Join(dir, "rgo-shell")
	build := exec.CommandContext(ctx, "go", "build", "-o", path, "github.com/rgo-project/rgo/cmd/rgo-shell")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		os.RemoveAll(dir)
		return "", nil, fmt.Errorf("building rgo-shell: %w", err)
	}
	return path, func() { os.RemoveAll(dir) }, nil
}

func prints(cmd *exec.Cmd, want string) error {
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != want {
		return fmt.Errorf("%s: %w: %s", cmd, err, strings.TrimSpace(string(out)))
	}
	return nil
}
