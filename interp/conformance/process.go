package conformance

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// ended is what a process left behind.
type ended struct {
	stdout, stderr string
	exit           int
	hung           bool
}

// drained is how long the output of a process that was killed is waited for.
const drained = 2 * time.Second

// runProcess runs a command in dir to its end, or kills it and all that it has started when ctx ends.
func runProcess(ctx context.Context, dir, stdin string, argv ...string) (ended, error) {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = dir
	cmd.Stdin = strings.NewReader(stdin)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = drained
	err := cmd.Run()
	e := ended{stdout: stdout.String(), stderr: stderr.String(), hung: ctx.Err() != nil}
	var status *exec.ExitError
	switch {
	case e.hung || err == nil || errors.Is(err, exec.ErrWaitDelay):
		return e, nil
	case errors.As(err, &status):
		e.exit = status.ExitCode()
		return e, nil
	}
	return e, err
}

// panicText is what Go prints of a panic that nothing recovered, without the stack: "panic: " and the text.
func panicText(stderr string) (before, fault string, ok bool) {
	at := strings.Index(stderr, "panic: ")
	if at < 0 || at > 0 && stderr[at-1] != '\n' {
		if at = strings.Index(stderr, "\npanic: "); at < 0 {
			return stderr, "", false
		}
		at++
	}
	text := stderr[at:]
	for _, end := range []string{"\n\n", "\n[signal "} {
		text, _, _ = strings.Cut(text, end)
	}
	return stderr[:at], strings.TrimRight(unindented(text), "\n"), true
}

// unindented takes away the tabs by which Go sets off all but the first line of a panic's text.
func unindented(text string) string { return strings.ReplaceAll(text, "\n\t", "\n") }
