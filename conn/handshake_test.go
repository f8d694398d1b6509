package conn_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
)

// stranger talks to an acceptor by hand, and returns what it was told and what the acceptor's side says.
func stranger(t *testing.T, cfg conn.Config, say string) (told string, err error) {
	t.Helper()
	left, right := linkPair(t)
	defer shut(left)
	refused := make(chan error)
	go func() {
		c, err := conn.Accept(context.Background(), right, quiet(cfg))
		if err == nil {
			c.Close()
			over(t, c)
		}
		refused <- err
	}()
	if _, err := io.WriteString(left, say); err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(left)
	return string(b), <-refused
}

func TestStrangersAreTold(t *testing.T) {
	for name, c := range map[string]struct{ say, told, log string }{
		"other bytes":      {"SSH-2.0-OpenSSH_9.6\r\n", "This is an rgo peer", `it said "SSH-2.0-OpenSSH_9.6"`},
		"binary":           {"\x16\x03\x01\x00\xa5\x01", "This is an rgo peer", "does not speak rgo"},
		"another version":  {"rgo\x07\x00\x01\xa0", "version 7 of the protocol", "version 7"},
		"a hello too long": {"rgo\x01\xff\xff", "65535 bytes", "65535"},
		"a broken hello":   {"rgo\x01\x00\x02\xff\xff", "cannot be read", "cannot be read"},
		"no nonce":         {"rgo\x01\x00\x01\xa0", "no nonce", "no nonce"},
	} {
		told, err := stranger(t, conn.Config{}, c.say)
		var refused *conn.RefusedError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.log) {
			t.Errorf("%s: our side says %v", name, err)
		}
		if !strings.Contains(told, c.told) {
			t.Errorf("%s: it was told %q", name, told)
		}
	}
}

func TestSilenceIsBounded(t *testing.T) {
	for _, say := range []string{"", "rg", "rgo\x01\x01\x00abc"} {
		from := time.Now()
		told, err := stranger(t, conn.Config{HandshakeTimeout: 100 * time.Millisecond}, say)
		if !strings.Contains(told, "no handshake came in time") || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%q: told %q, %v", say, told, err)
		}
		if took := time.Since(from); took > 2*time.Second {
			t.Errorf("took %v", took)
		}
	}
}

func TestHTTPClientGetsHTTP(t *testing.T) {
	addr := serve(t, &conn.Server{Config: quiet(conn.Config{}), Insecure: true}, "tcp://127.0.0.1:0")
	resp, err := http.Get(strings.Replace(addr, "tcp:", "http:", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer shut(resp.Body)
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusBadRequest || !strings.Contains(string(b), "rgo") {
		t.Errorf("%d %q %v", resp.StatusCode, b, err)
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestDiallerMeetsSomethingElse(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer shut(ln)
	go func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(nc, "220 mail.example.org ESMTP\r\n")
			_, _ = bufio.NewReader(nc).ReadString('x')
			shut(nc)
		}
	}()
	d := conn.Dialer{Config: quiet(conn.Config{HandshakeTimeout: 5 * time.Second})}
	_, err = d.Dial(t.Context(), "tcp://"+ln.Addr().String())
	var refused *conn.RefusedError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), `"220 mail.example.org ESMTP"`) {
		t.Error(err)
	}
}

func TestTokens(t *testing.T) {
	good, other := conn.NewToken(), conn.NewToken()
	for name, c := range map[string]struct {
		dial, accept string
		here, there  string // what each side says; "" if they agree
	}{
		"the same":           {good, good, "", ""},
		"none":               {"", "", "", ""},
		"different":          {good, other, "another token", "refused by the peer"},
		"missing here":       {"", good, "asks for a token", "refused by the peer"},
		"squatter":           {good, "", "may be another program", ""}, // who asks for nothing has agreed long before
		"too short to use":   {"secret", good, "too short", "without a word"},
		"too short to serve": {good, "secret", "handshake failed", "too short"},
	} {
		left, right := linkPair(t)
		accepted := make(chan error)
		go func() {
			b, err := conn.Accept(context.Background(), right, quiet(conn.Config{Token: c.accept, Name: "the server"}))
			if err == nil {
				_ = joined(t, b)
			}
			accepted <- err
		}()
		a, here := conn.Client(t.Context(), left, quiet(conn.Config{Token: c.dial}))
		if here == nil {
			if a.Peer().Name != "the server" {
				t.Errorf("%s: %+v", name, a.Peer())
			}
			a.Close()
			over(t, a)
		}
		there := <-accepted
		for side, got := range map[string]error{c.here + " (here)": here, c.there + " (there)": there} {
			want, _, _ := strings.Cut(side, " (")
			if want == "" && got == nil {
				continue
			}
			if got == nil || want == "" || !strings.Contains(got.Error(), want) {
				t.Errorf("%s: %v, want %s", name, got, side)
			}
		}
		if here == nil && there != nil {
			t.Errorf("%s: only one side agreed", name)
		}
	}
}

// The token itself never crosses, nor anything about the server before the token has been proved.
func TestStrangerLearnsNothing(t *testing.T) {
	token := conn.NewToken()
	hello := "rgo\x01\x00\x29" + "\xa1\x65nonce\x58\x20" + strings.Repeat("n", 32)
	hello = strings.Replace(hello, "\x00\x29", "\x00"+string(rune(len(hello)-6)), 1)
	proof := "rgo\x01\x00\x29" + "\xa1\x65proof\x58\x20" + strings.Repeat("p", 32)
	told, err := stranger(t, conn.Config{Token: token, Name: "secret-name"}, hello+proof)
	if err == nil || !strings.Contains(err.Error(), "does not know the token") {
		t.Errorf("%v", err)
	}
	if strings.Contains(told, token) || strings.Contains(told, "secret-name") || strings.Contains(told, conn.Version) {
		t.Errorf("it was told %q", told)
	}
}

func TestUnixSocket(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	path := filepath.Join(dir, "sock")
	ln, err := conn.Listen("unix://" + path)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{dir: 0o700, path: 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
	if _, err := conn.Listen("unix://" + path); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("while a server answers: %v", err)
	}
	ln.(*net.UnixListener).SetUnlinkOnClose(false) // as if it had been killed
	shut(ln)
	ln, err = conn.Listen("unix://" + path)
	if err != nil {
		t.Errorf("over a stale socket: %v", err)
	} else {
		shut(ln)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Listen("unix://" + file); err == nil || !strings.Contains(err.Error(), "is no socket") {
		t.Errorf("over a file: %v", err)
	}
	open := filepath.Join(t.TempDir(), "open")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Listen("unix://" + filepath.Join(open, "s")); err == nil || !strings.Contains(err.Error(), "others can write") {
		t.Errorf("in a directory of everybody's: %v", err)
	}
}

func TestPeerCredentials(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the kernel is asked on Linux only")
	}
	c := transports["unix"](t)
	if p := c.Peer(); p.UID != os.Geteuid() || p.PID != os.Getpid() {
		t.Errorf("%+v", p)
	}
	c.Close()
	over(t, c)
}

func TestTargets(t *testing.T) {
	for target, want := range map[string]string{
		"":                      "no scheme",
		"web1":                  "no scheme",
		"gopher://x":            "unknown",
		"unix://relative":       "three slashes",
		"unix:":                 "missing",
		"tcp://8.8.8.8:53":      "beyond this machine",
		"tcp://0.0.0.0:53":      "beyond this machine",
		"tcp://127.0.0.1":       "port",
		"exec:":                 "command is missing",
		"exec:'unfinished":      "quote",
		"exec:/no/such/program": "no such file",
		"unix:///no/such/sock":  "no such file",
	} {
		d := conn.Dialer{Config: quiet(conn.Config{})}
		if _, err := d.Dial(t.Context(), target); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", target, err)
		}
	}
	if _, err := conn.Listen("tcp://0.0.0.0:0"); err == nil || !strings.Contains(err.Error(), "beyond this machine") {
		t.Errorf("listening on everything: %v", err)
	}
	s := &conn.Server{Config: quiet(conn.Config{})}
	if err := s.ListenAndServe(t.Context(), "tcp://127.0.0.1:0"); err == nil || !strings.Contains(err.Error(), "token") {
		t.Errorf("tcp without a token: %v", err)
	}
}

func TestChildThatDies(t *testing.T) {
	d := conn.Dialer{Config: quiet(conn.Config{Bind: play})}
	t.Setenv(childEnv, "die")
	_, err := d.Dial(t.Context(), "exec:"+os.Args[0])
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "frobnicator") {
		t.Error(err)
	}
	t.Setenv(childEnv, "chat")
	if _, err := d.Dial(t.Context(), "exec:"+os.Args[0]); err == nil || !strings.Contains(err.Error(), "Welcome to this machine!") {
		t.Error(err)
	}
}

// A child that is killed while it serves is reported soon, with how it ended.
func TestChildKilled(t *testing.T) {
	t.Setenv(childEnv, "serve")
	d := conn.Dialer{Config: quiet(conn.Config{})}
	for range 5 {
		c, err := d.Dial(t.Context(), `exec:sh -c 'echo $$ >&2; exec "$0"' `+os.Args[0])
		if err != nil {
			t.Fatal(err)
		}
		p := start(t, c, &conn.Request{Name: "hang"})
		call(t, c, nil, "echo", "")
		from := time.Now()
		kill(t, c)
		var lost *conn.LostError
		if _, err := p.Wait(t.Context()); !errors.As(err, &lost) || !lost.MayHaveRun {
			t.Errorf("%v", err)
		}
		if took := time.Since(from); took > 2*time.Second {
			t.Errorf("reported after %v", took)
		}
		if err := joined(t, c); err == nil || !strings.Contains(err.Error(), "signal: killed") {
			t.Errorf("Wait: %v", err)
		}
	}
}
