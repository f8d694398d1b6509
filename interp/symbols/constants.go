package symbols

import (
	"go/constant"
	"go/token"
	"math/big"
	"reflect"
)

// untypedInt is an untyped integer constant, of any size.
func untypedInt(s string) reflect.Value {
	return reflect.ValueOf(constant.MakeFromLiteral(s, token.INT, 0))
}

// untypedFloat is an untyped float constant, exactly: a fraction, or a mantissa with a binary exponent.
func untypedFloat(s string) reflect.Value {
	if r, ok := new(big.Rat).SetString(s); ok {
		return reflect.ValueOf(constant.ToFloat(constant.Make(r)))
	}
	return reflect.ValueOf(constant.MakeFromLiteral(s, token.FLOAT, 0))
}

func untypedString(s string) reflect.Value { return reflect.ValueOf(constant.MakeString(s)) }
