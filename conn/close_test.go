package conn_test

import (
	"testing"

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
