package vm

import "reflect"

// realKind tells whether k is that of integers or floating-point numbers.
func realKind(k reflect.Kind) bool { return k >= reflect.Int8 && k <= reflect.Float64 }

// convertReal is the conversion between integers and floating-point numbers.
func convertReal(from, to reflect.Kind, d, x slot) op {
	switch to {
	case reflect.Int8:
		return convertTo[int8](from, d, x)
	case reflect.Int16:
		return convertTo[int16](from, d, x)
	case reflect.Int32:
		return convertTo[int32](from, d, x)
	case reflect.Int64:
		return convertTo[int64](from, d, x)
	case reflect.Uint8:
		return convertTo[uint8](from, d, x)
	case reflect.Uint16:
		return convertTo[uint16](from, d, x)
	case reflect.Uint32:
		return convertTo[uint32](from, d, x)
	case reflect.Uint64:
		return convertTo[uint64](from, d, x)
	case reflect.Float32:
		return convertTo[float32](from, d, x)
	case reflect.Float64:
		return convertTo[float64](from, d, x)
	}
	return nil
}

func convertTo[D integer | float](from reflect.Kind, d, x slot) op {
	switch from {
	case reflect.Int8:
		return convertNumber[D, int8](d, x)
	case reflect.Int16:
		return convertNumber[D, int16](d, x)
	case reflect.Int32:
		return convertNumber[D, int32](d, x)
	case reflect.Int64:
		return convertNumber[D, int64](d, x)
	case reflect.Uint8:
		return convertNumber[D, uint8](d, x)
	case reflect.Uint16:
		return convertNumber[D, uint16](d, x)
	case reflect.Uint32:
		return convertNumber[D, uint32](d, x)
	case reflect.Uint64:
		return convertNumber[D, uint64](d, x)
	case reflect.Float32:
		return convertNumber[D, float32](d, x)
	case reflect.Float64:
		return convertNumber[D, float64](d, x)
	}
	return nil
}

//go:noinline
func convertNumber[D, S integer | float](d, x slot) op {
	return func(fr *frame) { *at[D](fr, d) = D(*at[S](fr, x)) }
}
