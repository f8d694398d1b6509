package netproxy

import (
	"cmp"
	"reflect"
	"slices"
	"unsafe"
)

// regionIndex finds the regions of a loan by where they are. Most loans are of one or two: these are looked through.
type regionIndex struct {
	few    []*region
	places map[place]*region            // nil while there are few
	sorted map[reflect.Type][][]*region // those of one type of elements: see sort
	stale  bool                         // all has to be made again
}

const fewRegions = 8

// add takes up a region whose memory is known.
func (x *regionIndex) add(r *region) {
	switch {
	case x.stale:
	case x.places != nil:
		x.place(r)
	case len(x.few) < fewRegions:
		x.few = append(x.few, r)
	default:
		x.places, x.sorted = make(map[place]*region), make(map[reflect.Type][][]*region)
		for _, r := range append(x.few, r) {
			x.place(r)
		}
		x.few = nil
	}
}

func (x *regionIndex) place(r *region) {
	if x.places[r.at] == nil {
		x.places[r.at] = r
	}
	if r.v.Kind() == reflect.Slice {
		x.sort(r.at.typ, r)
	}
}

// index is the index of all regions, as they are now.
func (l *loan) index() *regionIndex {
	if x := &l.indexed; x.stale {
		*x = regionIndex{}
		for r := range l.all {
			if r.v.IsValid() {
				x.add(r)
			}
		}
	}
	return &l.indexed
}

// at is the first region that begins at a place; nil if there is none.
func (x *regionIndex) at(where place) *region {
	for _, r := range x.few {
		if r.at == where {
			return r
		}
	}
	return x.places[where]
}

// around returns the regions of elements of that type that may hold ptr.
func (x *regionIndex) around(elem reflect.Type, ptr unsafe.Pointer) (list []*region) {
	for _, r := range x.few {
		if r.v.Kind() == reflect.Slice && r.at.typ == elem && r.begins() <= uintptr(ptr) {
			list = append(list, r)
		}
	}
	for _, run := range x.sorted[elem] {
		i, _ := slices.BinarySearchFunc(run, uintptr(ptr)+1, func(r *region, at uintptr) int { return cmp.Compare(r.begins(), at) })
		list = append(list, run[max(0, i-1):i]...) // the last that begins before it
	}
	return list
}

// sort puts a region of elements of that type among those that around finds. They are in sorted runs, each at most half as long as the one before:
// so many can be added, and asked for in between.
func (x *regionIndex) sort(elem reflect.Type, r *region) {
	runs := append(x.sorted[elem], []*region{r})
	for n := len(runs); n > 1 && 2*len(runs[n-1]) > len(runs[n-2]); n = len(runs) {
		a, b := runs[n-2], runs[n-1]
		both := make([]*region, 0, len(a)+len(b))
		for len(a) > 0 && len(b) > 0 {
			if b[0].begins() < a[0].begins() {
				both, b = append(both, b[0]), b[1:]
			} else {
				both, a = append(both, a[0]), a[1:]
			}
		}
		runs = append(runs[:n-2], append(append(both, a...), b...))
	}
	x.sorted[elem] = runs
}

func (r *region) begins() uintptr { return uintptr(r.v.UnsafePointer()) }
