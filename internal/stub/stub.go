package stub

import (
	"fmt"
	"reflect"
	"sync"

	"github.com/rgo-project/rgo/internal/rtype"
)

// Method is a method of a type to be made.
type Method[P any] struct {
	Name string       // an exported one
	Type reflect.Type // a func, without receiver

	// Key tells bodies of one name and type apart: those with equal keys are taken to do the same, and one of them serves for all.
	Key string
	// Body carries the method out. The last of the arguments of a variadic method is a slice.
	Body func(p *P, args []reflect.Value) []reflect.Value
}

// Factory makes types of values that stand for a *P. The zero value, but for the path, is ready to be used.
type Factory[P any] struct {
	PkgPath string // of the types

	mu      sync.Mutex
	entries map[entryKey]*rtype.Entry
	types   sync.Map // reflect.Type -> struct{}: those made here
}

type entryKey struct {
	name, key string
	t         reflect.Type
}

// Supported reports why no types can be made in this process, or nil.
func Supported() error { return rtype.Supported() }

// Make makes a type called name, as %T prints it: with its package. No two of the methods may have one name.
func (f *Factory[P]) Make(name string, methods []Method[P]) (reflect.Type, error) {
	d, err := rtype.Declare(rtype.Spec{
		Name: name, PkgPath: f.PkgPath, Defined: true, Layout: reflect.TypeFor[struct{ p *P }](), Methods: len(methods),
	})
	if err != nil {
		return nil, err
	}
	if err := d.SetFields([]rtype.Field{{Name: "p", PkgPath: f.PkgPath, Type: reflect.TypeFor[*P]()}}); err != nil {
		return nil, err
	}
	if !rtype.Direct(d.Type()) {
		return nil, fmt.Errorf("stub: a struct of one pointer is not the word of an interface here")
	}
	table := make([]rtype.Method, len(methods))
	for i, m := range methods {
		e, err := f.entry(m)
		if err != nil {
			return nil, err
		}
		table[i] = rtype.Method{Name: m.Name, Type: m.Type, Word: e, Func: e}
	}
	if err := d.SetMethods(table, nil); err != nil {
		return nil, err
	}
	f.types.Store(d.Type(), struct{}{})
	return d.Type(), nil
}

// entry returns the code of a method.
func (f *Factory[P]) entry(m Method[P]) (*rtype.Entry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := entryKey{m.Name, m.Key, m.Type}
	if e := f.entries[key]; e != nil {
		return e, nil
	}
	in, out := []reflect.Type{reflect.TypeFor[*P]()}, []reflect.Type(nil)
	for i := range m.Type.NumIn() {
		in = append(in, m.Type.In(i))
	}
	for i := range m.Type.NumOut() {
		out = append(out, m.Type.Out(i))
	}
	e, err := rtype.NewEntry(reflect.MakeFunc(reflect.FuncOf(in, out, false), func(args []reflect.Value) []reflect.Value {
		return m.Body((*P)(args[0].UnsafePointer()), args[1:])
	}))
	if err != nil {
		return nil, err
	}
	if f.entries == nil {
		f.entries = make(map[entryKey]*rtype.Entry)
	}
	f.entries[key] = e
	return e, nil
}

// New makes a value of a type made here, which stands for p.
func (f *Factory[P]) New(t reflect.Type, p *P) reflect.Value {
	v := reflect.New(t)
	*(**P)(v.UnsafePointer()) = p
	return v.Elem()
}

// Has says whether t was made here.
func (f *Factory[P]) Has(t reflect.Type) bool {
	_, ok := f.types.Load(t)
	return ok
}

// Held returns what v, a value of a type made here, stands for.
func (f *Factory[P]) Held(v reflect.Value) *P { return (*P)(v.Field(0).UnsafePointer()) }
