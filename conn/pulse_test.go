package conn_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/internal/wire"
)

// Who has nothing to say answers when asked, and stays connected.
func TestIdleConnectionLives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ask := conn.Config{Bind: play, KeepAlive: time.Second, WriteTimeout: 300 * time.Millisecond}
		a, b := conn.Pipe(quiet(ask), quiet(conn.Config{Bind: play, KeepAlive: -1}))
		time.Sleep(time.Hour)
		if a.Err() != nil || b.Err() != nil {
			t.Errorf("ended: %v, %v", a.Err(), b.Err())
		}
		if st := a.Stats(); st.FramesIn < 1000 || st.FramesIn != st.FramesOut {
			t.Errorf("%d questions, %d answers", st.FramesOut, st.FramesIn)
		}
		call(t, a, nil, "echo", "x")
		shut(a)
		over(t, b)
	})
}

// A peer that goes silent after some calls is noticed, by both if both ask.
func TestSilenceIsNoticedWithoutStreams(t *testing.T) {
	left, right := linkPair(t)
	a, b := shakePair(t, left, deaf{right}, conn.Config{KeepAlive: 200 * time.Millisecond, WriteTimeout: 100 * time.Millisecond}, conn.Config{Bind: play, KeepAlive: -1})
	if err := joined(t, a); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if err := joined(t, b); err == nil {
		t.Error("the silent one thinks that all is well")
	}
}

// deaf is a transport whose writes get lost, once the handshake is over.
type deaf struct{ io.ReadWriteCloser }

func (d deaf) Write(p []byte) (int, error) {
	if len(p) > 3 && string(p[:3]) == "rgo" {
		return d.ReadWriteCloser.Write(p)
	}
	return len(p), nil
}

// A peer that asks without end, and does not read the answers, costs an answer.
func TestPingsDoNotPileUp(t *testing.T) {
	const questions = 200_000
	p, served := hostile(t, conn.Limits{})
	if _, err := p.Conn.Write(bytes.Repeat(wire.AppendFrame(nil, &wire.Ping{}), questions)); err != nil {
		t.Fatal(err)
	}
	p.send(&wire.Ping{Answer: true})
	p.send(&wire.Call{ID: 1, Name: "echo"})
	answers := 0
	for {
		f := p.next()
		if ping, ok := f.(*wire.Ping); ok && ping.Answer {
			answers++
			continue
		}
		if ret, ok := f.(*wire.Return); !ok || ret.ID != 1 {
			t.Errorf("%T %+v", f, f)
		}
		break
	}
	if answers == 0 || answers > questions/4 { // what is between here and there takes some thousand
		t.Errorf("%d answers to %d questions", answers, questions)
	}
	shut(p.mux)
	_ = joined(t, served)
}

// An idle connection has a goroutine that reads, at each end, and soon no other.
func TestIdleConnectionIsLean(t *testing.T) {
	const pairs = 20
	before := runtime.NumGoroutine()
	var ends []*conn.Conn
	for range pairs {
		a, b := conn.Pipe(quiet(conn.Config{}), quiet(conn.Config{Bind: play}))
		call(t, a, nil, "echo", "x")
		ends = append(ends, a, b)
	}
	eventually(t, "what has nothing to do is gone", func() bool { return runtime.NumGoroutine()-before <= 2*pairs })
	for _, c := range ends {
		shut(c)
	}
}
