package interp_test

import (
	"testing"
	"time"

	"github.com/rgo-project/rgo/interp"
)

// TestFormatSurvivesMethods shows values whose own texts cannot be had: their fields are shown.
func TestFormatSurvivesMethods(t *testing.T) {
	s := session(t, interp.Options{})
	run(t, s, `type Slow struct{ n int }; func (Slow) String() string { for {} }
type Bad struct{ n int }; func (Bad) String() string { panic("x") }
type Gone struct{ n int }; func (Gone) Error() string { runtime.Goexit(); return "" }
type Leaving struct{ n int }; func (Leaving) String() string { os.Exit(3); return "" }
type Good struct{ n int }; func (g Good) String() string { return "good " + strconv.Itoa(g.n) }`)
	for src, want := range map[string]string{
		`Slow{1}`:                  `Slow{n:1}`,
		`[]Slow{{1}, {2}}`:         `[]Slow{{n:1}, {n:2}}`,
		`Bad{2}`:                   `Bad{n:2}`,
		`Gone{3}`:                  `Gone{n:3}`,
		`Leaving{4}`:               `Leaving{n:4}`,
		`[]any{Good{5}, 6}`:        `[]any{good 5, 6}`,
		`map[Good]*Good{{7}: {8}}`: `map[Good]*Good{good 7:good 8}`,
	} {
		values, err := s.Run(t.Context(), interp.Input{Source: src})
		if err != nil {
			t.Fatal(src, err)
		}
		begin := time.Now()
		if got := interp.Format(values[0]); got != want {
			t.Errorf("%s is shown as %s, want %s", src, got, want)
		}
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("%s took %v to be shown", src, took)
		}
	}
	want(t, s, `1`, 1)
}

// TestFormatIsBounded shows values that contain themselves.
func TestFormatIsBounded(t *testing.T) {
	s := session(t, interp.Options{})
	for _, src := range []string{
		`m := map[string]any{}; m["m"] = m; m`, `type R []R; r := R{nil}; r[0] = r; r`, `type L struct{ next *L; v any }; l := &L{}; l.v = l; l`,
		`make([]int, 1e6)`, `strings.Repeat("x", 1e6)`,
	} {
		values, err := s.Run(t.Context(), interp.Input{Source: src})
		if err != nil {
			t.Fatal(src, err)
		}
		if got := interp.Format(values[0]); len(got) > 8<<10 {
			t.Errorf("%s is shown in %d bytes", src, len(got))
		}
	}
}
