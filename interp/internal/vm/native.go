package vm

import (
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// native finds the compiled func behind an SSA function that has no code: a func of a package, or a method expression.
func (c *compiler) native(fn *ssa.Function) (reflect.Value, bool) {
	obj, ok := fn.Object().(*types.Func)
	if !ok {
		return reflect.Value{}, false
	}
	recv := obj.Signature().Recv()
	if recv == nil {
		if obj.Pkg() == nil {
			return reflect.Value{}, false
		}
		v, ok := c.m.cfg.Compiled(obj.Pkg().Path(), obj.Name())
		return v, ok && v.Kind() == reflect.Func
	}
	t := c.rtype(recv.Type())
	if own := c.m.own(t, obj.Name()); own.IsValid() {
		return own, true
	}
	method, ok := t.MethodByName(obj.Name())
	if !ok || !obj.Exported() {
		return reflect.Value{}, false
	}
	return method.Func, true
}

// own is what is called in the place of a method of a compiled type, with the receiver as its first argument; invalid if nothing is.
func (m *Machine) own(t reflect.Type, method string) reflect.Value {
	if m.cfg.Method == nil {
		return reflect.Value{}
	}
	return m.cfg.Method(t, method)
}

// native calls a compiled func that is known.
func (s *site) native(fn reflect.Value) op {
	if o := s.quick(fn); o != nil {
		return o
	}
	call := s.compiled(s.common.Signature().Variadic())
	pos := s.pos
	return func(fr *frame) {
		fr.pos = pos
		call(fr, fn)
	}
}

// compiled calls compiled funcs with the site's arguments.
func (s *site) compiled(variadic bool) func(fr *frame, fn reflect.Value) {
	args, results := s.args, s.results
	return func(fr *frame, fn reflect.Value) {
		var few [6]reflect.Value
		in := few[:0]
		for i := range args {
			a := &args[i]
			if a.typ.Kind() == reflect.Func {
				in = append(in, fr.handedOver(a))
				continue
			}
			in = append(in, value(fr, a.slot, a.typ))
		}
		var out []reflect.Value
		if variadic {
			out = fn.CallSlice(in)
		} else {
			out = fn.Call(in)
		}
		fr.back()
		fr.poll()
		for i := range results {
			value(fr, results[i].slot, results[i].typ).Set(out[i])
		}
	}
}

// handedOver is a func that compiled code gets to call, maybe in a goroutine of its own: it belongs to the run then.
func (fr *frame) handedOver(p *place) reflect.Value {
	f := value(fr, p.slot, p.typ)
	word := *at[unsafe.Pointer](fr, p.slot)
	if word == nil {
		return f
	}
	cl := closureOf(word)
	if cl == nil {
		return f
	}
	if quick := cl.forCompiled(p.typ, fr.th.run); quick.IsValid() {
		return quick
	}
	if cl.run != nil {
		return f
	}
	own := unsafe.Pointer(cl.fn.newClosure(fr.th.run, nil))
	return reflect.NewAt(p.typ, unsafe.Pointer(&own)).Elem()
}

// poll ends the run in this goroutine if it is to end.
func (fr *frame) poll() {
	if fr.th.run.stop.Load() {
		fr.th.unwind()
	}
}

// back says that compiled code has returned to fr: what it has called in its turn may have panicked, and compiled code may have recovered.
func (fr *frame) back() {
	fr.th.cur, fr.th.depth = fr, fr.depth
}
