package netproxy

import (
	"cmp"
	"slices"
	"sync"
	"time"
	"weak"

	"github.com/rgo-project/rgo/async"
	"github.com/rgo-project/rgo/conn"
)

// Profile watches where a program waits for the other side of a connection, and says which of the waits it could do without.
//
//	prof := netproxy.StartProfile(c)
//	list(ctx, root)                    // what is slow
//	prof.Stop()
//	prof.WriteTo(os.Stdout)
//
// While no profile watches, a wait costs nothing more for it.
type Profile struct {
	stop func()

	mu    sync.Mutex
	sites map[siteKey]*site
	from  map[weak.Pointer[conn.Ref]]*site // where references came from
	pcs   map[uintptr][]frame
	first time.Time
	last  time.Time
}

// Site is a place in a program that waits for the other side.
type Site struct {
	File string // of the innermost line that is neither rgo's nor of the standard library
	Line int
	Func string
	What string // the operation and the member, such as "Call Stat"

	Waits    int           // how often
	Trips    int           // how often one after the other: waits at the same time count once
	Waited   time.Duration // how long in all; times that overlap count once
	Sent     int           // bytes of arguments
	Received int           // bytes of results

	Owed   time.Duration // how much of Waited was not needed
	Advice string        // how to be rid of that; empty if there is nothing to say
}

// siteKey tells sites apart.
type siteKey struct {
	file string
	line int
	name string // of the func
	what string
}

// site is what is known of a Site while it is watched.
type site struct {
	siteKey
	op     conn.Op
	member string

	waits, trips   int
	waited         time.Duration
	sent, received int

	ended   time.Time // the last wait
	burst   int       // trips that began soon after the one before
	target  weak.Pointer[conn.Ref]
	same    int           // waits for the object that the wait before was for
	rooted  int           // waits for the root
	parents map[*site]int // where the objects came from that were waited for
	gave    int           // references that came back
}

// maxOrigins bounds how many references a profile remembers the origin of.
const maxOrigins = 1 << 17

// StartProfile begins to watch the waits for the peer of c. Several profiles may watch at once.
func StartProfile(c *conn.Conn) *Profile {
	p := &Profile{
		sites: make(map[siteKey]*site), from: make(map[weak.Pointer[conn.Ref]]*site), pcs: make(map[uintptr][]frame), first: time.Now(),
	}
	p.stop = c.Watch(p.waited)
	return p
}

// Stop ends the watching. What was seen stays.
func (p *Profile) Stop() { p.stop() }

// waited takes up a wait. It is called by the goroutine that has waited.
func (p *Profile) waited(w conn.Wait) {
	now := time.Now()
	pcs, _ := w.Context.Value(async.CallerKey{}).([]uintptr)
	if pcs == nil {
		pcs = callers()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = now
	where := p.place(pcs)
	s := p.site(where, w)
	s.took(now.Add(-w.Took), now)
	s.sent += w.Sent
	s.received += len(w.Return.Body.Data)
	p.aim(s, w.Target)
	for _, entry := range w.Return.Body.Refs {
		if ref, ok := entry.(*conn.Ref); ok {
			s.gave++
			p.origin(ref, s)
		}
	}
}

func (p *Profile) site(where frame, w conn.Wait) *site {
	key := siteKey{where.file, where.line, where.name, opName(w.Op)}
	if w.Name != "" {
		key.what += " " + w.Name
	}
	s := p.sites[key]
	if s == nil {
		s = &site{siteKey: key, op: w.Op, member: w.Name, parents: make(map[*site]int)}
		p.sites[key] = s
	}
	return s
}

// took adds a wait to a site. Waits arrive in the order of their ends.
func (s *site) took(began, ended time.Time) {
	s.waits++
	if s.waits > 1 && began.Before(s.ended) { // beside another
		s.waited += ended.Sub(s.ended)
		s.ended = ended
		return
	}
	took := ended.Sub(began)
	if s.waits > 1 && began.Sub(s.ended) < pause+4*took {
		s.burst++
	}
	s.trips++
	s.waited += took
	s.ended = ended
}

// pause is how long a loop may pause and still be one: who asks once a second asks because time has passed.
const pause = 20 * time.Millisecond

// aim notes what a wait was for.
func (p *Profile) aim(s *site, target any) {
	ref, ok := target.(*conn.Ref)
	if !ok {
		if target == nil {
			s.rooted++
		}
		s.target = weak.Pointer[conn.Ref]{}
		return
	}
	at := weak.Make(ref)
	if at == s.target {
		s.same++
	}
	s.target = at
	if parent := p.from[at]; parent != nil && parent != s {
		s.parents[parent]++
	}
}

// origin notes where a reference came from.
func (p *Profile) origin(ref *conn.Ref, s *site) {
	if len(p.from) >= maxOrigins {
		for at := range p.from {
			if at.Value() == nil {
				delete(p.from, at)
			}
		}
		if len(p.from) >= maxOrigins {
			return
		}
	}
	p.from[weak.Make(ref)] = s
}

// Sites returns what was seen so far, first the places that owe most.
func (p *Profile) Sites() []Site {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]Site, 0, len(p.sites))
	for _, s := range p.sites {
		owed, advice := s.advice()
		all = append(all, Site{
			File: s.file, Line: s.line, Func: s.name, What: s.what,
			Waits: s.waits, Trips: s.trips, Waited: s.waited, Sent: s.sent, Received: s.received,
			Owed: owed, Advice: advice,
		})
	}
	slices.SortFunc(all, func(a, b Site) int {
		switch {
		case a.Owed != b.Owed:
			return cmp.Compare(b.Owed, a.Owed)
		case a.Waited != b.Waited:
			return cmp.Compare(b.Waited, a.Waited)
		case a.File != b.File:
			return cmp.Compare(a.File, b.File)
		}
		return cmp.Compare(a.Line, b.Line)
	})
	return all
}
