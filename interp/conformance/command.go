package conformance

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Command runs programs with a command: the file's path and the program's arguments follow Argv. It behaves as rgo-shell does: a status of 1 is
// an error in the code or a panic, told on standard error behind what the program itself has written there.
type Command struct {
	Argv []string
}

// Run gives the program to the command, in a process of its own.
func (c *Command) Run(ctx context.Context, p *Program) Outcome {
	tmp, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return Outcome{End: Crashed, Fault: err.Error()}
	}
	defer os.RemoveAll(tmp)
	path, err := p.onDisk(tmp)
	if err != nil {
		return Outcome{End: Crashed, Fault: err.Error()}
	}
	argv := append(append([]string{}, c.Argv...), path)
	e, err := runProcess(ctx, filepath.Dir(path), p.Stdin, append(argv, p.Args...)...)
	if err != nil {
		return Outcome{End: Crashed, Fault: err.Error()}
	}
	return e.interpreted(path)
}

// lostSession are the words of an engine's death, in the order in which they are looked for.
var lostSession = []string{"fatal error: ", "The session is lost: ", "unexpected fault address", "SIGSEGV", "SIGBUS"}

// interpreted reads what a process left that interpreted path.
func (e ended) interpreted(path string) Outcome {
	o := e.outcome(1)
	if o.End != Exited || e.exit == 0 {
		return o
	}
	for _, words := range lostSession {
		if at := strings.Index(e.stderr, words); at >= 0 {
			o.End, o.Exit, o.Stderr, o.Fault = Crashed, 0, e.stderr[:at], firstLine(e.stderr[at:])
			return o
		}
	}
	if e.exit == 2 && strings.Contains(e.stderr, "goroutine ") { // a panic of the engine's own
		if _, fault, ok := panicText(e.stderr); ok {
			return Outcome{End: Crashed, Stdout: e.stdout, Fault: "engine: " + fault}
		}
	}
	if said, ok := refusal(e.stderr, path); ok && e.exit == 1 {
		return Outcome{End: Refused, Stdout: e.stdout, Fault: said}
	}
	return o
}

// refusal finds an error at a line of the program, and leaves out what differs between programs: the file's name and the place in it.
func refusal(stderr, path string) (string, bool) {
	for line := range strings.Lines(stderr) {
		rest, ok := strings.CutPrefix(line, path)
		if !ok {
			rest, ok = strings.CutPrefix(line, filepath.Base(path))
		}
		if ok && atPlace.MatchString(rest) {
			return line + stderr, true
		}
	}
	return "", false
}

var atPlace = regexp.MustCompile(`^(:\d+)*: `)
