package netproxy

import (
	"reflect"
	"sync"
	"unsafe"

	"github.com/rgo-project/rgo/internal/wire"
)

// A loan is the memory that a typed call hands to its callee: slices, maps, and what pointers to plain data point to. The callee works on copies. What
// has changed on one side is sent to the other whenever control goes over: with each callback that is made while the call runs, with its return, and
// with the return of the call itself. So the caller's code, whenever it runs, finds its memory as the callee has left it. Only what has
// changed is sent; it is found by comparing the memory with a copy of how the other side knows it.
//
// A piece of memory is a region, which has a number at both sides. What one side has changed since it last said so is a patch. Patches are numbered,
// and each is sent again until the other side is known to have it, for a callback may be lost, or overtake another.
type loan struct {
	s    *Space
	id   uint64 // given by the side that lends
	side uint64 // 0 at the side that lends, 1 at the other
	in   importer

	mu      sync.Mutex   // held for steps that wait for nobody
	found   [2][]*region // by the two sides, in the order of their numbers
	indexed regionIndex
	types   map[string]reflect.Type // those of this side that were named to the other

	watching bool // copies are there to compare with
	under    int  // callbacks under way
	crowded  bool // there were several at a time
	closed   bool // the call is over: its caller's memory is its own again

	made    uint64 // the last patch made here
	unacked []patch
	applied uint64 // the last of the other side's
}

// maxRegions bounds the regions of one loan.
const maxRegions = 1 << 18

// place is where a region begins. A pointer and a slice to the same place are one.
type place struct {
	typ reflect.Type // of the elements, or of the map
	ptr unsafe.Pointer
}

// region is a piece of memory that both sides have.
type region struct {
	number    uint64
	v         reflect.Value // a slice of all of it, or a map; invalid if this side cannot change it
	at        place
	pointer   bool          // it was found by a pointer
	converted bool          // it is of another type than at the side that lends it
	was       reflect.Value // how the other side knows it
	codes     [][]byte      // the same, of elements that are known by how they marshal
	arrived   []byte        // the bytes that it was made of
	spare     *spare        // if not nil, whose bytes was are
}

// patch is what one side has changed.
type patch struct {
	number uint64
	data   []byte
	refs   []any
}

// newRegion numbers a region that a side has found.
func (l *loan) newRegion(side uint64) (*region, error) {
	if l.regions() >= maxRegions {
		return nil, fail(ErrUnsupported, "more than %d slices, maps and pointers in one call: share them (netproxy.Share), or copy them (netproxy.Copy)", maxRegions)
	}
	r := &region{number: l.nextNumber(side)}
	l.found[side] = append(l.found[side], r)
	return r, nil
}

// regions is how many there are.
func (l *loan) regions() int { return len(l.found[0]) + len(l.found[1]) }

// all yields the regions, also those that are found on the way.
func (l *loan) all(yield func(*region) bool) {
	for side := range l.found {
		for i := 0; i < len(l.found[side]); i++ {
			if !yield(l.found[side][i]) {
				return
			}
		}
	}
}

// nextNumber is the number of the next region that a side finds.
func (l *loan) nextNumber(side uint64) uint64 { return 2*uint64(len(l.found[side])) + side }

// region finds a region by its number.
func (l *loan) region(number uint64) *region {
	if of := l.found[number&1]; number>>1 < uint64(len(of)) {
		return of[number>>1]
	}
	return nil
}

// forget takes back the last n regions that the other side has found.
func (l *loan) forget(n int) {
	if n > 0 {
		theirs := &l.found[1-l.side]
		*theirs = (*theirs)[:len(*theirs)-n]
		l.indexed.stale = true
	}
}

// settle says what memory a region is.
func (l *loan) settle(r *region, v reflect.Value, pointer bool) {
	moved := r.v.IsValid()
	r.v, r.pointer = v, pointer
	r.at = place{v.Type(), v.UnsafePointer()}
	if v.Kind() == reflect.Slice {
		r.at.typ = v.Type().Elem()
	}
	if l.indexed.stale = l.indexed.stale || moved; !moved {
		l.indexed.add(r)
	}
	if l.watching {
		r.copy()
	}
}

// watch makes the copies to compare with.
func (l *loan) watch() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.watching {
		return
	}
	l.watching = true
	for r := range l.all {
		r.copy()
	}
}

// find returns the region that has n elements at ptr, and which of it is the first; nil if there is none.
func (l *loan) find(elem reflect.Type, ptr unsafe.Pointer, n int) (*region, int) {
	x := l.index()
	if r := x.at(place{elem, ptr}); r != nil && r.v.Kind() == reflect.Slice && n <= r.v.Len() {
		return r, 0
	}
	size := elem.Size()
	for _, r := range x.around(elem, ptr) {
		off := uintptr(ptr) - uintptr(r.v.UnsafePointer())
		if off%size == 0 && int(off/size)+n <= r.v.Len() {
			return r, int(off / size)
		}
	}
	return nil, 0
}

// record writes what the other side has to know of this one: which of its patches are here, and the patches that it may not have.
func (l *loan) record(e *encoder) {
	e.buf = wire.AppendArray(e.buf, 1+4*len(l.unacked))
	e.buf = wire.AppendUint(e.buf, l.applied)
	for _, p := range l.unacked {
		e.buf = wire.AppendUint(e.buf, p.number)
		e.buf = wire.AppendUint(e.buf, uint64(len(e.refs)))
		e.buf = wire.AppendUint(e.buf, uint64(len(p.refs)))
		e.buf = wire.AppendBytes(e.buf, p.data)
		e.refs = append(e.refs, p.refs...)
	}
}

// read reads a record of the other side's, and applies its patches.
func (l *loan) read(r *wire.Reader, refs []any) error {
	n, err := r.Array()
	if err != nil {
		return err
	}
	ack, err := r.Uint()
	if err != nil {
		return err
	}
	for len(l.unacked) > 0 && l.unacked[0].number <= ack {
		l.unacked = l.unacked[1:]
	}
	for range n / 4 {
		var head [3]uint64
		for i := range head {
			if head[i], err = r.Uint(); err != nil {
				return err
			}
		}
		data, err := r.Bytes()
		if err != nil {
			return err
		}
		if head[0] <= l.applied {
			continue
		}
		from, count := head[1], head[2]
		if head[0] != l.applied+1 || from > uint64(len(refs)) || count > uint64(len(refs))-from {
			return fail(ErrMalformed, "patch %d after %d", head[0], l.applied)
		}
		l.applied++
		d := newDecoder(l.in, data, refs[from:from+count])
		d.loan = l
		for d.r.Len() > 0 {
			if err := l.change(d); err != nil {
				return within(err, "what the call has changed")
			}
		}
	}
	return nil
}

// collect makes a patch of what has changed here since it was last asked. At the end of the call, what is new belongs to nobody else.
func (l *loan) collect(end bool) error {
	if !l.watching {
		return nil
	}
	e := encoder{out: l.s, deep: true, lending: &lending{l: l, more: !end}}
	for r := range l.all {
		if !r.v.IsValid() || l.crowded && !end && memoryOf(r.v.Type()) != memoryFlat {
			continue
		}
		if err := r.changes(&e); err != nil {
			return within(err, "what the call has changed")
		}
	}
	if len(e.buf) > 0 {
		l.made++
		l.unacked = append(l.unacked, patch{l.made, e.buf, e.refs})
	}
	return nil
}

// knows finds a type that was named to the other side.
func (l *loan) knows(name string) (reflect.Type, bool) {
	t, ok := l.types[name]
	return t, ok
}

// lender is the importer of what the other side has changed: the types that it was told of are known.
type lender struct {
	importer
	l *loan
}

func (in lender) typeNamed(name string) (reflect.Type, bool) {
	if t, ok := in.l.knows(name); ok {
		return t, true
	}
	return in.importer.typeNamed(name)
}
