// Package cmd_test looks at the commands from outside: it builds them, and runs them as their users do.
package cmd_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"
)

// bin is where TestMain has put the commands.
var bin string

func TestMain(m *testing.M) {
	var err error
	if bin, err = os.MkdirTemp("", "rgo-commands-"); err == nil {
		err = build(bin)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(bin)
		os.Exit(code)
	}))
}

func build(dir string) error {
	for _, name := range []string{"rgo-shell", "rgo-server"} {
		args := append([]string{"build", "-o", filepath.Join(dir, name)}, buildFlags...)
		cmd := exec.Command("go", append(args, "./"+name)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("building %s: %w\n%s", name, err, out)
		}
	}
	return nil
}

// mark is in the environment of everything that a test starts.
const mark = "RGO_TEST_MARK"

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			s := newServers(env)
			env.Values[serversKey{}] = s
			env.Defer(s.end)
			env.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
			env.Setenv("XDG_RUNTIME_DIR", filepath.Join(env.WorkDir, "run"))
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, "state"))
			env.Setenv(mark, s.mark)
			return os.Mkdir(filepath.Join(env.WorkDir, "run"), 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":  status,
			"serve":   serve,
			"logged":  logged,
			"ended":   ended,
			"kill9":   kill9,
			"int":     interrupt,
			"sig":     sig,
			"alone":   alone,
			"address": address,
			"appears": appears,
			"within":  within,
		},
		RequireUniqueNames: true,
	})
}

// status runs a command that must end with a certain exit status: status 3 rgo-shell local.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// within bounds the time since the command was last used: within 2s fails if more has passed; within alone starts the clock.
func within(ts *testscript.TestScript, _ bool, args []string) {
	s := serversOf(ts)
	if len(args) == 1 {
		most, err := time.ParseDuration(args[0])
		ts.Check(err)
		if took := time.Since(s.clock); took > most {
			ts.Fatalf("took %v", took)
		}
	}
	s.clock = time.Now()
}

type serversKey struct{}

// servers are the servers that one script has started.
type servers struct {
	mark  string
	dir   string
	clock time.Time

	mu      sync.Mutex
	running map[string]*serving
}

type serving struct {
	cmd  *exec.Cmd
	log  string
	done chan struct{}
	err  error
}

func newServers(env *testscript.Env) *servers {
	return &servers{mark: env.WorkDir, dir: env.WorkDir, running: make(map[string]*serving)}
}

func serversOf(ts *testscript.TestScript) *servers {
	return ts.Value(serversKey{}).(*servers)
}

func (s *servers) named(ts *testscript.TestScript, name string) *serving {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.running[name]
	if v == nil {
		ts.Fatalf("no server %s", name)
	}
	return v
}

// end kills what the script has left.
func (s *servers) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.running {
		_ = v.cmd.Process.Kill()
		<-v.done
	}
}

// serve starts a server under a name and waits until it listens: serve main --listen unix:///x.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: serve NAME FLAGS...")
	}
	s := serversOf(ts)
	v := &serving{log: filepath.Join(s.dir, args[0]+".log"), done: make(chan struct{})}
	log, err := os.Create(v.log)
	ts.Check(err)
	defer log.Close()
	v.cmd = exec.Command(filepath.Join(bin, "rgo-server"), args[1:]...)
	v.cmd.Stderr = log
	v.cmd.Dir = s.dir
	v.cmd.Env = append(os.Environ(), mark+"="+s.mark, "XDG_RUNTIME_DIR="+ts.Getenv("XDG_RUNTIME_DIR"), "RGO_TOKEN="+ts.Getenv("RGO_TOKEN"))
	ts.Check(v.cmd.Start())
	go func() { // joined by end, and by ended
		v.err = v.cmd.Wait()
		close(v.done)
	}()
	s.mu.Lock()
	s.running[args[0]] = v
	s.mu.Unlock()
	if !v.waitLog("msg\"?[=:]\"?listening") {
		text, _ := os.ReadFile(v.log)
		ts.Fatalf("the server does not listen:\n%s", text)
	}
}

func (v *serving) waitLog(pattern string) bool {
	re := regexp.MustCompile("(?m)" + pattern)
	return eventually(func() bool {
		text, err := os.ReadFile(v.log)
		return err == nil && re.Match(text)
	})
}

// eventually polls for at most 5 seconds.
func eventually(ok func() bool) bool {
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if ok() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}

// logged waits for a line in a server's log: logged main 'session ended.*reason='.
func logged(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: [!] logged NAME REGEXP")
	}
	v := serversOf(ts).named(ts, args[0])
	if neg {
		text, err := os.ReadFile(v.log)
		ts.Check(err)
		if regexp.MustCompile("(?m)" + args[1]).Match(text) {
			ts.Fatalf("the log of %s has %q:\n%s", args[0], args[1], text)
		}
		return
	}
	if !v.waitLog(args[1]) {
		text, _ := os.ReadFile(v.log)
		ts.Fatalf("the log of %s lacks %q:\n%s", args[0], args[1], text)
	}
}

// sig sends a signal to a server: sig TERM main.
func sig(ts *testscript.TestScript, _ bool, args []string) {
	signals := map[string]syscall.Signal{"TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "KILL": syscall.SIGKILL}
	if len(args) != 2 || signals[args[0]] == 0 {
		ts.Fatalf("usage: sig TERM|INT|KILL NAME")
	}
	ts.Check(serversOf(ts).named(ts, args[1]).cmd.Process.Signal(signals[args[0]]))
}

// ended waits for a server to end with an exit status: ended main 0.
func ended(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: ended NAME STATUS")
	}
	v := serversOf(ts).named(ts, args[0])
	select {
	case <-v.done:
	case <-time.After(10 * time.Second):
		ts.Fatalf("%s does not end", args[0])
	}
	if got := strconv.Itoa(v.cmd.ProcessState.ExitCode()); got != args[1] {
		text, _ := os.ReadFile(v.log)
		ts.Fatalf("%s ended with status %s:\n%s", args[0], got, text)
	}
}

// appears waits for a file: appears started.
func appears(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	if !eventually(func() bool { _, err := os.Stat(path); return err == nil }) {
		ts.Fatalf("%s does not appear", path)
	}
}

// address puts the address of a listener that took a free port in a variable: address main ADDR.
func address(ts *testscript.TestScript, _ bool, args []string) {
	text, err := os.ReadFile(serversOf(ts).named(ts, args[0]).log)
	ts.Check(err)
	m := regexp.MustCompile(`addr=(tcp://\S+)`).FindSubmatch(text)
	if m == nil {
		ts.Fatalf("no address in %s", text)
	}
	ts.Setenv(args[1], string(m[1]))
}

// kill9 kills the processes of this script whose command begins with a word, of which there must be some: kill9 rgo-session.
func kill9(ts *testscript.TestScript, _ bool, args []string) { signalAll(ts, args[0], syscall.SIGKILL) }

// interrupt is kill9 with what a Ctrl-C sends.
func interrupt(ts *testscript.TestScript, _ bool, args []string) {
	signalAll(ts, args[0], syscall.SIGINT)
}

func signalAll(ts *testscript.TestScript, command string, sig syscall.Signal) {
	var found []int
	if !eventually(func() bool { found = marked(ts, command); return len(found) > 0 }) {
		ts.Fatalf("no process %s", command)
	}
	for _, pid := range found {
		ts.Check(syscall.Kill(pid, sig))
	}
}

// alone waits until no process of this script is left; with names of servers, but those.
func alone(ts *testscript.TestScript, _ bool, args []string) {
	allowed := make(map[int]bool)
	for _, name := range args {
		allowed[serversOf(ts).named(ts, name).cmd.Process.Pid] = true
	}
	var left []string
	if !eventually(func() bool {
		left = nil
		for _, pid := range marked(ts, "") {
			if !allowed[pid] {
				cmdline, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
				left = append(left, fmt.Sprintf("%d %q", pid, cmdline))
			}
		}
		return len(left) == 0
	}) {
		ts.Fatalf("left behind: %s", strings.Join(left, ", "))
	}
}

// marked finds living processes that this script has started, directly or not, by what stands in their environment.
func marked(ts *testscript.TestScript, command string) []int {
	procs, err := filepath.Glob("/proc/[0-9]*")
	ts.Check(err)
	var pids []int
	for _, p := range procs {
		env, err := os.ReadFile(p + "/environ")
		if err != nil || !strings.Contains("\x00"+string(env), "\x00"+mark+"="+serversOf(ts).mark+"\x00") {
			continue
		}
		cmdline, err := os.ReadFile(p + "/cmdline")
		if err != nil || len(cmdline) == 0 || !strings.HasPrefix(string(cmdline), command) {
			continue // an empty one has ended
		}
		if pid, err := strconv.Atoi(filepath.Base(p)); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}
