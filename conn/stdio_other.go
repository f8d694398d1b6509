//go:build !unix

package conn

import (
	"errors"
	"fmt"
	"io"
)

// Stdio refuses: on this system nothing wakes who reads standard input.
func Stdio() (io.ReadWriteCloser, error) {
	return nil, fmt.Errorf("conn: standard input and output for a connection: %w on this system", errors.ErrUnsupported)
}
