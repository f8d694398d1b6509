package rtype

import "unsafe"

const (
	haveEntries = true
	entrySize   = 9
)

// entries is the pool, written in assembly; it is never called by its name.
//
//lint:ignore U1000 the assembly needs its declaration
func entries()

func firstEntry() unsafe.Pointer

// entrySlot reads which slot the entry at p loads: MOVQ slot(RIP), DX; JMP (DX).
func entrySlot(p unsafe.Pointer) uintptr {
	code := (*[entrySize]byte)(p)
	if code[0] != 0x48 || code[1] != 0x8b || code[2] != 0x15 || code[7] != 0xff || code[8] != 0x22 {
		return 0
	}
	distance := int32(code[3]) | int32(code[4])<<8 | int32(code[5])<<16 | int32(code[6])<<24
	return uintptr(p) + 7 + uintptr(distance)
}
