package vm

import (
	"reflect"
	"strconv"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// printer appends the text of a value.
type printer func(b []byte, v unsafe.Pointer) []byte

// printOp is print or println.
func (c *compiler) printOp(call *ssa.CallCommon) op {
	slots := make([]slot, len(call.Args))
	printers := make([]printer, len(call.Args))
	for i, a := range call.Args {
		slots[i], printers[i] = c.slot(a), printerOf(kindOfArg(c, a))
		if printers[i] == nil {
			c.unsupported(call.Pos(), "values of %s cannot be printed this way", a.Type())
		}
	}
	line, out := call.Value.Name() == "println", c.m.cfg.Print
	return func(fr *frame) {
		var b []byte
		for i, s := range slots {
			if line && i > 0 {
				b = append(b, ' ')
			}
			b = printers[i](b, addr(fr, s))
		}
		if line {
			b = append(b, '\n')
		}
		out(string(b))
	}
}

// kindOfArg is the kind of an argument, whose type may be that of a constant without one.
func kindOfArg(c *compiler, v ssa.Value) reflect.Kind {
	if k := kindOf(v.Type()); k != reflect.Invalid {
		return k
	}
	return c.typeOf(v).Kind()
}

func printerOf(kind reflect.Kind) printer {
	switch kind {
	case reflect.Bool:
		return printerFor(strconv.AppendBool)
	case reflect.Int8:
		return printInt[int8]
	case reflect.Int16:
		return printInt[int16]
	case reflect.Int32:
		return printInt[int32]
	case reflect.Int64:
		return printInt[int64]
	case reflect.Uint8:
		return printUint[uint8]
	case reflect.Uint16:
		return printUint[uint16]
	case reflect.Uint32:
		return printUint[uint32]
	case reflect.Uint64:
		return printUint[uint64]
	case reflect.Float32:
		return printerFor(func(b []byte, v float32) []byte { return strconv.AppendFloat(b, float64(v), 'g', -1, 32) })
	case reflect.Float64:
		return printerFor(func(b []byte, v float64) []byte { return strconv.AppendFloat(b, v, 'g', -1, 64) })
	case reflect.Complex64:
		return printerFor(func(b []byte, v complex64) []byte {
			return append(b, strconv.FormatComplex(complex128(v), 'g', -1, 64)...)
		})
	case reflect.Complex128:
		return printerFor(func(b []byte, v complex128) []byte { return append(b, strconv.FormatComplex(v, 'g', -1, 128)...) })
	case reflect.String:
		return printerFor(func(b []byte, v string) []byte { return append(b, v...) })
	case reflect.Slice:
		return printerFor(printSlice)
	case reflect.Interface:
		return printerFor(printInterface)
	case reflect.Pointer, reflect.UnsafePointer, reflect.Map, reflect.Chan, reflect.Func:
		return printerFor(printPointer)
	}
	return nil
}

func printerFor[T any](text func(b []byte, v T) []byte) printer {
	return func(b []byte, v unsafe.Pointer) []byte { return text(b, *(*T)(v)) }
}

func printInt[T signed](b []byte, v unsafe.Pointer) []byte {
	return strconv.AppendInt(b, int64(*(*T)(v)), 10)
}

func printUint[T unsigned](b []byte, v unsafe.Pointer) []byte {
	return strconv.AppendUint(b, uint64(*(*T)(v)), 10)
}

func printPointer(b []byte, p unsafe.Pointer) []byte {
	return strconv.AppendUint(append(b, "0x"...), uint64(uintptr(p)), 16)
}

func printSlice(b []byte, s sliceHeader) []byte {
	b = strconv.AppendInt(append(b, '['), int64(s.len), 10)
	b = strconv.AppendInt(append(b, '/'), int64(s.cap), 10)
	return printPointer(append(b, ']'), s.data)
}

func printInterface(b []byte, i ifaceHeader) []byte {
	b = printPointer(append(b, '('), i.tab)
	b = printPointer(append(b, ','), i.data)
	return append(b, ')')
}
