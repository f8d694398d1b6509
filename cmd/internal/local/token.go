package local

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// ReadToken takes a token from a file, which other users must not be able to read.
func ReadToken(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return "", err
	}
	if mode := st.Mode(); mode.IsRegular() && mode.Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s has mode %#o, others can read the token or change it: chmod 600 %s", path, mode.Perm(), path)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(text))
	if token == "" {
		return "", fmt.Errorf("%s is empty", path)
	}
	return token, nil
}
