package interp

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rgo-project/rgo/interp/internal/lower"
)

const (
	formatBytes = 4 << 10 // of the whole text
	formatItems = 100     // of one slice, array or map
	formatDepth = 6
)

// Format shows a value as Go people expect to see it at a prompt: composite values as literals, strings quoted, compiled errors and Stringers by
// their own text, what a pointer points to after an &. The text is bounded: what is left out shows as an ellipsis.
func Format(v Value) string {
	f := &formatter{}
	f.write(v.Value, v.static, 0, true)
	text := f.b.String()
	if len(text) > formatBytes {
		text = strings.ToValidUTF8(text[:formatBytes], "") + "…"
	}
	return text
}

type formatter struct{ b strings.Builder }

// write shows a value; typed says whether its type is to be seen, which within a typed composite it need not be. What the value itself does
// not know of an interpreted type (its name, the names of its unexported fields) static does, if it is known.
func (f *formatter) write(v reflect.Value, static types.Type, depth int, typed bool) {
	switch {
	case !v.IsValid():
		f.b.WriteString("nil")
		return
	case f.b.Len() > formatBytes || depth > formatDepth:
		f.b.WriteString("…")
		return
	case !lower.Declared(static) && f.ownText(v): // of the methods that a declared type's values seem to have, none is its own
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		f.write(v.Elem(), nil, depth, true)
	case reflect.String:
		f.b.WriteString(strconv.Quote(clip(v.String())))
	case reflect.Pointer:
		f.pointer(v, static, depth)
	case reflect.Struct:
		f.structure(v, static, depth, typed)
	case reflect.Slice, reflect.Array:
		f.list(v, static, depth, typed)
	case reflect.Map:
		f.table(v, static, depth, typed)
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		f.opaque(v, static)
	default:
		f.b.WriteString(number(v))
	}
}

// number shows a bool or a number without asking its methods.
func number(v reflect.Value) string {
	switch {
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10)
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10)
	case v.CanFloat():
		return strconv.FormatFloat(v.Float(), 'g', -1, v.Type().Bits())
	case v.CanComplex():
		return strconv.FormatComplex(v.Complex(), 'g', -1, v.Type().Bits())
	}
	return strconv.FormatBool(v.Bool())
}

func clip(s string) string {
	if len(s) > formatBytes {
		return s[:formatBytes]
	}
	return s
}

// ownText shows what says more of itself than its fields would: errors and Stringers.
func (f *formatter) ownText(v reflect.Value) (done bool) {
	if !v.CanInterface() || v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer && v.IsNil() {
		return false
	}
	defer func() {
		if recover() != nil { // a method that cannot cope with the value: show its fields
			done = false
		}
	}()
	text := ""
	switch x := v.Interface().(type) {
	case error:
		text = x.Error()
	case time.Time:
		text = x.Format(time.RFC3339Nano)
	case reflect.Type:
		text = x.String()
	case fmt.Stringer:
		text = x.String()
	default:
		return false
	}
	f.b.WriteString(text)
	return true
}

func (f *formatter) pointer(v reflect.Value, static types.Type, depth int) {
	switch {
	case v.IsNil():
		f.b.WriteString("nil")
	case depth > 0 || v.Elem().Kind() == reflect.Pointer:
		f.opaque(v, static)
	default:
		switch v.Elem().Kind() {
		case reflect.Struct, reflect.Slice, reflect.Array, reflect.Map:
			f.b.WriteByte('&')
			f.write(v.Elem(), elemOf(static), depth+1, true)
		default:
			f.opaque(v, static)
		}
	}
}

func (f *formatter) opaque(v reflect.Value, static types.Type) {
	if v.Kind() != reflect.UnsafePointer && v.IsNil() {
		f.b.WriteString("nil")
		return
	}
	f.b.WriteByte('(')
	f.typeName(v, static, true)
	fmt.Fprintf(&f.b, ")(%#x)", v.Pointer())
}

func (f *formatter) typeName(v reflect.Value, static types.Type, typed bool) {
	t := v.Type()
	switch {
	case !typed:
	case static != nil && !types.IsInterface(static):
		f.b.WriteString(lower.TypeName(static))
	case t.Name() == "" && t.Kind() == reflect.Struct: // an interpreted type: the engine's structs have no name
	default:
		f.b.WriteString(strings.ReplaceAll(t.String(), "interface {}", "any"))
	}
}

func (f *formatter) structure(v reflect.Value, static types.Type, depth int, typed bool) {
	f.typeName(v, static, typed)
	fields := fieldsOf(static, v.NumField())
	f.b.WriteByte('{')
	for i := range v.NumField() {
		if i > 0 {
			f.b.WriteString(", ")
		}
		if fields == nil {
			f.b.WriteString(v.Type().Field(i).Name + ":")
			f.write(v.Field(i), nil, depth+1, true)
			continue
		}
		f.b.WriteString(fields.Field(i).Name() + ":")
		f.write(v.Field(i), fields.Field(i).Type(), depth+1, true)
	}
	f.b.WriteByte('}')
}

// fieldsOf is the struct that static is, nil if it is not known to be one of n fields.
func fieldsOf(static types.Type, n int) *types.Struct {
	if static == nil {
		return nil
	}
	if s, ok := static.Underlying().(*types.Struct); ok && s.NumFields() == n {
		return s
	}
	return nil
}

// elemOf is the type of what static holds or points to, nil if that is not known.
func elemOf(static types.Type) types.Type {
	if static == nil {
		return nil
	}
	if t, ok := static.Underlying().(interface{ Elem() types.Type }); ok {
		return t.Elem()
	}
	return nil
}

func keyOf(static types.Type) types.Type {
	if static == nil {
		return nil
	}
	if t, ok := static.Underlying().(*types.Map); ok {
		return t.Key()
	}
	return nil
}

func (f *formatter) list(v reflect.Value, static types.Type, depth int, typed bool) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		f.b.WriteString("nil")
		return
	}
	f.typeName(v, static, typed)
	f.b.WriteByte('{')
	for i := range v.Len() {
		if i > 0 {
			f.b.WriteString(", ")
		}
		if i == formatItems || f.b.Len() > formatBytes {
			fmt.Fprintf(&f.b, "… %d more", v.Len()-i)
			break
		}
		f.write(v.Index(i), elemOf(static), depth+1, false)
	}
	f.b.WriteByte('}')
}

// table shows a map in the order of its keys' texts, numbers by their size.
func (f *formatter) table(v reflect.Value, static types.Type, depth int, typed bool) {
	if v.IsNil() {
		f.b.WriteString("nil")
		return
	}
	f.typeName(v, static, typed)
	f.b.WriteByte('{')
	keys := v.MapKeys()
	slices.SortFunc(keys, compareKeys)
	for i, k := range keys {
		if i > 0 {
			f.b.WriteString(", ")
		}
		if i == formatItems || f.b.Len() > formatBytes {
			fmt.Fprintf(&f.b, "… %d more", len(keys)-i)
			break
		}
		f.write(k, keyOf(static), depth+1, false)
		f.b.WriteByte(':')
		f.write(v.MapIndex(k), elemOf(static), depth+1, false)
	}
	f.b.WriteByte('}')
}

func compareKeys(a, b reflect.Value) int {
	switch {
	case a.CanInt() && b.CanInt():
		return order(a.Int(), b.Int())
	case a.CanUint() && b.CanUint():
		return order(a.Uint(), b.Uint())
	case a.CanFloat() && b.CanFloat():
		return order(a.Float(), b.Float())
	}
	return order(fmt.Sprint(a), fmt.Sprint(b))
}

func order[T int64 | uint64 | float64 | string](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
