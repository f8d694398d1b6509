package interp

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	formatBytes = 4 << 10 // of the whole text
	formatItems = 100     // of one slice, array or map
	formatDepth = 6
)

// Format shows a value as Go people expect to see it at a prompt: composite values as literals, strings quoted, errors and Stringers by their
// own text, what a pointer points to after an &. The text is bounded: what is left out shows as an ellipsis.
func Format(v Value) string {
	f := &formatter{}
	f.write(v.Value, 0, true)
	text := f.b.String()
	if len(text) > formatBytes {
		text = strings.ToValidUTF8(text[:formatBytes], "") + "…"
	}
	return text
}

type formatter struct{ b strings.Builder }

// write shows a value; typed says whether its type is to be seen, which within a typed composite it need not be.
func (f *formatter) write(v reflect.Value, depth int, typed bool) {
	switch {
	case !v.IsValid():
		f.b.WriteString("nil")
		return
	case f.b.Len() > formatBytes || depth > formatDepth:
		f.b.WriteString("…")
		return
	case f.ownText(v):
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		f.write(v.Elem(), depth, true)
	case reflect.String:
		f.b.WriteString(strconv.Quote(clip(v.String())))
	case reflect.Pointer:
		f.pointer(v, depth)
	case reflect.Struct:
		f.structure(v, depth, typed)
	case reflect.Slice, reflect.Array:
		f.list(v, depth, typed)
	case reflect.Map:
		f.table(v, depth, typed)
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		f.opaque(v)
	default:
		fmt.Fprintf(&f.b, "%v", v)
	}
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

func (f *formatter) pointer(v reflect.Value, depth int) {
	switch {
	case v.IsNil():
		f.b.WriteString("nil")
	case depth > 0 || v.Elem().Kind() == reflect.Pointer:
		f.opaque(v)
	default:
		switch v.Elem().Kind() {
		case reflect.Struct, reflect.Slice, reflect.Array, reflect.Map:
			f.b.WriteByte('&')
			f.write(v.Elem(), depth+1, true)
		default:
			f.opaque(v)
		}
	}
}

func (f *formatter) opaque(v reflect.Value) {
	if v.Kind() != reflect.UnsafePointer && v.IsNil() {
		f.b.WriteString("nil")
		return
	}
	fmt.Fprintf(&f.b, "(%s)(%#x)", v.Type(), v.Pointer())
}

func (f *formatter) typeName(v reflect.Value, typed bool) {
	if !typed {
		return
	}
	t := v.Type()
	if t.Name() == "" && t.Kind() == reflect.Struct { // an interpreted type: the engine's structs have no name
		return
	}
	f.b.WriteString(strings.ReplaceAll(t.String(), "interface {}", "any"))
}

func (f *formatter) structure(v reflect.Value, depth int, typed bool) {
	f.typeName(v, typed)
	f.b.WriteByte('{')
	for i := range v.NumField() {
		if i > 0 {
			f.b.WriteString(", ")
		}
		f.b.WriteString(v.Type().Field(i).Name + ":")
		f.write(v.Field(i), depth+1, true)
	}
	f.b.WriteByte('}')
}

func (f *formatter) list(v reflect.Value, depth int, typed bool) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		f.b.WriteString("nil")
		return
	}
	f.typeName(v, typed)
	f.b.WriteByte('{')
	for i := range v.Len() {
		if i > 0 {
			f.b.WriteString(", ")
		}
		if i == formatItems || f.b.Len() > formatBytes {
			fmt.Fprintf(&f.b, "… %d more", v.Len()-i)
			break
		}
		f.write(v.Index(i), depth+1, false)
	}
	f.b.WriteByte('}')
}

// table shows a map in the order of its keys' texts, numbers by their size.
func (f *formatter) table(v reflect.Value, depth int, typed bool) {
	if v.IsNil() {
		f.b.WriteString("nil")
		return
	}
	f.typeName(v, typed)
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
		f.write(k, depth+1, false)
		f.b.WriteByte(':')
		f.write(v.MapIndex(k), depth+1, false)
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
