//go:build amd64 || arm64

package vm

// getg identifies the calling goroutine while it lives.
func getg() uintptr

// stubPC is the address of the code that all func values of interpreted code begin with.
func stubPC() uintptr

// stub is written in assembly, and called by way of stubPC only.
//
//lint:ignore U1000 vet wants it to be declared
func stub()
