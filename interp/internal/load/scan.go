package load

import (
	"errors"
	"go/build"
	"go/token"
	"io"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
)

// context is go/build's view of a file system.
func (o Options) context(fsys fs.FS) *build.Context {
	c := build.Default
	c.GOROOT, c.GOPATH, c.Dir = "", "", "" // packages are found by us
	c.GOOS, c.GOARCH = o.GOOS, o.GOARCH
	c.CgoEnabled, c.Compiler, c.UseAllFiles = false, "gc", false
	c.BuildTags = append([]string{"purego"}, o.Tags...)
	c.JoinPath = path.Join
	c.IsAbsPath = path.IsAbs
	c.IsDir = func(name string) bool { return isDir(fsys, name) }
	c.ReadDir = func(dir string) ([]fs.FileInfo, error) { return infos(fsys, dir) }
	c.OpenFile = func(name string) (io.ReadCloser, error) { return fsys.Open(name) }
	return &c
}

func infos(fsys fs.FS, dir string) ([]fs.FileInfo, error) {
	list, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, err
	}
	var out []fs.FileInfo
	for _, f := range list {
		info, err := f.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed since
		}
		if err != nil {
			return nil, err
		}
		out = append(out, info)
	}
	return out, nil
}

// choose returns what go/build says of the package in dir; of the files that names gives alone, whatever their constraints, if it gives any.
func (o Options) choose(fsys fs.FS, dir string, names []string) (*build.Package, error) {
	c := o.context(fsys)
	if names != nil {
		c.UseAllFiles = true
		all := c.ReadDir
		c.ReadDir = func(dir string) ([]fs.FileInfo, error) {
			list, err := all(dir)
			return slices.DeleteFunc(list, func(f fs.FileInfo) bool { return !slices.Contains(names, f.Name()) }), err
		}
	}
	return c.ImportDir(dir, 0)
}

// orHost fills in what Options leave to us.
func (o Options) orHost() Options {
	if o.GOOS == "" {
		o.GOOS = runtime.GOOS
	}
	if o.GOARCH == "" {
		o.GOARCH = runtime.GOARCH
	}
	if o.Module == "" {
		o.Module = "main"
	}
	if o.Fset == nil {
		o.Fset = token.NewFileSet()
	}
	if o.Name == nil {
		o.Name = func(file string) string { return file }
	}
	return o
}

// disagreement words go/build's error about files of several packages.
func (t *tree) disagreement(e *build.MultiplePackageError) string {
	return strings.Replace(e.Error(), " in "+e.Dir, " in "+t.name(e.Dir), 1)
}
