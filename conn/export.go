package conn

import (
	"hash/maphash"
	"reflect"
	"time"

	"github.com/rgo-project/rgo/internal/wire"
)

// exports are the objects that the peer holds references to. Guarded by the connection's mutex.
type exports struct {
	last   uint64 // the last id given; 0 is the root's
	byID   pages[export]
	seed   maphash.Seed
	byHash map[uint64]uint64 // of a key, to the id of one export whose key has it; see pages for why there are no pointers in here
	most   peak
	coarse int // how many bits of a hash are left out, for tests
}

// peak is how large a map has been. A map does not shrink by itself, so one that was large is made anew when it is empty.
type peak int

func (p *peak) reached(n int) { *p = max(*p, peak(n)) }

// emptied says whether a map of n elements is to be made anew.
func (p *peak) emptied(n int) bool {
	const large = 256
	if n > 0 || *p < large {
		return false
	}
	*p = 0
	return true
}

type export struct {
	id     uint64
	key    any
	next   uint64 // the id of another export whose key has the same hash; 0 for none
	object any
	count  uint64 // how often it was sent, less what was released
	since  time.Duration
	from   *origin // the message that it was sent in first; may be nil
}

// keyed returns the export that has a key, which must be comparable, or nil.
func (x *exports) keyed(key any) *export {
	if len(x.byHash) == 0 {
		return nil
	}
	for id := x.byHash[x.hash(key)]; id != 0; {
		have := x.byID.get(id)
		if have.key == key {
			return have
		}
		id = have.next
	}
	return nil
}

func (x *exports) hash(key any) uint64 { return maphash.Comparable(x.seed, key) >> x.coarse }

// send counts one sending of e and returns the id to send.
func (x *exports) send(e Export, now time.Duration, from *origin) uint64 {
	if e.Key != nil {
		if have := x.keyed(e.Key); have != nil {
			have.count++
			merge(have.object, e.Object)
			return have.id
		}
	}
	x.last++
	have := &export{id: x.last, key: e.Key, object: e.Object, count: 1, since: now, from: from}
	x.byID.put(have.id, have)
	if have.key != nil {
		x.index(have)
	}
	return have.id
}

// index makes an export be found by its key.
func (x *exports) index(e *export) {
	if x.byHash == nil {
		x.seed, x.byHash = maphash.MakeSeed(), make(map[uint64]uint64)
	}
	hash := x.hash(e.key)
	e.next, x.byHash[hash] = x.byHash[hash], e.id
	x.most.reached(len(x.byHash))
}

// forget is the end of that.
func (x *exports) forget(e *export) {
	hash := x.hash(e.key)
	switch first := x.byHash[hash]; {
	case first != e.id:
		before := x.byID.get(first)
		for before.next != e.id {
			before = x.byID.get(before.next)
		}
		before.next = e.next
	case e.next != 0:
		x.byHash[hash] = e.next
	default:
		if delete(x.byHash, hash); x.most.emptied(len(x.byHash)) {
			x.byHash = nil
		}
	}
}

// release takes back n sendings of an id. ok is false if there were not so many. gone is the object if none are left.
func (x *exports) release(id, n uint64) (gone any, ok bool) {
	have := x.byID.get(id)
	if have == nil || have.count < n {
		return nil, false
	}
	if have.count -= n; have.count > 0 {
		return nil, true
	}
	if have.key != nil {
		x.forget(have)
	}
	x.byID.remove(id)
	return have.object, true
}

// clear empties the table and returns what was in it.
func (x *exports) clear() (gone []any) {
	for _, have := range x.byID.all() {
		gone = append(gone, have.object)
	}
	*x = exports{last: x.last}
	return gone
}

// sendRefs turns the references of a message that is about to be queued into what goes over the wire, and counts them. It tells those that it does
// not send. The connection's mutex is held, so that nothing is released in between.
func (c *Conn) sendRefs(refs []any, from *origin) ([]wire.Ref, *CallError) {
	if len(refs) == 0 {
		return nil, nil
	}
	if most := min(c.limits.MaxRefs, c.theirs.MaxRefs); len(refs) > most {
		c.tell(c.unsent(refs)...)
		return nil, refuse(CodeTooLarge, "%d references in one message, allowed are %d (the smaller Limits.MaxRefs of both ends)", len(refs), most)
	}
	out := make([]wire.Ref, 0, len(refs))
	for i, ref := range refs {
		w, err := c.sendRef(ref, from)
		if err != nil {
			c.tell(c.unsent(refs[i:])...) // first, for some may be among those that were counted
			c.unsendRefs(out)
			return nil, refuse(err.Code, "reference %d of the message: %s", i, err.Text)
		}
		out = append(out, w)
	}
	return out, nil
}

func (c *Conn) sendRef(ref any, from *origin) (wire.Ref, *CallError) {
	switch ref := ref.(type) {
	case Export:
		if ref.Key != nil && !reflect.ValueOf(ref.Key).Comparable() {
			return wire.Ref{}, refuse(CodeBadTarget, "the key of an export must be comparable, %T is not", ref.Key)
		}
		if c.s.exports.byID.n >= c.limits.MaxExports {
			return wire.Ref{}, refuse(CodeTooMany, "the peer holds %d objects already, the limit (Limits.MaxExports of who hands them out); it must release some", c.s.exports.byID.n)
		}
		return wire.Ref{Kind: wire.RefExport, ID: c.s.exports.send(ref, c.now(), from)}, nil
	case *Ref:
		if err := ref.usable(c); err != nil {
			return wire.Ref{}, err
		}
		return wire.Ref{Kind: wire.RefHome, ID: ref.id}, nil
	case Root:
		return wire.Ref{Kind: wire.RefHome}, nil
	case *Pending:
		if err := ref.usable(c); err != nil {
			return wire.Ref{}, err
		}
		ref.leaned = true
		return wire.Ref{Kind: wire.RefCall, ID: ref.id}, nil
	}
	return wire.Ref{}, refuse(CodeBadTarget, "a %T is no reference: want an Export, a *Ref, a *Pending or Root", ref)
}

// unsendRefs takes back the counts of a message that was never sent.
func (c *Conn) unsendRefs(refs []wire.Ref) {
	for _, ref := range refs {
		if ref.Kind == wire.RefExport {
			gone, _ := c.s.exports.release(ref.ID, 1)
			c.tell(gone)
		}
	}
}

// receiveRelease handles a release frame.
func (c *Conn) receiveRelease(f *wire.Release) error {
	var gone []any
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, count := range f.Counts {
		object, ok := c.s.exports.release(count.ID, count.N)
		if !ok {
			c.tell(gone...)
			return &ProtocolError{Text: "it released export " + utoa(count.ID) + " more often than it was sent"}
		}
		if object != nil {
			gone = append(gone, object)
		}
	}
	c.tell(gone...)
	return nil
}
