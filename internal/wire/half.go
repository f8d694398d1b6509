package wire

import "math"

// Half-precision floats (IEEE 754 binary16): a sign, 5 bits of exponent with bias 15, 10 of fraction.

// toHalf converts f if nothing of it is lost.
func toHalf(f float32) (h uint16, exact bool) {
	bits := math.Float32bits(f)
	sign := uint16(bits >> 16 & 0x8000)
	exp := int(bits>>23&0xff) - 127
	frac := bits & 0x7fffff
	switch {
	case bits&0x7fffffff == 0:
		return sign, true
	case exp == 128: // infinity; a NaN keeps its width
		return sign | 0x7c00, frac == 0
	case exp >= -14 && exp <= 15:
		return sign | uint16(exp+15)<<10 | uint16(frac>>13), frac&0x1fff == 0
	case exp >= -24 && exp < -14: // a subnormal half: the leading 1 becomes part of the fraction
		shift := uint(-exp - 1)
		frac |= 0x800000
		return sign | uint16(frac>>shift), frac&(1<<shift-1) == 0
	}
	return 0, false
}

// fromHalf converts h; every half is a float64.
func fromHalf(h uint16) float64 {
	sign := 1.0
	if h&0x8000 != 0 {
		sign = -1
	}
	exp, frac := int(h>>10&0x1f), float64(h&0x3ff)
	switch exp {
	case 0:
		return math.Copysign(math.Ldexp(frac, -24), sign)
	case 31:
		if frac != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+frac, exp-25)
}
