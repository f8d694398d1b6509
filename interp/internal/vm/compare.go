package vm

import (
	"go/token"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// predicate is a condition that a branch asks.
type predicate = func(fr *frame) bool

// comparison compiles a comparison whose outcome is a value like others.
func (c *compiler) comparison(in *ssa.BinOp) op {
	d, holds := c.slot(in), c.condition(in)
	return func(fr *frame) { *at[bool](fr, d) = holds(fr) }
}

// condition compiles a comparison for a branch to ask without storing the outcome. It returns nil if v is none.
func (c *compiler) condition(v *ssa.BinOp) predicate {
	tok, x, y := v.Op, v.X, v.Y
	if !comparing(tok) {
		return nil
	}
	if _, ok := x.(*ssa.Const); ok {
		tok, x, y = mirrored(tok), y, x
	}
	if isNilConst(y) {
		return isNil(tok, c.slot(x))
	}
	if k, ok := integerConst(y); ok {
		return compareConst(kindOf(x.Type()), tok, c.slot(x), k)
	}
	if p := compareBasic(kindOf(x.Type()), tok, c.slot(x), c.slot(y)); p != nil {
		return p
	}
	if tok != token.EQL && tok != token.NEQ {
		c.unsupported(v.Pos(), "the comparison %s of values of %s is unknown", tok, x.Type())
	}
	return c.compareEqual(v, tok == token.EQL)
}

func comparing(tok token.Token) bool {
	return tok == token.NEQ || tok == token.LEQ || tok == token.GEQ || token.EQL <= tok && tok <= token.GTR
}

// mirrored is the comparison of y with x that holds when x tok y does.
func mirrored(tok token.Token) token.Token {
	switch tok {
	case token.LSS:
		return token.GTR
	case token.LEQ:
		return token.GEQ
	case token.GTR:
		return token.LSS
	case token.GEQ:
		return token.LEQ
	}
	return tok
}

// isNilConst tells whether v is nil, of any type or none.
func isNilConst(v ssa.Value) bool {
	k, ok := v.(*ssa.Const)
	return ok && (k.IsNil() || k.Type() == types.Typ[types.UntypedNil])
}

// isNil compares with nil: the first word of every type that has a nil tells.
//
//go:noinline
func isNil(tok token.Token, x slot) predicate {
	if tok == token.EQL {
		return func(fr *frame) bool { return *at[unsafe.Pointer](fr, x) == nil }
	}
	return func(fr *frame) bool { return *at[unsafe.Pointer](fr, x) != nil }
}

func compareBasic(kind reflect.Kind, tok token.Token, x, y slot) predicate {
	switch kind {
	case reflect.Bool:
		return compareSame[bool](tok, x, y)
	case reflect.Int8:
		return compareOrdered[int8](tok, x, y)
	case reflect.Int16:
		return compareOrdered[int16](tok, x, y)
	case reflect.Int32:
		return compareOrdered[int32](tok, x, y)
	case reflect.Int64:
		return compareOrdered[int64](tok, x, y)
	case reflect.Uint8:
		return compareOrdered[uint8](tok, x, y)
	case reflect.Uint16:
		return compareOrdered[uint16](tok, x, y)
	case reflect.Uint32:
		return compareOrdered[uint32](tok, x, y)
	case reflect.Uint64:
		return compareOrdered[uint64](tok, x, y)
	case reflect.Float32:
		return compareOrdered[float32](tok, x, y)
	case reflect.Float64:
		return compareOrdered[float64](tok, x, y)
	case reflect.String:
		return compareOrdered[string](tok, x, y)
	case reflect.Complex64:
		return compareSame[complex64](tok, x, y)
	case reflect.Complex128:
		return compareSame[complex128](tok, x, y)
	}
	return nil
}

//go:noinline
func compareSame[T comparable](tok token.Token, x, y slot) predicate {
	switch tok {
	case token.EQL:
		return func(fr *frame) bool { return *at[T](fr, x) == *at[T](fr, y) }
	case token.NEQ:
		return func(fr *frame) bool { return *at[T](fr, x) != *at[T](fr, y) }
	}
	return nil
}

//go:noinline
func compareOrdered[T integer | float | ~string](tok token.Token, x, y slot) predicate {
	switch tok {
	case token.LSS:
		return func(fr *frame) bool { return *at[T](fr, x) < *at[T](fr, y) }
	case token.LEQ:
		return func(fr *frame) bool { return *at[T](fr, x) <= *at[T](fr, y) }
	case token.GTR:
		return func(fr *frame) bool { return *at[T](fr, x) > *at[T](fr, y) }
	case token.GEQ:
		return func(fr *frame) bool { return *at[T](fr, x) >= *at[T](fr, y) }
	}
	return compareSame[T](tok, x, y)
}

func compareConst(kind reflect.Kind, tok token.Token, x slot, k int64) predicate {
	switch kind {
	case reflect.Int8:
		return compareWith(tok, x, int8(k))
	case reflect.Int16:
		return compareWith(tok, x, int16(k))
	case reflect.Int32:
		return compareWith(tok, x, int32(k))
	case reflect.Int64:
		return compareWith(tok, x, k)
	case reflect.Uint8:
		return compareWith(tok, x, uint8(k))
	case reflect.Uint16:
		return compareWith(tok, x, uint16(k))
	case reflect.Uint32:
		return compareWith(tok, x, uint32(k))
	case reflect.Uint64:
		return compareWith(tok, x, uint64(k))
	}
	return nil
}

//go:noinline
func compareWith[T integer](tok token.Token, x slot, k T) predicate {
	switch tok {
	case token.EQL:
		return func(fr *frame) bool { return *at[T](fr, x) == k }
	case token.NEQ:
		return func(fr *frame) bool { return *at[T](fr, x) != k }
	case token.LSS:
		return func(fr *frame) bool { return *at[T](fr, x) < k }
	case token.LEQ:
		return func(fr *frame) bool { return *at[T](fr, x) <= k }
	case token.GTR:
		return func(fr *frame) bool { return *at[T](fr, x) > k }
	case token.GEQ:
		return func(fr *frame) bool { return *at[T](fr, x) >= k }
	}
	return nil
}
