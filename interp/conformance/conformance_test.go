package conformance_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rgo-project/rgo/interp/conformance"
)

// long is how long one program of the tables may take, on a machine with other things to do.
const long = time.Minute

// TestMain is also the process in which one program runs.
func TestMain(m *testing.M) {
	if len(os.Args) != 4 || os.Args[1] != serve {
		os.Exit(m.Run())
	}
	if err := conformance.Serve(os.Args[3], os.Args[2] == "pasted"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const serve = "-conformance.serve"

func isolated(how string) conformance.Engine {
	return &conformance.Isolated{Argv: []string{os.Args[0], serve, how}}
}

// TestTables runs every program of the tables, as a script and pasted at a prompt, and compares it with what the compiled program does.
func TestTables(t *testing.T) {
	for _, dir := range []string{"matrix", "programs"} {
		cases, err := conformance.ReadTables("testdata/" + dir)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range cases {
			if i%sample > 0 {
				continue
			}
			t.Run(c.Name+"/script", func(t *testing.T) { compare(t, c, isolated("script")) })
			if c.Unpasted == "" {
				t.Run(c.Name+"/pasted", func(t *testing.T) { compare(t, c, isolated("pasted")) })
			}
		}
	}
}

// TestDialect pins what DIALECT.md says: what the programs do here, which is not what the compiled ones do.
func TestDialect(t *testing.T) {
	cases, err := conformance.ReadTables("testdata/dialect")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			if c.Differs == nil {
				t.Fatal("what it does here is not recorded: sections that begin with rgo.")
			}
			if v, _ := conformance.Judge(*c.Differs, *c.Want); v == conformance.Pass {
				t.Error("it does what the compiled program does: DIALECT.md can do without it")
			}
			c.Want = c.Differs
			compare(t, c, isolated("script"))
		})
	}
}

func compare(t *testing.T, c *conformance.Case, e conformance.Engine) {
	t.Parallel()
	if c.Want == nil {
		t.Fatal("nothing is recorded: go test -update records it")
	}
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	got := e.Run(ctx, &c.Program)
	if v, why := conformance.Judge(got, *c.Want); v != conformance.Pass {
		t.Errorf("%s: %s\n%s", v, why, numbered(c.Source))
	}
}

func numbered(source string) string {
	return "\t" + strings.ReplaceAll(strings.TrimSpace(source), "\n", "\n\t")
}
