package conn_test

import (
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
)

// Close waits for the peer to hang up only if something may still be on its way there.
func TestCloseWaitsForWhatIsOnItsWay(t *testing.T) {
	for name, c := range map[string]struct {
		use   func(t *testing.T, c *conn.Conn)
		waits bool
	}{
		"nothing was sent": {use: func(*testing.T, *conn.Conn) {}},
		"a call under way": {use: func(t *testing.T, c *conn.Conn) { start(t, c, &conn.Request{Name: "x"}) }, waits: true},
		"a call that nobody waits for": {use: func(t *testing.T, c *conn.Conn) {
			if err := c.Notify(t.Context(), &conn.Request{Name: "x"}); err != nil {
				t.Fatal(err)
			}
		}, waits: true},
		"a stream": {use: func(t *testing.T, c *conn.Conn) {
			if _, err := c.OpenStream(t.Context()); err != nil {
				t.Fatal(err)
			}
		}, waits: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, thaw := frozen(t, conn.Config{}) // a peer that does not read does not hang up
			c.use(t, here)
			shut(here)
			waited := false
			select {
			case <-here.Done():
				waited = true
			default:
			}
			if waited != c.waits {
				t.Errorf("waited: %v, want %v", waited, c.waits)
			}
			thaw()
			over(t, here)
		})
	}
}

// Two ends that say goodbye at once do not wait for each other until Close gives up, after a second.
func TestBothEndsClose(t *testing.T) {
	const times = 3
	began := time.Now()
	for range times {
		left, right := linkPair(t)
		gates := []*gate{newGate(left), newGate(right)}
		a, b := shakePair(t, gates[0], gates[1], conn.Config{}, conn.Config{Bind: play})
		ends := []*conn.Conn{a, b}
		start(t, a, &conn.Request{Name: "hang"}) // so that each waits for the other to hang up
		for _, g := range gates {
			g.set(false)
		}
		for _, c := range ends {
			go shut(c) // ends with the connection, which over waits for
			<-c.Context().Done()
		}
		for _, g := range gates {
			g.set(true)
		}
		for _, c := range ends {
			over(t, c)
		}
	}
	if took := time.Since(began); took > times*time.Second {
		t.Errorf("%v for %d", took, times)
	}
}

// What was answered last tells that everything before it has been read.
func TestCloseAfterAnswers(t *testing.T) {
	left, right := linkPair(t)
	held := newGate(left)
	a, b := shakePair(t, held, right, conn.Config{}, conn.Config{Bind: play})
	call(t, a, nil, "echo", "x")
	held.set(false)
	shut(a)
	select {
	case <-a.Done():
		t.Error("the peer cannot have hung up")
	default:
	}
	held.set(true)
	over(t, a)
	if err := joined(t, b); err != nil {
		t.Errorf("the peer heard no goodbye: %v", err)
	}
}
