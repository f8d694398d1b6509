package conn

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// String is the dump as a table for people. What is alike stands in one line, the most numerous first, since a leak is many of one kind.
func (d Dump) String() string {
	var b strings.Builder
	_, _ = d.WriteTo(&b) // cannot fail
	return b.String()
}

// WriteTo writes the table.
func (d Dump) WriteTo(w io.Writer) (int64, error) {
	counted := &counting{w: w}
	fmt.Fprintf(counted, "connection to %s at %s\n", d.Peer.title(), d.At.Format(time.RFC3339))
	references(counted, "exports, which the peer holds", d.Exports)
	references(counted, "imports, which are held here", d.Imports)
	calls(counted, "calls of ours under way", d.CallsOut)
	calls(counted, "calls of the peer under way", d.CallsIn)
	calls(counted, "results that the peer keeps", d.Results)
	calls(counted, "contexts of the peer's calls in use here", d.Held)
	calls(counted, "contexts of our calls in use there", d.HeldThere)
	streamTable(counted, d.Streams)
	return counted.n, counted.err
}

// counting remembers the first error of a writer, and how much was written.
type counting struct {
	w   io.Writer
	n   int64
	err error
}

func (c *counting) Write(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.w.Write(p)
	c.n, c.err = c.n+int64(n), err
	return n, err
}

// group is a line of the table: things that differ in nothing but number and age.
type group struct {
	cells  []string
	n      int
	refs   uint64
	oldest time.Duration
	ids    []uint64 // the first few
}

const shownIDs = 3

// grouped puts what has equal cells into one line.
func grouped[T any](all []T, of func(T) (cells []string, id, refs uint64, age time.Duration)) []*group {
	byCells := make(map[string]*group)
	for _, x := range all {
		cells, id, refs, age := of(x)
		key := strings.Join(cells, "\x00")
		g := byCells[key]
		if g == nil {
			g = &group{cells: cells}
			byCells[key] = g
		}
		g.n++
		g.refs += refs
		g.oldest = max(g.oldest, age)
		g.ids = append(g.ids, id)
		slices.Sort(g.ids)
		g.ids = g.ids[:min(len(g.ids), shownIDs)]
	}
	lines := make([]*group, 0, len(byCells))
	for _, g := range byCells {
		lines = append(lines, g)
	}
	slices.SortFunc(lines, func(a, b *group) int {
		if a.n != b.n {
			return b.n - a.n
		}
		return strings.Compare(strings.Join(a.cells, "\x00"), strings.Join(b.cells, "\x00"))
	})
	return lines
}

// shown writes the numbers of a line.
func (g *group) shown() string {
	var b strings.Builder
	for i, id := range g.ids {
		if i > 0 {
			b.WriteString(" ")
		}
		fmt.Fprintf(&b, "#%d", id)
	}
	if g.n > len(g.ids) {
		b.WriteString(" …")
	}
	return b.String()
}

func table(w io.Writer, title string, n int, heads string, lines []*group, line func(g *group) []string) {
	if n == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s: %d\n", title, n)
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, strings.ReplaceAll(heads, "|", "\t"))
	for _, g := range lines {
		cells := line(g)
		for i := range cells {
			cells[i] = strings.NewReplacer("\t", " ", "\n", " ").Replace(cells[i])
		}
		fmt.Fprintln(t, "  "+strings.TrimRight(strings.Join(cells, "\t"), "\t "))
	}
	_ = t.Flush() // the writer under it keeps the error
}

func rounded(d time.Duration) string { return d.Round(time.Millisecond).String() }

func references(w io.Writer, title string, all []DumpRef) {
	lines := grouped(all, func(r DumpRef) ([]string, uint64, uint64, time.Duration) {
		return []string{r.What, r.From}, r.ID, r.Count, r.Age
	})
	table(w, title, len(all), "  objects|references|oldest|number|what|came in", lines, func(g *group) []string {
		return []string{fmt.Sprint(g.n), fmt.Sprint(g.refs), rounded(g.oldest), g.shown(), g.cells[0], g.cells[1]}
	})
}

func calls(w io.Writer, title string, all []DumpCall) {
	lines := grouped(all, func(c DumpCall) ([]string, uint64, uint64, time.Duration) {
		return []string{c.What, c.State, fmt.Sprint(c.Depth), c.From}, c.ID, 0, c.Age
	})
	table(w, title, len(all), "  calls|oldest|depth|number|call|state|made at", lines, func(g *group) []string {
		return []string{fmt.Sprint(g.n), rounded(g.oldest), g.cells[2], g.shown(), g.cells[0], g.cells[1], g.cells[3]}
	})
}

func streamTable(w io.Writer, all []DumpStream) {
	lines := grouped(all, func(s DumpStream) ([]string, uint64, uint64, time.Duration) {
		by := "the peer"
		if s.Ours {
			by = "this side"
		}
		return []string{by, s.State}, uint64(s.ID), 0, s.Age
	})
	table(w, "streams", len(all), "  streams|oldest|number|opened by|state", lines, func(g *group) []string {
		return []string{fmt.Sprint(g.n), rounded(g.oldest), g.shown(), g.cells[0], g.cells[1]}
	})
}
