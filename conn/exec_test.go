package conn_test

import (
	"strconv"
	"syscall"
	"testing"
)

// TestExecIsDeafToInterrupts sends a child what a Ctrl-C at the terminal would send it.
func TestExecIsDeafToInterrupts(t *testing.T) {
	c := transports["exec"](t)
	pid, err := strconv.Atoi(call(t, c, nil, "pid", ""))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if got := call(t, c, nil, "echo", "still here"); got != "still here" {
		t.Errorf("%q", got)
	}
	c.Close()
	over(t, c)
}
