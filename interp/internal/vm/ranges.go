package vm

import (
	"reflect"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// rangeOf begins an iteration. The place of an ssa.Range holds a pointer to its state, which serves for the next iteration as well.
func (c *compiler) rangeOf(in *ssa.Range) op {
	dst, x, t := c.slot(in), c.slot(in.X), c.typeOf(in.X)
	if t.Kind() == reflect.String {
		return func(fr *frame) {
			r := kept[stringRange](fr, dst)
			r.s, r.i = *at[string](fr, x), 0
		}
	}
	return func(fr *frame) {
		r := kept[mapRange](fr, dst)
		r.m = *at[unsafe.Pointer](fr, x)
		r.iter.Reset(reflect.NewAt(t, unsafe.Pointer(&r.m)).Elem())
	}
}

// kept returns what a place points to. It is made when it is first asked for.
func kept[T any](fr *frame, s slot) *T {
	p := at[*T](fr, s)
	if *p == nil {
		*p = new(T)
	}
	return *p
}

// next is one step of an iteration. It yields whether there is one more, its key, and its element; what is not asked for has no size.
func (c *compiler) next(in *ssa.Next) op {
	tuple := c.shape(in)
	more, it := c.slot(in), c.slot(in.Iter)
	key, elem := more+slot(tuple.Field(1).Offset), more+slot(tuple.Field(2).Offset)
	wantsKey, wantsElem := tuple.Field(1).Type.Size() > 0, tuple.Field(2).Type.Size() > 0
	if in.IsString {
		return func(fr *frame) {
			i, r, ok := (*at[*stringRange](fr, it)).step()
			if *at[bool](fr, more) = ok; !ok {
				return
			}
			if wantsKey {
				*at[int](fr, key) = i
			}
			if wantsElem {
				*at[rune](fr, elem) = r
			}
		}
	}
	setKey, setElem := copier(tuple.Field(1).Type), copier(tuple.Field(2).Type)
	keyAt, elemAt := entryOffsets()
	return func(fr *frame) {
		r := *at[*mapRange](fr, it)
		ok := r.iter.Next()
		if *at[bool](fr, more) = ok; !ok {
			*r = mapRange{} // the frame must not keep the map
			return
		}
		if wantsKey {
			setKey(addr(fr, key), *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(r), keyAt)))
		}
		if wantsElem {
			setElem(addr(fr, elem), *(*unsafe.Pointer)(unsafe.Add(unsafe.Pointer(r), elemAt)))
		}
	}
}

// stringRange is an iteration over a string.
type stringRange struct {
	s string
	i int
}

func (r *stringRange) step() (i int, c rune, ok bool) {
	i = r.i
	if i >= len(r.s) {
		return 0, 0, false
	}
	size := 1
	if c = rune(r.s[i]); c >= utf8.RuneSelf {
		c, size = utf8.DecodeRuneInString(r.s[i:])
	}
	r.i += size
	return i, c, true
}

// mapRange is an iteration over a map.
type mapRange struct {
	m    unsafe.Pointer // the map, where iter looks for it
	iter reflect.MapIter
}

// entryOffsets tells where in a mapRange the pointers to the key and the element are that the iteration has reached. The methods of
// reflect.MapIter would copy both by way of reflect.Values.
func entryOffsets() (key, elem uintptr) {
	iter, _ := reflect.TypeFor[mapRange]().FieldByName("iter")
	hiter, ok := iter.Type.FieldByName("hiter")
	k, ok1 := hiter.Type.FieldByName("key")
	e, ok2 := hiter.Type.FieldByName("elem")
	if !ok || !ok1 || !ok2 {
		panic("vm: reflect.MapIter is not what it was")
	}
	at := iter.Offset + hiter.Offset
	return at + k.Offset, at + e.Offset
}
