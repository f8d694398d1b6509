package conn

import (
	"fmt"
	"time"
)

// Dump is what a connection holds at one moment, for people who look for what is never given back. Its String is a table.
type Dump struct {
	Peer Peer
	At   time.Time

	Exports   []DumpRef    // objects of this side that the peer holds references to
	Imports   []DumpRef    // objects of the peer that this side holds references to
	CallsOut  []DumpCall   // our calls that have not returned
	CallsIn   []DumpCall   // calls of the peer that have not returned
	Results   []DumpCall   // calls of the peer that have returned, and whose result it keeps
	Held      []DumpCall   // calls of the peer that have returned, and whose context is still in use here
	HeldThere []DumpCall   // our calls that have returned, and whose context the peer still uses
	Streams   []DumpStream // bulk streams that are open
}

// DumpRef is a reference in a Dump.
type DumpRef struct {
	ID    uint64
	What  string        // what it is, as its String method says, or its type
	Key   string        // the type of the key of an export; empty if it has none, and of an import
	Count uint64        // how often it was sent, less what was given back; or received
	Age   time.Duration // since it was sent, or received, first
	From  string        // the message that it came in first, with Config.Origins
}

// DumpCall is a call in a Dump.
type DumpCall struct {
	ID    uint64
	What  string // its operation and name
	State string
	Depth int // how many calls it is nested in, to and fro
	Age   time.Duration
	From  string // for calls of ours, with Config.Origins
}

// DumpStream is a bulk stream in a Dump.
type DumpStream struct {
	ID    uint32
	Ours  bool // opened by this side
	State string
	Age   time.Duration
}

// now is the age of the connection.
func (c *Conn) now() time.Duration { return time.Since(c.began) }

// about is what a Dump says of a call.
type about struct {
	op    Op
	name  string
	since time.Duration // the age of the connection when it began
	site  *site         // the user's code that made it, with Config.Origins
}

func (a *about) dump(v *view, id uint64, state string, depth int) DumpCall {
	d := DumpCall{ID: id, What: callTitle(v.ops, a.op, a.name), State: state, Depth: depth, Age: v.now - a.since}
	if a.site != nil {
		d.From = a.site.String()
	}
	return d
}

// Dump returns what the connection holds now. It stops the connection while it looks, which is noticeable with a million references.
func (c *Conn) Dump() Dump {
	v := view{c: c, Dump: Dump{Peer: c.peer, At: time.Now()}}
	if h := c.handler.Load(); h != nil {
		v.ops, _ = (*h).(opNamer)
	}
	v.look()
	for _, d := range v.later { // calls the objects' own methods: no lock is held
		*d.into += describe(d.x)
	}
	return v.Dump
}

// describe says what x is, without trusting its String method.
func describe(x any) string {
	if s, ok := x.(fmt.Stringer); ok {
		return clip(fmt.Sprint(s), maxReason)
	}
	return fmt.Sprintf("%T", x)
}

// view makes a Dump.
type view struct {
	Dump
	c     *Conn
	ops   opNamer
	now   time.Duration
	later []described
}

// described is a text that ends with what x is.
type described struct {
	into *string
	x    any
}

func (v *view) describe(into *string, x any) { v.later = append(v.later, described{into, x}) }

// look takes down what is in the tables.
func (v *view) look() {
	v.c.mu.Lock()
	defer v.c.mu.Unlock()
	v.now = v.c.now()
	v.exports()
	v.imports()
	v.calls()
	v.streams()
}

// The lists are made as long as they get: what is to be described points into them.

func (v *view) exports() {
	all := &v.c.s.exports.byID
	v.Exports = make([]DumpRef, 0, all.n)
	for _, e := range all.all() {
		d := DumpRef{ID: e.id, Count: e.count, Age: v.now - e.since, From: e.from.text(v.ops)}
		if e.key != nil {
			d.Key = fmt.Sprintf("%T", e.key)
		}
		v.Exports = append(v.Exports, d)
		v.describe(&v.Exports[len(v.Exports)-1].What, e.object)
	}
}

func (v *view) imports() {
	all := &v.c.s.imports
	v.Imports = make([]DumpRef, 0, all.n)
	for id, have := range all.all() {
		v.Imports = append(v.Imports, DumpRef{ID: id, Count: have.count, Age: v.now - have.since, From: have.from.text(v.ops)})
		what := &v.Imports[len(v.Imports)-1].What
		switch r := have.ref.Value(); {
		case r == nil:
			*what = "(held no more, about to be given back)"
		case !r.ready.Load():
			*what = "(in a message that nobody has read)"
		default:
			v.describe(what, r.attached)
		}
	}
}

func (v *view) calls() {
	s := &v.c.s
	for _, p := range s.calls {
		state := "under way"
		switch {
		case p.settled:
			state = "given up, has not returned"
		case p.back:
			state = "its result is arriving"
		}
		v.CallsOut = append(v.CallsOut, p.dump(v, p.id, state, p.depth))
	}
	v.Results = make([]DumpCall, 0, len(s.answers))
	for _, a := range s.answers {
		switch {
		case !a.returned:
			v.CallsIn = append(v.CallsIn, a.dump(v, a.id, a.state(), a.depth))
		case a.failed():
			v.Results = append(v.Results, a.dump(v, a.id, "failed", a.depth))
		default:
			v.Results = append(v.Results, a.dump(v, a.id, "kept: ", a.depth))
			v.describe(&v.Results[len(v.Results)-1].State, a.value)
		}
	}
	for _, h := range s.held {
		state := "its context is in use here"
		if !h.deadline.IsZero() {
			state += " until " + h.deadline.Format(time.TimeOnly)
		}
		v.Held = append(v.Held, h.dump(v, h.id, state, 0))
	}
	for _, t := range s.tethers {
		v.HeldThere = append(v.HeldThere, t.dump(v, t.id, "its context is in use there", 0))
	}
}

// stage is how far a call of the peer's is.
type stage uint8

const (
	stageWaits  stage = iota // for its body, for a promised result that it names, or for its turn in its lane
	stageListed              // it lacks nothing
	stageRuns
)

// state says what a call of the peer's is doing. The mutex is held.
func (a *answer) state() string {
	switch {
	case a.finished && a.stage == stageRuns:
		return "given up, still running"
	case a.finished:
		return "given up"
	case a.stage == stageRuns:
		return "running"
	case a.stage == stageListed:
		return "about to run"
	case a.lacks != nil && !a.lacks.over:
		return "waiting for what it needs"
	}
	return "waiting for its turn in its lane"
}

func (v *view) streams() {
	st := &v.c.s.streams
	for id, s := range st.live {
		v.Streams = append(v.Streams, DumpStream{ID: id, Ours: s.ours, State: "open", Age: v.now - s.since})
	}
	for id, a := range st.unclaimed {
		v.Streams = append(v.Streams, DumpStream{ID: id, State: "nobody has asked for it", Age: v.now - a.since})
	}
}
