package sessionproc

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	envKey = "RGO_SESSION" // set for a session process, and taken out before any code runs there

	// The descriptors that a session process is started with, beside diagnostics at 2.
	socketFD  = 3
	controlFD = 4
)

// secrets are variables of the parent that are none of a session's business.
var secrets = []string{"RGO_TOKEN"}

// Spec says what session process to start.
type Spec struct {
	// Socket is the connection to the peer. It is duplicated, not taken.
	Socket *os.File
	// State is the result of the handshake, from conn.Accepted. Without it the session process makes the handshake.
	State []byte
	// Offer is what the peer gets.
	Offer Offer
}

// Process is a session process that was started here.
type Process struct {
	pid     int
	control *control
	proc    *os.Process
	heard   chan struct{} // closed when it has said all that it will; ended is set then
	done    chan struct{} // closed when the process has been waited for; exit is set then

	ended string // what it reported
	exit  Exit
}

// Start starts a session process of this very executable, in a process group of its own. The caller waits for it.
func Start(spec Spec) (*Process, error) {
	p, err := prepare(spec)
	if err != nil {
		return nil, fmt.Errorf("sessionproc: starting a session: %w", err)
	}
	return p, nil
}

func prepare(spec Spec) (*Process, error) {
	ours, theirs, err := socketpair()
	if err != nil {
		return nil, err
	}
	ctl, err := newControl(ours)
	if err != nil {
		_ = theirs.Close()
		return nil, err
	}
	words := &lastWords{limit: 16 << 10}
	cmd := exec.Command(self())
	cmd.Args = []string{"rgo-session"}
	cmd.Env = append(environ(), envKey+"=1")
	cmd.ExtraFiles = []*os.File{socketFD - 3: spec.Socket, controlFD - 3: theirs}
	cmd.Stderr = words
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = attributes()

	p := &Process{control: ctl, heard: make(chan struct{}), done: make(chan struct{})}
	started := make(chan error)
	go p.keep(cmd, words, started)
	err = <-started
	_ = theirs.Close()
	if err != nil {
		ctl.close()
		return nil, err
	}
	go p.listen()
	if err := ctl.send(start{State: spec.State, Offer: spec.Offer}); err != nil {
		p.Kill()
		how := p.Wait()
		return nil, fmt.Errorf("the new process does not take its orders: %s", how)
	}
	return p, nil
}

// keep starts cmd and stays with it. One thread does both, and does nothing else until the child has ended: the
// kernel sends the child's death signal when the thread that started it is gone, not the process.
func (p *Process) keep(cmd *exec.Cmd, words *lastWords, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := cmd.Start()
	if err == nil {
		p.proc, p.pid = cmd.Process, cmd.Process.Pid
	}
	started <- err
	if err != nil {
		return
	}
	// What the code started and left goes with the session. While its leader is not yet reaped, the number of the group cannot have become another's.
	unreaped := awaitExit(p.pid)
	if unreaped {
		_ = unix.Kill(-p.pid, unix.SIGKILL)
	}
	err = cmd.Wait()
	if !unreaped {
		_ = unix.Kill(-p.pid, unix.SIGKILL)
	}
	p.control.hangUp()
	<-p.heard
	p.exit = exitOf(cmd.ProcessState, err, words.String())
	p.exit.Reported = p.ended
	p.control.close()
	close(p.done)
}

// listen takes what the session reports; it ends with the channel, which ends with either process.
func (p *Process) listen() {
	defer close(p.heard)
	for {
		var r report
		if p.control.receive(&r) != nil {
			return
		}
		p.ended = r.Ended
	}
}

// PID is the process's number.
func (p *Process) PID() int { return p.pid }

// Done is closed when the process has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait waits for the process to end and says how it did.
func (p *Process) Wait() Exit {
	<-p.done
	return p.exit
}

// End asks for an orderly end: the peer is told reason, calls under way may end within grace. It does not wait.
func (p *Process) End(grace time.Duration, reason string) {
	if p.control.send(order{Grace: grace, Reason: reason}) != nil {
		p.Kill() // it is gone, or no longer listens
	}
}

// Kill ends the process at once.
func (p *Process) Kill() {
	if err := p.proc.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		_ = unix.Kill(-p.pid, unix.SIGKILL)
	}
}

// Embedded starts a session process for this process alone, and returns the stream that it speaks the protocol on.
func Embedded() (*Process, net.Conn, error) {
	ours, theirs, err := socketpair()
	if err != nil {
		return nil, nil, fmt.Errorf("sessionproc: starting a session: %w", err)
	}
	defer func() { _ = ours.Close() }()
	defer func() { _ = theirs.Close() }()
	nc, err := net.FileConn(ours)
	if err != nil {
		return nil, nil, fmt.Errorf("sessionproc: starting a session: %w", err)
	}
	p, err := Start(Spec{Socket: theirs})
	if err != nil {
		_ = nc.Close()
		return nil, nil, err
	}
	return p, nc, nil
}

// environ is the environment handed down.
func environ() []string {
	var env []string
next:
	for _, kv := range os.Environ() {
		for _, s := range append(secrets, envKey) {
			if strings.HasPrefix(kv, s+"=") {
				continue next
			}
		}
		env = append(env, kv)
	}
	return env
}

func socketpair() (ours, theirs *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, nil, err
	}
	unix.CloseOnExec(fds[0])
	unix.CloseOnExec(fds[1])
	return os.NewFile(uintptr(fds[0]), "control"), os.NewFile(uintptr(fds[1]), "control"), nil
}
