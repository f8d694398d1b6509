package conn

import "sync/atomic"

// Stats counts what a connection has done, and what it holds now.
type Stats struct {
	Started      uint64 // calls made
	Served       uint64 // calls of the peer that were handed to the handler
	OneWayFailed uint64 // one-way calls of the peer that failed; each is logged, except for floods
	Waits        uint64 // times that somebody had to wait for the peer
	RoundTrips   uint64 // how often a call was begun behind the outcome of another, and the first: calls that are under way together count as one

	FramesOut, FramesIn uint64 // but those of bulk streams
	BytesOut, BytesIn   uint64 // of frames and of bodies on streams of their own

	PendingOut int // calls that have not returned
	PendingIn  int // calls of the peer that have not returned
	Results    int // results that the peer keeps, or is still waiting for
	Exports    int // objects that the peer holds references to
	Imports    int // objects of the peer that we hold references to
	Held       int // contexts of calls of the peer that have returned, which are still in use here
	HeldThere  int // contexts of our calls that have returned, which the peer still uses
	Streams    int // streams that are open
}

type counters struct {
	started, served, waits, trips atomic.Uint64
	framesIn, bytesIn, bulkSent   atomic.Uint64
}

// Stats returns the connection's counters.
func (c *Conn) Stats() Stats {
	st := Stats{
		Started:    c.counts.started.Load(),
		Served:     c.counts.served.Load(),
		Waits:      c.counts.waits.Load(),
		RoundTrips: c.counts.trips.Load(),
		FramesOut:  c.w.frames.Load(),
		FramesIn:   c.counts.framesIn.Load(),
		BytesOut:   c.w.written.Load() + c.counts.bulkSent.Load(),
		BytesIn:    c.counts.bytesIn.Load(),
	}
	st.OneWayFailed = c.oneWay.count.Load()
	c.mu.Lock()
	defer c.mu.Unlock()
	st.PendingOut = len(c.s.calls)
	st.PendingIn = c.s.running
	st.Results = len(c.s.answers)
	st.Exports = c.s.exports.byID.n
	st.Imports = c.s.imports.n
	st.Held = len(c.s.held)
	st.HeldThere = len(c.s.tethers)
	st.Streams = c.s.streams.count()
	return st
}
