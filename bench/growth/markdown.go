package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rgo-project/rgo/bench/internal/sample"
)

// markdown writes the tables of all parts, with their plots, as they stand in a file beside the directory.
func markdown(dir string, g *growth) error {
	var s strings.Builder
	for _, p := range parts {
		if m := g.Parts[p.name]; m != nil {
			p.markdown(&s, m, filepath.Base(dir))
		}
	}
	return os.WriteFile(filepath.Join(dir, "growth.md"), []byte(s.String()), 0o644)
}

func (p part) markdown(s *strings.Builder, m *measured, dir string) {
	fmt.Fprintf(s, "### %s\n\n![cost of a call](%s/%s-calls.svg)\n\n", p.title, dir, p.name)
	fmt.Fprintf(s, "| µs for each call: median (p99), of N %s |", p.many)
	var sizes []int
	for _, l := range m.Lines {
		if len(sizes) == 0 || l.N > sizes[len(sizes)-1] {
			sizes = append(sizes, l.N)
			fmt.Fprintf(s, " %s |", short(l.N))
		}
	}
	s.WriteString(" last / first |\n|---|" + strings.Repeat("---:|", len(sizes)+1) + "\n")
	for _, name := range names(m) {
		fmt.Fprintf(s, "| %s |", name)
		var mids []float64
		for _, l := range m.Lines {
			if l.Name == name {
				mids = append(mids, sample.Median(l.P50))
				fmt.Fprintf(s, " %s (%s) |", sample.Text(sample.Median(l.P50)), sample.Text(sample.Median(l.P99)))
			}
		}
		fmt.Fprintf(s, " %.2f |\n", mids[len(mids)-1]/mids[0])
	}
	s.WriteString("\n")
	if p.exact == 0 {
		return
	}
	fmt.Fprintf(s, "![memory](%s/%s-memory.svg)\n\n", dir, p.name)
	here, there := side(p, false), side(p, true)
	fmt.Fprintf(s, "| for each %s | N | in use %s | %s | resident, the same | | goroutines | | a collection, ms of a processor | | to come, µs | to go, µs |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n", p.item, here, there)
	for _, it := range m.Items {
		if it.N < p.exact || p.item == "reference" && it.System != "rgo" {
			continue
		}
		fmt.Fprintf(s, "| %s | %s | %s | %s | %s | %s | %.2f | %.2f | %s | %s | %s | %s |\n", title(it.System), short(it.N), bytes(it.Here), bytes(it.There), bytes(it.ResidentHere), bytes(it.ResidentThere),
			it.GoroutinesHere, it.GoroutinesThere, sample.Text(it.CollectHere), sample.Text(it.CollectThere), some(it.Acquire), some(it.Drop))
	}
	s.WriteString("\n")
}

// some is nothing where a thing was not measured.
func some(x float64) string {
	if x == 0 {
		return ""
	}
	return sample.Text(x)
}

func bytes(n float64) string {
	if n >= 10_000 {
		return fmt.Sprintf("%.1f KB", n/1024)
	}
	return fmt.Sprintf("%.0f B", n)
}
