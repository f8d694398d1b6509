package generic

import (
	"embed"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"path"
	"sync"
)

//go:embed cmp/*.go crypto/*/*.go database/sql/*.go errors/*.go hash/maphash/*.go iter/*.go maps/*.go math/rand/v2/*.go
//go:embed reflect/*.go runtime/*.go slices/*.go sync/*.go sync/atomic/*.go unique/*.go weak/*.go
var source embed.FS

// FileSet knows the positions of all sources. They lie far above those of other sets, so that one position tells which set it is of.
var FileSet = fileSet()

func fileSet() *token.FileSet {
	fset := token.NewFileSet()
	fset.AddFile("generic", math.MaxInt/2, 0)
	return fset
}

var packages struct {
	mu     sync.Mutex
	parsed map[string][]*ast.File
}

// Files returns the sources of the generic part of the standard library's package at importPath, none if it has no such part.
// They are parsed once.
func Files(importPath string) ([]*ast.File, error) {
	entries, err := source.ReadDir(importPath)
	if err != nil {
		return nil, nil
	}
	packages.mu.Lock()
	defer packages.mu.Unlock()
	if files, ok := packages.parsed[importPath]; ok {
		return files, nil
	}
	var files []*ast.File
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		file, err := parse(importPath, e.Name())
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	if packages.parsed == nil {
		packages.parsed = map[string][]*ast.File{}
	}
	packages.parsed[importPath] = files
	return files, nil
}

func parse(importPath, name string) (*ast.File, error) {
	name = path.Join(importPath, name)
	text, err := source.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("generic: %w", err)
	}
	file, err := parser.ParseFile(FileSet, name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("generic: %w", err)
	}
	return file, nil
}
