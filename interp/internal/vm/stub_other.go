//go:build !amd64 && !arm64

package vm

// There is no machine on other platforms: rtype.Supported says so before one is made.
func getg() uintptr   { panic("vm: unsupported platform") }
func stubPC() uintptr { panic("vm: unsupported platform") }
