package conformance

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Compiled runs programs with the Go toolchain: it says what is right.
type Compiled struct {
	// Cache is a directory in which outcomes are kept from one time to the next. Without it every program is built and run.
	Cache string
	// Twice says that every program is run two times, to learn whether its output is always the same.
	Twice bool
}

// Run builds and runs a program. What cannot be built is Refused.
func (c *Compiled) Run(ctx context.Context, p *Program) Outcome {
	if c.Cache == "" {
		return c.run(ctx, p)
	}
	file := filepath.Join(c.Cache, p.key()+".json")
	if o, ok := c.Known(p); ok {
		return o
	}
	o := c.run(ctx, p)
	if o.End == Hung {
		return o // it may have been this machine's fault
	}
	text, err := json.Marshal(o)
	if err == nil {
		err = os.WriteFile(file, text, 0o644)
	}
	if err != nil {
		return Outcome{End: Crashed, Fault: "keeping the outcome: " + err.Error()}
	}
	return o
}

// Known returns the outcome that is kept of a program, if there is one.
func (c *Compiled) Known(p *Program) (o Outcome, ok bool) {
	text, err := os.ReadFile(filepath.Join(c.Cache, p.key()+".json"))
	return o, err == nil && json.Unmarshal(text, &o) == nil
}

// key names a program and everything that its outcome depends on.
func (p *Program) key() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s %s\n%q\n%q\n%s", runtime.Version(), runtime.GOOS, runtime.GOARCH, p.Args, p.Stdin, p.Source)
	name := strings.NewReplacer("/", "-", " ", "_").Replace(p.Name)
	return name + "-" + hex.EncodeToString(h.Sum(nil))[:12]
}

func (c *Compiled) run(ctx context.Context, p *Program) Outcome {
	tmp, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return Outcome{End: Crashed, Fault: err.Error()}
	}
	defer os.RemoveAll(tmp)
	path, err := p.onDisk(tmp)
	if err != nil {
		return Outcome{End: Crashed, Fault: err.Error()}
	}
	binary := filepath.Join(tmp, "program")
	built, err := runProcess(ctx, filepath.Dir(path), "", "go", "build", "-o", binary, path)
	switch {
	case err != nil:
		return Outcome{End: Crashed, Fault: err.Error()}
	case built.hung:
		return Outcome{End: Hung}
	case built.exit != 0:
		return Outcome{End: Refused, Fault: built.stderr}
	}
	o := c.execute(ctx, p, path, binary)
	if c.Twice {
		again := c.execute(ctx, p, path, binary)
		o.Varies = again.Stdout != o.Stdout || again.Stderr != o.Stderr
	}
	return o
}

func (c *Compiled) execute(ctx context.Context, p *Program, path, binary string) Outcome {
	e, err := runProcess(ctx, filepath.Dir(path), p.Stdin, append([]string{binary}, p.Args...)...)
	if err != nil {
		return Outcome{End: Crashed, Fault: err.Error()}
	}
	return e.outcome(2)
}

// onDisk returns the program's file: its own, or one that is made in dir.
func (p *Program) onDisk(dir string) (string, error) {
	if p.Path != "" {
		return p.Path, nil
	}
	path := filepath.Join(dir, p.fileName())
	return path, os.WriteFile(path, []byte(p.Source), 0o644)
}

// fileName is the name of the program's file, without a directory.
func (p *Program) fileName() string {
	return strings.TrimSuffix(filepath.Base(p.Name), ".go") + ".go"
}

// outcome reads what a process left, which ends with status when a panic ends it.
func (e ended) outcome(status int) Outcome {
	o := Outcome{End: Exited, Exit: e.exit, Stdout: e.stdout, Stderr: e.stderr}
	if e.hung {
		o.End = Hung
		return o
	}
	if e.exit != status {
		return o
	}
	if before, fault, ok := panicText(e.stderr); ok {
		o.End, o.Exit, o.Stderr, o.Fault = Panicked, 0, before, fault
	} else if at := strings.Index(e.stderr, "fatal error: "); at >= 0 {
		o.End, o.Exit, o.Stderr, o.Fault = Crashed, 0, e.stderr[:at], firstLine(e.stderr[at:])
	}
	return o
}
