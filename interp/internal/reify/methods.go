package reify

import (
	"go/types"
	"reflect"
	"sync"
	"unsafe"

	"github.com/rgo-project/rgo/internal/rtype"
)

// methodSets are the methods of a type and of the pointer to it, promoted ones too.
type methodSets struct{ value, pointer []*types.Selection }

func methodSetsOf(typ types.Type) methodSets {
	if types.IsInterface(typ) {
		return methodSets{}
	}
	return methodSets{selections(typ), selections(types.NewPointer(typ))}
}

func selections(typ types.Type) []*types.Selection {
	set := types.NewMethodSet(typ)
	list := make([]*types.Selection, set.Len())
	for i := range list {
		list[i] = set.At(i)
	}
	return list
}

// methodName tells the methods of a type apart.
type methodName struct{ name, pkgPath string }

func nameOf(sel *types.Selection) methodName { return methodName{sel.Obj().Name(), pathOf(sel.Obj())} }

// methodTable has the session's methods of a runtime type.
type methodTable map[methodName]*types.Selection

func tableOf(list []*types.Selection) methodTable {
	table := methodTable{}
	for _, sel := range list {
		table[nameOf(sel)] = sel
	}
	return table
}

// Lookup returns which method of the session's the method of a runtime type is; pkgPath is that of an unexported name.
// It reports false for compiled types and their methods.
func (t *Types) Lookup(rt reflect.Type, name, pkgPath string) (*types.Selection, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	sel, ok := t.methods[rt][methodName{name, pkgPath}]
	return sel, ok
}

// addMethods gives a declared type its methods.
func (t *Types) addMethods(d *rtype.Draft, sets methodSets) {
	if len(sets.pointer) == 0 {
		return
	}
	rt := d.Type()
	onValue := tableOf(sets.value)
	t.methods[rt], t.methods[reflect.PointerTo(rt)] = onValue, tableOf(sets.pointer)

	var value, pointer []rtype.Method
	for _, sel := range sets.pointer {
		m := rtype.Method{Name: sel.Obj().Name(), PkgPath: pathOf(sel.Obj()), Type: t.signature(sel.Obj().(*types.Func).Signature())}
		inValue := onValue[nameOf(sel)]
		p := t.receivers(sel, inValue)
		viaPointer := t.entry(reflect.TypeFor[unsafe.Pointer](), m.Type, p.viaPointer)
		m.Word, m.Func = viaPointer, viaPointer
		pointer = append(pointer, m)
		if inValue == nil {
			continue
		}
		if rtype.Direct(rt) {
			m.Word = t.entry(reflect.TypeFor[unsafe.Pointer](), m.Type, p.viaWord)
			m.Func = m.Word
		} else {
			m.Func = t.entry(rt, m.Type, p.viaValue) // the word of a T in an interface is a pointer to it: m.Word is the pointer's
		}
		value = append(value, m)
	}
	if err := d.SetMethods(value, pointer); err != nil {
		panic(err)
	}
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

func (t *Types) receivers(pointer, value *types.Selection) *receivers {
	ask := func(sel *types.Selection) func() Method {
		return sync.OnceValue(func() Method { return t.cfg.Method(sel) })
	}
	r := &receivers{onPointer: ask(pointer)}
	if value != nil {
		r.onValue = ask(value)
	}
	return r
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
