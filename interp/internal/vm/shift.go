package vm

import (
	"go/token"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// shift compiles x<<y and x>>y. The count y has an integer type of its own.
func (c *compiler) shift(in *ssa.BinOp) op {
	var o op
	switch kindOf(in.Type()) {
	case reflect.Int8:
		o = shiftOf[int8](c, in)
	case reflect.Int16:
		o = shiftOf[int16](c, in)
	case reflect.Int32:
		o = shiftOf[int32](c, in)
	case reflect.Int64:
		o = shiftOf[int64](c, in)
	case reflect.Uint8:
		o = shiftOf[uint8](c, in)
	case reflect.Uint16:
		o = shiftOf[uint16](c, in)
	case reflect.Uint32:
		o = shiftOf[uint32](c, in)
	case reflect.Uint64:
		o = shiftOf[uint64](c, in)
	}
	if o == nil {
		c.unsupported(in.Pos(), "the shift %s of a value of %s by one of %s is unknown", in.Op, in.Type(), in.Y.Type())
	}
	return o
}

func shiftOf[T integer](c *compiler, in *ssa.BinOp) op {
	if k, ok := integerConst(in.Y); ok && k >= 0 {
		return shiftConst[T](in.Op, c.slot(in), c.slot(in.X), uint64(k))
	}
	s := shifting{tok: in.Op, d: c.slot(in), x: c.slot(in.X), y: c.slot(in.Y), pos: c.pos(in.Pos())}
	switch kindOf(in.Y.Type()) {
	case reflect.Int8:
		return shiftBySigned[T, int8](s)
	case reflect.Int16:
		return shiftBySigned[T, int16](s)
	case reflect.Int32:
		return shiftBySigned[T, int32](s)
	case reflect.Int64:
		return shiftBySigned[T, int64](s)
	case reflect.Uint8:
		return shiftByUnsigned[T, uint8](s)
	case reflect.Uint16:
		return shiftByUnsigned[T, uint16](s)
	case reflect.Uint32:
		return shiftByUnsigned[T, uint32](s)
	case reflect.Uint64:
		return shiftByUnsigned[T, uint64](s)
	}
	return nil
}

// shifting is a shift whose operands have places.
type shifting struct {
	tok     token.Token
	d, x, y slot
	pos     int32
}

//go:noinline
func shiftByUnsigned[T integer, N unsigned](s shifting) op {
	d, x, y := s.d, s.x, s.y
	if s.tok == token.SHL {
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) << *at[N](fr, y) }
	}
	return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) >> *at[N](fr, y) }
}

//go:noinline
func shiftBySigned[T integer, N signed](s shifting) op {
	d, x, y, pos := s.d, s.x, s.y, s.pos
	if s.tok == token.SHL {
		return func(fr *frame) {
			n := *at[N](fr, y)
			if n < 0 {
				fr.pos = pos
				faultShift()
			}
			*at[T](fr, d) = *at[T](fr, x) << n
		}
	}
	return func(fr *frame) {
		n := *at[N](fr, y)
		if n < 0 {
			fr.pos = pos
			faultShift()
		}
		*at[T](fr, d) = *at[T](fr, x) >> n
	}
}

// shiftConst shifts by a constant. A count of the width and more leaves nothing but signs.
//
//go:noinline
func shiftConst[T integer](tok token.Token, d, x slot, n uint64) op {
	width := uint64(unsafe.Sizeof(T(0))) * 8
	if n >= width {
		if tok == token.SHL || ^T(0) > 0 {
			return func(fr *frame) { *at[T](fr, d) = 0 }
		}
		n = width - 1
	}
	count := n & 63
	if tok == token.SHL {
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) << (count & 63) }
	}
	return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) >> (count & 63) }
}
