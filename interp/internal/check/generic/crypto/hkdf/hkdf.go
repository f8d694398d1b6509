// Package hkdf is the generic part of the standard library's package crypto/hkdf.
package hkdf

import (
	"hash"

	"github.com/rgo-project/rgo/interp/internal/check/generic/compiled"
)

// Extract makes a pseudorandom key of a secret and a salt.
func Extract[H hash.Hash](h func() H, secret, salt []byte) ([]byte, error) {
	return compiled.HKDFExtract(func() hash.Hash { return h() }, secret, salt)
}

// Expand derives a key of a pseudorandom one.
func Expand[H hash.Hash](h func() H, pseudorandomKey []byte, info string, keyLength int) ([]byte, error) {
	return compiled.HKDFExpand(func() hash.Hash { return h() }, pseudorandomKey, info, keyLength)
}

// Key derives a key of a secret: Extract and Expand in one.
func Key[Hash hash.Hash](h func() Hash, secret, salt []byte, info string, keyLength int) ([]byte, error) {
	return compiled.HKDFKey(func() hash.Hash { return h() }, secret, salt, info, keyLength)
}
