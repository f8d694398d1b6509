package vm

import (
	"go/token"
	"reflect"

	"golang.org/x/tools/go/ssa"
)

// pair compiles two binary operations as one, the second of which is all that uses the value of the first: a*b + c, s + t + u.
// It returns nil for those that have no op of their own.
func (c *compiler) pair(in, next *ssa.BinOp) op {
	if in.Type() != next.Type() {
		return nil
	}
	p := pairing{first: in.Op, second: next.Op, d: c.slot(next), x: c.slot(in.X), y: c.slot(in.Y)}
	if p.left = next.X == ssa.Value(in); p.left {
		p.z = c.slot(next.Y)
	} else {
		p.z = c.slot(next.X)
	}
	switch kindOf(in.Type()) {
	case reflect.Int64:
		return pairOf[int64](p)
	case reflect.Float64:
		return pairOf[float64](p)
	case reflect.String:
		return pairOfStrings(p)
	}
	return nil
}

// pairing is (x first y) second z where left is true, z second (x first y) otherwise.
type pairing struct {
	first, second token.Token
	left          bool
	d, x, y, z    slot
}

// pairOf has the floating-point operations round each result, as they do one after the other.
//
//go:noinline
func pairOf[T int64 | float64](p pairing) op {
	d, x, y, z := p.d, p.x, p.y, p.z
	switch [2]token.Token{p.first, p.second} {
	case [2]token.Token{token.ADD, token.ADD}:
		return func(fr *frame) { *at[T](fr, d) = T(*at[T](fr, x)+*at[T](fr, y)) + *at[T](fr, z) }
	case [2]token.Token{token.SUB, token.ADD}:
		return func(fr *frame) { *at[T](fr, d) = T(*at[T](fr, x)-*at[T](fr, y)) + *at[T](fr, z) }
	case [2]token.Token{token.MUL, token.ADD}:
		return func(fr *frame) { *at[T](fr, d) = T(*at[T](fr, x)**at[T](fr, y)) + *at[T](fr, z) }
	case [2]token.Token{token.ADD, token.MUL}:
		return func(fr *frame) { *at[T](fr, d) = T(*at[T](fr, x)+*at[T](fr, y)) * *at[T](fr, z) }
	case [2]token.Token{token.SUB, token.MUL}:
		return func(fr *frame) { *at[T](fr, d) = T(*at[T](fr, x)-*at[T](fr, y)) * *at[T](fr, z) }
	case [2]token.Token{token.MUL, token.MUL}:
		return func(fr *frame) { *at[T](fr, d) = T(*at[T](fr, x)**at[T](fr, y)) * *at[T](fr, z) }
	case [2]token.Token{token.MUL, token.SUB}:
		if p.left {
			return func(fr *frame) { *at[T](fr, d) = T(*at[T](fr, x)**at[T](fr, y)) - *at[T](fr, z) }
		}
		return func(fr *frame) { *at[T](fr, d) = *at[T](fr, z) - T(*at[T](fr, x)**at[T](fr, y)) }
	}
	return nil
}

//go:noinline
func pairOfStrings(p pairing) op {
	d, x, y, z := p.d, p.x, p.y, p.z
	switch {
	case p.first != token.ADD || p.second != token.ADD:
		return nil
	case p.left:
		return func(fr *frame) { *at[string](fr, d) = *at[string](fr, x) + *at[string](fr, y) + *at[string](fr, z) }
	}
	return func(fr *frame) { *at[string](fr, d) = *at[string](fr, z) + (*at[string](fr, x) + *at[string](fr, y)) }
}
