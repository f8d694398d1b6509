// Package child runs the programs that are measured, each in a process of its own.
//
//	c, err := child.Start(0, "peer", "server")      // on processor 0; has printed READY and what stands behind it
//	defer c.Stop()
//	m, err := c.Ask("gc")                           // writes a line, reads a line of JSON: names of measures and values
package child

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Anywhere leaves it to the system on which processor a child runs.
const Anywhere = -1

// patience is how long a child may take to start, and to answer.
const patience = 4 * time.Minute

// ErrSkip says that a child is not able to do what it was started for.
var ErrSkip = errors.New("skipped")

// Child is a process that has said READY.
type Child struct {
	Ready string // what stood behind READY
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
}

// Start starts a program on a processor.
func Start(processor int, args ...string) (*Child, error) {
	c := &Child{cmd: exec.Command(args[0], args[1:]...)}
	c.cmd.Stderr = os.Stderr
	in, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.in, c.out = in, bufio.NewReader(out)
	if err := startOn(processor, c.cmd); err != nil {
		return nil, err
	}
	line, err := c.line()
	ready, ok := strings.CutPrefix(line, "READY ")
	switch {
	case line == "SKIP":
		err = ErrSkip
	case err == nil && !ok:
		err = fmt.Errorf("%q instead of READY", line)
	}
	if err != nil {
		c.Stop()
		return nil, fmt.Errorf("%s: %w", strings.Join(args, " "), err)
	}
	c.Ready = ready
	return c, nil
}

func (c *Child) line() (string, error) {
	late := time.AfterFunc(patience, func() { _ = c.cmd.Process.Kill() }) // then the read below ends; if it has ended by itself, so much the better
	defer late.Stop()
	line, err := c.out.ReadString('\n')
	return strings.TrimSpace(line), err
}

// Measures are names of measures and their values.
type Measures map[string]float64

// Ask writes a line to the child and reads its answer.
func (c *Child) Ask(line string) (Measures, error) {
	if _, err := fmt.Fprintln(c.in, line); err != nil {
		return nil, err
	}
	answer, err := c.line()
	if err != nil {
		return nil, fmt.Errorf("asked for %q: %w", line, err)
	}
	m := Measures{}
	return m, json.Unmarshal([]byte(answer), &m)
}

// Stop ends the child and waits for its end.
func (c *Child) Stop() {
	_ = c.in.Close()
	_ = c.cmd.Process.Kill() // it may have ended
	_ = c.cmd.Wait()         // which says that it was killed
}

// RSS is how many bytes of memory are the child's own now; 0 where the system does not tell.
func (c *Child) RSS() float64 {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == "VmRSS:" {
			kb, _ := strconv.ParseFloat(f[1], 64)
			return kb * 1024
		}
	}
	return 0
}

// CPU is how long the child has run on a processor, without threads that have ended; 0 where the system does not tell.
func (c *Child) CPU() (d time.Duration) {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", c.cmd.Process.Pid))
	for _, t := range threads {
		b, _ := os.ReadFile(t)
		ran, _, _ := strings.Cut(string(b), " ")
		ns, _ := strconv.ParseInt(ran, 10, 64)
		d += time.Duration(ns)
	}
	return d
}
