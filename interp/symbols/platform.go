//go:build !(linux && amd64)

package symbols

// std_syscall has nothing here: the table is of one platform only, and its numbers would be wrong on another.
func std_syscall() Table { return nil }
