package conn_test

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
)

// The model of references. Two ends send each other objects, old and new, hold what they get, drop it, give it back, send it again while the release is on its way,
// give calls up and pipeline on results, over a link on which the test holds frames back. The oracle knows how often each object was offered to the connection
// and who holds what: an object that was offered n times was told k times that nobody holds it, joined itself n-k times, or one less while it is held.

// thing is an object of the model.
type thing struct {
	home                  *modelEnd
	number                int
	offered, told, joined atomic.Int64
}

func (o *thing) Unreferenced() { o.told.Add(1) }
func (o *thing) Join(any)      { o.joined.Add(1) }

// owed is how many of the offers have not been answered for: 1 while the other end holds the thing, or a message with it is on its way.
func (o *thing) owed() int64 { return o.offered.Load() - o.told.Load() - o.joined.Load() }

// modelEnd is one end of the model.
type modelEnd struct {
	t    *testing.T
	name string
	c    *conn.Conn

	mu       sync.Mutex
	rand     *rand.Rand
	things   []*thing             // of this end
	held     map[*conn.Ref]string // of the other end, and which thing it is
	released map[*conn.Ref]bool   // by this end's own word
	kept     []*conn.Pending
	calls    sync.WaitGroup
	under    atomic.Int64 // calls under way
}

func newModelEnd(t *testing.T, name string, seed uint64) *modelEnd {
	return &modelEnd{
		t: t, name: name, rand: rand.New(rand.NewPCG(seed, uint64(len(name)))),
		held: make(map[*conn.Ref]string), released: make(map[*conn.Ref]bool),
	}
}

func (e *modelEnd) bind(c *conn.Conn) conn.Handler {
	e.c = c
	return e
}

// chance draws a number below n.
func (e *modelEnd) chance(n int) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.rand.IntN(n)
}

// anything returns a thing of this end, an old one more often than not.
func (e *modelEnd) anything() *thing {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.things) < 20 || e.rand.IntN(5) == 0 {
		e.things = append(e.things, &thing{home: e, number: len(e.things)})
		return e.things[len(e.things)-1]
	}
	return e.things[len(e.things)-1-e.rand.IntN(20)]
}

// something returns a reference that is held, or nil.
func (e *modelEnd) something() *conn.Ref {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	if len(e.held) > 0 {
		n = e.rand.IntN(len(e.held))
	}
	for r := range e.held {
		if n--; n < 0 {
			return r
		}
	}
	return nil
}

// offer makes the references of a message. Results still under way are only named by calls that nothing else waits for: what a call names that serves another one
// could be waiting for that.
func (e *modelEnd) offer(results bool) (refs []any) {
	kinds := 3
	if results {
		kinds = 4
	}
	for range e.chance(5) {
		switch e.chance(kinds) {
		case 0, 1:
			o := e.anything()
			o.offered.Add(1)
			refs = append(refs, conn.Export{Key: o, Object: o})
		case 2:
			if r := e.something(); r != nil {
				refs = append(refs, r)
			}
		case 3:
			e.mu.Lock()
			if n := len(e.kept); n > 0 {
				refs = append(refs, e.kept[e.rand.IntN(n)])
			}
			e.mu.Unlock()
		}
	}
	return refs
}

// take does something with the references of a message that arrived.
func (e *modelEnd) take(refs []any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, ref := range refs {
		switch ref := ref.(type) {
		case *thing:
			if ref.home != e {
				e.t.Errorf("%s: a thing of %s came home", e.name, ref.home.name)
			}
		case *conn.Ref:
			switch {
			case e.released[ref]: // since it was read
			case e.rand.IntN(3) == 0:
				e.release(ref)
			case e.rand.IntN(2) == 0:
				if _, ok := e.held[ref]; !ok {
					e.held[ref] = ""
				}
			}
		default:
			e.t.Errorf("%s: a %T arrived", e.name, ref)
		}
	}
}

// release gives a reference back by its holder's word. e.mu is held.
func (e *modelEnd) release(r *conn.Ref) {
	e.released[r] = true
	delete(e.held, r)
	r.Release()
}

// Serve takes what comes and sends something back, sometimes from inside of another call.
func (e *modelEnd) Serve(ctx context.Context, in *conn.Inbound) conn.Reply {
	if o, ok := in.Target.(*thing); in.Target != nil && (!ok || o.home != e) {
		e.t.Errorf("%s: a call of %v", e.name, in.Target)
	} else if in.Name == "who" {
		return done(strconv.Itoa(o.number))
	}
	e.take(in.Body.Refs)
	if e.chance(4) == 0 && len(in.Body.Data) < 3 {
		e.call(ctx, &conn.Request{Name: "take", Body: conn.Message{Data: append(in.Body.Data, 'x'), Refs: e.offer(false)}})
	}
	if e.chance(10) == 0 {
		time.Sleep(time.Duration(e.chance(300)) * time.Microsecond)
	}
	return conn.Reply{Body: conn.Message{Refs: e.offer(false)}, Value: e.anything()}
}

// call makes a call and takes what it returns; what fails must have failed rightly.
func (e *modelEnd) call(ctx context.Context, req *conn.Request) {
	ret, err := e.c.Call(ctx, req)
	if err == nil {
		e.take(ret.Body.Refs)
		return
	}
	e.rightly(req, err)
}

// rightly checks an error of a call.
func (e *modelEnd) rightly(req *conn.Request, err error) {
	var refused *conn.CallError
	var lost *conn.LostError
	switch {
	case errors.Is(err, context.Canceled), errors.As(err, &lost):
		return
	case errors.As(err, &refused) && (refused.Code == conn.CodeBadReply || refused.Code == conn.CodeBadBody):
		return // a result that it names was given up, or has failed
	case errors.As(err, &refused) && refused.Code == conn.CodeBadTarget:
		e.mu.Lock()
		defer e.mu.Unlock()
		for _, ref := range append(req.Body.Refs, req.Target) {
			if _, ok := ref.(*conn.Pending); ok {
				return // it may have been given up
			}
			if r, ok := ref.(*conn.Ref); ok && e.released[r] {
				return
			}
		}
	}
	e.t.Errorf("%s: %v", e.name, err)
}

// begin begins a call without waiting for it.
func (e *modelEnd) begin(ctx context.Context) {
	req := &conn.Request{Name: "take", Keep: e.chance(3) == 0, OneWay: e.chance(6) == 0, Body: conn.Message{Refs: e.offer(true)}}
	switch e.chance(3) {
	case 0:
		if r := e.something(); r != nil {
			req.Target = r
		}
	case 1:
		e.mu.Lock()
		if n := len(e.kept); n > 0 {
			req.Target = e.kept[e.rand.IntN(n)]
		}
		e.mu.Unlock()
	}
	p, err := e.c.Start(ctx, req)
	if err != nil {
		e.rightly(req, err)
		return
	}
	if req.Keep {
		e.mu.Lock()
		e.kept = append(e.kept, p)
		e.mu.Unlock()
	}
	e.under.Add(1)
	e.calls.Go(func() {
		defer e.under.Add(-1)
		ret, err := p.Wait(context.Background())
		if err != nil {
			e.rightly(req, err)
			return
		}
		e.take(ret.Body.Refs)
	})
	if e.chance(5) == 0 {
		if e.chance(2) == 0 {
			runtime.Gosched()
		}
		p.Cancel(nil)
	}
}

// who asks a held reference which thing it is; it must stay the same one.
func (e *modelEnd) who() {
	r := e.something()
	if r == nil {
		return
	}
	req := &conn.Request{Target: r, Name: "who"}
	ret, err := e.c.Call(context.Background(), req)
	if err != nil {
		e.rightly(req, err)
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if is, ok := e.held[r]; ok && is != "" && is != string(ret.Body.Data) {
		e.t.Errorf("%s: thing %s has become thing %s", e.name, is, ret.Body.Data)
	} else if ok {
		e.held[r] = string(ret.Body.Data)
	}
}

// drop forgets a reference, for the collector to find, or gives it back.
func (e *modelEnd) drop() {
	r := e.something()
	if r == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.rand.IntN(2) == 0 {
		delete(e.held, r)
	} else {
		e.release(r)
	}
}

// letGo gives up some of the results that are kept for this end, or all.
func (e *modelEnd) letGo(all bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for len(e.kept) > 0 && (all || e.rand.IntN(3) > 0) {
		if e.rand.IntN(2) == 0 {
			e.kept[0].Release()
		}
		e.kept[0] = nil
		e.kept = e.kept[1:]
	}
}

// check compares what is there with what must be. What was dropped is found by the collector in its own time.
func (e *modelEnd) check(other *modelEnd) (wrong string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	other.mu.Lock()
	defer other.mu.Unlock()
	st, theirs := e.c.Stats(), other.c.Stats()
	if st.Imports != len(e.held) || theirs.Exports != len(e.held) {
		return fmt.Sprintf("%s holds %d, has %d imports; %s has %d exports", e.name, len(e.held), st.Imports, other.name, theirs.Exports)
	}
	if st.Results+st.PendingIn+st.PendingOut+st.Held+st.HeldThere != 0 {
		return fmt.Sprintf("%s: %+v", e.name, st)
	}
	owed := 0
	for _, o := range other.things {
		switch o.owed() {
		case 0:
		case 1:
			owed++
		default:
			return fmt.Sprintf("thing %d of %s: offered %d times, told %d times, joined %d times", o.number, other.name, o.offered.Load(), o.told.Load(), o.joined.Load())
		}
	}
	if owed != len(e.held) {
		return fmt.Sprintf("%s holds %d things, %s owes %d", e.name, len(e.held), other.name, owed)
	}
	return ""
}

// model is both ends and what is between them.
type model struct {
	t     *testing.T
	ends  [2]*modelEnd
	gates [2]*gate
}

func newModel(t *testing.T, seed uint64) *model {
	left, right := linkPair(t)
	m := &model{
		t: t, ends: [2]*modelEnd{newModelEnd(t, "left", seed), newModelEnd(t, "right", seed)},
		gates: [2]*gate{newGate(left), newGate(right)},
	}
	shakePair(t, m.gates[0], m.gates[1], conn.Config{Bind: m.ends[0].bind}, conn.Config{Bind: m.ends[1].bind})
	return m
}

// step does one thing at one of the ends.
func (m *model) step(r *rand.Rand) {
	e := m.ends[r.IntN(2)]
	switch n := r.IntN(100); {
	case n < 50:
		if e.under.Load() < 30 {
			ctx, cancel := context.WithCancel(context.Background())
			if r.IntN(4) == 0 {
				time.AfterFunc(time.Duration(r.IntN(500))*time.Microsecond, cancel)
			}
			e.begin(ctx)
			_ = cancel // else it ends with the test
		} else {
			time.Sleep(100 * time.Microsecond)
		}
	case n < 70:
		e.drop()
	case n < 78:
		e.letGo(false)
	case n < 92:
		m.gates[r.IntN(2)].set(r.IntN(3) > 0)
	case n < 94:
		runtime.GC()
	default:
		m.open()
		e.who()
	}
}

func (m *model) open() {
	m.gates[0].set(true)
	m.gates[1].set(true)
}

// quiesce lets everything come to rest, and checks it.
func (m *model) quiesce(when string) {
	m.t.Helper()
	m.open()
	for _, e := range m.ends {
		e.calls.Wait()
		e.letGo(true)
	}
	wrong := ""
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		runtime.GC()
		if wrong = m.ends[0].check(m.ends[1]) + m.ends[1].check(m.ends[0]); wrong == "" {
			return
		}
	}
	m.t.Fatalf("%s: %s\n%s\n%s", when, wrong, m.ends[0].c.Dump(), m.ends[1].c.Dump())
}

// settled checks that every offer is answered for, when both ends are over.
func (m *model) settled() {
	m.t.Helper()
	for _, e := range m.ends {
		over(m.t, e.c)
		e.calls.Wait()
		for _, o := range e.things {
			if o.owed() != 0 {
				m.t.Errorf("thing %d of %s: offered %d times, told %d times, joined %d times", o.number, e.name, o.offered.Load(), o.told.Load(), o.joined.Load())
			}
		}
		if st := e.c.Stats(); st.Exports+st.Imports+st.Results+st.PendingIn+st.PendingOut+st.Streams != 0 {
			m.t.Errorf("%s in the end: %+v", e.name, st)
		}
	}
	for _, g := range m.gates {
		<-g.pumped
	}
}

func TestReferencesAgainstTheModel(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("RGO_MODEL_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("RGO_MODEL_SEED=%d", seed)
	episodes, steps := 8, 1500
	if testing.Short() {
		episodes, steps = 3, 400
	}
	for n := range episodes {
		m := newModel(t, seed+uint64(n))
		r := rand.New(rand.NewPCG(seed, uint64(n)))
		for i := range steps {
			m.step(r)
			if i%300 == 299 {
				m.quiesce(fmt.Sprintf("episode %d, step %d", n, i))
			}
		}
		if n%2 == 0 { // everything is given back
			for _, e := range m.ends {
				e.mu.Lock()
				clear(e.held)
				e.mu.Unlock()
			}
			m.quiesce("in the end")
			shut(m.ends[0].c)
		} else { // the link breaks in the midst of it
			for range 50 {
				m.step(r)
			}
			shut(m.gates[r.IntN(2)])
		}
		m.settled()
		if t.Failed() {
			t.Fatalf("episode %d", n)
		}
	}
}
