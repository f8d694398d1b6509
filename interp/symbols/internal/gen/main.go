// Command gen writes the symbol tables of the standard library: one std_*.go file per package
// and std.go, their index. It runs from interp/symbols, by go generate, with the Go release whose
// library the tables are to show.
package main

import (
	"flag"
	"fmt"
	"go/importer"
	"go/token"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	only := flag.String("only", "", "write the tables of the packages that match this `regexp` alone, and no index")
	flag.Parse()
	if err := run(*only); err != nil {
		log.Fatal(err)
	}
}

func run(only string) error {
	paths, err := stdPackages()
	if err != nil {
		return err
	}
	if only == "" {
		if err := removeOld(); err != nil {
			return err
		}
	}
	match, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	// One importer for all packages, so that each is read once.
	imp := importer.ForCompiler(token.NewFileSet(), "source", nil)
	var index []entry
	for _, path := range paths {
		if !match.MatchString(path) {
			continue
		}
		pkg, err := imp.Import(path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := writeTable(pkg); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		index = append(index, newEntry(pkg))
	}
	if only != "" {
		return nil
	}
	return writeIndex(index)
}

// stdPackages lists what a program may import: all of std but internal and vendored packages.
// unsafe has no symbols to take a value of: the checker and the engine know it by themselves.
func stdPackages() ([]string, error) {
	out, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		return nil, fmt.Errorf("go list std: %w", err)
	}
	var paths []string
	for path := range strings.Lines(string(out)) {
		path = strings.TrimSpace(path)
		if path == "unsafe" || strings.HasPrefix(path, "vendor/") || strings.Contains("/"+path+"/", "/internal/") {
			continue
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func removeOld() error {
	old, err := filepath.Glob("std_*.go")
	if err != nil {
		return err
	}
	for _, name := range old {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	return nil
}
