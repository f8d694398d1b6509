package main

import (
	"bytes"
	"fmt"
	"go/build"
	"go/importer"
	"go/token"
	"go/types"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// platforms are those whose errnos are in the tables, with the architectures that must all have a name.
var platforms = map[string][]string{
	"linux":   {"amd64", "arm64", "386", "arm", "ppc64le", "riscv64", "s390x", "mips64le", "mipsle", "loong64"},
	"darwin":  {"amd64", "arm64"},
	"freebsd": {"amd64", "arm64"},
	"openbsd": {"amd64", "arm64"},
	"netbsd":  {"amd64", "arm64"},
	"windows": {"amd64", "arm64"},
}

var errnoName = regexp.MustCompile(`^E[A-Z0-9]+$`)

func writeErrnos() error {
	for system, archs := range platforms {
		names, err := errnos(system, archs[0])
		if err != nil {
			return err
		}
		for _, arch := range archs[1:] {
			others, err := errnos(system, arch)
			if err != nil {
				return err
			}
			names = slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(others, name) })
		}
		var b bytes.Buffer
		fmt.Fprintf(&b, header, runtime.Version())
		b.WriteString("package stderrors\n\nimport \"syscall\"\n\nfunc errnos() []errno {\nreturn []errno{\n")
		for _, name := range names {
			fmt.Fprintf(&b, "{%q, syscall.%s},\n", name, name)
		}
		b.WriteString("}\n}\n")
		if err := save("errno_"+system+".go", b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// errnos lists the names of the constants of type Errno that syscall has on a platform.
func errnos(system, arch string) ([]string, error) {
	was := build.Default
	defer func() { build.Default = was }()
	build.Default.GOOS, build.Default.GOARCH, build.Default.CgoEnabled = system, arch, false
	if !slices.Contains([]string{"amd64", "arm64", "loong64", "ppc64le", "riscv64", "s390x"}, arch) { // where funcs take no arguments in registers
		build.Default.ToolTags = nil
	}
	pkg, err := importer.ForCompiler(token.NewFileSet(), "source", nil).Import("syscall")
	if err != nil {
		return nil, fmt.Errorf("syscall of %s/%s: %w", system, arch, err)
	}
	var names []string
	for _, name := range pkg.Scope().Names() {
		c, ok := pkg.Scope().Lookup(name).(*types.Const)
		if ok && errnoName.MatchString(name) && strings.HasSuffix(c.Type().String(), "syscall.Errno") {
			names = append(names, name)
		}
	}
	return names, nil
}
