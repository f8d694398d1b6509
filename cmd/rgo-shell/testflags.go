package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// testRun is what the arguments of `rgo-shell test` ask for: those of `go test`, as far as they make sense here.
type testRun struct {
	dirs    []string
	args    []string // of the test binary
	tags    []string
	timeout time.Duration
	shown   bool // what a binary prints is shown although all is well
	live    bool // it is shown while it runs: then the exit status is, too
}

// Flags of go test that a test binary has, too.
var (
	binarySwitches = []string{"benchmem", "failfast", "fullpath", "short", "v"}
	binaryValues   = []string{
		"bench", "benchtime", "blockprofile", "blockprofilerate", "count", "cpu", "cpuprofile", "list", "memprofile", "memprofilerate", "mutexprofile",
		"mutexprofilefraction", "parallel", "run", "shuffle", "skip", "trace",
	}
)

// cannot are flags of go test with the reasons why they are refused.
var cannot = map[string]string{
	"fuzz": "interpreted code is not instrumented; without it, the seeds of fuzz targets are run", "fuzztime": "there is no fuzzing", "fuzzminimizetime": "there is no fuzzing",
	"cover": "interpreted code is not instrumented", "covermode": "interpreted code is not instrumented",
	"coverpkg": "interpreted code is not instrumented", "coverprofile": "interpreted code is not instrumented",
	"race": "the race detector sees compiled code alone", "msan": "that is for compiled code", "asan": "that is for compiled code",
	"json": "the output is text", "c": "there is no binary", "o": "there is no binary", "exec": "there is no binary", "outputdir": "files are written where the tests run",
}

// ignored are flags of go test that change nothing here, with whether they have a value.
var ignored = map[string]bool{"vet": true, "p": true, "a": false, "x": false}

// parseTest reads the arguments of `rgo-shell test`. Directories stand in one place among the flags; flags that are not known are the tests' own.
func parseTest(args []string) (*testRun, error) {
	t := &testRun{timeout: 10 * time.Minute}
	listed, foreign := false, false // the directories have been read; a flag of the tests' own was the last thing
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		name, value, isFlag, hasValue := flagOf(arg)
		switch {
		case arg == "--" || name == "args":
			if arg == "--" {
				t.args = append(t.args, arg)
			}
			t.args = append(t.args, args...)
			return t.finish(), nil
		case !isFlag && !listed:
			t.dirs = append(t.dirs, arg)
			continue
		case !isFlag && !foreign:
			t.args = append(append(t.args, arg), args...)
			return t.finish(), nil
		case !isFlag:
			t.args, foreign = append(t.args, arg), false
			continue
		}
		listed, foreign = len(t.dirs) > 0, false
		wants := name == "timeout" || name == "tags" || slices.Contains(binaryValues, name) || ignored[name]
		if wants && !hasValue {
			if len(args) == 0 {
				return nil, fmt.Errorf("flag needs an argument: -%s", name)
			}
			value, args = args[0], args[1:]
		}
		if err := t.flag(arg, name, value, hasValue); err != nil {
			return nil, err
		}
		foreign = !known(name)
		listed = listed || foreign
	}
	return t.finish(), nil
}

// flagOf splits an argument that is a flag.
func flagOf(arg string) (name, value string, isFlag, hasValue bool) {
	if len(arg) < 2 || arg[0] != '-' {
		return "", "", false, false
	}
	name, value, hasValue = strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
	return strings.TrimPrefix(name, "test."), value, true, hasValue
}

// known reports whether a flag is one of go test's.
func known(name string) bool {
	_, no := ignored[name]
	return no || name == "timeout" || name == "tags" || slices.Contains(binarySwitches, name) || slices.Contains(binaryValues, name)
}

// flag takes a flag.
func (t *testRun) flag(arg, name, value string, hasValue bool) (err error) {
	switch {
	case cannot[name] != "":
		return fmt.Errorf("-%s is not possible here: %s", name, cannot[name])
	case name == "timeout":
		t.timeout, err = time.ParseDuration(value)
	case name == "tags":
		t.tags = append(t.tags, strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })...)
	case slices.Contains(binarySwitches, name):
		if !hasValue {
			value = "true"
		}
		t.shown = t.shown || name == "v" && value == "true"
		t.args = append(t.args, "-test."+name+"="+value)
	case slices.Contains(binaryValues, name):
		t.shown = t.shown || name == "bench" || name == "list"
		t.live = t.live || name == "bench"
		t.args = append(t.args, "-test."+name+"="+value)
	case !known(name):
		t.args = append(t.args, arg)
	}
	return err
}

// finish completes what the arguments have left to us.
func (t *testRun) finish() *testRun {
	if len(t.dirs) == 0 {
		t.dirs, t.shown, t.live = []string{"."}, true, true
	}
	t.args = append([]string{"-test.paniconexit0"}, t.args...)
	return t
}
