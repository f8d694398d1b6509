package main

import (
	"fmt"
	"go/types"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

// loaded is the package that code is generated for, and the interfaces.
type loaded struct {
	pkg    *types.Package
	ifaces []*types.TypeName
}

// load finds the interfaces. What is in file is passed over: it may be of an older version of them.
func load(dir, file string, names []string) (*loaded, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	cfg := &packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedTypes | packages.NeedSyntax | packages.NeedImports | packages.NeedTypesInfo, Dir: dir,
	}
	here, err := loadOne(cfg, ".")
	if err != nil {
		return nil, err
	}
	for _, f := range here.GoFiles {
		if f == abs {
			cfg.Overlay = map[string][]byte{abs: []byte("package " + here.Name + "\n")}
			if here, err = loadOne(cfg, "."); err != nil {
				return nil, err
			}
			break
		}
	}
	l := &loaded{pkg: here.Types}
	for _, name := range names {
		pkg := here
		if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
			if pkg, err = loadOne(cfg, name[:dot]); err != nil {
				return nil, err
			}
			name = name[dot+1:]
		}
		obj, err := interfaceNamed(pkg, name)
		if err != nil {
			return nil, err
		}
		l.ifaces = append(l.ifaces, obj)
	}
	return l, nil
}

// loadOne loads a package. That it has errors matters only if what is wanted of it is not there.
func loadOne(cfg *packages.Config, pattern string) (*packages.Package, error) {
	list, err := packages.Load(cfg, pattern)
	if err != nil {
		return nil, err
	}
	if len(list) != 1 || list[0].Types == nil || len(list[0].Errors) > 0 && list[0].Types.Scope().Len() == 0 {
		if len(list) > 0 && len(list[0].Errors) > 0 {
			return nil, list[0].Errors[0]
		}
		return nil, fmt.Errorf("%s is not one package", pattern)
	}
	return list[0], nil
}

// interfaceNamed finds an interface that objects of other processes can implement.
func interfaceNamed(pkg *packages.Package, name string) (*types.TypeName, error) {
	obj, ok := pkg.Types.Scope().Lookup(name).(*types.TypeName)
	if !ok {
		if len(pkg.Errors) > 0 {
			return nil, fmt.Errorf("package %s has no type %s: %w", pkg.Types.Path(), name, pkg.Errors[0])
		}
		return nil, fmt.Errorf("package %s has no type %s", pkg.Types.Path(), name)
	}
	iface, ok := obj.Type().Underlying().(*types.Interface)
	switch {
	case !ok:
		return nil, fmt.Errorf("%s is a %s, not an interface", name, obj.Type().Underlying())
	case !iface.IsMethodSet():
		return nil, fmt.Errorf("%s is a constraint, no type of values", name)
	case iface.NumMethods() == 0:
		return nil, fmt.Errorf("%s has no methods", name)
	}
	for m := range iface.Methods() {
		if !m.Exported() {
			return nil, fmt.Errorf("%s cannot be implemented by objects of another process: its method %s is not exported, so that only types of package %s have it", name, m.Name(), m.Pkg().Path())
		}
	}
	return obj, nil
}
