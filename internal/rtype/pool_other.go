//go:build !amd64 && !arm64

package rtype

import "unsafe"

// No entries were written for this platform: Supported says so, and nothing is made.
const (
	haveEntries = false
	entrySize   = 1
)

func firstEntry() unsafe.Pointer { return unsafe.Pointer(&slots) }

func entrySlot(p unsafe.Pointer) uintptr { return uintptr(p) }
