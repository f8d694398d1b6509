package load

import (
	"fmt"
	"io/fs"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// inCache looks for a package in the modules that go.mod requires: since Go 1.17 it names them all, with the versions that count.
func (m *modules) inCache(pkg string) (*tree, string, error) {
	missing := m.missing(pkg)
	var best *tree
	var found string
	for _, req := range m.required {
		if !within(pkg, req.path) {
			continue
		}
		t, err := m.fromCache(req)
		if err != nil {
			missing = err
			continue
		}
		if dir, _ := t.dir(pkg); (best == nil || len(t.path) > len(best.path)) && hasGo(t.fsys, dir) {
			best, found = t, dir
		}
	}
	if best == nil {
		return nil, "", missing
	}
	return best, found, nil
}

// fromCache returns a module of the cache.
func (m *modules) fromCache(req requirement) (*tree, error) {
	if t := m.cached[req]; t != nil {
		return t, nil
	}
	if req.dir != "" {
		return nil, fmt.Errorf("%s@%s: replacement directory %s is not here", req.path, req.from.Version, req.dir)
	}
	dir, err := cacheDir(req.from)
	if err != nil {
		return nil, err
	}
	if m.cache == nil || !isDir(m.cache, dir) {
		return nil, fmt.Errorf("module %s is required, but its source is not here; to put it into the vendor directory:\n\tgo mod vendor", req.from)
	}
	t := &tree{path: req.path, fsys: m.cache, root: dir, lang: unsaid, cached: true, name: func(file string) string { return file }}
	if text, err := fs.ReadFile(m.cache, dir+"/go.mod"); err == nil {
		if file, err := modfile.ParseLax(dir+"/go.mod", text, nil); err == nil {
			t.lang = lang(file)
		}
	}
	m.cached[req] = t
	return t, nil
}

// cacheDir is where a module cache has a module: capital letters are written so that they survive file systems that do not tell them.
func cacheDir(v module.Version) (string, error) {
	at, err := module.EscapePath(v.Path)
	if err != nil {
		return "", err
	}
	version, err := module.EscapeVersion(v.Version)
	if err != nil {
		return "", err
	}
	return at + "@" + version, nil
}
