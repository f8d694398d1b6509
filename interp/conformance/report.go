package conformance

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Entry is the result of one program.
type Entry struct {
	Name    string  `json:"name"`
	Verdict Verdict `json:"verdict"`
	Why     string  `json:"why,omitempty"`
	Seconds float64 `json:"seconds"`
	Got     Outcome `json:"got"`
}

// Report gathers the results of many programs.
type Report struct {
	entries []Entry
}

// Add judges an outcome and takes it in.
func (r *Report) Add(p *Program, got, want Outcome, took time.Duration) Entry {
	v, why := Judge(got, want)
	e := Entry{Name: p.Name, Verdict: v, Why: why, Seconds: took.Seconds(), Got: got}
	r.entries = append(r.entries, e)
	return e
}

// String is the tables: the verdicts for each directory, then, worst first, the failures grouped by their reasons.
func (r *Report) String() string {
	var b strings.Builder
	r.counts(&b)
	for _, v := range []Verdict{Wrong, Dies, Hangs, Not} {
		r.reasons(&b, v)
	}
	return b.String()
}

func (r *Report) counts(b *strings.Builder) {
	count := map[string]map[Verdict]int{}
	for _, e := range r.entries {
		for _, dir := range []string{path.Dir(e.Name), "all"} {
			if count[dir] == nil {
				count[dir] = map[Verdict]int{}
			}
			count[dir][e.Verdict]++
		}
	}
	dirs := slices.DeleteFunc(slices.Sorted(maps.Keys(count)), func(dir string) bool { return dir == "all" })
	dirs = append(dirs, "all")
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tpass\tof\tpercent\twrong\tdies\thangs\trefused\t")
	for _, dir := range dirs {
		c, all := count[dir], 0
		for _, n := range c {
			all += n
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%.1f\t%d\t%d\t%d\t%d\t\n", dir, c[Pass], all, 100*float64(c[Pass])/float64(all), c[Wrong], c[Dies], c[Hangs], c[Not])
	}
	_ = w.Flush() // into memory
}

// reasons lists the programs with a verdict, those with one reason together, the commonest reason first.
func (r *Report) reasons(b *strings.Builder, v Verdict) {
	groups := map[string][]Entry{}
	for _, e := range r.entries {
		if e.Verdict == v {
			reason := general(e.Why)
			groups[reason] = append(groups[reason], e)
		}
	}
	if len(groups) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n", v)
	reasons := slices.SortedFunc(maps.Keys(groups), func(x, y string) int {
		return cmp.Or(cmp.Compare(len(groups[y]), len(groups[x])), cmp.Compare(x, y))
	})
	for _, reason := range reasons {
		group := groups[reason]
		slices.SortFunc(group, func(x, y Entry) int { return cmp.Compare(x.Name, y.Name) })
		fmt.Fprintf(b, "  %d × %s\n", len(group), group[0].Why)
		for _, e := range group {
			fmt.Fprintf(b, "      %s\n", e.Name)
		}
	}
}

var (
	places  = regexp.MustCompile(`^\S+\.go(:\d+)*: `)
	details = regexp.MustCompile(`"[^"]*"|\b(0x)?[0-9a-f]*\d[0-9a-f]*\b`)
)

// general is a reason without the place and the numbers that differ from one program to the next.
func general(why string) string {
	return details.ReplaceAllString(places.ReplaceAllString(why, ""), "N")
}
