package netproxy_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/netproxy"
)

// The model of package conn's tests again, through the public face: two traders give each other crates, hold them, drop them, release them, send them home, give them
// again, in calls, callbacks, pipelined and given up, in scopes or not. Each giving asks to be told of the release. Who is not told, or told while the crate is held, is wrong.

// Crate is what is traded. It is used by reference.
type Crate struct {
	home   *Trader
	number int
	given  atomic.Int64
	told   atomic.Int64
}

func (p *Crate) Number() int { return p.number }

// Trader is one end.
type Trader struct {
	t    *testing.T
	name string
	peer *netproxy.Proxy

	mu     sync.Mutex
	rand   *rand.Rand
	crates []*Crate
	held   map[*netproxy.Proxy]bool
	let    map[*netproxy.Proxy]bool // released by this end's own word
}

func (tr *Trader) chance(n int) int {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.rand.IntN(n)
}

// give makes something to send: a crate, new or old, or one of the other end's that is held.
func (tr *Trader) give() any {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if len(tr.held) > 0 && tr.rand.IntN(3) == 0 {
		for p := range tr.held {
			return p
		}
	}
	if len(tr.crates) < 10 || tr.rand.IntN(4) == 0 {
		tr.crates = append(tr.crates, &Crate{home: tr, number: len(tr.crates)})
	}
	p := tr.crates[len(tr.crates)-1-tr.rand.IntN(min(10, len(tr.crates)))]
	p.given.Add(1)
	var once atomic.Bool
	return netproxy.OnRelease(p, func() {
		if once.Swap(true) {
			tr.t.Errorf("%s is told twice of one giving of crate %d", tr.name, p.number)
		}
		p.told.Add(1)
	})
}

// take does something with what came.
func (tr *Trader) take(x any) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	switch x := x.(type) {
	case *Crate:
		if x.home != tr {
			tr.t.Errorf("%s: a crate of %s came home", tr.name, x.home.name)
		}
	case *netproxy.Proxy:
		switch {
		case tr.let[x]:
		case tr.rand.IntN(3) == 0:
			tr.release(x)
		case tr.rand.IntN(2) == 0:
			tr.held[x] = true
		}
	default:
		tr.t.Errorf("%s: a %T came", tr.name, x)
	}
}

func (tr *Trader) release(p *netproxy.Proxy) {
	delete(tr.held, p)
	tr.let[p] = true
	p.Release()
}

// Trade takes what comes and gives something back, sometimes from inside a callback.
func (tr *Trader) Trade(ctx context.Context, depth int, x any) any {
	tr.take(x)
	if depth < 3 && tr.chance(4) == 0 {
		tr.trade(ctx, depth+1)
	}
	return tr.give()
}

// trade trades once.
func (tr *Trader) trade(ctx context.Context, depth int) {
	got, err := tr.peer.Call(ctx, "Trade", depth, tr.give())
	if err != nil {
		tr.rightly(err)
		return
	}
	tr.take(got.Interface())
}

func (tr *Trader) rightly(err error) {
	var lost *conn.LostError
	var refused *conn.CallError
	if errors.As(err, &refused) && refused.Code == conn.CodeBadReply {
		return // what was to come back has been released meanwhile
	}
	if !errors.Is(err, context.Canceled) && !errors.Is(err, netproxy.ErrReleased) && !errors.As(err, &lost) {
		tr.t.Errorf("%s: %T %v", tr.name, err, err)
	}
}

// step does one of the things that there are to do.
func (tr *Trader) step(ctx context.Context) {
	switch n := tr.chance(10); {
	case n < 4:
		tr.trade(ctx, 0)
	case n < 5: // in a scope, out of which nothing is taken but numbers
		in, end := netproxy.Scope(ctx)
		if got, err := tr.peer.Call(in, "Trade", 3, tr.give()); err == nil {
			if p, ok := got.Interface().(*netproxy.Proxy); ok {
				if _, err := netproxy.Call[int](in, p, "Number"); err != nil {
					tr.rightly(err)
				}
			}
		} else {
			tr.rightly(err)
		}
		end()
	case n < 6: // pipelined
		p := netproxy.Pipelined(ctx, tr.peer, "Trade", 3, tr.give())
		if _, err := p.Call(ctx, "Number"); err != nil && !errors.Is(err, netproxy.ErrMember) {
			tr.rightly(err)
		}
		if tr.chance(2) == 0 {
			p.Release()
		}
	case n < 7: // given up
		short, stop := context.WithCancel(ctx)
		time.AfterFunc(time.Duration(tr.chance(300))*time.Microsecond, stop)
		tr.trade(short, 0)
		stop()
	default:
		tr.mu.Lock()
		defer tr.mu.Unlock()
		for p := range tr.held {
			if tr.rand.IntN(2) == 0 {
				tr.release(p)
			} else {
				delete(tr.held, p)
			}
			return
		}
	}
}

// check compares what is there with what must be.
func (tr *Trader) check(other *Trader) string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	other.mu.Lock()
	defer other.mu.Unlock()
	if n := tr.peer.Conn().Stats().Imports; n != len(tr.held) {
		return fmt.Sprintf("%s holds %d, and has %d imports", tr.name, len(tr.held), n)
	}
	out := 0
	for _, p := range other.crates {
		if p.told.Load() < p.given.Load() {
			out++
		}
	}
	if out != len(tr.held) {
		return fmt.Sprintf("%s holds %d crates; of %d %s has not been told", tr.name, len(tr.held), out, other.name)
	}
	return ""
}

func TestTradersAgainstTheModel(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("RGO_MODEL_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("RGO_MODEL_SEED=%d", seed)
	steps := 1500
	if testing.Short() {
		steps = 200
	}
	for episode := range uint64(2) {
		traders := [2]*Trader{}
		configs := [2]conn.Config{}
		for i, name := range []string{"left", "right"} {
			traders[i] = &Trader{
				t: t, name: name, rand: rand.New(rand.NewPCG(seed, episode<<1|uint64(i))),
				held: make(map[*netproxy.Proxy]bool), let: make(map[*netproxy.Proxy]bool),
			}
			configs[i] = conn.Config{Name: name, Bind: netproxy.Serve(traders[i])}
		}
		a, b := conn.Pipe(configs[0], configs[1])
		traders[0].peer, traders[1].peer = netproxy.Root(a), netproxy.Root(b)
		ctx := deadline(t)
		rest := func(when string) {
			wrong := ""
			if !settle(t, func() bool {
				wrong = traders[0].check(traders[1]) + traders[1].check(traders[0])
				return wrong == ""
			}) {
				t.Fatalf("%s: %s\n%s\n%s", when, wrong, a.Dump(), b.Dump())
			}
		}
		for round := range 4 {
			var all sync.WaitGroup
			for _, tr := range traders {
				for range 3 {
					all.Go(func() {
						for i := range steps / 24 {
							tr.step(ctx)
							if i%20 == 0 {
								runtime.GC()
							}
						}
					})
				}
			}
			if episode == 1 && round == 3 { // the connection ends in the midst of it
				time.Sleep(2 * time.Millisecond)
				_ = a.Close()
			}
			all.Wait()
			if episode == 0 || round < 3 {
				rest(fmt.Sprintf("episode %d, round %d", episode, round))
			}
		}
		if episode == 0 {
			for _, tr := range traders {
				clear(tr.held)
			}
			rest("in the end")
		}
		shut(t, a, b)
		for _, tr := range traders {
			for _, p := range tr.crates {
				if p.given.Load() != p.told.Load() {
					t.Errorf("crate %d of %s was given %d times, told %d times", p.number, tr.name, p.given.Load(), p.told.Load())
				}
			}
		}
	}
}
