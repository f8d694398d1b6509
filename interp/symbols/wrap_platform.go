//go:build !(linux && amd64)

package symbols

// wrap_syscall has nothing here, as std_syscall.
func wrap_syscall() Table { return nil }
