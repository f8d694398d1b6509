package conformance

import (
	"go/build"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// GoTests are the directories of the Go distribution's tests, under GOROOT/test, whose programs an engine is measured by.
var GoTests = []string{".", "abi", "chan", "interface", "ken", "typeparam"}

// GoTestDir is the directory of the Go distribution's tests; empty if this installation has none.
func GoTestDir() string {
	dir := filepath.Join(goroot(), "test")
	if _, err := os.Stat(filepath.Join(dir, "helloworld.go")); err != nil {
		return ""
	}
	return dir
}

// goroot asks the go command: a binary need not know where the installation that has built it lies.
func goroot() string {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// ReadGoTests returns the runnable programs among files, which are files and directories, given from root: those of one file that begin with "// run".
func ReadGoTests(root string, files []string) ([]*Program, error) {
	var programs []*Program
	for _, name := range files {
		paths := []string{filepath.Join(root, name)}
		if info, err := os.Stat(paths[0]); err != nil {
			return nil, err
		} else if info.IsDir() {
			if paths, err = filepath.Glob(filepath.Join(paths[0], "*.go")); err != nil {
				return nil, err
			}
		}
		slices.Sort(paths)
		for _, path := range paths {
			p, err := readGoTest(root, path)
			if err != nil {
				return nil, err
			}
			if p != nil {
				programs = append(programs, p)
			}
		}
	}
	return programs, nil
}

// readGoTest returns the program of a file, nil if it is not to be run, or not here.
func readGoTest(root, path string) (*Program, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	header, ok := strings.CutPrefix(firstLine(string(text)), "// run")
	if !ok || header != "" && header[0] != ' ' {
		return nil, nil
	}
	if matches, err := build.Default.MatchFile(filepath.Dir(path), filepath.Base(path)); err != nil || !matches {
		return nil, err
	}
	name, err := filepath.Rel(root, path)
	if err != nil {
		return nil, err
	}
	p := &Program{Name: name, Path: path, Source: string(text)}
	for _, w := range strings.Fields(header) {
		if !strings.HasPrefix(w, "-") { // flags are the compiler's
			p.Args = append(p.Args, w)
		}
	}
	return p, nil
}
