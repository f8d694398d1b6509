package netproxy

import (
	"math"
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
	switch k := v.Kind(); {
	case v.CanUint():
		if v.OverflowUint(n) {
			return unfit(n, v)
		}
		v.SetUint(n)
		return nil
	case n <= math.MaxInt64:
		return setInt(v, int64(n))
	case k == reflect.Float32 || k == reflect.Float64:
		if f := float64(n); n != uint64(f) || f >= 1<<64 {
			return unfit(n, v)
		}
		v.SetFloat(float64(n))
		return nil
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
		const exact = 1 << 53
		if n > exact || n < -exact || v.Kind() == reflect.Float32 && int64(float32(n)) != n {
			return unfit(n, v)
		}
		if v.CanComplex() {
			v.SetComplex(complex(float64(n), 0))
		} else {
			v.SetFloat(float64(n))
		}
	}
	return nil
}

func setFloat(v reflect.Value, f float64) error {
	switch {
	case v.CanFloat():
		if v.OverflowFloat(f) && !math.IsInf(f, 0) {
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

func setComplex(v reflect.Value, c complex128) error {
	if !v.CanComplex() || v.OverflowComplex(c) && !math.IsInf(real(c), 0) && !math.IsInf(imag(c), 0) {
		return unfit(c, v)
	}
	v.SetComplex(c)
	return nil
}

func unfit(n any, v reflect.Value) error {
	return fail(ErrArgument, "%v does not fit %s", n, v.Type())
}
