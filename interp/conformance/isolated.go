package conformance

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// Isolated runs each program in a session that has a process to itself, as rgo-shell does. What takes its process along is one failure then, and not
// the end of all. Argv is a command that answers with Serve; a directory follows.
type Isolated struct {
	Argv []string
}

// The files in the directory by which Isolated and Serve talk.
const (
	programFile = "program.json"
	outcomeFile = "outcome.json"
)

// Run starts the process and reads the outcome that it leaves.
func (e *Isolated) Run(ctx context.Context, p *Program) Outcome {
	dir, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return Outcome{End: Crashed, Fault: err.Error()}
	}
	defer os.RemoveAll(dir)
	text, err := json.Marshal(p)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, programFile), text, 0o644)
	}
	if err != nil {
		return Outcome{End: Crashed, Fault: err.Error()}
	}
	end, err := runProcess(ctx, p.dir(), p.Stdin, append(append([]string{}, e.Argv...), dir)...)
	if err != nil {
		return Outcome{End: Crashed, Fault: err.Error()}
	}
	o := Outcome{Stdout: end.stdout, Stderr: end.stderr}
	if end.hung {
		o.End = Hung
		return o
	}
	text, err = os.ReadFile(filepath.Join(dir, outcomeFile))
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	if err != nil {
		o.End, o.Fault = Crashed, lastWords(end)
	}
	return o
}

// lastWords is what a process that has died says of the reason.
func lastWords(e ended) string {
	for _, words := range []string{"fatal error: ", "panic: ", "SIG"} {
		if at := strings.Index(e.stderr, words); at >= 0 {
			return e.stderr[at:]
		}
	}
	return e.stderr + e.stdout
}

// Serve runs the program that Isolated has left in dir, with this process's standard streams, and leaves the outcome there.
func Serve(dir string, paste bool) error {
	var p Program
	text, err := os.ReadFile(filepath.Join(dir, programFile))
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		return err
	}
	report := func(o Outcome) error {
		text, err := json.Marshal(o)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, outcomeFile), text, 0o644)
	}
	os.Args = append([]string{p.fileName()}, p.Args...)
	e := &Session{Paste: paste, exit: func(code int) {
		if report(Outcome{End: Exited, Exit: code}) != nil {
			code = 125
		}
		os.Exit(code)
	}}
	return report(e.Run(context.Background(), &p))
}
