package rtype

import "unsafe"

const (
	haveEntries = true
	entrySize   = 16
)

// entries is the pool, written in assembly; it is never called by its name.
//
//lint:ignore U1000 the assembly needs its declaration
func entries()

func firstEntry() unsafe.Pointer

// entrySlot reads which slot the entry at p loads: ADRP page, R27; MOVD slot(R27), R26; MOVD (R26), R16; JMP (R16).
func entrySlot(p unsafe.Pointer) uintptr {
	code := (*[entrySize / 4]uint32)(p)
	adrp, load := code[0], code[1]
	if adrp&0x9f00001f != 0x9000001b || load&0xffc003ff != 0xf940037a || code[2] != 0xf9400350 || code[3] != 0xd61f0200 {
		return 0
	}
	pages := int(int32(adrp<<8)>>13)<<2 | int(adrp>>29&3)
	page := -int(uintptr(p)&0xfff) + pages<<12
	return uintptr(p) + uintptr(page+int(load>>10&0xfff)*8)
}
