package vm

import (
	"go/types"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// slice is x[i:j] or x[i:j:k], of a string, a slice or an array that a pointer refers to.
func (c *compiler) slice(in *ssa.Slice) op {
	if a, ok := in.X.(*ssa.Alloc); ok && isMakeSlice(a) {
		return c.makeSliceOf(in, a)
	}
	if _, _, ok := c.listed(in); ok {
		return nil // it is appended from where it is
	}
	b, dst, x := c.boundsOf(in), c.slot(in), c.slot(in.X)
	switch t := in.X.Type().Underlying().(type) {
	case *types.Basic:
		return func(fr *frame) { *at[string](fr, dst) = b.string(fr, *at[string](fr, x)) }
	case *types.Slice:
		size := c.rtype(t.Elem()).Size()
		return func(fr *frame) { *at[sliceHeader](fr, dst) = b.slice(fr, *at[sliceHeader](fr, x), size) }
	case *types.Pointer:
		n, _ := arrayLen(t)
		b.array = true
		size := c.typeOf(in).Elem().Size()
		return func(fr *frame) {
			p := *at[unsafe.Pointer](fr, x)
			if p == nil {
				fr.faultNilAt(b.pos)
			}
			*at[sliceHeader](fr, dst) = b.slice(fr, sliceHeader{p, n, n}, size)
		}
	}
	c.unsupported(in.Pos(), "a slice of %v", in.X.Type())
	return nil
}

// bounds are those of x[low:high:max]. Each may be left out.
type bounds struct {
	low, high, max          index
	hasLow, hasHigh, hasMax bool
	array                   bool // x is one, which shows in the text of faults
	pos                     int32
}

func (c *compiler) boundsOf(in *ssa.Slice) *bounds {
	b := &bounds{hasLow: in.Low != nil, hasHigh: in.High != nil, hasMax: in.Max != nil, pos: c.pos(in.Pos())}
	if b.hasLow {
		b.low = c.indexOf(in.Low)
	}
	if b.hasHigh {
		b.high = c.indexOf(in.High)
	}
	if b.hasMax {
		b.max = c.indexOf(in.Max)
	}
	return b
}

func (b *bounds) string(fr *frame, s string) string {
	low, high := 0, len(s)
	if b.hasHigh {
		if high = b.high.get(fr); uint(high) > uint(len(s)) {
			b.high.outside(fr, b.pos, len(s), faultSliceLen[int], faultSliceLen[uint64])
		}
	}
	if b.hasLow {
		if low = b.low.get(fr); uint(low) > uint(high) {
			b.low.outside(fr, b.pos, high, faultSliceLow[int], faultSliceLow[uint64])
		}
	}
	return s[low:high]
}

func (b *bounds) slice(fr *frame, s sliceHeader, size uintptr) sliceHeader {
	low, high, end := 0, s.len, s.cap
	if b.hasMax {
		if end = b.max.get(fr); uint(end) > uint(s.cap) {
			b.faultMax(fr, s.cap)
		}
	}
	if b.hasHigh {
		if high = b.high.get(fr); uint(high) > uint(end) {
			b.faultHigh(fr, end)
		}
	}
	if b.hasLow {
		if low = b.low.get(fr); uint(low) > uint(high) {
			b.faultLow(fr, high)
		}
	}
	if low < end { // else the slice must not refer to what comes behind
		s.data = unsafe.Add(s.data, uintptr(low)*size)
	}
	return sliceHeader{s.data, high - low, end - low}
}

func (b *bounds) faultMax(fr *frame, n int) {
	if b.array {
		b.max.outside(fr, b.pos, n, faultSlice3Len[int], faultSlice3Len[uint64])
	}
	b.max.outside(fr, b.pos, n, faultSlice3Cap[int], faultSlice3Cap[uint64])
}

func (b *bounds) faultHigh(fr *frame, n int) {
	switch {
	case b.hasMax:
		b.high.outside(fr, b.pos, n, faultSlice3High[int], faultSlice3High[uint64])
	case b.array:
		b.high.outside(fr, b.pos, n, faultSliceLen[int], faultSliceLen[uint64])
	}
	b.high.outside(fr, b.pos, n, faultSliceCap[int], faultSliceCap[uint64])
}

func (b *bounds) faultLow(fr *frame, n int) {
	if b.hasMax {
		b.low.outside(fr, b.pos, n, faultSlice3Low[int], faultSlice3Low[uint64])
	}
	b.low.outside(fr, b.pos, n, faultSliceLow[int], faultSliceLow[uint64])
}
