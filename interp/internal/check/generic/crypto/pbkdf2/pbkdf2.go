// Package pbkdf2 is the generic part of the standard library's package crypto/pbkdf2.
package pbkdf2

import (
	"hash"

	"github.com/rgo-project/rgo/interp/internal/check/generic/compiled"
)

// Key derives a key of a password.
func Key[Hash hash.Hash](h func() Hash, password string, salt []byte, iter, keyLength int) ([]byte, error) {
	return compiled.PBKDF2Key(func() hash.Hash { return h() }, password, salt, iter, keyLength)
}
