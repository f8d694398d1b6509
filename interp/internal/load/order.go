package load

import (
	"cmp"
	"container/heap"
	"slices"
)

// inInitOrder sorts packages as a Go program initialises them: again and again the first by path of those whose imports are done.
func inInitOrder(pkgs []*Package) []*Package {
	waits := map[*Package]int{}
	wanted := map[*Package][]*Package{} // by whom
	for _, p := range pkgs {
		for _, q := range p.Imports {
			waits[p]++
			wanted[q] = append(wanted[q], p)
		}
	}
	var ready byPath
	for _, p := range pkgs {
		if waits[p] == 0 {
			ready = append(ready, p)
		}
	}
	slices.SortFunc(ready, func(a, b *Package) int { return cmp.Compare(a.Path, b.Path) })
	out := make([]*Package, 0, len(pkgs))
	for len(ready) > 0 {
		p := heap.Pop(&ready).(*Package)
		out = append(out, p)
		for _, q := range wanted[p] {
			if waits[q]--; waits[q] == 0 {
				heap.Push(&ready, q)
			}
		}
	}
	return out
}

// byPath is a heap of packages.
type byPath []*Package

func (h byPath) Len() int           { return len(h) }
func (h byPath) Less(i, j int) bool { return h[i].Path < h[j].Path }
func (h byPath) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byPath) Push(p any)        { *h = append(*h, p.(*Package)) }
func (h *byPath) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
