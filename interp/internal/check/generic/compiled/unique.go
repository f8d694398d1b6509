package compiled

import (
	"hash/maphash"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"unique"
	"unsafe"
	"weak"
)

// Unique takes a pointer to a value and returns the canonical one of all pointers to such values: it is the same for equal
// values of one type as long as it is reachable. For types of the language it is the one that compiled handles have.
func Unique(p any) unsafe.Pointer {
	switch p := p.(type) {
	case *bool:
		return handle(*p)
	case *int:
		return handle(*p)
	case *int8:
		return handle(*p)
	case *int16:
		return handle(*p)
	case *int32:
		return handle(*p)
	case *int64:
		return handle(*p)
	case *uint:
		return handle(*p)
	case *uint8:
		return handle(*p)
	case *uint16:
		return handle(*p)
	case *uint32:
		return handle(*p)
	case *uint64:
		return handle(*p)
	case *uintptr:
		return handle(*p)
	case *float32:
		return handle(*p)
	case *float64:
		return handle(*p)
	case *complex64:
		return handle(*p)
	case *complex128:
		return handle(*p)
	case *string:
		return handle(*p)
	case *any:
		return handle(*p)
	case *error:
		return handle(*p)
	}
	return canonical.of(reflect.ValueOf(p).Elem())
}

// handle is the one word that a handle is.
func handle[T comparable](v T) unsafe.Pointer {
	h := unique.Make(v)
	return *(*unsafe.Pointer)(unsafe.Pointer(&h))
}

// canonical holds the canonical pointers of types that no handle was compiled for.
var canonical = pointers{seed: maphash.MakeSeed(), known: map[uint64][]pointer{}}

// pointers finds pointers by the hashes of what they point to. It keeps none of that alive.
type pointers struct {
	seed  maphash.Seed
	mu    sync.Mutex
	known map[uint64][]pointer
}

type pointer struct {
	typ reflect.Type // an interface, where the value's own type is another
	to  weak.Pointer[byte]
}

// of returns the canonical pointer to a value, made now if need be. It is forgotten when nothing refers to it any more.
func (c *pointers) of(v reflect.Value) unsafe.Pointer {
	t := v.Type()
	hash := maphash.Comparable(c.seed, v.Interface())
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, known := range c.known[hash] {
		if p := unsafe.Pointer(known.to.Value()); p != nil && known.typ == t && reflect.NewAt(t, p).Elem().Interface() == v.Interface() {
			return p
		}
	}
	if t.Kind() == reflect.String { // no handle keeps a longer string alive
		v = reflect.ValueOf(strings.Clone(v.String())).Convert(t)
	}
	made := reflect.New(t)
	made.Elem().Set(v)
	p := (*byte)(made.UnsafePointer())
	w := weak.Make(p)
	c.known[hash] = append(c.known[hash], pointer{t, w})
	runtime.AddCleanup(p, func(w weak.Pointer[byte]) { c.forget(hash, w) }, w)
	return unsafe.Pointer(p)
}

func (c *pointers) forget(hash uint64, w weak.Pointer[byte]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	rest := slices.DeleteFunc(c.known[hash], func(p pointer) bool { return p.to == w })
	c.known[hash] = rest
	if len(rest) == 0 {
		delete(c.known, hash)
	}
}
