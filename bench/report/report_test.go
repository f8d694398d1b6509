package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/bench/internal/results"
)

// TestBars holds what was measured against what was wanted.
func TestBars(t *testing.T) {
	r := results.New(2, 0)
	r.Order = []string{"raw-tcp", "net-rpc-gob", "rgo"}
	for system, us := range map[string]float64{"raw-tcp": 10, "net-rpc-gob": 20, "rgo": 19} {
		r.Put(system, "W1C.p50_us", 0, us)
		r.Put(system, "W1C.p50_us", 1, 2*us) // a disturbance that fell on all
	}
	r.Put("rgo", "W2.calls_s", 0, 299)
	r.Put("net-rpc-gob", "W2.calls_s", 0, 100)
	own := results.New(1, 0)
	own.Put("rgo", "W1C.server_allocs", 0, 6.02) // which the first run has not
	table := runs{r, own}.bars()
	for _, want := range []string{
		"| W1C | a call, one caller, one core | 28.5 ±33% | net/rpc | 30.0 | **0.95** | ≤ 1 | met | 0.50 |",
		"| W1C | allocations of the callee | 6.02 |  |  |  | ≤ 6 | met |  |",
		"| W2 | 64 callers | 299 | net/rpc | 100 | **2.99** | ≥ 3 | missed |  |",
		"2 of 3 are met.",
	} {
		if !strings.Contains(table, want) {
			t.Errorf("there is no %q in\n%s", want, table)
		}
	}
}

// TestRewrite puts sections between their marks and leaves the rest alone.
func TestRewrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.md")
	before := "one\n<!-- begin a -->\nold\n<!-- end a -->\ntwo\n<!-- begin b -->\nkept\n<!-- end b -->\n"
	if err := os.WriteFile(path, []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := rewrite(path, map[string]string{"a": "new\n", "b": ""}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if want := strings.Replace(before, "old", "new", 1); err != nil || string(got) != want {
		t.Errorf("%q, %v, not %q", got, err, want)
	}
	if err := rewrite(path, map[string]string{"c": "new\n"}); err == nil {
		t.Error("a section without marks was written")
	}
}
