package load

import (
	"io/fs"
	"path"
	"strings"
)

// above returns the nearest directory at or above dir that holds a file of that name.
func above(fsys fs.FS, dir, name string) (string, bool) {
	for {
		if isFile(fsys, path.Join(dir, name)) {
			return dir, true
		}
		if dir == "." {
			return "", false
		}
		dir = path.Dir(dir)
	}
}

func isFile(fsys fs.FS, name string) bool {
	st, err := fs.Stat(fsys, name)
	return err == nil && !st.IsDir()
}

func isDir(fsys fs.FS, name string) bool {
	st, err := fs.Stat(fsys, name)
	return err == nil && st.IsDir()
}

// hasGo reports whether a directory holds Go files, whatever they are for.
func hasGo(fsys fs.FS, dir string) bool {
	list, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return false
	}
	for _, f := range list {
		if !f.IsDir() && strings.HasSuffix(f.Name(), ".go") {
			return true
		}
	}
	return false
}
