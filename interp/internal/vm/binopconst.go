package vm

import (
	"go/constant"
	"go/token"
	"math/bits"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// integerConst is the value of an integer constant, in as many low bits as its type has.
func integerConst(v ssa.Value) (int64, bool) {
	k, ok := v.(*ssa.Const)
	if !ok || k.Value == nil {
		return 0, false
	}
	if kind := kindOf(k.Type()); kind < reflect.Int8 || kind > reflect.Uint64 {
		return 0, false
	}
	n := constant.ToInt(k.Value)
	if i, exact := constant.Int64Val(n); exact {
		return i, true
	}
	u, exact := constant.Uint64Val(n)
	return int64(u), exact
}

// binOpConst compiles arithmetic of integers with a constant, which is then part of the op and need not be loaded.
// It returns nil where that is not the case.
func (c *compiler) binOpConst(in *ssa.BinOp) op {
	x, y := in.X, in.Y
	if _, ok := integerConst(x); ok && commutes(in.Op) {
		x, y = y, x
	}
	k, ok := integerConst(y)
	if !ok || k == 0 && (in.Op == token.QUO || in.Op == token.REM) {
		return nil
	}
	d, s := c.slot(in), c.slot(x)
	switch kindOf(in.Type()) {
	case reflect.Int8:
		return signedConstOp(in.Op, d, s, int8(k))
	case reflect.Int16:
		return signedConstOp(in.Op, d, s, int16(k))
	case reflect.Int32:
		return signedConstOp(in.Op, d, s, int32(k))
	case reflect.Int64:
		return signedConstOp(in.Op, d, s, k)
	case reflect.Uint8:
		return unsignedConstOp(in.Op, d, s, uint8(k))
	case reflect.Uint16:
		return unsignedConstOp(in.Op, d, s, uint16(k))
	case reflect.Uint32:
		return unsignedConstOp(in.Op, d, s, uint32(k))
	case reflect.Uint64:
		return unsignedConstOp(in.Op, d, s, uint64(k))
	}
	return nil
}

func commutes(op token.Token) bool {
	switch op {
	case token.ADD, token.MUL, token.AND, token.OR, token.XOR:
		return true
	}
	return false
}

func integerConstOp[T integer](tok token.Token, d, x slot, k T) op {
	switch tok {
	case token.SUB:
		return integerConstOp(token.ADD, d, x, -k)
	case token.AND_NOT:
		return integerConstOp(token.AND, d, x, ^k)
	case token.ADD:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) + k }
	case token.MUL:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) * k }
	case token.AND:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) & k }
	case token.OR:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) | k }
	case token.XOR:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) ^ k }
	case token.QUO:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) / k }
	case token.REM:
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, x) % k }
	}
	return nil
}

func signedConstOp[T signed](tok token.Token, d, x slot, k T) op {
	power := k > 0 && k&(k-1) == 0
	switch tok {
	case token.QUO:
		if power {
			return quoPower(d, x, k)
		}
	case token.REM:
		if power {
			return remPower(d, x, k)
		}
	}
	return integerConstOp(tok, d, x, k)
}

func unsignedConstOp[T unsigned](tok token.Token, d, x slot, k T) op {
	power := k&(k-1) == 0
	switch tok {
	case token.QUO:
		if power {
			return shiftConst[T](token.SHR, d, x, uint64(bits.TrailingZeros64(uint64(k))))
		}
	case token.REM:
		if power {
			return integerConstOp(token.AND, d, x, k-1)
		}
	}
	return integerConstOp(tok, d, x, k)
}

// quoPower divides by k, a power of two. The quotient is rounded towards 0 and a shift rounds down, so k-1 is added to what is negative.
//
//go:noinline
func quoPower[T signed](d, x slot, k T) op {
	sign, shift := int(unsafe.Sizeof(k))*8-1, bits.TrailingZeros64(uint64(k))
	return func(fr *frame) {
		v := *at[T](fr, x)
		*at[T](fr, d) = (v + v>>(sign&63)&(k-1)) >> (shift & 63)
	}
}

// remPower is what quoPower leaves.
//
//go:noinline
func remPower[T signed](d, x slot, k T) op {
	sign := int(unsafe.Sizeof(k))*8 - 1
	return func(fr *frame) {
		v := *at[T](fr, x)
		*at[T](fr, d) = v - (v+v>>(sign&63)&(k-1))&^(k-1)
	}
}
