//go:build unix

package conn

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

func listenUnix(path string) (net.Listener, error) {
	if err := privateDir(filepath.Dir(path)); err != nil {
		return nil, err
	}
	if err := removeStale(path); err != nil {
		return nil, err
	}
	// Between Listen and Chmod the socket has the mode of the umask. Who connects in that time is still refused by its credentials.
	ln, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("conn: listen on unix://%s: %w", path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, closed(ln, fmt.Errorf("conn: listen on unix://%s: %w", path, err))
	}
	return ln, nil
}

// privateDir makes sure of a directory in which nobody else can put a socket of theirs in the place of ours.
func privateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("conn: directory of the socket: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("conn: directory of the socket: %w", err)
	}
	// In a sticky directory such as /tmp others can add files but not remove ours.
	if mode := info.Mode(); mode.Perm()&0o022 != 0 && mode&fs.ModeSticky == 0 {
		return fmt.Errorf("conn: others can write to %s (mode %v), and could put a socket of theirs in the place of this one: chmod go-w it, or choose another directory", dir, mode)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && stat.Uid != 0 && int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("conn: %s belongs to user %d, who could replace the socket: choose a directory of your own", dir, stat.Uid)
	}
	return nil
}

// removeStale removes a socket that nobody answers on.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("conn: %w", err)
	}
	if info.Mode()&fs.ModeSocket == 0 {
		return fmt.Errorf("conn: %s exists and is no socket: remove it, or choose another path", path)
	}
	nc, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		_ = nc.Close() // it was only a knock
		return fmt.Errorf("conn: a server answers on unix://%s already: %w", path, syscall.EADDRINUSE)
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("conn: %s: it cannot be told whether a server uses it: %w", path, err)
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("conn: stale socket: %w", err)
	}
	return nil
}
