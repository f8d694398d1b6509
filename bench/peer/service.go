package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// service is what the server offers.
type service struct {
	Head *node
	list []entry // what List returns the first so many of
}

func newService() *service { return &service{Head: newNode(12), list: entries(1000)} }

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

// entry is what a listing has of a file.
type entry struct {
	Name    string
	Size    int64
	Mode    uint32
	ModTime time.Time
	Dir     bool
}

// List returns n entries.
func (s *service) List(n int) []entry { return s.list[:n] }

func entries(n int) []entry {
	base := time.Date(2025, 3, 4, 5, 6, 7, 123456789, time.UTC)
	list := make([]entry, n)
	for i := range list {
		list[i] = entry{
			Name: fmt.Sprintf("file-%06d.txt", i), Size: int64(i) * 1237, Mode: 0o100644,
			ModTime: base.Add(time.Duration(i) * time.Millisecond), Dir: i%10 == 0,
		}
	}
	return list
}

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
func (*service) Stat(path string) (entry, error) {
	info, err := os.Stat(path)
	if err != nil {
		return entry{}, err
	}
	return entry{info.Name(), info.Size(), uint32(info.Mode()), info.ModTime(), info.IsDir()}, nil
}

// Ls tells of all files of a directory.
func (s *service) Ls(dir string) ([]entry, error) {
	names, err := s.Names(dir)
	var list []entry
	for _, name := range names {
		e, err := s.Stat(filepath.Join(dir, name))
		if err != nil {
			return list, err
		}
		list = append(list, e)
	}
	return list, err
}
