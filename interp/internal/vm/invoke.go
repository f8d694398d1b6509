package vm

import (
	"go/types"
	"reflect"
	"sync/atomic"
	"unsafe"

	"github.com/rgo-project/rgo/internal/rtype"
)

// found is what a site has found out about the dynamic type that it met last.
type found struct {
	tab  unsafe.Pointer
	fn   *Func         // nil: a compiled method
	own  reflect.Value // what is called in its place, if anything is
	recv place         // where fn wants its receiver
	word bool          // the data word is the receiver itself
	in   transfer
}

// invoke calls a method of an interface value.
func (s *site) invoke() op {
	iface := s.c.slot(s.common.Value)
	typ := s.c.typeOf(s.common.Value)
	method := s.common.Method
	_, out := s.transfers(s.c.u.convention(s.common.Signature()))
	native := s.compiled(s.common.Signature().Variadic())
	index := methodIndex(typ, method)
	look := lookup{s.c.m, method.Id(), s.args}
	pos := s.pos
	last := new(atomic.Pointer[found])
	return func(fr *frame) {
		fr.pos = pos
		h := at[ifaceHeader](fr, iface)
		if h.tab == nil {
			faultNil()
		}
		hit := last.Load()
		if hit == nil || hit.tab != h.tab {
			hit = look.find(h.tab)
			last.Store(hit)
		}
		if hit.fn == nil {
			native(fr, hit.compiled(value(fr, iface, typ), index))
			return
		}
		nf := hit.fn.enter(fr.th, fr)
		if fr.fn.wrapper {
			nf.reason = fr.reason
		}
		hit.receive(nf, h.data)
		hit.in.do(nf, fr)
		nf.call()
		out.do(fr, nf)
		nf.leave()
	}
}

// receive puts the receiver into the frame of a method.
func (hit *found) receive(nf *frame, data unsafe.Pointer) {
	if hit.word {
		*at[unsafe.Pointer](nf, hit.recv.slot) = data
		return
	}
	hit.recv.copy(addr(nf, hit.recv.slot), data)
}

// compiled is the method of a compiled type, bound to the value of an interface.
func (hit *found) compiled(iface reflect.Value, index int) reflect.Value {
	method := iface.Method(index)
	if !hit.own.IsValid() {
		return method
	}
	recv := iface.Elem()
	return reflect.MakeFunc(method.Type(), func(args []reflect.Value) []reflect.Value {
		args = append([]reflect.Value{recv}, args...)
		if method.Type().IsVariadic() {
			return hit.own.CallSlice(args)
		}
		return hit.own.Call(args)
	})
}

// methodIndex is the number of a method in reflect's order.
func methodIndex(iface reflect.Type, m *types.Func) int {
	for i := range iface.NumMethod() {
		if method := iface.Method(i); method.Name == m.Name() && (m.Exported() || method.PkgPath == m.Pkg().Path()) {
			return i
		}
	}
	return -1
}

// lookup is what a site wants of a dynamic type.
type lookup struct {
	m      *Machine
	method string // with its package if it is not exported
	args   []place
}

// find looks the method up in the dynamic type of an interface value.
func (l *lookup) find(tab unsafe.Pointer) *found {
	t := rtype.OfItab(tab)
	hit := &found{tab: tab, fn: l.m.method(t, l.method), word: rtype.Direct(t)}
	if hit.fn == nil {
		hit.own = l.m.own(t, l.method)
		return hit
	}
	hit.recv = hit.fn.params[0]
	for i, a := range l.args {
		p := hit.fn.params[i+1]
		hit.in.add(p.slot, a.slot, p)
	}
	return hit
}

// method is the code of a method of a runtime type of the session, nil if the type is compiled.
func (m *Machine) method(t reflect.Type, id string) *Func {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := methodKey{t, id}
	f := m.methods[key]
	if f == nil {
		return nil
	}
	if last := f.newest(); last != f {
		f = last
		m.methods[key] = f
	}
	return f
}
