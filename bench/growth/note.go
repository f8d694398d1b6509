package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/rgo-project/rgo/bench/internal/child"
	"github.com/rgo-project/rgo/bench/internal/sample"
)

// compare orders lines: rgo's, then those that it is held against.
func compare(a, b string) int {
	return cmp.Or(cmp.Compare(strings.Count(a, "net/rpc"), strings.Count(b, "net/rpc")), cmp.Compare(a, b))
}

// note puts what a client has measured to the lines.
func (p part) note(got child.Measures, n int, lines map[string]*line) {
	each := 1.0
	if p.spread {
		each = float64(n)
	}
	for key, v := range got {
		i := strings.LastIndexByte(key, '.')
		name := key[:i]
		if lines[name] == nil {
			lines[name] = &line{Name: name, N: n}
		}
		of := map[string]*[]float64{"p50": &lines[name].P50, "mean": &lines[name].Mean, "p99": &lines[name].P99}[key[i+1:]]
		*of = append(*of, math.Round(v/each*1e3)/1e3)
	}
}

// print prints a part as a table.
func (p part) print(out io.Writer, m *measured) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s, µs for each call\tN\tmedian\tquartiles\tmean\tp99\t\n", p.title)
	for _, l := range m.Lines {
		low, mid, high := sample.Quartiles(l.P50)
		fmt.Fprintf(w, "  %s\t%d\t%s\t%s … %s\t%s\t%s\t\n", l.Name, l.N, sample.Text(mid), sample.Text(low), sample.Text(high), sample.Text(sample.Median(l.Mean)), sample.Text(sample.Median(l.P99)))
	}
	if p.exact > 0 {
		fmt.Fprintf(w, "  for each %s\tN\tbytes here\tthere\tresident here\tthere\tgoroutines here\tthere\tcame in µs\twent in µs\ta collection here, ms\tthere\t\n", p.item)
	}
	for _, it := range m.Items {
		if p.exact == 0 || it.N < p.exact {
			continue
		}
		fmt.Fprintf(w, "  %s\t%d\t%.0f\t%.0f\t%.0f\t%.0f\t%.2f\t%.2f\t%.2f\t%.2f\t%.1f\t%.1f\t\n", it.System, it.N, it.Here, it.There, it.ResidentHere, it.ResidentThere,
			it.GoroutinesHere, it.GoroutinesThere, it.Acquire, it.Drop, it.CollectHere, it.CollectThere)
	}
	w.Flush()
	fmt.Fprintln(out)
}
