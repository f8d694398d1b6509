package netproxy

import (
	"cmp"
	"reflect"
	"slices"
	"sync"
	"unsafe"

	"github.com/rgo-project/rgo/internal/wire"
)

// lending is how an encoder writes memory that is lent: with tag 20 in front of what becomes a region, and as tag 21 where a region is meant that
// the other side has already.
type lending struct {
	l      *loan
	more   bool    // what is new becomes a region
	result bool    // what is written is a result: it comes home as what it was
	blocks []block // what was found to overlap
}

// block is a range of memory in which several slices and pointers lie.
type block struct {
	lo, hi uintptr
	elem   reflect.Type
	ptr    unsafe.Pointer
	whole  *region // when it has been written
}

// lends remembers which types may hold memory that can be lent: it is a function of the type.
var lends sync.Map // reflect.Type -> bool

// mayLend says whether a value of type t may hold memory that can be lent.
func mayLend(t reflect.Type) bool {
	if may, ok := lends.Load(t); ok {
		return may.(bool)
	}
	may := false
	switch p := planOf(t); {
	case p.special:
	case p.class == classBytes, p.class == classSlice, p.class == classMap:
		may = true
	case p.class == classPointer:
		may = copiable(t)
	case p.class == classInterface:
		may = t.NumMethod() == 0
	case p.class == classArray:
		may = mayLend(t.Elem())
	case p.class == classStruct:
		for _, f := range p.fields {
			may = may || mayLend(t.Field(f.index).Type)
		}
	}
	lends.Store(t, may)
	return may
}

// holdsLoan says whether an argument holds memory that can be lent.
func holdsLoan(v reflect.Value) bool {
	if v.Kind() == reflect.Interface {
		if v.NumMethod() > 0 || v.IsNil() {
			return false
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		return v.Len() > 0 || v.Kind() == reflect.Map && !v.IsNil()
	case reflect.Pointer:
		return !v.IsNil() && mayLend(v.Type())
	case reflect.Struct, reflect.Array:
		return mayLend(v.Type())
	}
	return false
}

// lent is asked before a value is written without its type. It reports true if it has written it.
func (e *encoder) lent(v reflect.Value, p *plan) (done bool, err error) {
	if e.lending.result && !e.isLent(v) {
		return false, nil
	}
	switch p.class {
	case classBytes, classSlice:
		if v.Len() == 0 || v.Type().Elem().Size() == 0 {
			return false, nil
		}
		return e.lentRange(v, p, v.Len(), min(v.Cap(), 1<<32))
	case classMap:
		if v.IsNil() {
			return false, nil
		}
		if r := e.lending.l.index().at(place{p.typ, v.UnsafePointer()}); r != nil {
			e.again(r)
			return true, nil
		}
		return false, e.begin(v, false)
	case classPointer:
		if v.IsNil() || p.special || p.snap != snapNone || p.typ.Elem().Size() == 0 || !e.copies(p) && !e.isLent(v) {
			return false, nil
		}
		return e.lentPointer(v, p)
	}
	return false, nil
}

// isLent says whether v is, or points to, memory that the other side has already.
func (e *encoder) isLent(v reflect.Value) bool {
	if k := v.Kind(); e.lending == nil || k != reflect.Map && k != reflect.Slice && k != reflect.Pointer || v.IsNil() {
		return false
	}
	l, n := e.lending.l, 1
	switch v.Kind() {
	case reflect.Map:
		r := l.index().at(place{v.Type(), v.UnsafePointer()})
		return r != nil && !(e.lending.result && r.converted)
	case reflect.Slice:
		n = v.Len()
	}
	if n == 0 || v.Type().Elem().Size() == 0 {
		return false
	}
	r, _ := l.find(v.Type().Elem(), v.UnsafePointer(), n)
	return r != nil && !(e.lending.result && r.converted)
}

// begin writes that what follows becomes a region, if that is so.
func (e *encoder) begin(v reflect.Value, pointer bool) error {
	in := e.lending
	if !in.more {
		return nil
	}
	r, err := in.l.newRegion(in.l.side)
	if err != nil {
		return err
	}
	in.l.settle(r, v, pointer)
	e.buf = wire.AppendTag(e.buf, tagLent)
	return nil
}

// again writes that a whole region is meant.
func (e *encoder) again(r *region) {
	e.buf = wire.AppendArray(wire.AppendTag(e.buf, tagPart), 1)
	e.buf = wire.AppendUint(e.buf, r.number)
}

// lentRange writes n elements: a slice, or an array that a pointer points to.
func (e *encoder) lentRange(v reflect.Value, p *plan, n, capacity int) (done bool, err error) {
	elem, ptr := p.typ.Elem(), v.UnsafePointer()
	if p.class == classPointer {
		elem = elem.Elem()
	}
	if b := e.block(elem, ptr); b != nil && (p.class == classPointer || b.hi-b.lo > uintptr(n)*elem.Size()) {
		off := int((uintptr(ptr) - b.lo) / elem.Size())
		e.buf = wire.AppendArray(wire.AppendTag(e.buf, tagPart), 4)
		whole, err := e.whole(b)
		if err != nil {
			return true, err
		}
		e.place(off, n, min(off+capacity, whole)-off)
		return true, nil
	}
	if r, off := e.lending.l.find(elem, ptr, n); r != nil {
		if off == 0 && n == r.v.Len() && !r.pointer && p.class != classPointer {
			e.again(r)
			return true, nil
		}
		e.buf = wire.AppendArray(wire.AppendTag(e.buf, tagPart), 4)
		e.buf = wire.AppendUint(e.buf, r.number)
		e.place(off, n, min(off+capacity, r.v.Len())-off)
		return true, nil
	}
	if p.class == classPointer {
		return false, e.begin(reflect.SliceAt(p.typ.Elem(), ptr, 1), true)
	}
	return false, e.begin(v.Slice3(0, n, n), false)
}

func (e *encoder) place(off, n, capacity int) {
	for _, x := range []int{off, n, capacity} {
		e.buf = wire.AppendUint(e.buf, uint64(x))
	}
}

// whole writes a block, or which region it is, and returns how many elements it has.
func (e *encoder) whole(b *block) (n int, err error) {
	n = int((b.hi - b.lo) / b.elem.Size())
	if r := e.written(b); r != nil {
		e.buf = wire.AppendUint(e.buf, r.number)
		return n, nil
	}
	v := reflect.SliceAt(b.elem, b.ptr, n)
	if err := e.begin(v, false); err != nil {
		return n, err
	}
	return n, e.contents(v)
}

// written is the region that a block has become, or nil.
func (e *encoder) written(b *block) *region {
	if b.whole == nil {
		b.whole, _ = e.lending.l.find(b.elem, b.ptr, int((b.hi-b.lo)/b.elem.Size()))
	}
	return b.whole
}

// lentPointer writes a pointer, which may point into something else that is lent.
func (e *encoder) lentPointer(v reflect.Value, p *plan) (done bool, err error) {
	elem, ptr := p.typ.Elem(), v.UnsafePointer()
	if elem.Kind() == reflect.Array && elem.Elem().Size() > 0 {
		if b := e.block(elem.Elem(), ptr); b != nil {
			return e.lentRange(v, p, elem.Len(), elem.Len())
		}
	}
	if b := e.around(ptr); b != nil && (b.elem != elem || b.hi-b.lo > elem.Size()) {
		off := uintptr(ptr) - b.lo
		fields, ok := pathTo(b.elem, off%b.elem.Size(), elem)
		if ok {
			if b.elem != elem && e.written(b) == nil {
				return true, fail(ErrUnsupported, "a %s points into a %s that comes later: pass that first", p.typ, b.elem)
			}
			e.buf = wire.AppendArray(wire.AppendTag(e.buf, tagPart), 2)
			if _, err := e.whole(b); err != nil {
				return true, err
			}
			e.path(int(off/b.elem.Size()), fields)
			return true, nil
		}
	}
	r, off := e.lending.l.find(elem, ptr, 1)
	switch {
	case r == nil:
		return false, e.begin(reflect.SliceAt(elem, ptr, 1), true)
	case r.pointer:
		e.again(r)
	default:
		e.buf = wire.AppendArray(wire.AppendTag(e.buf, tagPart), 2)
		e.buf = wire.AppendUint(e.buf, r.number)
		e.path(off, nil)
	}
	return true, nil
}

func (e *encoder) path(index int, fields []string) {
	e.buf = wire.AppendArray(e.buf, 1+len(fields))
	e.buf = wire.AppendUint(e.buf, uint64(index))
	for _, name := range fields {
		e.text(name)
	}
}

// pathTo finds the fields that lead to the part of a t that is a want and begins at off.
func pathTo(t reflect.Type, off uintptr, want reflect.Type) (fields []string, ok bool) {
	if t == want && off == 0 {
		return nil, true
	}
	if t.Kind() != reflect.Struct {
		return nil, false
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if off < f.Offset || off >= f.Offset+f.Type.Size() || !f.IsExported() {
			continue
		}
		if rest, ok := pathTo(f.Type, off-f.Offset, want); ok {
			return append([]string{f.Name}, rest...), true
		}
	}
	return nil, false
}

// block returns the block in which elements of that type lie at ptr.
func (e *encoder) block(elem reflect.Type, ptr unsafe.Pointer) *block {
	if b := e.around(ptr); b != nil && b.elem == elem && (uintptr(ptr)-b.lo)%elem.Size() == 0 {
		return b
	}
	return nil
}

func (e *encoder) around(ptr unsafe.Pointer) *block {
	all := e.lending.blocks
	i, _ := slices.BinarySearchFunc(all, uintptr(ptr)+1, func(b block, at uintptr) int { return cmp.Compare(b.lo, at) })
	if i == 0 || uintptr(ptr) >= all[i-1].hi {
		return nil
	}
	return &all[i-1]
}

// survey finds the memory that is reachable from arguments, so that what overlaps crosses as one.
type survey struct {
	found []block
	seen  map[place]bool
	depth int
}

// blocksOf returns the ranges of memory in which several slices or pointers of args overlap.
func blocksOf(args []reflect.Value) []block {
	if single(args) {
		return nil
	}
	s := survey{seen: make(map[place]bool)}
	for _, v := range args {
		if v.Kind() != reflect.Interface || v.NumMethod() == 0 {
			s.walk(v)
		}
	}
	if len(s.found) < 2 {
		return nil
	}
	slices.SortFunc(s.found, func(a, b block) int { return cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(b.hi, a.hi)) })
	var all []block
	several := false // in the last of them
	for _, next := range s.found {
		last := len(all) - 1
		if last >= 0 && next.lo < all[last].hi && all[last].join(next) {
			several = true
			continue
		}
		if last >= 0 && !several {
			all = all[:last]
		}
		if last = len(all) - 1; last >= 0 && next.lo < all[last].hi {
			continue // of a type that has nothing to do with it
		}
		all, several = append(all, next), false
	}
	if !several {
		all = all[:len(all)-1]
	}
	return all
}

// join makes one of two ranges that overlap, if one is a part of the other, or both are of the same elements.
func (b *block) join(next block) bool {
	off, size := next.lo-b.lo, b.elem.Size()
	if b.elem == next.elem && off%size == 0 {
		b.hi = max(b.hi, next.hi)
		return true
	}
	if next.hi > b.hi {
		return false
	}
	if _, ok := pathTo(b.elem, off%size, next.elem); ok {
		return true
	}
	if _, ok := pathTo(next.elem, 0, b.elem); ok && off == 0 && next.hi == b.hi {
		b.elem = next.elem
		return true
	}
	return false
}

// single says whether all that args can lend is one slice, whose elements lend nothing.
func single(args []reflect.Value) bool {
	found := 0
	for _, v := range args {
		if v = open(v); !v.IsValid() || !mayLend(v.Type()) {
			continue
		}
		if found++; found > 1 || v.Kind() != reflect.Slice || mayLend(v.Type().Elem()) {
			return false
		}
	}
	return true
}

func (s *survey) add(elem reflect.Type, ptr unsafe.Pointer, n int) {
	if elem.Kind() == reflect.Array && elem.Elem().Size() > 0 {
		n *= elem.Len()
		elem = elem.Elem()
	}
	if size := elem.Size(); size > 0 && n > 0 {
		s.found = append(s.found, block{lo: uintptr(ptr), hi: uintptr(ptr) + uintptr(n)*size, elem: elem, ptr: ptr})
	}
}

func (s *survey) walk(v reflect.Value) {
	if !v.IsValid() || !mayLend(v.Type()) || s.depth > maxDepth {
		return
	}
	s.depth++
	defer func() { s.depth-- }()
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			s.walk(v.Elem())
		}
	case reflect.Pointer:
		at := place{v.Type(), v.UnsafePointer()}
		if v.IsNil() || s.seen[at] {
			return
		}
		s.seen[at] = true
		s.add(v.Type().Elem(), v.UnsafePointer(), 1)
		s.walk(v.Elem())
	case reflect.Slice:
		if v.Len() == 0 {
			return
		}
		s.add(v.Type().Elem(), v.UnsafePointer(), v.Len())
		s.elements(v)
	case reflect.Array:
		s.elements(v)
	case reflect.Map:
		at := place{v.Type(), v.UnsafePointer()}
		if v.IsNil() || s.seen[at] || !mayLend(v.Type().Key()) && !mayLend(v.Type().Elem()) {
			return
		}
		s.seen[at] = true
		for it := v.MapRange(); it.Next(); {
			s.walk(it.Key())
			s.walk(it.Value())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			s.walk(v.Field(i))
		}
	}
}

func (s *survey) elements(v reflect.Value) {
	if !mayLend(v.Type().Elem()) {
		return
	}
	for i := range v.Len() {
		s.walk(v.Index(i))
	}
}
