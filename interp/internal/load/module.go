package load

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// A tree is the source of one module.
type tree struct {
	path string // the module's path
	fsys fs.FS
	root string // the directory of fsys that the module lies in
	lang string // the version of the language, such as go1.26; empty for the newest
	name func(file string) string

	cached bool // it is a directory of the module cache
}

// dir returns the directory of a package, if its path is one of the module's.
func (t *tree) dir(pkg string) (dir string, ok bool) {
	rest, ok := strings.CutPrefix(pkg, t.path)
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	return path.Join(t.root, rest), true
}

// has reports whether dir holds Go files and is the module's: no other module begins on the way to it.
func (t *tree) has(dir string) bool {
	for d := dir; d != t.root && d != "."; d = path.Dir(d) {
		if isFile(t.fsys, path.Join(d, "go.mod")) {
			return false
		}
	}
	return hasGo(t.fsys, dir)
}

// importPath is the path of the package in dir.
func (t *tree) importPath(dir string) string {
	if t.root == "." {
		return path.Join(t.path, dir)
	}
	return path.Join(t.path, strings.TrimPrefix(dir, t.root))
}

// modules is where import paths lead.
type modules struct {
	fsys     fs.FS
	main     *tree   // the module that the package asked for belongs to
	local    []*tree // main, the other modules of a go.work, and replacements by directories
	vendor   string  // main's vendor directory; empty if there is none
	required []requirement
	cache    fs.FS
	cached   map[requirement]*tree
	made     bool // there is no go.mod: main's path is made up
	name     func(string) string
}

// A requirement is a module that go.mod requires: by which path it is imported, and where its source is.
type requirement struct {
	path string
	from module.Version // itself, or the module that replaces it
	dir  string         // the directory that replaces it, which is not in the file system
}

// Module is the path of the module that Root belongs to.
func (g *Graph) Module() string { return g.mods.main.path }

// findModules reads the go.mod at or above dir, and what stands beside it.
func findModules(fsys fs.FS, dir string, opts Options) (*modules, error) {
	m := &modules{fsys: fsys, cache: opts.Modules, cached: map[requirement]*tree{}, name: opts.Name}
	root, ok := above(fsys, dir, "go.mod")
	if !ok {
		m.made = true
		m.main = &tree{path: opts.Module, fsys: fsys, root: ".", name: opts.Name}
		m.local = []*tree{m.main}
		return m, nil
	}
	file, err := m.read(root)
	if err != nil {
		return nil, err
	}
	m.main = m.tree(root, file)
	m.local = []*tree{m.main}
	if vendor := path.Join(root, "vendor"); isDir(fsys, vendor) {
		m.vendor = vendor
	}
	for _, r := range file.Require {
		m.required = append(m.required, requirement{path: r.Mod.Path, from: r.Mod})
	}
	if err := m.replace(root, file.Replace); err != nil {
		return nil, err
	}
	return m, m.work(root)
}

// read reads the go.mod in dir.
func (m *modules) read(dir string) (*modfile.File, error) {
	name := path.Join(dir, "go.mod")
	text, err := fs.ReadFile(m.fsys, name)
	if err != nil {
		return nil, ErrorList{{Msg: err.Error()}}
	}
	file, err := modfile.Parse(m.name(name), text, nil)
	if err != nil {
		return nil, malformed(err)
	}
	if file.Module == nil {
		return nil, ErrorList{{Msg: "go: error reading " + m.name(name) + ": missing module declaration"}}
	}
	return file, nil
}

// malformed tells errors of a go.mod or go.work as the go command does.
func malformed(err error) ErrorList {
	list, ok := errors.AsType[modfile.ErrorList](err)
	if !ok {
		return ErrorList{{Msg: "go: " + err.Error()}}
	}
	errs := ErrorList{{Msg: "go: errors parsing " + list[0].Filename + ":"}}
	for _, e := range list {
		errs = append(errs, &Error{Msg: e.Error()})
	}
	return errs
}

func (m *modules) tree(root string, file *modfile.File) *tree {
	return &tree{path: file.Module.Mod.Path, fsys: m.fsys, root: root, lang: lang(file), name: m.name}
}

// unsaid is the version of the language in modules that name none.
const unsaid = "go1.16"

func lang(file *modfile.File) string {
	if file == nil || file.Go == nil {
		return unsaid
	}
	return "go" + file.Go.Version
}

// replace follows the replacements of go.mod or go.work in the directory at.
func (m *modules) replace(at string, list []*modfile.Replace) error {
	for _, r := range list {
		dir := path.Join(at, r.New.Path)
		if r.New.Version == "" && !path.IsAbs(r.New.Path) && fs.ValidPath(dir) && isDir(m.fsys, dir) {
			t, err := m.replacement(r.Old.Path, dir)
			if err != nil {
				return err
			}
			m.local = append(m.local, t)
			continue
		}
		for i, req := range m.required {
			switch {
			case req.path != r.Old.Path || r.Old.Version != "" && r.Old.Version != req.from.Version:
			case r.New.Version != "":
				m.required[i].from = r.New
			default:
				m.required[i].dir = r.New.Path
			}
		}
	}
	return nil
}

// replacement is the module in a directory that stands for the module of that path. It need not have a go.mod.
func (m *modules) replacement(modPath, dir string) (*tree, error) {
	t := &tree{path: modPath, fsys: m.fsys, root: dir, lang: unsaid, name: m.name}
	if !isFile(m.fsys, path.Join(dir, "go.mod")) {
		return t, nil
	}
	file, err := m.read(dir)
	if err != nil {
		return nil, err
	}
	t.lang = lang(file)
	return t, nil
}

// work adds the other modules of the go.work at or above root, if there is one that has root among its modules.
func (m *modules) work(root string) error {
	at, ok := above(m.fsys, root, "go.work")
	if !ok {
		return nil
	}
	name := path.Join(at, "go.work")
	text, err := fs.ReadFile(m.fsys, name)
	if err != nil {
		return ErrorList{{Msg: err.Error()}}
	}
	file, err := modfile.ParseWork(m.name(name), text, nil)
	if err != nil {
		return malformed(err)
	}
	var others []*tree
	member := false
	for _, use := range file.Use {
		dir := path.Join(at, use.Path)
		if dir == root {
			member = true
			continue
		}
		if !fs.ValidPath(dir) {
			continue
		}
		mod, err := m.read(dir)
		if err != nil {
			return err
		}
		others = append(others, m.tree(dir, mod))
	}
	if member {
		m.local = append(m.local, others...)
		return m.replace(at, file.Replace)
	}
	return nil
}

// find returns the module and the directory that an import path leads to.
func (m *modules) find(pkg string) (*tree, string, error) {
	var best *tree
	var found string
	for _, t := range m.local {
		if dir, ok := t.dir(pkg); ok && (best == nil || len(t.path) > len(best.path)) && t.has(dir) {
			best, found = t, dir
		}
	}
	if best != nil {
		return best, found, nil
	}
	if m.vendor != "" {
		dir := path.Join(m.vendor, pkg)
		if hasGo(m.fsys, dir) {
			return m.vendored(pkg), dir, nil
		}
	}
	return m.inCache(pkg)
}

// vendored is the vendor directory as the module of a package in it.
func (m *modules) vendored(pkg string) *tree {
	lang := ""
	if text, err := fs.ReadFile(m.fsys, path.Join(m.vendor, "modules.txt")); err == nil {
		lang = vendoredLang(string(text), pkg)
	}
	return &tree{path: "", fsys: m.fsys, root: m.vendor, lang: lang, name: m.name}
}

// vendoredLang reads in a modules.txt which version of the language a package is written in.
func vendoredLang(text, pkg string) string {
	lang := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "# "):
			lang = unsaid
		case strings.HasPrefix(line, "## "):
			for _, note := range strings.Split(line[3:], ";") {
				if v, ok := strings.CutPrefix(strings.TrimSpace(note), "go "); ok {
					lang = "go" + v
				}
			}
		case line == pkg:
			return lang
		}
	}
	return ""
}

// missing is the error for an import that leads nowhere.
func (m *modules) missing(pkg string) error {
	first, _, _ := strings.Cut(pkg, "/")
	switch {
	case !strings.Contains(first, "."):
		return fmt.Errorf("package %s is not in std", pkg)
	case m.vendor != "":
		return fmt.Errorf("cannot find module providing package %s: import lookup disabled by -mod=vendor\n\t(there is a vendor directory)", pkg)
	}
	return fmt.Errorf("no required module provides package %s; to add it:\n\tgo get %s", pkg, pkg)
}

// within reports whether pkg is a package of the module path, as far as its name tells.
func within(pkg, path string) bool { return pkg == path || strings.HasPrefix(pkg, path+"/") }
