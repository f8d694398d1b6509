package vm

import (
	"go/token"
	"go/types"
	"reflect"
	"strconv"

	"golang.org/x/tools/go/ssa"
)

type (
	float    interface{ ~float32 | ~float64 }
	fraction interface {
		float | ~complex64 | ~complex128
	}
)

// kindOf is the kind by which the ops on values of t are chosen, Invalid where t is not basic.
// int, uint and uintptr count as the kind of their size, which has the same ops.
func kindOf(t types.Type) reflect.Kind {
	b, ok := types.Default(t).Underlying().(*types.Basic)
	if !ok {
		return reflect.Invalid
	}
	switch b.Kind() {
	case types.Int:
		return reflect.Int32 + strconv.IntSize/64
	case types.Uint, types.Uintptr:
		return reflect.Uint32 + strconv.IntSize/64
	case types.String:
		return reflect.String
	case types.UnsafePointer:
		return reflect.UnsafePointer
	}
	if b.Kind() >= types.Bool && b.Kind() <= types.Complex128 {
		return reflect.Bool + reflect.Kind(b.Kind()-types.Bool)
	}
	return reflect.Invalid
}

// binOp compiles a binary operation.
func (c *compiler) binOp(in *ssa.BinOp) op {
	switch in.Op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return c.comparison(in)
	case token.SHL, token.SHR:
		return c.shift(in)
	}
	if o := c.binOpConst(in); o != nil {
		return o
	}
	b := binary{c: c, in: in, d: c.slot(in), x: c.slot(in.X), y: c.slot(in.Y)}
	var o op
	switch kindOf(in.Type()) {
	case reflect.Int8:
		o = integerOp[int8](b)
	case reflect.Int16:
		o = integerOp[int16](b)
	case reflect.Int32:
		o = integerOp[int32](b)
	case reflect.Int64:
		o = integerOp[int64](b)
	case reflect.Uint8:
		o = integerOp[uint8](b)
	case reflect.Uint16:
		o = integerOp[uint16](b)
	case reflect.Uint32:
		o = integerOp[uint32](b)
	case reflect.Uint64:
		o = integerOp[uint64](b)
	case reflect.Float32:
		o = fractionOp[float32](b)
	case reflect.Float64:
		o = fractionOp[float64](b)
	case reflect.Complex64:
		o = fractionOp[complex64](b)
	case reflect.Complex128:
		o = fractionOp[complex128](b)
	case reflect.String:
		if in.Op == token.ADD {
			o = concat(b.d, b.x, b.y)
		}
	}
	if o == nil {
		c.unsupported(in.Pos(), "the operation %s on values of %s is unknown", in.Op, in.Type())
	}
	return o
}

// binary is an operation whose operands have places.
type binary struct {
	c       *compiler
	in      *ssa.BinOp
	d, x, y slot
}

func (b binary) pos() int32 { return b.c.pos(b.in.Pos()) }

func integerOp[T integer](b binary) op {
	d, x, y := b.d, b.x, b.y
	switch b.in.Op {
	case token.ADD:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) + *at[T](fr, y) }
	case token.SUB:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) - *at[T](fr, y) }
	case token.MUL:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) * *at[T](fr, y) }
	case token.AND:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) & *at[T](fr, y) }
	case token.OR:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) | *at[T](fr, y) }
	case token.XOR:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) ^ *at[T](fr, y) }
	case token.AND_NOT:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) &^ *at[T](fr, y) }
	case token.QUO:
		return quo[T](d, x, y, b.pos())
	case token.REM:
		return rem[T](d, x, y, b.pos())
	}
	return nil
}

//go:noinline
func quo[T integer](d, x, y slot, pos int32) op {
	return func(fr *frame) {
		by := *at[T](fr, y)
		if by == 0 {
			fr.pos = pos
			faultDivide()
		}
		*at[T](fr, d) = *at[T](fr, x) / by
	}
}

//go:noinline
func rem[T integer](d, x, y slot, pos int32) op {
	return func(fr *frame) {
		by := *at[T](fr, y)
		if by == 0 {
			fr.pos = pos
			faultDivide()
		}
		*at[T](fr, d) = *at[T](fr, x) % by
	}
}

// fractionOp is of numbers that have fractions, which can be divided by 0.
//
//go:noinline
func fractionOp[T fraction](b binary) op {
	d, x, y := b.d, b.x, b.y
	switch b.in.Op {
	case token.ADD:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) + *at[T](fr, y) }
	case token.SUB:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) - *at[T](fr, y) }
	case token.MUL:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) * *at[T](fr, y) }
	case token.QUO:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) / *at[T](fr, y) }
	}
	return nil
}

//go:noinline
func concat(d, x, y slot) op {
	return func(fr *frame) { *at[string](fr, d) = *at[string](fr, x) + *at[string](fr, y) }
}
