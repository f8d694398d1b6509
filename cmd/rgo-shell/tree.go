package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rgo-project/rgo/interp"
)

// packageIn is the package in a directory, with all of its module around it.
func packageIn(dir string, tags []string) (*interp.Package, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if st, err := os.Stat(abs); err != nil || !st.IsDir() {
		return nil, fmt.Errorf("%s is not a directory", dir)
	}
	p, err := treeOf(abs, tags)
	if err != nil {
		return nil, err
	}
	p.Dir, err = inTree(p, abs)
	return p, err
}

// programOf is the program that files are.
func programOf(files, tags []string) (*interp.Package, error) {
	var p *interp.Package
	for _, file := range files {
		abs, err := filepath.Abs(file)
		if err != nil {
			return nil, err
		}
		if p == nil {
			if p, err = treeOf(filepath.Dir(abs), tags); err != nil {
				return nil, err
			}
		}
		name, err := inTree(p, abs)
		if err != nil {
			return nil, errors.New("named files must all be in one directory")
		}
		p.Files = append(p.Files, name)
	}
	return p, nil
}

func inTree(p *interp.Package, abs string) (string, error) {
	rel, err := filepath.Rel(p.Root, abs)
	return filepath.ToSlash(rel), err
}

// treeOf is the module that a directory belongs to, or its workspace; without either, the directory itself.
func treeOf(dir string, tags []string) (*interp.Package, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	root := interp.ModuleRoot(dir)
	return &interp.Package{Root: root, Tags: tags, Modules: interp.ModuleCache(), Name: func(file string) string { return short(cwd, filepath.Join(root, file)) }}, nil
}

// short is the shorter of a file's two names: from cwd, and from the root.
func short(cwd, file string) string {
	if rel, err := filepath.Rel(cwd, file); err == nil && len(rel) < len(file) {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(file)
}

// packageDirs lists the directories that an argument stands for: itself, or with /... behind it those below that hold packages of the same module, too.
func packageDirs(arg string) ([]string, error) {
	top, all := strings.CutSuffix(filepath.ToSlash(arg), "/...")
	if arg == "..." {
		top, all = ".", true
	}
	if !all {
		return []string{arg}, nil
	}
	top = filepath.Clean(top)
	var dirs []string
	err := filepath.WalkDir(top, func(at string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		name := d.Name()
		if at != top && (name == "testdata" || name == "vendor" || name[0] == '.' || name[0] == '_') {
			return fs.SkipDir
		}
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil && at != top {
			return fs.SkipDir
		}
		if found, err := filepath.Glob(filepath.Join(at, "*.go")); err == nil && len(found) > 0 {
			dirs = append(dirs, at)
		}
		return nil
	})
	if err == nil && len(dirs) == 0 {
		err = fmt.Errorf("%s matched no packages", arg)
	}
	return dirs, err
}
