package reify

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"sync"
	"unsafe"

	"github.com/rgo-project/rgo/internal/rtype"
)

// code is how the runtime calls a method: an entry for each form in which a receiver comes.
type code struct {
	method   reflect.Type // without receiver
	selected *types.Selection
	onValue  bool // the method is one of T too

	viaPointer *rtype.Entry // a *T
	viaWord    *rtype.Entry // the data word of an interface that holds a T; nil if the method needs a pointer
	viaValue   *rtype.Entry // a T
}

// code makes the code of a method of *T, and of T if onValue is not nil. A type that is renewed keeps the code of its methods, as far as
// they are the same ones: entries are few.
func (t *Types) code(rt reflect.Type, typ types.Type, onPointer, onValue *types.Selection) code {
	c := code{method: t.signature(onPointer.Obj().(*types.Func).Signature()), selected: onPointer, onValue: onValue != nil}
	if old, ok := t.oldCode(typ, onPointer); ok && old.sameAs(c) {
		return old
	}
	r := t.receivers(c.method, onPointer, onValue)
	c.viaPointer = t.entry(reflect.TypeFor[unsafe.Pointer](), c.method, r.viaPointer)
	switch {
	case onValue == nil:
	case rtype.Direct(rt):
		c.viaWord = t.entry(reflect.TypeFor[unsafe.Pointer](), c.method, r.viaWord)
		c.viaValue = c.viaWord // a pointer is passed as any other
	default:
		c.viaWord = c.viaPointer // the data word is a pointer to the value
		c.viaValue = t.entry(rt, c.method, r.viaValue)
	}
	return c
}

func (t *Types) oldCode(typ types.Type, sel *types.Selection) (code, bool) {
	codes, _ := t.codes.At(typ).(map[methodName]code)
	c, ok := codes[nameOf(sel)]
	return c, ok
}

func (c code) sameAs(d code) bool {
	return c.method == d.method && c.onValue == d.onValue &&
		c.selected.Obj() == d.selected.Obj() && slices.Equal(c.selected.Index(), d.selected.Index())
}

// entry makes the code of a method whose receiver comes as a value of type recv.
func (t *Types) entry(recv, method reflect.Type, call func([]reflect.Value) []reflect.Value) *rtype.Entry {
	in, out := []reflect.Type{recv}, []reflect.Type(nil)
	for i := range method.NumIn() {
		in = append(in, method.In(i))
	}
	for i := range method.NumOut() {
		out = append(out, method.Out(i))
	}
	e, err := rtype.NewEntry(reflect.MakeFunc(reflect.FuncOf(in, out, false), call))
	if err != nil {
		panic(err)
	}
	t.batch.entries = append(t.batch.entries, e)
	return e
}

// receivers brings the receiver of a call into the form that a Method wants.
type receivers struct {
	onPointer func() Method
	onValue   func() Method // nil if the method needs a pointer
}

func (t *Types) receivers(method reflect.Type, pointer, value *types.Selection) *receivers {
	r := &receivers{onPointer: t.ask(method, pointer)}
	if value != nil {
		r.onValue = t.ask(method, value)
	}
	return r
}

// ask asks for the method when it is first called.
func (t *Types) ask(method reflect.Type, sel *types.Selection) func() Method {
	sig := sel.Obj().Type()
	return sync.OnceValue(func() Method {
		if now := sel.Obj().Type(); !types.Identical(now, sig) {
			panic(fmt.Sprintf("method %s of a value of an older %v: it was declared again as %v", sel.Obj().Name(), sel.Recv(), now))
		}
		run := t.cfg.Method(sel)
		return func(recv unsafe.Pointer, args []reflect.Value) []reflect.Value {
			results := run(recv, args)
			for i, v := range results {
				if want := method.Out(i); v.Kind() == want.Kind() && v.Type() != want {
					results[i] = t.as(v, want)
				}
			}
			return results
		}
	})
}

// as gives a result the type that the method's caller expects, if that is the same type before or after it was renewed.
func (t *Types) as(v reflect.Value, want reflect.Type) reflect.Value {
	if t.Current(v.Type()) != t.Current(want) {
		return v
	}
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return reflect.NewAt(want, p.UnsafePointer()).Elem()
}

// viaPointer gets a *T. A method on T is called without detour, unless there is no T: what happens then is the business of (*T).M.
func (r *receivers) viaPointer(args []reflect.Value) []reflect.Value {
	p := args[0].UnsafePointer()
	if p != nil && r.onValue != nil {
		return r.onValue()(p, args[1:])
	}
	return r.onPointer()(unsafe.Pointer(&p), args[1:])
}

// viaWord gets a T that is itself a pointer.
func (r *receivers) viaWord(args []reflect.Value) []reflect.Value {
	p := args[0].UnsafePointer()
	return r.onValue()(unsafe.Pointer(&p), args[1:])
}

// viaValue gets a T.
func (r *receivers) viaValue(args []reflect.Value) []reflect.Value {
	v := reflect.New(args[0].Type())
	v.Elem().Set(args[0])
	return r.onValue()(v.UnsafePointer(), args[1:])
}
