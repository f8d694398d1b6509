package sessionproc

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
)

// Exit is how a session process ended.
type Exit struct {
	Code     int            // its exit status, -1 if a signal ended it
	Signal   syscall.Signal // the signal, if one did
	Reported string         // why, in its own words, if it had the time to say so
	Crash    string         // what it, or the runtime for it, said last on its diagnostics
	Err      error          // what went wrong in waiting for it
}

// Orderly reports whether the session ended by its own doing.
func (e Exit) Orderly() bool { return e.Reported != "" }

// String says it in one line.
func (e Exit) String() string {
	var s string
	switch {
	case e.Signal != 0:
		s = "killed by signal: " + e.Signal.String()
	case e.Reported != "":
		s = e.Reported
	default:
		s = fmt.Sprintf("exit status %d", e.Code)
	}
	if e.Reported == "" && e.Crash != "" {
		s += ": " + e.crash()
	}
	if e.Err != nil {
		s += " (" + e.Err.Error() + ")"
	}
	return s
}

// crash is the line that says what the crash was. Of a fatal error the runtime tells only standard error in words, which has died with
// the process; here is what comes after, the stacks.
func (e Exit) crash() string {
	first, _, _ := strings.Cut(e.Crash, "\n")
	switch {
	case !strings.HasPrefix(first, "runtime stack:") && !strings.HasPrefix(first, "goroutine "):
		return first
	case strings.Contains(e.Crash, "\nruntime.newstack("):
		return "fatal error: stack overflow"
	}
	return "fatal error of the Go runtime"
}

func exitOf(state *os.ProcessState, err error, crash string) Exit {
	if state == nil {
		return Exit{Code: -1, Err: err, Crash: crash}
	}
	e := Exit{Code: state.ExitCode(), Crash: strings.TrimSpace(crash)}
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		e.Signal = ws.Signal()
	}
	return e
}

// lastWords is a writer that remembers the beginning of what is written to it: a crash says what it is in its first lines, and where in those that follow.
type lastWords struct {
	limit int

	mu   sync.Mutex
	text []byte
	more bool
}

func (l *lastWords) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	room := l.limit - len(l.text)
	l.text = append(l.text, b[:min(room, len(b))]...)
	l.more = l.more || len(b) > room
	return len(b), nil
}

func (l *lastWords) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.more {
		return string(l.text) + "\n[more was said]"
	}
	return string(l.text)
}
