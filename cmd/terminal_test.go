package cmd_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// terminal is a real one: a pane of a tmux server of the test's own.
type terminal struct {
	t      *testing.T
	socket string
	env    []string
}

// newTerminal starts a command in a terminal of 80 by 40. Its state lives in dir.
func newTerminal(t *testing.T, dir string, command ...string) *terminal {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("tmux is not installed: the prompt can only be tested in a terminal (apt-get install tmux)")
	}
	term := &terminal{t: t, socket: filepath.Join(t.TempDir(), "tmux"), env: append(os.Environ(),
		"PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"), "XDG_STATE_HOME="+dir, "XDG_RUNTIME_DIR="+dir, "TERM=xterm-256color", mark+"="+dir, "INPUTRC=/dev/null")}
	// The shell that tmux starts it with stays behind it, to show the exit status.
	term.tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "40", "sh", "-c", "trap : INT; "+strings.Join(command, " ")+`; echo "exit status $?"; sleep 1000`)
	t.Cleanup(func() { term.tmux("kill-server") })
	return term
}

func (term *terminal) tmux(args ...string) string {
	term.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-u", "-S", term.socket}, args...)...)
	cmd.Env = term.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		term.t.Fatalf("tmux %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// line types a line and Enter.
func (term *terminal) line(text string) {
	term.t.Helper()
	term.tmux("send-keys", "-l", text)
	term.keys("Enter")
}

// keys presses keys by their names.
func (term *terminal) keys(names ...string) {
	term.t.Helper()
	term.tmux(append([]string{"send-keys"}, names...)...)
}

// shows waits until the screen, read as lines without trailing blanks, ends in a match of pattern.
func (term *terminal) shows(pattern string) {
	term.t.Helper()
	re := regexp.MustCompile(pattern + `\s*\z`)
	screen := ""
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		screen = term.tmux("capture-pane", "-p")
		if re.MatchString(screen) {
			return
		}
	}
	term.t.Fatalf("the screen does not come to %q:\n%s", pattern, strings.TrimRight(screen, "\n"))
}

// prompt waits for an empty prompt after what pattern says.
func (term *terminal) prompt(pattern string) {
	term.t.Helper()
	term.shows(pattern + `\nrgo>`)
}

func TestPromptInATerminal(t *testing.T) {
	state := t.TempDir()
	term := newTerminal(t, state, "rgo-shell")
	term.prompt(`rgo .*\ngo1\.\d+\S* linux/\w+ on \S+, process \d+, as \w+`)

	// A func over several lines, called, its value and type shown.
	term.line("func fib(n int) int {")
	term.shows(`rgo> func fib\(n int\) int {\n\.\.\.>`)
	term.line("    if n < 2 {")
	term.line("        return n")
	term.line("    }")
	term.line("    return fib(n-1) + fib(n-2)")
	term.line("}")
	term.prompt(`\n\.\.\.> }`)
	term.line("fib(20)")
	term.prompt(`rgo> fib\(20\)\n6765 int`)

	// Output that does not end its line; several values; errors.
	term.line(`fmt.Print("x")`)
	term.prompt(`\nx`)
	term.line("strconv.Atoi(`seven`)")
	term.prompt("\n0 int\nstrconv.Atoi: parsing \"seven\": invalid syntax error")
	term.line("1 + undefinedName")
	term.prompt(`\ninput:1:5: undefined: undefinedName`)
	term.line(`panic("boom")`)
	term.prompt(`\npanic: boom(\n.*)*`)

	// An endless loop interrupted, the session alive after.
	term.line("n := 0; for { n++ }")
	time.Sleep(300 * time.Millisecond)
	term.keys("C-c")
	term.prompt(`\n\^C\ninterrupted`)
	term.line("fib(10)")
	term.prompt(`\n55 int`)
	term.line("time.Sleep(time.Hour)")
	time.Sleep(300 * time.Millisecond)
	term.keys("C-c")
	term.prompt(`\n\^C\ninterrupted`)
	term.line("fib(11)")
	term.prompt(`\n89 int`)

	// Ctrl-C at the prompt gives the line up.
	term.tmux("send-keys", "-l", "abandoned(")
	term.keys("C-c")
	term.prompt(`\nrgo> abandoned\((\^C)?`)

	// Ctrl-D leaves; the next shell remembers, inputs of many lines as one.
	term.keys("C-d")
	term.shows(`\nexit status 0`)
	again := newTerminal(t, state, "rgo-shell")
	again.prompt(`as \w+`)
	for range 10 {
		again.keys("Up")
	}
	again.shows(`rgo> func fib\(n int\) int {\n(\.\.\.> .*\n){4}\.\.\.> }`)
	again.keys("Enter")
	again.line("fib(3)")
	again.prompt(`\n2 int`)
	again.line("os.Exit(6)")
	again.shows(`\nexit status 6`)
	if st, err := os.Stat(filepath.Join(state, "rgo", "history")); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("history: %v, %v", st, err)
	}
}

func TestPasteAndComplete(t *testing.T) {
	state := t.TempDir()
	term := newTerminal(t, state, "rgo-shell")
	term.prompt(`as \w+`)

	pasted := filepath.Join(state, "pasted")
	if err := os.WriteFile(pasted, []byte("func twice(n int) int {\n\treturn 2 * n\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	term.tmux("load-buffer", pasted)
	term.tmux("paste-buffer", "-p")
	term.shows(`rgo> func twice\(n int\) int {\n\.\.\.> \s+return 2 \* n\n\.\.\.> }`)
	term.keys("Enter")
	term.line("twice(21)")
	term.prompt(`\n42 int`)

	term.tmux("send-keys", "-l", "strings.HasSuf")
	term.keys("Tab")
	term.shows(`rgo> strings.HasSuffix`)
	term.line(`("abc", "c")`)
	term.prompt(`\ntrue bool`)
	term.tmux("send-keys", "-l", "2 * twi")
	term.keys("Tab")
	term.shows(`rgo> 2 \* twice`)
	term.line("(4)")
	term.prompt(`\n16 int`)
}

// TestLettersBeyondASCII: of one byte in Latin-1, of two columns in the middle of a line, of several runes.
func TestLettersBeyondASCII(t *testing.T) {
	term := newTerminal(t, t.TempDir(), "rgo-shell")
	term.prompt(`as \w+`)
	term.line(`"aüïöß é ñ ÿ 日本 🎉"`)
	term.prompt(`\n"aüïöß é ñ ÿ 日本 🎉" string`)
	term.line("ünï := 1; len(`ü`)")
	term.prompt(`\n3 int`)
	term.line("ünï")
	term.prompt(`\n1 int`)
	term.tmux("send-keys", "-l", `"ab"`)
	term.keys("Left", "Left")
	term.line("日xy")
	term.prompt(`\n"a日xyb" string`)
}

func TestInputOfTheRunningCode(t *testing.T) {
	term := newTerminal(t, t.TempDir(), "rgo-shell")
	term.prompt(`as \w+`)
	term.line(`name := ""; fmt.Scanln(&name)`)
	time.Sleep(500 * time.Millisecond)
	term.line("gopher")
	term.prompt(`\ngopher(\n.*)*`)
	term.line("name")
	term.prompt(`\n"gopher" string`)

	// What is typed ahead is the next input, not the code's.
	term.tmux("send-keys", "-l", "time.Sleep(time.Second)")
	term.keys("Enter", "4", "+", "3", "Enter")
	term.prompt(`\n7 int`)
}

// TestInterruptReachesChildProcesses: as at any terminal.
func TestInterruptReachesChildProcesses(t *testing.T) {
	term := newTerminal(t, t.TempDir(), "rgo-shell")
	term.prompt(`as \w+`)
	term.line(`child := exec.Command("sh", "-c", "echo started; sleep 1000; echo over"); child.Stdout = os.Stdout; child.Run()`)
	term.shows(`\nstarted`)
	term.keys("C-c")
	term.prompt(`\nstarted\n\^C\n(interrupted|signal: interrupt error)`)
	term.line("time.Sleep(time.Second / 10); child.Process.Signal(syscall.Signal(0))")
	term.prompt(`\nos: process already finished error`)
}

// TestCrashedSession: a crash costs its session, not the shell.
func TestCrashedSession(t *testing.T) {
	state := t.TempDir()
	term := newTerminal(t, state, "rgo-shell")
	term.prompt(`as \w+`)
	term.line("syscall.Kill(syscall.Getpid(), syscall.SIGABRT); time.Sleep(time.Hour)")
	term.prompt(`The session is lost: .*SIGABRT: abort(.*\n)*.*may have run(.*\n)*A new session has begun(.*\n)*.*`)
	term.line("6 * 7")
	term.prompt(`\n42 int`)
}

// TestFrozenSession: a session that does not answer at all is killed by the second Ctrl-C.
func TestFrozenSession(t *testing.T) {
	term := newTerminal(t, t.TempDir(), "rgo-shell")
	term.prompt(`as \w+`)
	pid, err := strconv.Atoi(regexp.MustCompile(`process (\d+)`).FindStringSubmatch(term.tmux("capture-pane", "-p"))[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	term.line("6 * 7")
	time.Sleep(300 * time.Millisecond)
	term.keys("C-c")
	time.Sleep(100 * time.Millisecond)
	term.keys("C-c")
	term.prompt(`The session is lost: killed by signal: killed(.*\n)*A new session has begun(.*\n)*.*`)
	term.line("6 * 7")
	term.prompt(`\n42 int`)
}

func TestLostServerAtThePrompt(t *testing.T) {
	state := t.TempDir()
	server := exec.Command(filepath.Join(bin, "rgo-server"))
	server.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+state)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Wait() }()
	defer func() { _ = server.Process.Kill() }()
	if !eventually(func() bool { _, err := os.Stat(filepath.Join(state, "rgo", "rgo.sock")); return err == nil }) {
		t.Fatal("the server does not listen")
	}
	term := newTerminal(t, state, "rgo-shell", "local")
	term.prompt(`rgo .*rgo\.sock(.*\n)*.*as \w+`)
	term.line("os.Getppid()")
	term.prompt(fmt.Sprintf(`\n%d int`, server.Process.Pid))
	_ = server.Process.Kill()
	term.shows(`The session is lost: (.*\n)*.*Press Enter.\nrgo>`)
	term.keys("Enter")
	term.shows(`\nexit status 3`)
}
