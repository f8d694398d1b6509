package netproxy

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"

	"github.com/rgo-project/rgo/conn"
)

// trace says where an error comes from, as far as this side can tell: an error of Go carries no stack, so it is the func that the peer
// has called, with its place, and before it what the error knows itself: the stack of an error that prints one with %+v, or the
// trace of one that has come here from another peer.
func trace(o *object, in *conn.Inbound, err error) string {
	var parts []string
	if own := ownTrace(err); own != "" {
		parts = append(parts, own)
	}
	if o != nil && (in.Op == opCall || in.Op == opRestore) {
		if f := callee(o, in.Name); f != nil {
			file, line := f.FileLine(f.Entry())
			parts = append(parts, fmt.Sprintf("%s\n\t%s:%d", f.Name(), file, line))
		}
	}
	return clip(strings.Join(parts, "\n"), maxErrorText)
}

// ownTrace is what an error knows of its origin. One that has come here from another peer brings the stacks of its hops along by itself.
func ownTrace(err error) string {
	switch err.(type) { //nolint:errorlint // the error itself, not what it wraps
	case *RemoteError, *PanicError:
		return ""
	}
	if _, ok := err.(fmt.Formatter); !ok {
		return ""
	}
	long := fmt.Sprintf("%+v", err)
	if rest, ok := strings.CutPrefix(long, textOf(err)); ok {
		return strings.TrimSpace(rest)
	}
	return long
}

// callee finds the code of what is called; nil if it cannot be told.
func callee(o *object, name string) *runtime.Func {
	if o.tuple {
		return nil
	}
	f, _ := facetOf(o)
	if o.name != "" && o.of != nil && name == "" { // a method value, whose code is that of all method values
		o, name = o.of, o.name
	}
	if f != nil {
		if o = f.object.Load(); o == nil || o.tuple {
			return nil
		}
	}
	v := open(o.value())
	if !v.IsValid() {
		return nil
	}
	if name != "" {
		v = memberFunc(v, name)
	}
	if !v.IsValid() || v.Kind() != reflect.Func || v.IsNil() {
		return nil
	}
	return runtime.FuncForPC(v.Pointer())
}

// memberFunc finds the func behind a member: of a namespace, of a field, or a method as its type has it, which, unlike a method value, tells its code.
func memberFunc(v reflect.Value, name string) reflect.Value {
	if ns, ok := namespace(v); ok {
		f, err := ns.Lookup(name)
		if err != nil {
			return reflect.Value{}
		}
		return open(f)
	}
	t := v.Type()
	if m, ok := t.MethodByName(name); ok {
		return m.Func
	}
	if m, ok := reflect.PointerTo(t).MethodByName(name); ok {
		return m.Func
	}
	f, err := fieldOf(v, name)
	if err != nil {
		return reflect.Value{}
	}
	return open(f)
}
