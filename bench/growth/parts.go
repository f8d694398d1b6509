package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"runtime"
	"slices"
	"time"

	"github.com/rgo-project/rgo/bench/internal/child"
)

// part is something that there is more and more of.
type part struct {
	name       string
	item, many string // one and many of it
	title      string
	sizes      []int
	systems    []string
	exact      int  // from how many items on the memory of each can be told
	spread     bool // a call stands for as many as there are items
}

var (
	upToMillion = []int{10, 1000, 100_000, 1_000_000}
	upToMany    = []int{1, 10, 100, 1000, 10_000}
)

var parts = []part{
	{"ours", "reference", "references", "Objects of ours that the peer holds", upToMillion, []string{"rgo", "net-rpc"}, 1000, false},
	{"theirs", "reference", "references", "Objects of the peer that we hold", upToMillion, []string{"rgo", "net-rpc"}, 1000, false},
	{"results", "kept result", "kept results", "Results that the peer keeps for us", []int{10, 1000, 10_000, 60_000}, []string{"rgo"}, 1000, false},
	{"conns", "idle connection", "connections", "Connections", upToMany, []string{"rgo", "net-rpc"}, 100, false},
	{"calls", "call under way", "calls under way", "Calls under way", upToMany, []string{"rgo", "net-rpc"}, 100, false},
	{"ahead", "", "calls issued together", "Calls issued together, then awaited", upToMany, []string{"rgo", "net-rpc"}, 0, true},
}

func partNames() (names []string) {
	for _, p := range parts {
		names = append(names, p.name)
	}
	return names
}

// growth is all that was measured.
type growth struct {
	Go    string
	Cores int
	Parts map[string]*measured
}

type measured struct {
	Start string
	Lines []line
	Items []items
}

// line is a call, at one size: a value for each time that it was measured, in microseconds.
type line struct {
	Name           string
	N              int
	P50, Mean, P99 []float64
}

// items is what the things take at one size.
type items struct {
	System          string
	N               int
	Here, There     float64 // bytes of the client and of the server for each
	ResidentHere    float64 // the same, as the system counts
	ResidentThere   float64
	GoroutinesHere  float64
	GoroutinesThere float64
	Acquire, Drop   float64 // µs for each that came, and that went; 0 if that was not measured
	CollectHere     float64 // ms of a processor that a collection takes
	CollectThere    float64
}

func read(path string) (*growth, error) {
	g := &growth{runtime.Version(), runtime.NumCPU(), map[string]*measured{}}
	b, err := os.ReadFile(path)
	if err != nil {
		return g, err
	}
	err = json.Unmarshal(b, g)
	g.Go, g.Cores = runtime.Version(), runtime.NumCPU()
	return g, err
}

func (g *growth) write(path string) error {
	b, err := json.Marshal(g)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}

// grower is a system whose items grow: two processes.
type grower struct {
	system         string
	server, client *child.Child
	empty          state
}

// state is what both processes have.
type state struct {
	here, there       child.Measures
	rssHere, rssThere float64
}

func (g *grower) stop() {
	if g.client != nil {
		g.client.Stop()
	}
	g.server.Stop()
}

func (g *grower) state() (s state, err error) {
	time.Sleep(atRest)
	var errs [2]error
	s.here, errs[0] = g.client.Ask("gc")
	s.there, errs[1] = g.server.Ask("gc")
	s.rssHere, s.rssThere = g.client.RSS(), g.server.RSS()
	return s, errors.Join(errs[:]...)
}

func (p part) start(system string) (*grower, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	g := &grower{system: system}
	if g.server, err = child.Start(0, self, "server", system); err != nil {
		return nil, err
	}
	g.client, err = child.Start(0, self, "client", path.Join(p.name, system), g.server.Ready)
	if err == nil {
		g.empty, err = g.state()
	}
	if err != nil {
		g.stop()
	}
	return g, err
}

// atRest is how long a system is left alone before its memory is looked at: by then rgo has given back what it keeps at hand while large messages come and go.
const atRest = 1500 * time.Millisecond

const (
	rounds = 12
	slice  = 20 * time.Millisecond
)

// measure lets all systems of a part grow.
func (p part) measure(most int) (*measured, error) {
	m := &measured{Start: time.Now().UTC().Format(time.RFC3339)}
	var all []*grower
	defer func() {
		for _, g := range all {
			g.stop()
		}
	}()
	for _, system := range p.systems {
		g, err := p.start(system)
		if err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	before := 0
	for _, n := range p.sizes {
		if n > most {
			break
		}
		for _, g := range all {
			if err := p.grow(g, n, m); err != nil {
				return nil, fmt.Errorf("%s, %d: %w", g.system, n, err)
			}
		}
		if err := p.calls(slices.Clone(all), n, m); err != nil {
			return nil, fmt.Errorf("calls, %d: %w", n, err)
		}
		before = n
	}
	for _, g := range all {
		end, err := g.client.Ask("end")
		if err != nil {
			return nil, fmt.Errorf("%s, the end: %w", g.system, err)
		}
		for i := range m.Items {
			if it := &m.Items[i]; it.System == g.system && it.N == before {
				it.Drop = end["drop_us"]
			}
		}
	}
	return m, nil
}

func (p part) grow(g *grower, n int, m *measured) error {
	came, err := g.client.Ask(fmt.Sprint("grow ", n))
	if err == nil && p.item == "reference" && g.system != "rgo" {
		_, err = g.server.Ask(fmt.Sprint("ballast ", n))
	}
	if err != nil {
		return err
	}
	s, err := g.state()
	if err != nil {
		return err
	}
	each := func(now, empty float64) float64 { return (now - empty) / float64(n) }
	of := func(name string) (here, there float64) {
		return each(s.here[name], g.empty.here[name]), each(s.there[name], g.empty.there[name])
	}
	it := items{System: g.system, N: n, Acquire: came["acquire_us"], CollectHere: s.here["gc_ms"], CollectThere: s.there["gc_ms"]}
	heapHere, heapThere := of("heap")
	stackHere, stackThere := of("stack")
	it.Here, it.There = heapHere+stackHere, heapThere+stackThere
	it.ResidentHere, it.ResidentThere = each(s.rssHere, g.empty.rssHere), each(s.rssThere, g.empty.rssThere)
	it.GoroutinesHere, it.GoroutinesThere = of("goroutines")
	m.Items = append(m.Items, it)
	return nil
}

// calls measures the calls of all systems, in turn.
func (p part) calls(all []*grower, n int, m *measured) error {
	lines := map[string]*line{}
	for round := -1; round < rounds; round++ { // that of -1 warms up
		for _, g := range all {
			got, err := g.client.Ask("calls " + slice.String())
			if err != nil {
				return fmt.Errorf("%s: %w", g.system, err)
			}
			if round >= 0 {
				p.note(got, n, lines)
			}
		}
		slices.Reverse(all)
	}
	for _, l := range lines {
		m.Lines = append(m.Lines, *l)
	}
	slices.SortFunc(m.Lines, func(a, b line) int {
		if a.N != b.N {
			return a.N - b.N
		}
		return compare(a.Name, b.Name)
	})
	return nil
}
