package load

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"
	"unsafe"
)

// Set fills the variable, whose storage v is. It is to be done before the package is initialised.
func (e *Embed) Set(v reflect.Value) error {
	switch {
	case v.Type() == reflect.TypeFor[embed.FS]():
		files, err := newFS(e.Files)
		if err != nil {
			return err
		}
		v.Set(reflect.ValueOf(files))
	case v.Kind() == reflect.String:
		v.SetString(e.Files[0].Data)
	default:
		data := []byte(e.Files[0].Data)
		v.Set(reflect.NewAt(v.Type(), unsafe.Pointer(&data)).Elem()) // the elements may be of a type of their own
	}
	return nil
}

// newFS makes an embed.FS, which only the compiler can do otherwise: a pointer to a slice of files with name and data (and a hash, which
// nothing reads), sorted by directory and then by name, directories with a slash behind. It goes by the names and types of these fields, and tries what it
// has made: if a release of Go changes them, it says so.
func newFS(files []File) (made embed.FS, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("load: embed.FS is not what it was when this was written: %v", r)
		}
	}()
	entries := withDirs(files)
	list := field(reflect.ValueOf(&made).Elem(), "files")
	slice := reflect.MakeSlice(list.Type().Elem(), len(entries), len(entries))
	for i, f := range entries {
		at := slice.Index(i)
		field(at, "name").SetString(f.Name)
		field(at, "data").SetString(f.Data)
	}
	list.Set(reflect.New(list.Type().Elem()))
	list.Elem().Set(slice)
	return made, agrees(made, files)
}

// field returns a field of a struct as if it were exported.
func field(s reflect.Value, name string) reflect.Value {
	f := s.FieldByName(name)
	if !f.IsValid() {
		panic(fmt.Sprintf("no field %s", name))
	}
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem()
}

// withDirs adds the directories that files lie in, and sorts all as embed does.
func withDirs(files []File) []File {
	all := slices.Clone(files)
	seen := map[string]bool{}
	for _, f := range files {
		for dir := path.Dir(f.Name); dir != "." && !seen[dir]; dir = path.Dir(dir) {
			seen[dir] = true
			all = append(all, File{Name: dir + "/"})
		}
	}
	slices.SortFunc(all, func(a, b File) int {
		a.Name, b.Name = strings.TrimSuffix(a.Name, "/"), strings.TrimSuffix(b.Name, "/")
		return cmp.Or(strings.Compare(path.Dir(a.Name), path.Dir(b.Name)), strings.Compare(path.Base(a.Name), path.Base(b.Name)))
	})
	return all
}

// agrees checks that a file system holds the files that it was made of, and no others.
func agrees(made fs.FS, files []File) error {
	n := 0
	err := fs.WalkDir(made, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	for _, f := range files {
		if data, e := fs.ReadFile(made, f.Name); e != nil || string(data) != f.Data {
			err = errors.Join(err, e, fmt.Errorf("%s does not read as it was written", f.Name))
		}
	}
	if err != nil || n != len(files) {
		return fmt.Errorf("load: embed.FS is not what it was when this was written: %d files of %d: %w", n, len(files), err)
	}
	return nil
}
