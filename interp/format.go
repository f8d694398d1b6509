package interp

import (
	"cmp"
	"errors"
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
	formatTime  = time.Second // of the methods that it calls, in all
)

// Format shows a value as Go people expect to see it at a prompt: composite values as literals, strings quoted, errors and Stringers by
// their own text, what a pointer points to after an &. The text is bounded: what is left out shows as an ellipsis. If the values' methods do not
// come to an end, they are shown without them.
func Format(v Value) string {
	if v.session == nil {
		return format(v.Value, true)
	}
	done := make(chan string, 1)
	run := v.session.machine.NewRun(v.session.root)
	go func() { // ends with the methods, which the end of the run ends, but for those that are blocked in compiled code
		defer close(done)
		_ = v.session.machine.Do(run, func() { done <- format(v.Value, true) })
	}()
	timer := time.NewTimer(formatTime)
	defer timer.Stop()
	select {
	case text, ok := <-done:
		if ok {
			return text
		}
	case <-timer.C:
		run.Abort(errors.New("interp: showing a value takes too long"))
	}
	return format(v.Value, false)
}

func format(v reflect.Value, methods bool) string {
	f := &formatter{methods: methods}
	f.write(v, 0, true)
	text := f.b.String()
	if len(text) > formatBytes {
		text = strings.ToValidUTF8(text[:formatBytes], "") + "…"
	}
	return text
}

type formatter struct {
	b       strings.Builder
	methods bool // values are asked for their own text
}

// write shows a value; typed says whether its type is to be seen, which within a typed composite it need not be.
func (f *formatter) write(v reflect.Value, depth int, typed bool) {
	switch {
	case !v.IsValid():
		f.b.WriteString("nil")
		return
	case f.b.Len() > formatBytes || depth > formatDepth:
		f.b.WriteString("…")
		return
	case f.methods && f.ownText(v):
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

func (f *formatter) pointer(v reflect.Value, depth int) {
	switch {
	case v.IsNil():
		f.b.WriteString("nil")
	case depth > 0:
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
	fmt.Fprintf(&f.b, "(%s)(%#x)", typeName(v.Type()), v.Pointer())
}

func (f *formatter) typ(v reflect.Value, typed bool) {
	if typed {
		f.b.WriteString(typeName(v.Type()))
	}
}

func (f *formatter) structure(v reflect.Value, depth int, typed bool) {
	f.typ(v, typed)
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
	f.typ(v, typed)
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
	f.typ(v, typed)
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
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint() && b.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanFloat() && b.CanFloat():
		return cmp.Compare(a.Float(), b.Float())
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}
