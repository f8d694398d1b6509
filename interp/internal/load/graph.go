package load

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/scanner"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Dir reads the package in a directory of a tree, and the packages that it imports. An error is an ErrorList.
func Dir(fsys fs.FS, dir string, opts Options) (*Graph, error) {
	l, err := newLoader(fsys, dir, opts)
	if err != nil {
		return nil, err
	}
	if !isDir(fsys, dir) {
		return nil, ErrorList{{Msg: "stat " + l.opts.Name(dir) + ": directory not found"}}
	}
	return l.load(l.mods.main.importPath(dir), dir, nil)
}

// ImportPath returns the import path of a directory of a tree. An error is an ErrorList.
func ImportPath(fsys fs.FS, dir string, opts Options) (string, error) {
	l, err := newLoader(fsys, dir, opts)
	if err != nil {
		return "", err
	}
	return l.mods.main.importPath(dir), nil
}

// Import reads the package that an import leads to in the packages of a directory. ok is false if there is none. An error is an ErrorList.
func Import(fsys fs.FS, dir, pkg string, opts Options) (g *Graph, ok bool, err error) {
	l, err := newLoader(fsys, dir, opts)
	if err != nil {
		return nil, false, err
	}
	t, at, err := l.mods.find(pkg)
	if err != nil || unimportable(pkg) != "" {
		return nil, false, nil
	}
	importer := &Package{Path: l.mods.main.importPath(dir), Dir: dir, tree: l.mods.main}
	p := l.read(t, at, nil, step{path: pkg})
	if p != nil {
		l.allowed(importer, p, step{path: pkg})
	}
	g, err = l.finish()
	return g, true, err
}

// Files reads a program that is given by the names of its files. An error is an ErrorList.
func Files(fsys fs.FS, names []string, opts Options) (*Graph, error) {
	dir, base := "", []string(nil)
	for _, name := range names {
		st, err := fs.Stat(fsys, name)
		switch {
		case err != nil:
			return nil, ErrorList{{Msg: "stat " + name + ": no such file or directory"}}
		case st.IsDir():
			return nil, ErrorList{{Msg: name + " is a directory, should be a Go file"}}
		case !strings.HasSuffix(name, ".go"):
			return nil, ErrorList{{Msg: "named files must be .go files: " + name}}
		case dir != "" && dir != path.Dir(name):
			return nil, ErrorList{{Msg: fmt.Sprintf("named files must all be in one directory; have %s and %s", dir, path.Dir(name))}}
		}
		dir, base = path.Dir(name), append(base, path.Base(name))
	}
	l, err := newLoader(fsys, dir, opts)
	if err != nil {
		return nil, err
	}
	return l.load("command-line-arguments", dir, base)
}

// loader reads a graph.
type loader struct {
	opts  Options
	mods  *modules
	g     *Graph
	found map[string]*Package // by import path; nil for one that is faulty, whose error is told
	chain []step              // from the package asked for to the one being read
	errs  ErrorList
}

// step is an import on the way to a package.
type step struct {
	path string
	from string // the file that imports it
	at   token.Position
}

func newLoader(fsys fs.FS, dir string, opts Options) (*loader, error) {
	opts = opts.orHost()
	if !fs.ValidPath(dir) {
		return nil, ErrorList{{Msg: fmt.Sprintf("directory %s is outside of the tree", dir)}}
	}
	mods, err := findModules(fsys, dir, opts)
	if err != nil {
		return nil, err
	}
	return &loader{
		opts: opts, mods: mods, found: map[string]*Package{},
		g: &Graph{Fset: opts.Fset, opts: opts, mods: mods},
	}, nil
}

// load reads the package asked for, and through it the others.
func (l *loader) load(pkg, dir string, names []string) (*Graph, error) {
	t := l.mods.main
	l.read(t, dir, names, step{path: pkg})
	return l.finish()
}

// finish gives the graph that was read, or what was wrong with it.
func (l *loader) finish() (*Graph, error) {
	if err := l.errs.err(); err != nil {
		return nil, err
	}
	l.g.Packages = inInitOrder(l.g.Packages)
	return l.g, nil
}

// read reads a package and what it imports. It returns nil if the package is not to be had, and has told why.
func (l *loader) read(t *tree, dir string, names []string, via step) *Package {
	l.chain = append(l.chain, via)
	defer func() { l.chain = l.chain[:len(l.chain)-1] }()
	root := len(l.chain) == 1

	chosen, err := l.opts.choose(t.fsys, dir, names)
	if err != nil && !l.excuses(root, err) {
		l.unreadable(t, chosen, err)
		return nil
	}
	p := &Package{Path: via.path, Name: chosen.Name, Dir: dir, tree: t, assembly: chosen.SFiles, tests: root && l.opts.Tests}
	files := chosen.GoFiles
	if p.tests {
		files = append(slices.Clone(files), chosen.TestGoFiles...)
		slices.Sort(files)
	}
	if len(files) == 0 && !p.tests {
		l.without(t, chosen)
		return nil
	}
	l.found[via.path] = p
	if root {
		l.g.Root = p
	}
	l.g.read = append(l.g.read, p)
	l.parse(p, files)
	l.follow(p)
	if len(files) > 0 {
		l.g.Packages = append(l.g.Packages, p)
	}
	if p.tests && len(chosen.XTestGoFiles) > 0 {
		l.external(p, chosen.XTestGoFiles)
	}
	return p
}

// external reads the external tests of p.
func (l *loader) external(p *Package, files []string) {
	x := &Package{Path: p.Path + "_test", Name: p.Name + "_test", Dir: p.Dir, tree: p.tree, tests: true}
	l.parse(x, files)
	l.chain[0].path = x.Path
	l.follow(x)
	l.chain[0].path = p.Path
	l.g.read = append(l.g.read, x)
	l.g.Packages = append(l.g.Packages, x)
	l.g.XTest = x
}

// excuses reports whether an error of go/build is none: a directory that holds nothing but tests, when tests were asked for.
func (l *loader) excuses(root bool, err error) bool {
	_, none := errors.AsType[*build.NoGoError](err)
	return none && root && l.opts.Tests
}

// unreadable tells why a directory gives no package.
func (l *loader) unreadable(t *tree, chosen *build.Package, err error) {
	via := l.chain[len(l.chain)-1]
	if several, ok := errors.AsType[*build.MultiplePackageError](err); ok {
		l.errs = append(l.errs, errorf(via.at, "%s", t.disagreement(several)))
		return
	}
	if _, ok := errors.AsType[*build.NoGoError](err); ok {
		l.without(t, chosen)
		return
	}
	if _, ok := errors.AsType[scanner.ErrorList](err); ok {
		for _, e := range syntax("", err) {
			e.Pos.Filename = t.name(e.Pos.Filename)
			l.errs = append(l.errs, e)
		}
		return
	}
	l.fail(errorf(via.at, "%s", err))
}

// without tells that the directory of a package has no files for it.
func (l *loader) without(t *tree, chosen *build.Package) {
	dir := t.name(chosen.Dir)
	switch via := l.chain[len(l.chain)-1]; {
	case len(chosen.TestGoFiles)+len(chosen.XTestGoFiles) > 0:
		l.errs = append(l.errs, &Error{Msg: via.path + ": no non-test Go files in " + dir})
	case len(chosen.IgnoredGoFiles) > 0:
		l.fail(&Error{Msg: "build constraints exclude all Go files in " + dir})
	default:
		l.errs = append(l.errs, &Error{Msg: "no Go files in " + dir})
	}
}

// fail tells an error with the imports that led to it.
func (l *loader) fail(e *Error) {
	for _, s := range l.chain {
		e.Chain = append(e.Chain, s.path)
	}
	l.errs = append(l.errs, e)
}

// follow reads what p imports, in the order of paths.
func (l *loader) follow(p *Package) {
	specs := map[string]*ast.ImportSpec{} // the first of each path
	files := map[string]*ast.File{}
	for _, f := range p.Files {
		for _, spec := range f.Imports {
			to, err := strconv.Unquote(spec.Path.Value)
			if err == nil && specs[to] == nil {
				specs[to], files[to] = spec, f
			}
		}
	}
	for _, to := range slices.Sorted(maps.Keys(specs)) {
		at := l.g.Fset.Position(specs[to].Pos())
		from := path.Base(l.g.Fset.File(files[to].Package).Name())
		if q := l.importFrom(p, step{path: to, from: from, at: at}); q != nil {
			p.Imports = append(p.Imports, q)
		}
	}
}

// importFrom returns the source package that an import of p leads to. It returns nil if none is needed, or none is to be had, which is told.
func (l *loader) importFrom(p *Package, via step) *Package {
	if via.path == "unsafe" || l.opts.Compiled(via.path) {
		return nil
	}
	if i := slices.IndexFunc(l.chain, func(s step) bool { return s.path == via.path }); i >= 0 {
		l.cycle(via)
		return nil
	}
	q, known := l.found[via.path]
	if !known {
		q = l.reach(p, via)
		l.found[via.path] = q
	}
	if q == nil || !l.allowed(p, q, via) {
		return nil
	}
	return q
}

// reach finds and reads the package that an import leads to.
func (l *loader) reach(p *Package, via step) *Package {
	if why := unimportable(via.path); why != "" {
		l.errs = append(l.errs, errorf(via.at, "%s", why))
		return nil
	}
	t, dir, err := l.mods.find(via.path)
	switch {
	case err != nil && isInternal(via.path) && !strings.Contains(via.path, "."):
		l.fail(errorf(via.at, "use of internal package %s not allowed", via.path))
		return nil
	case err != nil:
		l.errs = append(l.errs, errorf(via.at, "%s", err))
		return nil
	}
	return l.read(t, dir, nil, via)
}

// cycle tells of an import that leads back.
func (l *loader) cycle(via step) {
	e := errorf(token.Position{}, "import cycle not allowed")
	e.Chain = []string{l.chain[0].path}
	for _, s := range append(l.chain[1:len(l.chain):len(l.chain)], via) {
		e.Chain = append(e.Chain, s.path+" from "+s.from)
		if strings.HasSuffix(s.from, "_test.go") {
			e.Msg = "import cycle not allowed in test"
		}
	}
	l.errs = append(l.errs, e)
}
