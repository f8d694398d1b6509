package load

import (
	"fmt"
	"go/build"
	"path"
	"strings"
)

// unimportable says why no package can have an import path; empty if one can.
func unimportable(pkg string) string {
	switch {
	case pkg == "C":
		return `import "C": cgo is not possible here, a C compiler cannot be interpreted`
	case build.IsLocalImport(pkg):
		return fmt.Sprintf("%q is relative, but relative import paths are not supported in module mode", pkg)
	case path.IsAbs(pkg):
		return fmt.Sprintf("%q is not a package path", pkg)
	}
	return ""
}

// allowed reports whether p may import q, and tells if it may not.
func (l *loader) allowed(p, q *Package, via step) bool {
	if q.Name == "main" {
		l.errs = append(l.errs, errorf(via.at, "import %q is a program, not an importable package", q.Path))
		return false
	}
	if len(q.Files) == 0 {
		l.errs = append(l.errs, &Error{Msg: q.Path + ": no non-test Go files in " + q.tree.name(q.Dir)})
		return false
	}
	if parent, ok := internal(q.Path); ok && parent != "" && !within(p.home(), parent) {
		l.fail(errorf(via.at, "use of internal package %s not allowed", q.Path))
		return false
	}
	return true
}

// home is the path by which it is decided which internal packages p may import: that of its directory.
func (p *Package) home() string {
	if p.tree.path == "" { // vendored
		return p.Path
	}
	return p.tree.importPath(p.Dir)
}

// internal returns the path that an internal package belongs to.
func internal(pkg string) (parent string, ok bool) {
	switch {
	case strings.HasSuffix(pkg, "/internal"):
		return strings.TrimSuffix(pkg, "/internal"), true
	case strings.Contains(pkg, "/internal/"):
		return pkg[:strings.LastIndex(pkg, "/internal/")], true
	}
	return "", isInternal(pkg)
}

// isInternal reports whether an element of a path is internal.
func isInternal(pkg string) bool {
	return strings.Contains("/"+pkg+"/", "/internal/")
}
