package conn

import "iter"

// pages has things by numbers that are given one after the other. They stand in pages, neighbours beside each other: a plain map of a million pointers is walked by the garbage collector
// in random order, a cache miss for each, which at that size takes it more than ten times as long.
type pages[T any] struct {
	of   map[uint64]*page[T] // none is empty
	n    int
	most peak // of the pages
}

// pageSize is small, since somebody may drop all things of each page but one, and since numbers of a peer's may lie apart on purpose.
const pageSize = 32

type page[T any] struct {
	things [pageSize]*T
	n      int
}

func (t *pages[T]) get(id uint64) *T {
	if p := t.of[id/pageSize]; p != nil {
		return p.things[id%pageSize]
	}
	return nil
}

// put puts a thing where there is none.
func (t *pages[T]) put(id uint64, thing *T) {
	p := t.of[id/pageSize]
	if p == nil {
		if p = new(page[T]); t.of == nil {
			t.of = make(map[uint64]*page[T])
		}
		t.of[id/pageSize] = p
		t.most.reached(len(t.of))
	}
	p.things[id%pageSize] = thing
	p.n++
	t.n++
}

// remove takes out a thing that is there.
func (t *pages[T]) remove(id uint64) {
	p := t.of[id/pageSize]
	p.things[id%pageSize] = nil
	p.n--
	t.n--
	if p.n > 0 {
		return
	}
	if delete(t.of, id/pageSize); t.most.emptied(len(t.of)) {
		t.of = nil
	}
}

// all are all things with their numbers, in no order.
func (t *pages[T]) all() iter.Seq2[uint64, *T] {
	return func(yield func(uint64, *T) bool) {
		for at, p := range t.of {
			for i, thing := range p.things {
				if thing != nil && !yield(at*pageSize+uint64(i), thing) {
					return
				}
			}
		}
	}
}
