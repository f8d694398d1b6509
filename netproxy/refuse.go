package netproxy

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"reflect"
	"strings"
)

// stays is the error for an object of the other side where a t is wanted, which it cannot be: why not, and what would do.
func stays(p *Proxy, t reflect.Type) error {
	typ := p.Type()
	if typ == "" {
		typ = "value"
	}
	elem := t
	if t.Kind() == reflect.Pointer {
		elem = t.Elem()
	}
	head := fmt.Sprintf("a %s of the other side cannot become a %s here", typ, t)
	switch {
	case strings.TrimPrefix(typ, "*") != elem.String() && strings.HasPrefix(typ, "*") && t.Kind() == reflect.Pointer && copiable(t):
		return fail(ErrArgument, "%s: they are different things; where they are alike, pass it by value (netproxy.Copy)", head)
	case strings.TrimPrefix(typ, "*") != elem.String():
		return fail(ErrArgument, "%s: they are different things", head)
	case planOf(elem).class == classShared && planOf(elem).typ.Kind() == reflect.Struct:
		return fail(ErrArgument, "%s: it has unexported state, which cannot be copied, so it stays where it is; what works is a parameter of type %s, *netproxy.Proxy or any", head, interfaceOf(t))
	case t.Kind() == reflect.Pointer:
		return fail(ErrArgument, "%s: it was shared, so it stays where it is; pass it by value (netproxy.Copy), or take %s, a *netproxy.Proxy or any", head, interfaceOf(t))
	}
	return fail(ErrArgument, "%s: it was shared, so it stays where it is; pass it by value (netproxy.Copy, or what netproxy.Value returns), or take a *netproxy.Proxy or any", head)
}

// interfaceOf names an interface that a parameter may have instead of a t.
func interfaceOf(t reflect.Type) string {
	for _, known := range []reflect.Type{
		reflect.TypeFor[io.ReadWriteCloser](), reflect.TypeFor[io.ReadCloser](), reflect.TypeFor[io.WriteCloser](), reflect.TypeFor[io.ReadWriter](),
		reflect.TypeFor[io.Reader](), reflect.TypeFor[io.Writer](), reflect.TypeFor[fs.File](), reflect.TypeFor[fs.FS](), reflect.TypeFor[http.Handler](),
		reflect.TypeFor[fmt.Stringer](),
	} {
		if t.Implements(known) {
			return known.String()
		}
	}
	return "an interface that it implements"
}
