//go:build amd64 || arm64

package vm

// getg identifies the calling goroutine while it lives.
func getg() uintptr

// stubPC is the address of the code that all func values of interpreted code begin with.
func stubPC() uintptr

// stub is written in assembly; it is never called by its name.
func stub()
