package conn_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/rgo-project/rgo/conn"
)

// kill ends the process at the other end of an exec: target, as kill -9 does.
func kill(t *testing.T, c *conn.Conn) {
	t.Helper()
	var pid int
	if err := json.Unmarshal([]byte(call(t, c, nil, "pid", "")), &pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func TestServerShutdown(t *testing.T) {
	s := &conn.Server{Config: quiet(conn.Config{Bind: play})}
	addr := serve(t, s, "unix://"+filepath.Join(t.TempDir(), "s"))
	c, err := conn.Dial(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, c, &conn.Request{Name: "sleep", Body: text("100ms")})
	eventually(t, "it runs", func() bool { return len(s.Conns()) == 1 && s.Conns()[0].Stats().Served == 1 })
	if err := s.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	if ret, err := p.Wait(t.Context()); err != nil || string(ret.Body.Data) != "slept" {
		t.Errorf("%s, %v", ret.Body.Data, err)
	}
	if err := joined(t, c); err != nil {
		t.Error(err)
	}
	if _, err := conn.Dial(t.Context(), addr); err == nil {
		t.Error("a server that is down still answers")
	}
}

func TestServerEndsWithContext(t *testing.T) {
	s := &conn.Server{Config: quiet(conn.Config{Bind: play})}
	path := filepath.Join(t.TempDir(), "s")
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error)
	go func() { served <- s.ListenAndServe(ctx, "unix://"+path) }()
	eventually(t, "it listens", func() bool { _, err := os.Stat(path); return err == nil })
	c, err := conn.Dial(t.Context(), "unix://"+path)
	if err != nil {
		t.Fatal(err)
	}
	start(t, c, &conn.Request{Name: "hang"})
	cancel()
	if err := <-served; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	over(t, c)
}

// A connection that one part of a program has authenticated is served by another, from its state and its descriptor alone.
func TestHandoff(t *testing.T) {
	ended := make(chan error, 1)
	s := &conn.Server{Config: quiet(conn.Config{Name: "front"})}
	s.Handoff = func(_ context.Context, a *conn.Accepted) error {
		if a.Peer().Name != "here" {
			return errors.New("who is this?")
		}
		state, raw := a.State(), a.Raw()
		b, err := conn.Resume(raw, state, quiet(conn.Config{Bind: play}))
		if err != nil {
			return err
		}
		if b.Peer() != a.Peer() {
			return errors.New("the peer has changed on the way")
		}
		ended <- b.Wait()
		return nil
	}
	addr := serve(t, s, "unix://"+filepath.Join(t.TempDir(), "s"))
	d := conn.Dialer{Config: quiet(conn.Config{Name: "here", Bind: play})}
	c, err := d.Dial(t.Context(), addr)
	if err != nil {
		t.Fatal(err)
	}
	if got := call(t, c, nil, "down", "5"); got != "bottom" {
		t.Error(got)
	}
	if c.Peer().Name != "front" {
		t.Errorf("%+v", c.Peer())
	}
	c.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	over(t, c)
}

func TestResumeRefusesGarbage(t *testing.T) {
	for _, state := range []string{"", "\x00", "\x86", "\x86\x60\x60\x60\x00\x00\x9f\xff"} {
		left, right := linkPair(t)
		if _, err := conn.Resume(right, []byte(state), quiet(conn.Config{})); err == nil {
			t.Errorf("%q was taken", state)
		}
		shut(left)
	}
}
