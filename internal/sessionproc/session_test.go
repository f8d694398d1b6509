package sessionproc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain is also the main of the session processes of these tests, which speak lines instead of the protocol.
func TestMain(m *testing.M) {
	if code, ok := mainWith(openLines); ok {
		os.Exit(code)
	}
	if os.Getenv("SESSIONPROC_TEST_STDIO") != "" {
		code, err := stdioWith(openLines, Offer{})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(code)
	}
	if os.Getenv("SESSIONPROC_TEST_PARENT") != "" {
		parentMain()
	}
	goleak.VerifyTestMain(m)
}

// lines is a connection that takes a command on each line and answers it with one.
type lines struct {
	opening
	busy  sync.Mutex // held from a command to its answer
	mu    sync.Mutex // one line at a time
	ended chan struct{}
	err   error
	once  sync.Once
}

func openLines(o opening) (link, error) {
	if string(o.state) == "refuse" {
		return nil, errors.New("refused")
	}
	l := &lines{opening: o, ended: make(chan struct{})}
	go l.serve()
	return l, nil
}

func (l *lines) Done() <-chan struct{} { return l.ended }
func (l *lines) Err() error            { return l.err }
func (l *lines) Wait() error           { <-l.ended; return l.err }

func (l *lines) Shutdown(context.Context) error {
	l.busy.Lock()
	defer l.busy.Unlock()
	l.say("shut down")
	l.end(nil)
	return nil
}

func (l *lines) Abort(reason string) {
	l.say("goodbye: " + reason)
	l.end(nil)
}

func (l *lines) end(err error) {
	l.once.Do(func() { l.err = err; l.stream.Close(); close(l.ended) })
}

func (l *lines) say(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.stream, "%s\n", strings.ReplaceAll(s, "\n", "|"))
}

func (l *lines) serve() {
	sc := bufio.NewScanner(l.stream)
	for sc.Scan() {
		l.command(sc.Text())
	}
	l.end(nil)
}

// command does one and answers.
func (l *lines) command(text string) {
	l.busy.Lock()
	defer l.busy.Unlock()
	word, arg, _ := strings.Cut(text, " ")
	var out, errs strings.Builder
	stdin, feed := io.Pipe()
	if word == "cat" {
		go func() { _, _ = io.WriteString(feed, arg); _ = feed.Close() }()
	} else {
		_ = feed.Close()
	}
	detach := l.streams.Attach(stdin, &out, &errs)
	l.do(word, arg)
	detach()
	l.say("out=" + out.String() + " err=" + errs.String())
}

func (l *lines) do(word, arg string) {
	switch word {
	case "print":
		fmt.Print(arg)
	case "flood":
		n, _ := strconv.Atoi(arg)
		chunk := strings.Repeat("x", 1000)
		for range n {
			_, _ = os.Stdout.WriteString(chunk)
		}
	case "sh", "cat":
		if word == "cat" {
			arg = "cat"
		}
		cmd := exec.Command("/bin/sh", "-c", arg)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		_ = cmd.Run()
	case "interrupt":
		cmd := exec.Command("/bin/sh", "-c", arg)
		ready, _ := cmd.StdoutPipe()
		_ = cmd.Start()
		_, _ = ready.Read(make([]byte, 1))
		l.streams.Interrupt()
		fmt.Print(cmd.Wait())
	case "env":
		fmt.Printf("%q %q", os.Getenv("RGO_TOKEN"), os.Getenv(envKey))
	case "exit":
		n, _ := strconv.Atoi(arg)
		l.exit(n)
	case "recurse":
		fmt.Print(recurse(0))
	case "crash":
		go func() { panic("boom: " + arg) }()
		time.Sleep(time.Minute)
	case "state":
		_, _ = os.Stdout.Write(l.state)
	}
}

// recurse overflows the stack: its argument is never negative.
func recurse(n int) int {
	if n < 0 {
		return 0
	}
	return recurse(n+1) + 1
}

// begin starts a session process and returns it with the stream to it.
func begin(t *testing.T, state string) (*Process, *bufio.ReadWriter) {
	t.Helper()
	ours, theirs, err := socketpair()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Start(Spec{Socket: theirs, State: []byte(state)})
	theirs.Close()
	if err != nil {
		t.Fatal(err)
	}
	nc, err := net.FileConn(ours)
	ours.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		nc.Close()
		p.Kill()
		p.Wait()
	})
	_ = nc.SetDeadline(time.Now().Add(20 * time.Second))
	return p, bufio.NewReadWriter(bufio.NewReader(nc), bufio.NewWriter(nc))
}

// ask sends one command and wants one answer.
func ask(t *testing.T, rw *bufio.ReadWriter, command, want string) {
	t.Helper()
	fmt.Fprintln(rw, command)
	if err := rw.Flush(); err != nil {
		t.Fatal(err)
	}
	answer(t, rw, want)
}

func answer(t *testing.T, rw *bufio.ReadWriter, want string) {
	t.Helper()
	got, err := rw.ReadString('\n')
	if err != nil {
		t.Fatalf("no answer (wanted %q): %v", want, err)
	}
	if got = strings.TrimSuffix(got, "\n"); got != want {
		t.Fatalf("answer %.200q, want %q", got, want)
	}
}

func TestOutputOfTheProcessIsTheRuns(t *testing.T) {
	_, rw := begin(t, "agreed")
	ask(t, rw, "print hello", "out=hello err=")
	ask(t, rw, "sh echo to stdout; echo to stderr >&2", "out=to stdout| err=to stderr|")
	ask(t, rw, "state", "out=agreed err=")
	ask(t, rw, "flood 3000", "out="+strings.Repeat("x", 3_000_000)+" err=")
}

func TestInputEndsWithItsRun(t *testing.T) {
	_, rw := begin(t, "")
	ask(t, rw, "cat some input", "out=some input err=")
	ask(t, rw, "sh cat", "out= err=")
	ask(t, rw, "cat again", "out=again err=")
}

func TestEnvironmentIsClean(t *testing.T) {
	t.Setenv("RGO_TOKEN", "secret")
	_, rw := begin(t, "")
	ask(t, rw, "env", `out="" "" err=`)
}

func TestEndsWithItsConnection(t *testing.T) {
	p, rw := begin(t, "")
	ask(t, rw, "sh sleep 1000 & echo started", "out=started| err=")
	ask(t, rw, "exit 7", "out= err=")
	e := p.Wait()
	if e.Code != 7 || e.Reported != "os.Exit(7)" || !e.Orderly() {
		t.Errorf("ended as %+v", e)
	}
	groupEnds(t, p.PID())
}

func TestInterruptReachesChildProcesses(t *testing.T) {
	p, rw := begin(t, "")
	ask(t, rw, "interrupt echo ready; exec sleep 1000", "out=signal: interrupt err=")
	ask(t, rw, "interrupt trap 'exit 5' INT; (trap '' INT; echo ready; exec sleep 1000) & wait", "out=exit status 5 err=")
	if left := processesOfGroup(t, p.PID()); len(left) != 2 || !strings.HasSuffix(left[1], "sleep 1000") {
		t.Errorf("the session and a background job should be there, not %q", left)
	}
	ask(t, rw, "interrupt trap : INT; trap 'exit 6' TERM; echo ready; while :; do sleep 0.1; done", "out=exit status 6 err=")
	ask(t, rw, "print still there", "out=still there err=")
}

func TestEndTellsThePeer(t *testing.T) {
	p, rw := begin(t, "")
	p.End(time.Second, "the server is shutting down")
	answer(t, rw, "shut down")
	if e := p.Wait(); e.Code != 0 || e.String() != "the server is shutting down" {
		t.Errorf("ended as %+v", e)
	}
}

func TestRefusedSessionIsReported(t *testing.T) {
	p, _ := begin(t, "refuse")
	if e := p.Wait(); e.Code != 3 || e.Reported != "no session: refused" {
		t.Errorf("ended as %+v", e)
	}
}

func TestKilledSession(t *testing.T) {
	p, rw := begin(t, "")
	ask(t, rw, "sh sleep 1000 & echo started", "out=started| err=")
	_ = syscall.Kill(p.PID(), syscall.SIGKILL)
	if _, err := rw.ReadString('\n'); !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the peer of a killed session sees %v", err)
	}
	if e := p.Wait(); e.Signal != syscall.SIGKILL || e.Orderly() || e.String() != "killed by signal: killed" {
		t.Errorf("ended as %+v", e)
	}
	groupEnds(t, p.PID())
}

func TestCrashIsTold(t *testing.T) {
	p, rw := begin(t, "")
	fmt.Fprintln(rw, "crash here")
	_ = rw.Flush()
	e := p.Wait()
	if e.Code != 2 || e.String() != "exit status 2: panic: boom: here" || !strings.Contains(e.Crash, "goroutine ") {
		t.Errorf("ended as %+v", e)
	}
}

func TestFatalErrorIsTold(t *testing.T) {
	p, rw := begin(t, "")
	fmt.Fprintln(rw, "recurse")
	_ = rw.Flush()
	if e := p.Wait(); e.String() != "exit status 2: fatal error: stack overflow" {
		t.Errorf("ended as %+v", e)
	}
}

// parentMain starts a session, and dies when told to. The session's socket is its descriptor 3.
func parentMain() {
	p, err := Start(Spec{Socket: os.NewFile(3, "socket")})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(p.PID())
	_, _ = io.Copy(io.Discard, os.Stdin)
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

func TestEndsWithItsParent(t *testing.T) {
	ours, theirs, err := socketpair()
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), "SESSIONPROC_TEST_PARENT=1")
	parent.ExtraFiles = []*os.File{theirs}
	var said strings.Builder
	parent.Stdout = &said
	tell, err := parent.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	nc, err := net.FileConn(ours)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	_ = nc.SetDeadline(time.Now().Add(20 * time.Second))
	rw := bufio.NewReadWriter(bufio.NewReader(nc), bufio.NewWriter(nc))
	ask(t, rw, "sh sleep 1000 & echo started", "out=started| err=")

	_ = tell.Close()
	_ = parent.Wait() // dies by a signal
	_ = nc.SetDeadline(time.Now().Add(2 * time.Second))
	farewell, err := io.ReadAll(rw)
	if err != nil || !strings.HasPrefix(string(farewell), "goodbye: ") {
		t.Errorf("farewell %q, %v", farewell, err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(said.String()))
	if err != nil {
		t.Fatalf("parent said %q", said.String())
	}
	groupEnds(t, pid)
}

func TestStdio(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SESSIONPROC_TEST_STDIO=1")
	cmd.Stdin = strings.NewReader("print not the protocol\nsh echo me neither; echo err >&2\n")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%v, stderr %q", err, stderr.String())
	}
	want := "out=not the protocol err=\nout=me neither| err=err|\n"
	if string(out) != want {
		t.Errorf("stdout %q, want %q", out, want)
	}
}

func TestNotStartedAsASession(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envKey+"=1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "was not started as a session") {
		t.Errorf("%v: %s", err, out)
	}
}

// groupEnds gives the processes of a group 2 seconds to be gone: those that were killed still have to die.
func groupEnds(t *testing.T, pgid int) {
	t.Helper()
	for end := time.Now().Add(2 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		left := processesOfGroup(t, pgid)
		if len(left) == 0 {
			return
		}
		if time.Now().After(end) {
			t.Errorf("left behind: %q", left)
			return
		}
	}
}

// processesOfGroup lists the living processes of a process group.
func processesOfGroup(t *testing.T, pgid int) []string {
	t.Helper()
	out, err := exec.Command("ps", "-eo", "pgid=,stat=,pid=,args=").Output()
	if err != nil {
		t.Skipf("ps: %v", err)
	}
	var found []string
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if f[0] == strconv.Itoa(pgid) && !strings.HasPrefix(f[1], "Z") {
			found = append(found, strings.TrimSpace(line))
		}
	}
	return found
}
