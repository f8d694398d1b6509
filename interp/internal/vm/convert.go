package vm

import (
	"go/types"
	"reflect"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// convert compiles a conversion that changes how a value is represented.
func (c *compiler) convert(in *ssa.Convert) op {
	from, to := in.X.Type(), in.Type()
	d, x := c.slot(in), c.slot(in.X)
	var o op
	switch src, dst := kindOf(from), kindOf(to); {
	case dst == reflect.String:
		o = toString(from, d, x)
	case src == reflect.String:
		o = fromString(to, d, x)
	case realKind(src) && realKind(dst):
		o = convertReal(src, dst, d, x)
	case src == reflect.Complex64 && dst == reflect.Complex128:
		o = func(fr *frame) { *at[complex128](fr, d) = complex128(*at[complex64](fr, x)) }
	case src == reflect.Complex128 && dst == reflect.Complex64:
		o = func(fr *frame) { *at[complex64](fr, d) = complex64(*at[complex128](fr, x)) }
	case pointing(from) && pointing(to), src == reflect.UnsafePointer || dst == reflect.UnsafePointer:
		o = c.move(d, x, c.typeOf(in)) // of a pointer, or of the number that it is
	}
	if o == nil {
		c.unsupported(in.Pos(), "the conversion of %s to %s is unknown", from, to)
	}
	return o
}

// changeType compiles a conversion that leaves the value as it is, but for the tables of interfaces with methods: they are those of one type,
// and compiled code takes interfaces with different tables for different.
func (c *compiler) changeType(in *ssa.ChangeType) op {
	d, x, from, to := c.slot(in), c.slot(in.X), c.typeOf(in.X), c.typeOf(in)
	if from == to || to.Kind() != reflect.Interface || to.NumMethod() == 0 {
		return c.move(d, x, to)
	}
	typeOf, tabs := dynamic(from), &tables{iface: to}
	return func(fr *frame) {
		h := *at[ifaceHeader](fr, x)
		if h.tab != nil {
			h.tab = tabs.of(typeOf(h.tab))
		}
		*at[ifaceHeader](fr, d) = h
	}
}

// multiConvert is a conversion whose form depends on type arguments. Instances have none, and nothing else is run.
func (c *compiler) multiConvert(in *ssa.MultiConvert) op {
	c.unsupported(in.Pos(), "the conversion of %s to %s depends on type arguments", in.X.Type(), in.Type())
	return nil
}

// sliceToArrayPointer compiles the conversion of a slice to a pointer to its array.
func (c *compiler) sliceToArrayPointer(in *ssa.SliceToArrayPointer) op {
	d, x, pos := c.slot(in), c.slot(in.X), c.pos(in.Pos())
	n := int(in.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Array).Len())
	return func(fr *frame) {
		s := at[sliceHeader](fr, x)
		if s.len < n {
			fr.pos = pos
			faultSliceToArray(s.len, n)
		}
		*at[unsafe.Pointer](fr, d) = s.data
	}
}

// toString is the conversion to a string: of a code point, or of a slice of bytes or code points.
func toString(from types.Type, d, x slot) op {
	switch kindOf(from) {
	case reflect.Int8:
		return runeToString[int8](d, x)
	case reflect.Int16:
		return runeToString[int16](d, x)
	case reflect.Int32:
		return runeToString[int32](d, x)
	case reflect.Int64:
		return runeToString[int64](d, x)
	case reflect.Uint8:
		return runeToString[uint8](d, x)
	case reflect.Uint16:
		return runeToString[uint16](d, x)
	case reflect.Uint32:
		return runeToString[uint32](d, x)
	case reflect.Uint64:
		return runeToString[uint64](d, x)
	}
	switch elemKind(from) {
	case reflect.Uint8:
		return func(fr *frame) { *at[string](fr, d) = string(*at[[]byte](fr, x)) }
	case reflect.Int32:
		return func(fr *frame) { *at[string](fr, d) = string(*at[[]rune](fr, x)) }
	}
	return nil
}

//go:noinline
func runeToString[T integer](d, x slot) op {
	return func(fr *frame) {
		r := *at[T](fr, x)
		if r < 0 || uint64(r) > utf8.MaxRune {
			*at[string](fr, d) = string(utf8.RuneError)
			return
		}
		*at[string](fr, d) = string(rune(r))
	}
}

// fromString is the conversion of a string to a slice of its bytes or code points.
func fromString(to types.Type, d, x slot) op {
	switch elemKind(to) {
	case reflect.Uint8:
		return func(fr *frame) { *at[[]byte](fr, d) = []byte(*at[string](fr, x)) }
	case reflect.Int32:
		return func(fr *frame) { *at[[]rune](fr, d) = []rune(*at[string](fr, x)) }
	}
	return nil
}

// elemKind is the kind of a slice's elements, Invalid where t is no slice.
func elemKind(t types.Type) reflect.Kind {
	if s, ok := t.Underlying().(*types.Slice); ok {
		return kindOf(s.Elem())
	}
	return reflect.Invalid
}
