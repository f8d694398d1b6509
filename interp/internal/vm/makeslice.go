package vm

import (
	"golang.org/x/tools/go/ssa"

	"github.com/rgo-project/rgo/internal/rtype"
)

// makeSlice is make([]T, n, m).
func (c *compiler) makeSlice(in *ssa.MakeSlice) op {
	dst, n, m, pos := c.slot(in), c.indexOf(in.Len), c.indexOf(in.Cap), c.pos(in.Pos())
	w := rtype.Word(c.typeOf(in).Elem())
	return func(fr *frame) {
		fr.pos = pos
		n, m := n.get(fr), m.get(fr)
		*at[sliceHeader](fr, dst) = sliceHeader{makeslice(w, n, m), n, m}
	}
}

// isMakeSlice tells whether an allocation is the array of make([]T, n, m) with a constant m. That is made by the op that slices it, so that
// it has the faults of make, and no array types are made for the lengths of slices.
func isMakeSlice(in *ssa.Alloc) bool { return in.Comment == "makeslice" }

func (c *compiler) makeSliceOf(in *ssa.Slice, array *ssa.Alloc) op {
	dst, pos := c.slot(in), c.pos(in.Pos())
	w := rtype.Word(c.typeOf(in).Elem())
	m, _ := arrayLen(array.Type())
	n := c.indexOf(in.High)
	return func(fr *frame) {
		fr.pos = pos
		n := n.get(fr)
		*at[sliceHeader](fr, dst) = sliceHeader{makeslice(w, n, m), n, m}
	}
}
