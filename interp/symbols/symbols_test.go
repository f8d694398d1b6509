package symbols_test

import (
	"flag"
	"fmt"
	"go/constant"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/rgo-project/rgo/interp/symbols"
)

var update = flag.Bool("update", false, "write testdata/missing.txt anew")

// TestMissing keeps the list of names that the tables lack: they are what a session must have by other means.
func TestMissing(t *testing.T) {
	var b strings.Builder
	names := 0
	for _, path := range symbols.Std() {
		table, ok := symbols.Lookup(path)
		if !ok {
			t.Fatalf("%s is listed but has no table", path)
		}
		names += len(table)
		for _, name := range symbols.Generic(path) {
			fmt.Fprintf(&b, "%s.%s\n", path, name)
		}
	}
	t.Logf("%d packages, %d names, %d missing (%s)", len(symbols.Std()), names, strings.Count(b.String(), "\n"), symbols.Release)
	const golden = "testdata/missing.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("what is missing has changed (go test -update writes it anew):\n%s", b.String())
	}
}

// TestEveryPackage asks the go command what std is.
func TestEveryPackage(t *testing.T) {
	out, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		t.Fatalf("go list std: %v", err)
	}
	var want []string
	for path := range strings.FieldsSeq(string(out)) {
		if path != "unsafe" && !strings.HasPrefix(path, "vendor/") && !strings.Contains("/"+path+"/", "/internal/") {
			want = append(want, path)
		}
	}
	slices.Sort(want)
	if got := symbols.Std(); !slices.Equal(got, want) {
		t.Errorf("tables of %v\nstd is %v", got, want)
	}
}

func TestLookup(t *testing.T) {
	table, ok := symbols.Lookup("os")
	if !ok || symbols.Name("os") != "os" {
		t.Fatal("no os")
	}
	if v := table["Args"]; !v.CanSet() || v.Addr().Interface() != any(&os.Args) {
		t.Error("os.Args is not the very variable")
	}
	if v := table["File"]; v.Type() != reflect.TypeFor[*os.File]() || !v.IsNil() {
		t.Error("os.File is not a type")
	}
	if v := table["O_RDONLY"]; v.Interface() != os.O_RDONLY {
		t.Errorf("os.O_RDONLY is %v", v)
	}
	math, _ := symbols.Lookup("math")
	if c, ok := math["MaxUint64"].Interface().(constant.Value); !ok || c.ExactString() != "18446744073709551615" {
		t.Errorf("math.MaxUint64 is %v", math["MaxUint64"])
	}
	if got := symbols.Name("math/rand/v2"); got != "rand" {
		t.Errorf("math/rand/v2 declares %q", got)
	}
	if _, ok := symbols.Lookup("no/such"); ok {
		t.Error("a table of no/such")
	}
}
