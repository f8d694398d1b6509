package netproxy

import (
	"math"
	"math/bits"
	"reflect"

	"github.com/rgo-project/rgo/internal/wire"
)

// number reads a number that must fit v.
func (d *decoder) number(v reflect.Value) error {
	switch d.r.Kind() {
	case wire.KindUint:
		n, err := d.r.Uint()
		if err != nil {
			return err
		}
		return setUint(v, n)
	case wire.KindNegInt:
		n, err := d.r.Int()
		if err != nil {
			return fail(ErrArgument, "a number below -2^63 does not fit %s", v.Type())
		}
		return setInt(v, n)
	case wire.KindFloat:
		f, err := d.r.Float()
		if err != nil {
			return err
		}
		return setFloat(v, f)
	case wire.KindTag:
		peek := d.r
		if tag, err := peek.Tag(); err == nil && tag == tagComplex {
			d.r = peek
			c, err := d.complex()
			if err != nil {
				return err
			}
			return setComplex(v, c)
		}
	}
	return d.mismatch(v.Type())
}

func (d *decoder) complex() (complex128, error) {
	if err := d.tuple(2); err != nil {
		return 0, err
	}
	re, err := d.r.Float()
	if err != nil {
		return 0, err
	}
	im, err := d.r.Float()
	return complex(re, im), err
}

func setUint(v reflect.Value, n uint64) error {
	switch {
	case v.CanUint():
		if v.OverflowUint(n) {
			return unfit(n, v)
		}
		v.SetUint(n)
		return nil
	case n <= math.MaxInt64:
		return setInt(v, int64(n))
	case v.CanFloat() || v.CanComplex():
		if f, exact := exactly(n, v.Type()); exact {
			return setFloat(v, f)
		}
	}
	return unfit(n, v)
}

func setInt(v reflect.Value, n int64) error {
	switch {
	case v.CanInt():
		if v.OverflowInt(n) {
			return unfit(n, v)
		}
		v.SetInt(n)
	case v.CanUint():
		if n < 0 || v.OverflowUint(uint64(n)) {
			return unfit(n, v)
		}
		v.SetUint(uint64(n))
	default:
		magnitude := uint64(n)
		if n < 0 {
			magnitude = -magnitude
		}
		f, exact := exactly(magnitude, v.Type())
		if !exact {
			return unfit(n, v)
		}
		if n < 0 {
			f = -f
		}
		return setFloat(v, f)
	}
	return nil
}

// exactly returns n as a float, and whether a float or complex of type t keeps all of it.
func exactly(n uint64, t reflect.Type) (f float64, exact bool) {
	most := 53 // bits of a mantissa
	if t.Kind() == reflect.Float32 || t.Kind() == reflect.Complex64 {
		most = 24
	}
	return float64(n), 64-bits.LeadingZeros64(n)-bits.TrailingZeros64(n) <= most
}

func setFloat(v reflect.Value, f float64) error {
	switch {
	case v.CanFloat():
		if !fitsFloat(f, v.Kind() == reflect.Float32) {
			return unfit(f, v)
		}
		v.SetFloat(f)
		return nil
	case v.CanComplex():
		return setComplex(v, complex(f, 0))
	case f == math.Trunc(f) && f >= -1<<63 && f < 1<<63:
		return setInt(v, int64(f))
	case f == math.Trunc(f) && f >= 0 && f < 1<<64:
		return setUint(v, uint64(f))
	}
	return unfit(f, v)
}

// fitsFloat says whether a float can be rounded to a shorter one: neither to infinity nor to nothing.
func fitsFloat(f float64, short bool) bool {
	if !short || f == 0 || math.IsInf(f, 0) || math.IsNaN(f) {
		return true
	}
	rounded := float32(f)
	return rounded != 0 && !math.IsInf(float64(rounded), 0)
}

func setComplex(v reflect.Value, c complex128) error {
	if !v.CanComplex() {
		if imag(c) != 0 {
			return unfit(c, v)
		}
		return setFloat(v, real(c))
	}
	if short := v.Kind() == reflect.Complex64; !fitsFloat(real(c), short) || !fitsFloat(imag(c), short) {
		return unfit(c, v)
	}
	v.SetComplex(c)
	return nil
}

func unfit(n any, v reflect.Value) error {
	return fail(ErrArgument, "%v does not fit %s", n, v.Type())
}
