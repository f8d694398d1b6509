package conformance

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"strings"
)

// Isolated runs each program in a process of its own, so that one which takes its process along is one failure and not the end of the run. Argv is a command
// that answers with Serve.
type Isolated struct {
	Argv []string
}

// Run starts the process and asks it for the outcome.
func (e *Isolated) Run(ctx context.Context, p *Program) Outcome {
	text, err := json.Marshal(p)
	if err != nil {
		return Outcome{End: Crashed, Fault: err.Error()}
	}
	end, err := runProcess(ctx, "", string(text), e.Argv...)
	if err != nil {
		return Outcome{End: Crashed, Fault: err.Error()}
	}
	if end.hung {
		return Outcome{End: Hung}
	}
	var o Outcome
	if err := json.Unmarshal([]byte(end.stdout), &o); err != nil {
		return Outcome{End: Crashed, Fault: lastWords(end)}
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

// Serve reads a program from r, runs it with e and writes the outcome to w: the other half of Isolated.
func Serve(e Engine, r io.Reader, w io.Writer) error {
	var p Program
	if err := json.NewDecoder(r).Decode(&p); err != nil {
		return err
	}
	if p.Path != "" {
		if err := os.Chdir(p.dir()); err != nil {
			return err
		}
	}
	return json.NewEncoder(w).Encode(e.Run(context.Background(), &p))
}
