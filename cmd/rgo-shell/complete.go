package main

import (
	"go/scanner"
	"go/token"
	"slices"
	"strings"
	"sync"

	"github.com/rgo-project/rgo/interp/symbols"
)

// words are what the shell can complete without asking: the standard library, the language, and the names that this session's inputs have used.
type words struct {
	mu   sync.Mutex
	used map[string]bool
}

// note remembers the names in an input.
func (w *words) note(source string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.used == nil {
		w.used = make(map[string]bool)
	}
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(source))
	s.Init(file, []byte(source), nil, 0)
	for {
		_, tok, lit := s.Scan()
		if tok == token.EOF {
			return
		}
		if tok == token.IDENT && len(lit) > 1 {
			w.used[lit] = true
		}
	}
}

// at offers what the dotted name before pos of source may become.
func (w *words) at(source string, pos int) []candidate {
	word := lastWord(source[:pos])
	pkg, name, dotted := strings.Cut(word, ".")
	if !dotted {
		return matching(word, pos-len(word), w.names(), "")
	}
	if strings.Contains(name, ".") {
		return nil
	}
	var found []candidate
	for _, path := range symbols.Std() {
		if symbols.Name(path) == pkg {
			found = append(found, matching(name, pos-len(name), members(path), path)...)
		}
	}
	return found
}

// names are what an expression or statement may begin with.
func (w *words) names() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make(map[string]bool)
	for name := range w.used {
		all[name] = true
	}
	for _, path := range symbols.Std() {
		all[symbols.Name(path)] = true
	}
	for tok := token.BREAK; tok <= token.VAR; tok++ {
		all[tok.String()] = true
	}
	for _, name := range []string{"append", "bool", "byte", "close", "complex128", "copy", "delete", "error", "false", "float64", "int", "int64", "iota", "len", "make", "nil", "panic", "print", "println", "recover", "rune", "string", "true", "uint64"} {
		all[name] = true
	}
	return slices.Sorted(func(yield func(string) bool) {
		for name := range all {
			if !yield(name) {
				return
			}
		}
	})
}

// members are a package's exported names.
func members(path string) []string {
	table, _ := symbols.Lookup(path)
	names := slices.Clone(symbols.Generic(path))
	for name := range table {
		if token.IsExported(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func matching(prefix string, from int, names []string, note string) []candidate {
	var found []candidate
	for _, name := range names {
		if prefix != "" && strings.HasPrefix(name, prefix) || prefix == "" && note != "" {
			found = append(found, candidate{text: name, note: note, from: from})
		}
	}
	return found
}
