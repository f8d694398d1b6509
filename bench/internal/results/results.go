// Package results is what a comparison has measured: every sample, and how it was measured.
package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Results are those of a run. As JSON they are the same as those of any other program that measures children of this protocol.
type Results struct {
	Cores              int
	Go                 string
	Start, End         string
	LoadStart, LoadEnd string
	Cycles             int
	Slice              string
	Order              []string // of the systems
	Errors             []string
	// Samples has for each system and measure, as "W1C.p50_us", a value for each cycle; -1 where there is none.
	Samples map[string]map[string][]float64
}

// New are the results of a run that begins.
func New(cycles int, slice time.Duration) *Results {
	return &Results{
		Cores: runtime.NumCPU(), Go: runtime.Version(), Start: now(), LoadStart: Load(),
		Cycles: cycles, Slice: slice.String(), Samples: map[string]map[string][]float64{},
	}
}

// Over notes the end of the run.
func (r *Results) Over() { r.End, r.LoadEnd = now(), Load() }

func now() string { return time.Now().UTC().Format(time.RFC3339) }

// Load is the load of the machine; "?" where the system does not tell.
func Load() string {
	b, _ := os.ReadFile("/proc/loadavg")
	f := strings.Fields(string(b))
	if len(f) < 3 {
		return "?"
	}
	return strings.Join(f[:3], " ")
}

// Put notes a value of a cycle.
func (r *Results) Put(system, measure string, cycle int, v float64) {
	if r.Samples[system] == nil {
		r.Samples[system] = map[string][]float64{}
	}
	all := r.Samples[system][measure]
	for len(all) < cycle { // so that values of one cycle stand at one place
		all = append(all, -1)
	}
	r.Samples[system][measure] = append(all, math.Round(v*1e4)/1e4)
}

// Systems are the systems that have a measure, in order.
func (r *Results) Systems(measure string) (names []string) {
	for _, s := range r.Order {
		if slices.ContainsFunc(r.Samples[s][measure], func(x float64) bool { return x >= 0 }) {
			names = append(names, s)
		}
	}
	return names
}

// Measures are the names of all measures, sorted.
func (r *Results) Measures() []string {
	all := map[string]bool{}
	for _, of := range r.Samples {
		for m := range of {
			all[m] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Read reads the results of a run from a file.
func Read(path string) (*Results, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := &Results{}
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(r.Samples) == 0 {
		return nil, fmt.Errorf("%s: %w", path, errors.New("no samples"))
	}
	return r, nil
}

// Write writes them, a measure to a line: with all samples it is a small file that a person can read.
func (r *Results) Write(path string) error {
	head := *r
	head.Samples = nil
	b, err := json.MarshalIndent(head, "", " ")
	if err != nil {
		return err
	}
	var s strings.Builder
	s.WriteString(strings.TrimSuffix(string(b), "null\n}"))
	s.WriteString("{")
	for i, system := range slices.Sorted(maps.Keys(r.Samples)) {
		fmt.Fprintf(&s, "%s\n  %q: {", comma(i), system)
		for j, measure := range slices.Sorted(maps.Keys(r.Samples[system])) {
			values, err := json.Marshal(r.Samples[system][measure])
			if err != nil {
				return err
			}
			fmt.Fprintf(&s, "%s\n   %q: %s", comma(j), measure, values)
		}
		s.WriteString("\n  }")
	}
	s.WriteString("\n }\n}\n")
	return os.WriteFile(path, []byte(s.String()), 0o644)
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}
