//go:build !cgo

package symbols

// std_runtime_cgo has nothing here: in a program without cgo half of the package is missing.
func std_runtime_cgo() Table { return nil }
