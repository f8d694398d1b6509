package load

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/mod/module"
)

// glob returns the files below dir that a pattern of //go:embed stands for.
func glob(fsys fs.FS, dir, pattern string) ([]string, error) {
	text, hidden := strings.CutPrefix(pattern, "all:")
	if _, err := path.Match(text, ""); err != nil || text == "." || !fs.ValidPath(text) {
		return nil, fmt.Errorf("invalid pattern syntax")
	}
	sub, err := fs.Sub(fsys, dir)
	if err != nil {
		return nil, err
	}
	matches, err := fs.Glob(sub, text)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, name := range matches {
		more, err := embeddable(sub, name, hidden)
		if err != nil {
			return nil, err
		}
		files = append(files, more...)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no matching files found")
	}
	return files, nil
}

// embeddable returns the files that a match stands for: itself, or those below it that a module would hold.
func embeddable(fsys fs.FS, name string, hidden bool) ([]string, error) {
	info, err := lstat(fsys, name)
	if err != nil {
		return nil, err
	}
	what := "file"
	if info.IsDir() {
		what = "directory"
	}
	if why := outside(fsys, name, info.IsDir()); why != "" {
		return nil, fmt.Errorf("cannot embed %s %s: %s", what, name, why)
	}
	switch {
	case info.Mode().IsRegular():
		return []string{name}, nil
	case !info.IsDir():
		return nil, fmt.Errorf("cannot embed irregular file %s", name)
	}
	var files []string
	err = fs.WalkDir(fsys, name, func(at string, d fs.DirEntry, err error) error {
		if err != nil || at == name {
			return err
		}
		base := d.Name()
		secret := base[0] == '.' || base[0] == '_'
		switch {
		case unfit(base) || secret && !hidden || d.IsDir() && isFile(fsys, path.Join(at, "go.mod")):
			if d.IsDir() {
				return fs.SkipDir
			}
			if unfit(base) && !secret {
				return fmt.Errorf("cannot embed file %s: invalid name %s", at, base)
			}
		case d.Type().IsRegular():
			files = append(files, at)
		}
		return nil
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("cannot embed directory %s: contains no embeddable files", name)
	}
	return files, err
}

// lstat does not follow links, where the file system knows them.
func lstat(fsys fs.FS, name string) (fs.FileInfo, error) {
	if links, ok := fsys.(fs.ReadLinkFS); ok {
		return links.Lstat(name)
	}
	return fs.Stat(fsys, name)
}

// outside says why a name would not be a file or directory of the module; empty if it would.
func outside(fsys fs.FS, name string, dir bool) string {
	for at := name; at != "."; at = path.Dir(at) {
		if (at != name || dir) && isFile(fsys, path.Join(at, "go.mod")) {
			return "in different module"
		}
		if info, err := lstat(fsys, at); at != name && err == nil && !info.IsDir() {
			return "in non-directory " + at
		}
		if base := path.Base(at); unfit(base) {
			if at == name {
				return "invalid name " + base
			}
			return "in invalid directory " + base
		}
	}
	return ""
}

// unfit reports whether no module holds a file of that name.
func unfit(base string) bool {
	switch base {
	case ".bzr", ".hg", ".git", ".svn":
		return true
	}
	return module.CheckFilePath(base) != nil
}
