package vm

import (
	"go/token"
	"go/types"
	"reflect"
	"unsafe"

	"golang.org/x/tools/go/ssa"
)

// convention is where callers and functions of a signature put parameters and results: the same for all of them.
type convention struct {
	typ             reflect.Type
	results, params []place
	variadic        bool
}

func (u *unit) convention(sig *types.Signature) *convention {
	l := newLayout()
	k := &convention{typ: u.m.types.Of(withoutReceiver(sig)), variadic: sig.Variadic()}
	for v := range sig.Results().Variables() {
		k.results = append(k.results, u.place(&l, v.Type()))
	}
	for v := range sig.Params().Variables() {
		k.params = append(k.params, u.place(&l, v.Type()))
	}
	return k
}

func withoutReceiver(sig *types.Signature) *types.Signature {
	if sig.Recv() == nil {
		return sig
	}
	return types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
}

// transfer copies values between two frames.
type transfer struct {
	words    []pair // of eight bytes, no pointer
	pointers []pair
	rest     []shift
}

type (
	pair  struct{ dst, src slot }
	shift struct {
		pair
		copy func(dst, src unsafe.Pointer)
	}
)

func (t *transfer) add(dst, src slot, p place) {
	switch p.typ.Kind() {
	case reflect.Int, reflect.Int64, reflect.Uint, reflect.Uint64, reflect.Uintptr, reflect.Float64:
		if word == 8 {
			t.words = append(t.words, pair{dst, src})
			return
		}
	case reflect.Pointer, reflect.Map, reflect.Chan, reflect.Func, reflect.UnsafePointer:
		t.pointers = append(t.pointers, pair{dst, src})
		return
	}
	if p.typ.Size() > 0 {
		t.rest = append(t.rest, shift{pair{dst, src}, p.copy})
	}
}

func (t *transfer) do(to, from *frame) {
	for _, p := range t.words {
		*at[uint64](to, p.dst) = *at[uint64](from, p.src)
	}
	for _, p := range t.pointers {
		*at[unsafe.Pointer](to, p.dst) = *at[unsafe.Pointer](from, p.src)
	}
	for i := range t.rest {
		p := &t.rest[i]
		p.copy(addr(to, p.dst), addr(from, p.src))
	}
}

// put gives a place of a frame a value that compiled code passes. Its type may be an older generation of the place's, which looks the same in memory.
func (p *place) put(fr *frame, v reflect.Value) {
	to := value(fr, p.slot, p.typ)
	if v.Type() != p.typ {
		own := reflect.New(v.Type())
		own.Elem().Set(v)
		v = reflect.NewAt(p.typ, own.UnsafePointer()).Elem()
	}
	to.Set(v)
}

// site is a call as its frame sees it: where the arguments are and where the results go.
type site struct {
	c       *compiler
	common  *ssa.CallCommon
	args    []place // in the caller's frame, the receiver of an interface's method not included
	results []place
	pos     int32
}

func (c *compiler) site(common *ssa.CallCommon, result ssa.Value, pos token.Pos) *site {
	s := &site{c: c, common: common, pos: c.pos(pos)}
	for _, a := range common.Args {
		t := c.typeOf(a)
		s.args = append(s.args, place{c.slot(a), t, copier(t)})
	}
	if result == nil {
		return s
	}
	sig := common.Signature()
	switch n := sig.Results().Len(); n {
	case 0:
	case 1:
		t := c.typeOf(result)
		s.results = []place{{c.slot(result), t, copier(t)}}
	default:
		tuple := c.shape(result)
		for i := range n {
			f := tuple.Field(i)
			s.results = append(s.results, place{c.slot(result) + slot(f.Offset), f.Type, copier(f.Type)})
		}
	}
	return s
}

// call compiles a call.
func (c *compiler) call(in *ssa.Call) op {
	common := in.Common()
	if b, ok := common.Value.(*ssa.Builtin); ok {
		return c.builtinCall(b, in)
	}
	s := c.site(common, in, in.Pos())
	s.pos = c.callPos(in, in.Pos())
	switch fn, ok := common.Value.(*ssa.Function); {
	case common.IsInvoke():
		return s.invoke()
	case ok:
		if isInit(fn) && fn.Pkg != c.fn.Pkg {
			return nil // the package has run its own when it was loaded
		}
		if f := c.u.function(fn); f != nil {
			return s.static(f)
		}
		native, ok := c.native(fn)
		if ok {
			return s.native(native)
		}
		if c.out.wrapper { // of a method that another package keeps to itself: nothing here can call it
			return func(fr *frame) { panic(plainError("no code of the method " + fn.String())) }
		}
		c.unsupported(in.Pos(), "%s has no code here", fn)
	}
	return s.dynamic()
}

func isInit(fn *ssa.Function) bool {
	return fn.Name() == "init" && fn.Signature.Recv() == nil && fn.Object() == nil
}

func (c *compiler) builtinCall(b *ssa.Builtin, in *ssa.Call) op {
	switch b.Name() {
	case "recover":
		dst := c.slot(in)
		return func(fr *frame) { *at[any](fr, dst) = fr.recovered() }
	case "ssa:deferstack":
		dst := c.slot(in)
		return func(fr *frame) { *at[unsafe.Pointer](fr, dst) = unsafe.Pointer(fr) }
	}
	var dst slot
	if t, ok := in.Type().(*types.Tuple); !ok || t.Len() > 0 {
		dst = c.slot(in)
	}
	return c.builtin(in.Common(), dst, in.Pos())
}

// static calls a function that is known.
func (s *site) static(f *Func) op {
	var in, out transfer
	for i, p := range f.params {
		in.add(p.slot, s.args[i].slot, p)
	}
	for i, p := range s.results {
		out.add(p.slot, f.results[i].slot, p)
	}
	pos := s.pos
	if s.c.out.wrapper {
		return func(fr *frame) {
			fr.pos = pos
			nf := f.enter(fr.th, fr)
			nf.reason = fr.reason
			in.do(nf, fr)
			nf.call()
			out.do(fr, nf)
			nf.leave()
		}
	}
	if op := oneWord(f, &in, &out, pos); op != nil {
		return op
	}
	return func(fr *frame) {
		fr.pos = pos
		nf := f.enter(fr.th, fr)
		in.do(nf, fr)
		nf.call()
		out.do(fr, nf)
		nf.leave()
	}
}

// oneWord is static for functions from one word to one word, such as many that call themselves.
//
//go:noinline
func oneWord(f *Func, in, out *transfer, pos int32) op {
	if len(in.words) != 1 || len(in.pointers)+len(in.rest) > 0 || len(out.words) != 1 || len(out.pointers)+len(out.rest) > 0 {
		return nil
	}
	a, r := in.words[0], out.words[0]
	return func(fr *frame) {
		fr.pos = pos
		nf := f.enter(fr.th, fr)
		*at[uint64](nf, a.dst) = *at[uint64](fr, a.src)
		nf.call()
		*at[uint64](fr, r.dst) = *at[uint64](nf, r.src)
		nf.leave()
	}
}

// dynamic calls a func value.
func (s *site) dynamic() op {
	fn := s.c.slot(s.common.Value)
	k := s.c.u.convention(s.common.Signature())
	in, out := s.transfers(k)
	native := s.compiled(k.variadic)
	pos, typ := s.pos, s.c.typeOf(s.common.Value)
	return func(fr *frame) {
		fr.pos = pos
		p := *at[unsafe.Pointer](fr, fn)
		if p == nil {
			faultNil()
		}
		cl := closureOf(p)
		if cl == nil {
			native(fr, value(fr, fn, typ))
			return
		}
		nf := cl.enter(fr.th, fr)
		in.do(nf, fr)
		nf.call()
		out.do(fr, nf)
		nf.leave()
	}
}

// transfers copies arguments to the places of a convention, and results from there.
func (s *site) transfers(k *convention) (in, out *transfer) {
	in, out = new(transfer), new(transfer)
	for i, p := range s.results {
		out.add(p.slot, k.results[i].slot, p)
	}
	if s.common.IsInvoke() {
		return in, out // a method's receiver comes before its parameters, and decides where they are
	}
	for i, a := range s.args {
		in.add(k.params[i].slot, a.slot, k.params[i])
	}
	return in, out
}
