// Package local holds what rgo-server and rgo-shell must agree on without being told: where a user's own server listens, and how a program of this module names its version.
package local

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
)

// Target is where this user's server listens unless told otherwise: a socket in a directory that only this user can enter.
func Target() string {
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		return "unix://" + filepath.Join(os.TempDir(), fmt.Sprintf("rgo-%d", os.Getuid()), "rgo.sock")
	}
	return "unix://" + filepath.Join(dir, "rgo", "rgo.sock")
}

// Version is the version of the module that this program was built from.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
