package vm

import "unsafe"

// What the ops ask of the runtime by the names it keeps for reflect and for code like this. They work on values of any type in their place: t
// is a type's word, as rtype.Word gives it.

//go:linkname typedmemmove runtime.typedmemmove
//go:noescape
func typedmemmove(t, dst, src unsafe.Pointer)

//go:linkname typedmemclr reflect.typedmemclr
//go:noescape
func typedmemclr(t, p unsafe.Pointer)

//go:linkname typedslicecopy reflect.typedslicecopy
//go:noescape
func typedslicecopy(t unsafe.Pointer, dst, src sliceHeader) int

//go:linkname typedarrayclear reflect.typedarrayclear
//go:noescape
func typedarrayclear(t, p unsafe.Pointer, n int)

//go:linkname unsafeNew reflect.unsafe_New
func unsafeNew(t unsafe.Pointer) unsafe.Pointer

//go:linkname makeslice runtime.makeslice
func makeslice(t unsafe.Pointer, n, m int) unsafe.Pointer

//go:linkname growslice runtime.growslice
func growslice(p unsafe.Pointer, n, oldCap, added int, t unsafe.Pointer) sliceHeader

//go:linkname makechan reflect.makechan
func makechan(t unsafe.Pointer, n int) unsafe.Pointer

//go:linkname chansend reflect.chansend0
//go:noescape
func chansend(ch, v unsafe.Pointer, now bool) bool

//go:linkname chanrecv reflect.chanrecv
//go:noescape
func chanrecv(ch unsafe.Pointer, now bool, v unsafe.Pointer) (selected, ok bool)

//go:linkname rselect reflect.rselect
//go:noescape
func rselect([]selectCase) (chosen int, ok bool)

// selectCase is a case as rselect takes it.
type selectCase struct {
	dir   uintptr // a reflect.SelectDir
	_     unsafe.Pointer
	ch, v unsafe.Pointer
}

//go:linkname makemap reflect.makemap
func makemap(t unsafe.Pointer, n int) unsafe.Pointer

//go:linkname mapaccess reflect.mapaccess
//go:noescape
func mapaccess(t, m, key unsafe.Pointer) unsafe.Pointer // nil if there is none

//go:linkname mapaccessString runtime.mapaccess2_faststr
//go:noescape
func mapaccessString(t, m unsafe.Pointer, key string) (unsafe.Pointer, bool)

//go:linkname mapaccess64 runtime.mapaccess2_fast64
//go:noescape
func mapaccess64(t, m unsafe.Pointer, key uint64) (unsafe.Pointer, bool)

//go:linkname mapaccess32 runtime.mapaccess2_fast32
//go:noescape
func mapaccess32(t, m unsafe.Pointer, key uint32) (unsafe.Pointer, bool)

//go:linkname mapassign runtime.mapassign
func mapassign(t, m, key unsafe.Pointer) unsafe.Pointer

//go:linkname mapassignString runtime.mapassign_faststr
func mapassignString(t, m unsafe.Pointer, key string) unsafe.Pointer

//go:linkname mapassign64 runtime.mapassign_fast64
func mapassign64(t, m unsafe.Pointer, key uint64) unsafe.Pointer

//go:linkname mapassign32 runtime.mapassign_fast32
func mapassign32(t, m unsafe.Pointer, key uint32) unsafe.Pointer

//go:linkname mapdelete reflect.mapdelete
//go:noescape
func mapdelete(t, m, key unsafe.Pointer)

//go:linkname mapclear reflect.mapclear
func mapclear(t, m unsafe.Pointer)

//go:linkname ifaceE2I reflect.ifaceE2I
func ifaceE2I(t unsafe.Pointer, v any, dst unsafe.Pointer)
