// Package sample has interfaces of all sorts, for which rgo-wrap generates implementations.
package sample

import (
	"context"
	"io"
	iofs "io/fs"
	"math/rand"
	rand2 "math/rand/v2"
)

//go:generate go run github.com/rgo-project/rgo/cmd/rgo-wrap -type Store,Cache,Odd,io/fs.GlobFS

// Store keeps things.
type Store interface {
	io.Closer
	Get(ctx context.Context, key string) (value []byte, err error)
	Put(key string, value []byte) error
	Len() int
	Keys(prefixes ...string) (keys []string, more bool)
	Each(f func(key string, value []byte) bool)
	Open(name string) (iofs.File, error)
	Sort(keys []string)
}

// Cache is generic.
type Cache[K comparable, V any] interface {
	Load(key K) (V, bool)
	Keep(key K, value V) error
}

// Alias is another name.
type Alias = Store

// Odd has names that are in the way.
type Odd interface {
	Remote(err error, r int) string
	Sources(a rand.Source, b rand2.Source) (n int)
	Init()
	Alias() Alias
}
