package conformance_test

import (
	"os"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/interp/conformance"
)

// TestGoTests runs a sample of the Go distribution's own tests: programs that say nothing and end with status 0 if all is well. Command conform runs all of them.
func TestGoTests(t *testing.T) {
	if sample > 1 {
		t.Skip("some of the programs have races of their own, which the detector tells of")
	}
	root := conformance.GoTestDir()
	if root == "" {
		t.Skip("this Go installation has no test directory")
	}
	list, err := os.ReadFile("testdata/gotests.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(string(list)) {
		programs, err := conformance.ReadGoTests(root, []string{name})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, p := range programs { // none if this Go has changed it
			t.Run(p.Name, func(t *testing.T) {
				compare(t, &conformance.Case{Program: *p, Want: &conformance.Outcome{End: conformance.Exited}}, isolated("script"))
			})
		}
	}
}
