package interp_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/rgo-project/rgo/interp"
)

// TestWhatWouldEndTheProcess calls what leaves the process of a compiled program: here it ends the run.
func TestWhatWouldEndTheProcess(t *testing.T) {
	for src, want := range map[string]struct {
		code int
		text string
	}{
		`n := flag.Int("n", 1, "how many"); flag.Parse(); *n`:                                                                            {2, "flag provided but not defined: -x\nUsage of prog:\n  -n int\n    \thow many (default 1)\n"},
		`flag.Usage = func() { fmt.Fprintln(flag.CommandLine.Output(), "ask") }; flag.Parse()`:                                           {2, "flag provided but not defined: -x\nask\n"},
		`flag.CommandLine = flag.NewFlagSet("own", flag.ExitOnError); flag.Bool("y", false, ""); flag.CommandLine.Parse([]string{"-h"})`: {0, "Usage of own:\n  -y\t\n"},
		`f := flag.NewFlagSet("f", flag.ExitOnError); f.Parse([]string{"-z"})`:                                                           {2, "flag provided but not defined: -z\nUsage of f:\n"},
		`l := log.New(os.Stderr, "l: ", 0); l.Fatalf("code %d", 7)`:                                                                      {1, "l: code 7\n"},
		`syscall.Exit(9)`: {9, ""},
		`log.SetFlags(0); log.Default().Fatalln("gone", "now")`: {1, "gone now\n"},
	} {
		var stderr bytes.Buffer
		s := session(t, interp.Options{Stderr: &stderr, Args: []string{"prog", "-x"}})
		_, err := s.Run(t.Context(), interp.Input{Source: src + "\nfor {}"})
		var exit *interp.ExitError
		if !errors.As(err, &exit) || exit.Code != want.code || stderr.String() != want.text {
			t.Errorf("%s\n%v, %q", src, err, &stderr)
		}
	}
	s := session(t, interp.Options{})
	want(t, s, `f := flag.NewFlagSet("f", flag.ContinueOnError); f.Parse([]string{"-z"}).Error()`, "flag provided but not defined: -z")
}

// TestLogNamesLines has loggers that name the line they are called from.
func TestLogNamesLines(t *testing.T) {
	var stderr bytes.Buffer
	s := session(t, interp.Options{Stderr: &stderr})
	for _, src := range []string{
		"log.SetFlags(log.Lshortfile)\nlog.Println(\"one\")\nfunc f() {\n\tlog.Printf(\"%d\", 2)\n}\nf()",
		"l := log.New(os.Stderr, \"p: \", log.Lshortfile|log.Lmsgprefix)\n\nl.Print(\"three\")\nfunc note(text string) { l.Output(2, text) }\n\nnote(\"four\")",
		"func() { defer func() { fmt.Fprintln(os.Stderr, recover()) }(); l.Panicln(\"five\") }()",
	} {
		if _, err := s.Run(t.Context(), interp.Input{Name: "dir/in.go", Source: src}); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := stderr.String(), "in.go:2: one\nin.go:4: 2\nin.go:3: p: three\nin.go:6: p: four\nin.go:1: p: five\nfive\n\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
