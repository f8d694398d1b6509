package conformance

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

// Program is one Go program of a single file, and what it is run with.
type Program struct {
	Name   string // as reports show it: "closures/counter", "chan/sieve1.go"
	Path   string // the file, if it lies on disk; it is then run where it lies
	Source string
	Args   []string
	Stdin  string
}

// dir is the directory that the program is run in, empty for one that has no file.
func (p *Program) dir() string {
	if p.Path == "" {
		return ""
	}
	return filepath.Dir(p.Path)
}

// Engine runs programs: the Go compiler, a session in this process, a command.
type Engine interface {
	Run(ctx context.Context, p *Program) Outcome
}

// End says how a run came to its end.
type End string

// The ends of a run.
const (
	Exited   End = "exited"   // main returned, or os.Exit
	Panicked End = "panicked" // a panic that nothing recovered
	Refused  End = "refused"  // with an error at a line of the program, before any of it ran
	Hung     End = "hung"     // the time was up
	Crashed  End = "crashed"  // the runtime under the program gave up: the engine's own fault, or a fatal error
)

// Outcome is what a run of a program comes to.
type Outcome struct {
	End    End    `json:"end"`
	Exit   int    `json:"exit,omitempty"`  // of Exited
	Fault  string `json:"fault,omitempty"` // of Panicked, "panic: " and the text; else what the engine said
	Stdout string `json:"stdout,omitempty"`
	Stderr string `json:"stderr,omitempty"` // what the program itself has written there
	Varies bool   `json:"varies,omitempty"` // from one run to the next: times, addresses, the order of goroutines
}

// Verdict is what a comparison with the compiled program comes to.
type Verdict string

// The verdicts. Wrong is the worst of them: the program has run, and nothing told its user that it did something else than it says.
const (
	Pass  Verdict = "pass"
	Wrong Verdict = "wrong"
	Hangs Verdict = "hangs"
	Dies  Verdict = "dies"
	Not   Verdict = "refused"
)

// Judge compares an outcome with that of the compiled program. Where they differ, why begins with what kind of difference it is.
func Judge(got, want Outcome) (v Verdict, why string) {
	switch {
	case got.End == Refused && want.End != Refused:
		return Not, firstLine(got.Fault)
	case got.End == Hung && want.End != Hung:
		return Hangs, "time is up"
	case got.End == Crashed && want.End != Crashed:
		return Dies, firstLine(got.Fault)
	case got.End != want.End && got.End == Panicked:
		return Wrong, firstLine(got.Fault)
	case got.End != want.End:
		return Wrong, "has " + string(got.End) + ", the compiled one has " + string(want.End) + ": " + firstLine(want.Fault)
	case got.Exit != want.Exit:
		return Wrong, fmt.Sprintf("exit status: got %d, want %d", got.Exit, want.Exit)
	case want.Varies:
		return Pass, ""
	case got.Stdout != want.Stdout:
		return Wrong, "output: " + difference(got.Stdout, want.Stdout)
	case want.End == Panicked && got.Fault != want.Fault:
		return Wrong, "fault: " + difference(got.Fault, want.Fault)
	case want.End == Exited && got.Stderr != want.Stderr:
		return Wrong, "standard error: " + difference(got.Stderr, want.Stderr)
	}
	return Pass, ""
}

// difference shows the first line in which two texts differ.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		gl, wl := lineOf(g, i), lineOf(w, i)
		if gl != wl {
			return "got " + gl + ", want " + wl
		}
	}
	return "none"
}

func lineOf(lines []string, i int) string {
	if i >= len(lines) {
		return "nothing"
	}
	const most = 160
	if l := lines[i]; len(l) > most {
		return l[:most] + "…"
	}
	return lines[i]
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimLeft(s, "\n"), "\n")
	return line
}
