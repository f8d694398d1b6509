package conn_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/rgo-project/rgo/conn"
)

// safeBuffer is a log.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// badError cannot even say what it is.
type badError struct{}

func (badError) Error() string { panic("no words") }

func TestOneWayFailuresAreCountedAndLogged(t *testing.T) {
	bind := func(*conn.Conn) conn.Handler {
		return conn.HandlerFunc(func(_ context.Context, in *conn.Inbound) conn.Reply {
			switch in.Name {
			case "fine":
				return done("fine")
			case "panic":
				panic("at sea")
			case "bad":
				return conn.Reply{Failed: true, Err: badError{}}
			case "mute":
				return conn.Reply{Failed: true}
			}
			return conn.Reply{Failed: true, Err: errors.New("disk full")}
		})
	}
	var log safeBuffer
	a, b := conn.Pipe(quiet(conn.Config{Name: "caller"}), conn.Config{Bind: bind, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	for _, name := range []string{"write", "fine", "panic", "bad", "mute"} {
		if err := a.Notify(t.Context(), &conn.Request{Name: name}); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Call(t.Context(), &conn.Request{Name: name}); err != nil && name != "panic" {
			t.Error(err)
		}
	}
	p := start(t, a, &conn.Request{Name: "write", Keep: true})
	if err := a.Notify(t.Context(), &conn.Request{Name: "pipelined", Target: p}); err != nil {
		t.Error(err)
	}
	eventually(t, "all are counted", func() bool { return b.Stats().OneWayFailed == 5 && b.Stats().PendingIn == 0 })
	for _, want := range []string{"call=write", "disk full", "at sea", "no words", "call=mute", "call=pipelined", "peer=\"caller"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%q is not in the log:\n%s", want, &log)
		}
	}
	for range 500 {
		if err := a.Notify(t.Context(), &conn.Request{Name: "write"}); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "the flood is counted", func() bool { return b.Stats().OneWayFailed == 505 })
	if lines := strings.Count(log.String(), "one-way"); lines > 200 {
		t.Errorf("%d lines of log", lines)
	}
	shut(a)
	over(t, a)
	over(t, b)
}

// One-way calls of a lane run in their order, whether or not some fail.
func TestOneWayKeepsTheOrderOfItsLane(t *testing.T) {
	eachTransport(t, func(t *testing.T, c *conn.Conn) {
		lane := c.NewLane()
		for i := range 200 {
			name := "note"
			if i%3 == 0 {
				name = "fail"
			}
			if err := c.Notify(t.Context(), &conn.Request{Name: name, Lane: lane, Body: text(fmt.Sprint(i))}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.Call(t.Context(), &conn.Request{Name: "echo", Lane: lane}); err != nil {
			t.Fatal(err)
		}
		var want []string
		for i := range 200 {
			if i%3 != 0 {
				want = append(want, fmt.Sprintf("%q", fmt.Sprint(i)))
			}
		}
		if got := call(t, c, nil, "notes", ""); got != "["+strings.Join(want, ",")+"]" {
			t.Errorf("they ran as %s", got)
		}
		if n := stats(t, c).OneWayFailed; n != 67 {
			t.Errorf("%d failures counted", n)
		}
	})
}
