package front

import (
	"go/types"
	"slices"
)

// mainPath is the path of every unit of a session.
const mainPath = "main"

// scope is what the inputs so far have declared: what names stand for now.
type scope struct {
	objects map[string]types.Object
	imports map[string]string // import paths, by the name used in code
	dots    []string          // paths of packages imported with a dot
}

func newScope() *scope {
	return &scope{objects: map[string]types.Object{}, imports: map[string]string{}}
}

// put makes obj the meaning of its name.
func (s *scope) put(obj types.Object) {
	delete(s.imports, obj.Name())
	s.objects[obj.Name()] = obj
}

// bind makes name the import of path.
func (s *scope) bind(name, path string) {
	delete(s.objects, name)
	s.imports[name] = path
}

// dot imports the names of a package.
func (s *scope) dot(path string) {
	if !slices.Contains(s.dots, path) {
		s.dots = append(s.dots, path)
	}
}

// meaning finds what an input means by a name that it does not declare: an object of the session, an import, or a package that needs none.
// It returns nil if the name stands for nothing.
func (f *Front) meaning(in *input, name string) types.Object {
	if obj := f.scope.objects[name]; obj != nil {
		return obj
	}
	if path := f.scope.imports[name]; path != "" {
		return f.packageName(in, name, path)
	}
	for _, path := range f.scope.dots {
		if pkg, err := f.config.Importer.Import(path); err == nil {
			if obj := pkg.Scope().Lookup(name); obj != nil && obj.Exported() {
				return obj
			}
		}
	}
	if in.beforeDot[name] && types.Universe.Lookup(name) == nil {
		if paths := f.config.Packages(name); len(paths) == 1 {
			return f.packageName(in, name, paths[0])
		}
	}
	return nil
}

func (f *Front) packageName(in *input, name, path string) types.Object {
	pkg, err := f.config.Importer.Import(path)
	if err != nil {
		return nil
	}
	return types.NewPkgName(in.start(), f.pkg, name, pkg)
}
