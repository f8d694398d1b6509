package load

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Needs are the files that are enough to read a graph elsewhere, and to run its tests there.
type Needs struct {
	Tree  []string // of the tree
	Cache []string // of the module cache
}

// Needs lists them. Of a package that is tested they are all that is in its directory, and the directories called testdata in it and above it.
func (g *Graph) Needs() (Needs, error) {
	var tree, cache needs
	tree.fsys, cache.fsys = g.mods.fsys, g.mods.cache
	for _, p := range g.read {
		n := &tree
		if p.tree.cached {
			n = &cache
		}
		n.code(p)
		n.above(p.Dir, "go.mod", "go.work", "vendor/modules.txt")
		if p.tests {
			n.all(p.Dir)
			n.testdata(p.Dir)
		}
	}
	for _, t := range g.mods.local {
		tree.above(t.root, "go.mod")
	}
	if tree.err != nil {
		return Needs{}, tree.err
	}
	return Needs{tree.sorted(), cache.sorted()}, cache.err
}

// needs are files of one file system.
type needs struct {
	fsys  fs.FS
	names map[string]bool
	err   error
}

func (n *needs) add(name string) {
	if n.names == nil {
		n.names = map[string]bool{}
	}
	n.names[name] = true
}

func (n *needs) sorted() []string { return slices.Sorted(maps.Keys(n.names)) }

// code adds the source of a package: for other systems, too, since whoever reads it chooses anew.
func (n *needs) code(p *Package) {
	n.each(p.Dir, func(name string) bool { return strings.HasSuffix(name, ".go") || strings.HasSuffix(name, ".s") })
	for _, e := range p.Embeds {
		for _, f := range e.Files {
			n.add(path.Join(p.Dir, f.Name))
		}
	}
}

// all adds all files of a directory.
func (n *needs) all(dir string) { n.each(dir, func(string) bool { return true }) }

func (n *needs) each(dir string, wanted func(name string) bool) {
	list, err := fs.ReadDir(n.fsys, dir)
	if err != nil {
		n.err = err
	}
	for _, f := range list {
		if f.Type().IsRegular() && wanted(f.Name()) {
			n.add(path.Join(dir, f.Name()))
		}
	}
}

// above adds files of these names in a directory and above it.
func (n *needs) above(dir string, names ...string) {
	for {
		for _, name := range names {
			if isFile(n.fsys, path.Join(dir, name)) {
				n.add(path.Join(dir, name))
			}
		}
		if dir == "." {
			return
		}
		dir = path.Dir(dir)
	}
}

// testdata adds what is in the directories of that name in a directory and above it.
func (n *needs) testdata(dir string) {
	for {
		data := path.Join(dir, "testdata")
		err := fs.WalkDir(n.fsys, data, func(name string, d fs.DirEntry, err error) error {
			switch {
			case err != nil && name == data:
				return fs.SkipAll // there is none
			case err == nil && d.Type().IsRegular():
				n.add(name)
			}
			return err
		})
		if err != nil {
			n.err = err
		}
		if dir == "." {
			return
		}
		dir = path.Dir(dir)
	}
}
