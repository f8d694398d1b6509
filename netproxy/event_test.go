package netproxy_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// Station keeps funcs of the other side and calls them whenever something happens, whoever waits for what.
type Station struct {
	mu   sync.Mutex
	subs map[int]func(n int) error
	last int
	gone chan error // why a subscriber was given up
}

func newStation() *Station {
	return &Station{subs: make(map[int]func(int) error), gone: make(chan error, 100)}
}

func (s *Station) Subscribe(f func(n int) error) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	s.subs[s.last] = f
	return s.last
}

// SubscribeListener keeps an object that has a method Event.
func (s *Station) SubscribeListener(l *netproxy.Proxy) int {
	return s.Subscribe(func(n int) error {
		_, err := l.Call(context.Background(), "Event", n)
		return err
	})
}

// SubscribeOneWay tells a func without waiting for it.
func (s *Station) SubscribeOneWay(f *netproxy.Proxy) int {
	return s.Subscribe(func(n int) error { return f.Notify(context.Background(), "", n) })
}

func (s *Station) Unsubscribe(id int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.subs, id)
}

// emit tells all subscribers, and gives up those that cannot be told.
func (s *Station) emit(n int) {
	s.mu.Lock()
	subs := make(map[int]func(int) error, len(s.subs))
	for id, f := range s.subs {
		subs[id] = f
	}
	s.mu.Unlock()
	for id, f := range subs {
		if err := f(n); err != nil {
			s.Unsubscribe(id)
			s.gone <- err
		}
	}
}

func (s *Station) subscribers() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.subs)
}

func stations(t *testing.T, test func(t *testing.T, ctx context.Context, s *Station, root *netproxy.Proxy)) {
	t.Helper()
	s := newStation()
	eachWay(t, func() any { s = newStation(); return s }, func(t *testing.T, ctx context.Context, root *netproxy.Proxy) { test(t, ctx, s, root) })
}

// tally counts events and sums them up.
type tally struct {
	n, sum atomic.Int64
	all    chan struct{}
	want   int64
}

func newTally(want int) *tally { return &tally{all: make(chan struct{}), want: int64(want)} }

func (c *tally) Event(n int) error {
	c.sum.Add(int64(n))
	if c.n.Add(1) == c.want {
		close(c.all)
	}
	return nil
}

func (c *tally) wait(t *testing.T, ctx context.Context, sum int64) {
	t.Helper()
	select {
	case <-c.all:
	case <-ctx.Done():
		t.Fatalf("only %d events came", c.n.Load())
	}
	if got := c.sum.Load(); got != sum {
		t.Errorf("their sum is %d, want %d", got, sum)
	}
}

const manyEvents = 10_000

// storm emits events from several goroutines at once.
func (s *Station) storm(n int) {
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := w; i < n; i += 8 {
				s.emit(i)
			}
		})
	}
	wg.Wait()
}

func TestFuncsOfTheOtherSideAreToldWhileNobodyCalls(t *testing.T) {
	for what, subscribe := range map[string]func(ctx context.Context, root *netproxy.Proxy, c *tally) error{
		"a func": func(ctx context.Context, root *netproxy.Proxy, c *tally) error {
			_, err := root.Call(ctx, "Subscribe", c.Event)
			return err
		},
		"an object": func(ctx context.Context, root *netproxy.Proxy, c *tally) error {
			_, err := root.Call(ctx, "SubscribeListener", c)
			return err
		},
		"one way": func(ctx context.Context, root *netproxy.Proxy, c *tally) error {
			_, err := root.Call(ctx, "SubscribeOneWay", c.Event)
			return err
		},
	} {
		t.Run(what, func(t *testing.T) {
			stations(t, func(t *testing.T, ctx context.Context, s *Station, root *netproxy.Proxy) {
				n := manyEvents
				if what != "a func" {
					n /= 10
				}
				c := newTally(n)
				if err := subscribe(ctx, root, c); err != nil {
					t.Fatal(err)
				}
				before := root.Conn().Stats().Started
				s.storm(n)
				c.wait(t, ctx, int64(n)*int64(n-1)/2)
				if made := root.Conn().Stats().Started - before; made != 0 {
					t.Errorf("%d calls of the idle side", made)
				}
				if len(s.gone) != 0 {
					t.Errorf("a subscriber was given up: %v", <-s.gone)
				}
			})
		})
	}
}

func TestASubscriberThatWantsNoMore(t *testing.T) {
	stations(t, func(t *testing.T, ctx context.Context, s *Station, root *netproxy.Proxy) {
		c := newTally(3)
		facet := netproxy.Only(c, "Event")
		if _, err := root.Call(ctx, "SubscribeListener", facet); err != nil {
			t.Fatal(err)
		}
		enough := newTally(2)
		if _, err := root.Call(ctx, "Subscribe", func(n int) error {
			if n == 2 {
				return io.EOF
			}
			return enough.Event(n)
		}); err != nil {
			t.Fatal(err)
		}
		s.emit(0)
		s.emit(1)
		s.emit(2)
		if err := <-s.gone; err != io.EOF { //nolint:errorlint // the very error
			t.Errorf("a func that had enough: %v", err)
		}
		enough.wait(t, ctx, 1)
		c.wait(t, ctx, 3)
		facet.Revoke(nil)
		s.emit(3)
		if err := <-s.gone; !errors.Is(err, netproxy.ErrRevoked) {
			t.Errorf("an object that was withdrawn: %v", err)
		}
		if n := s.subscribers(); n != 0 {
			t.Errorf("%d subscribers are left", n)
		}
	})
}

func TestASubscriberThatIsGone(t *testing.T) {
	stations(t, func(t *testing.T, ctx context.Context, s *Station, root *netproxy.Proxy) {
		c := newTally(1)
		if _, err := root.Call(ctx, "Subscribe", c.Event); err != nil {
			t.Fatal(err)
		}
		if _, err := root.Call(ctx, "SubscribeListener", c); err != nil {
			t.Fatal(err)
		}
		blocked := make(chan struct{})
		if _, err := root.Call(ctx, "Subscribe", func(ctx context.Context, _ int) error { close(blocked); <-ctx.Done(); return nil }); err != nil {
			t.Fatal(err)
		}
		closed := make(chan struct{})
		go func() { // joined by the receive below
			defer close(closed)
			<-blocked
			_ = root.Conn().Close()
		}()
		began := time.Now()
		s.emit(1) // one of them is being told when the connection ends
		<-closed
		s.emit(2)
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
		for range 3 {
			var lost *conn.LostError
			if err := <-s.gone; !errors.As(err, &lost) {
				t.Errorf("the error: %v", err)
			}
		}
		if n := s.subscribers(); n != 0 {
			t.Errorf("%d subscribers are left", n)
		}
	})
}
