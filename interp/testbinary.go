package interp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Tests that want another process start the one that they are: os.Args[0] or os.Executable, with flags of a test binary. That is this executable, so
// while tests run, the environment says what it stands for.
const binaryKey = "RGO_TEST_BINARY"

// testBinary is what an executable stands for.
type testBinary struct {
	Executable         string
	Root, Dir, Modules string
	Tags               []string
}

// announce has processes of this executable stand for the tests of p until the func that it returns is called.
func announce(p Package) (withdraw func(), executable string, err error) {
	executable, err = os.Executable()
	if err != nil {
		return nil, "", err
	}
	root, err := filepath.Abs(p.Root)
	if err != nil {
		return nil, "", err
	}
	text, err := json.Marshal(testBinary{Executable: executable, Root: root, Dir: p.Dir, Modules: p.Modules, Tags: p.Tags})
	if err != nil {
		return nil, "", err
	}
	if err := os.Setenv(binaryKey, string(text)); err != nil {
		return nil, "", err
	}
	return func() { _ = os.Unsetenv(binaryKey) }, executable, nil
}

// TestBinary runs the tests that this process stands for, and returns its exit status, if tests of TestPackage have started it; ok is false in any other process. A
// command whose sessions own their process calls it first, and ends with status if ok.
func TestBinary() (status int, ok bool) {
	var b testBinary
	text := os.Getenv(binaryKey)
	if text == "" || json.Unmarshal([]byte(text), &b) != nil {
		return 0, false
	}
	if executable, err := os.Executable(); err != nil || executable != b.Executable {
		return 0, false // another command, which the tests have started
	}
	status, err := b.run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2, true
	}
	return status, true
}

func (b testBinary) run() (status int, err error) {
	s, err := NewSession(Options{OwnProcess: true})
	if err != nil {
		return 0, err
	}
	p := Package{Root: b.Root, Dir: b.Dir, Modules: b.Modules, Tags: b.Tags}
	v, err := s.testPackage(context.Background(), p, Tests{Args: os.Args[1:]}, ".", os.Stderr)
	return v.Status, errors.Join(err, s.Close())
}
