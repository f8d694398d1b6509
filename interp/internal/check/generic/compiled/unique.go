package compiled

import (
	"reflect"
	"runtime"
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
var canonical = pointers{known: map[uniqueKey]weak.Pointer[byte]{}}

type pointers struct {
	mu    sync.Mutex
	known map[uniqueKey]weak.Pointer[byte]
}

type uniqueKey struct {
	typ   reflect.Type // an interface's, where the value's own is another
	value any
}

// of returns the canonical pointer to a value, made now if need be. Its entry goes when nothing refers to it any more.
func (c *pointers) of(v reflect.Value) unsafe.Pointer {
	t := v.Type()
	key := uniqueKey{t, v.Interface()}
	if t.Kind() == reflect.String { // no handle keeps a longer string alive
		v = reflect.ValueOf(strings.Clone(v.String())).Convert(t)
		key.value = v.Interface()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.known[key].Value(); p != nil {
		return unsafe.Pointer(p)
	}
	cell := reflect.New(t)
	cell.Elem().Set(v)
	p := (*byte)(cell.UnsafePointer())
	if key != key { // a NaN in it: equal to nothing, itself included
		return unsafe.Pointer(p)
	}
	w := weak.Make(p)
	c.known[key] = w
	runtime.AddCleanup(p, func(w weak.Pointer[byte]) { c.forget(key, w) }, w)
	return unsafe.Pointer(p)
}

// forget drops an entry, unless the value has got a new one since.
func (c *pointers) forget(key uniqueKey, w weak.Pointer[byte]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known[key] == w {
		delete(c.known, key)
	}
}
