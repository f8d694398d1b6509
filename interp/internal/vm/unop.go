package vm

import (
	"go/token"
	"reflect"

	"golang.org/x/tools/go/ssa"
)

// unOp compiles -x, ^x and !x.
func (c *compiler) unOp(in *ssa.UnOp) op {
	d, x := c.slot(in), c.slot(in.X)
	var o op
	switch kindOf(in.Type()) {
	case reflect.Bool:
		if in.Op == token.NOT {
			o = func(fr *frame) { *at[bool](fr, d) = !*at[bool](fr, x) }
		}
	case reflect.Int8:
		o = integerUnOp[int8](in.Op, d, x)
	case reflect.Int16:
		o = integerUnOp[int16](in.Op, d, x)
	case reflect.Int32:
		o = integerUnOp[int32](in.Op, d, x)
	case reflect.Int64:
		o = integerUnOp[int64](in.Op, d, x)
	case reflect.Uint8:
		o = integerUnOp[uint8](in.Op, d, x)
	case reflect.Uint16:
		o = integerUnOp[uint16](in.Op, d, x)
	case reflect.Uint32:
		o = integerUnOp[uint32](in.Op, d, x)
	case reflect.Uint64:
		o = integerUnOp[uint64](in.Op, d, x)
	case reflect.Float32:
		o = fractionUnOp[float32](in.Op, d, x)
	case reflect.Float64:
		o = fractionUnOp[float64](in.Op, d, x)
	case reflect.Complex64:
		o = fractionUnOp[complex64](in.Op, d, x)
	case reflect.Complex128:
		o = fractionUnOp[complex128](in.Op, d, x)
	}
	if o == nil {
		c.unsupported(in.Pos(), "the operation %s on a value of %s is unknown", in.Op, in.X.Type())
	}
	return o
}

//go:noinline
func integerUnOp[T integer](tok token.Token, d, x slot) op {
	switch tok {
	case token.SUB:
		return func(fr *frame) { *at[T](fr, d) = -*at[T](fr, x) }
	case token.XOR:
		return func(fr *frame) { *at[T](fr, d) = ^*at[T](fr, x) }
	}
	return nil
}

//go:noinline
func fractionUnOp[T fraction](tok token.Token, d, x slot) op {
	if tok != token.SUB {
		return nil
	}
	return func(fr *frame) { *at[T](fr, d) = -*at[T](fr, x) }
}
