// Package rgo_test holds the promises that belong to the repository as a whole: the order of its
// layers, and that what the README shows is what happens.
package rgo_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/rgo-project/rgo"

// layers says what each package may import of this module: the import policy, as in go/build's own
// deps_test.go. A package stands for the packages below it unless these have a row of their own.
var layers = map[string][]string{
	"internal/wire":        {},
	"internal/rtype":       {},
	"internal/stub":        {"internal/rtype"},
	"internal/slowlink":    {},
	"internal/babble":      {"internal/wire"},
	"internal/rpyc":        {},
	"internal/soak":        {"internal/slowlink", "async", "conn", "netproxy"},
	"async":                {},
	"conn":                 {"internal/wire"},
	"netproxy":             {"internal/wire", "internal/rtype", "internal/stub", "async", "conn"},
	"netproxy/internal":    {},
	"interp/symbols":       {},
	"interp/internal":      {"interp/internal", "interp/symbols", "internal/rtype"},
	"interp/conformance":   {"interp/conformance", "interp"},
	"interp":               {"interp/internal", "interp/symbols", "internal/rtype", "async", "conn", "netproxy"},
	"internal/sessionproc": {"conn", "netproxy", "interp"},
	"cmd":                  {"cmd", "internal/sessionproc", "async", "conn", "netproxy", "interp"},
	"examples":             {"examples", "async", "conn", "netproxy", "interp"},
}

// homes names the one place where each engine under rgo may be imported, so that it can be replaced there.
var homes = map[string][]string{
	"github.com/fxamacker/cbor":  {"internal/wire"},
	"github.com/hashicorp/yamux": {"conn"},
	"golang.org/x/tools/go":      {"interp/internal", "cmd/rgo-wrap"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

// TestLayers keeps imports pointing one way.
func TestLayers(t *testing.T) {
	all := list(t)
	if len(all) < len(layers) {
		t.Fatalf("go list shows %d packages, fewer than there are layers", len(all))
	}
	for _, p := range all {
		from, ours := strings.CutPrefix(p.ImportPath, module+"/")
		if !ours {
			continue
		}
		row, known := under(from, layers)
		if !known {
			t.Errorf("%s stands in no layer: give it a row in layers", from)
			continue
		}
		for _, path := range p.Imports {
			if to, ours := strings.CutPrefix(path, module+"/"); ours {
				if !within(to, append(layers[row], row)) {
					t.Errorf("%s imports %s: the layer %q may import only %v", from, to, row, layers[row])
				}
				continue
			}
			if lib, ok := under(path, homes); ok && !within(from, homes[lib]) {
				t.Errorf("%s imports %s, whose home is %v", from, path, homes[lib])
			}
		}
	}
}

// list asks the go command for the packages of this module.
func list(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// under returns the longest key of table that path is or lies below.
func under[V any](path string, table map[string]V) (key string, ok bool) {
	for k := range table {
		if (path == k || strings.HasPrefix(path, k+"/")) && len(k) > len(key) {
			key, ok = k, true
		}
	}
	return key, ok
}

// within reports whether path is one of places or lies below one.
func within(path string, places []string) bool {
	for _, p := range places {
		if path == p || strings.HasPrefix(path, p+"/") {
			return true
		}
	}
	return false
}
