package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"

	"github.com/rgo-project/rgo/bench/internal/load"
)

// service is what the server offers.
type service struct {
	Head *node
	list []load.Entry // what List returns the first so many of
}

func newService() *service { return &service{Head: newNode(12), list: load.Entries(1000)} }

// node is one of a list.
type node struct {
	N    int
	next *node
}

func newNode(n int) *node {
	if n == 0 {
		return nil
	}
	return &node{N: n, next: newNode(n - 1)}
}

// Next is the next node.
func (n *node) Next() *node { return n.next }

// Echo returns x.
func (*service) Echo(x int64) int64 { return x }

// Seek makes the service an io.Seeker, whose every place is at its start.
func (*service) Seek(offset int64, whence int) (int64, error) { return offset + int64(whence), nil }

// Mallocs is how many objects the server has allocated.
func (*service) Mallocs() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}

// List returns n entries.
func (s *service) List(n int) []load.Entry { return s.list[:n] }

// Put takes bytes.
func (*service) Put(b []byte) int { return len(b) }

// EchoBytes returns b.
func (*service) EchoBytes(b []byte) []byte { return b }

// Callbacks calls f n times.
func (*service) Callbacks(f func(int64) int64, n int) error {
	for i := range int64(n) {
		if f(i) != i+1 {
			return errors.New("wrong answer")
		}
	}
	return nil
}

// Names lists a directory.
func (*service) Names(dir string) ([]string, error) {
	list, err := os.ReadDir(dir)
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = e.Name()
	}
	return names, err
}

// Stat tells of a file.
func (*service) Stat(path string) (load.Entry, error) {
	info, err := os.Stat(path)
	if err != nil {
		return load.Entry{}, err
	}
	return load.Entry{Name: info.Name(), Size: info.Size(), Mode: uint32(info.Mode()), ModTime: info.ModTime(), Dir: info.IsDir()}, nil
}

// Ls tells of all files of a directory.
func (s *service) Ls(dir string) ([]load.Entry, error) {
	names, err := s.Names(dir)
	var list []load.Entry
	for _, name := range names {
		e, err := s.Stat(filepath.Join(dir, name))
		if err != nil {
			return list, err
		}
		list = append(list, e)
	}
	return list, err
}
