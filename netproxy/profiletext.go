package netproxy

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// WriteTo writes what was seen so far as a table, first the places that owe most, with the advice for each below it.
func (p *Profile) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, p.text())
	return int64(n), err
}

func (p *Profile) text() string {
	sites := p.Sites()
	var trips int
	var waited, owed time.Duration
	rows := [][]string{{"owed", "waited", "trips", "waits", "sent", "received", "what", "where"}}
	for _, s := range sites {
		trips += s.Trips
		waited += s.Waited
		owed += s.Owed
		rows = append(rows, []string{
			brief(s.Owed), brief(s.Waited), fmt.Sprint(s.Trips), fmt.Sprint(s.Waits), bytesText(s.Sent), bytesText(s.Received), s.What,
			strings.TrimSpace(shortPlace(s.File, s.Line) + " " + s.Func[strings.LastIndexByte(s.Func, '/')+1:]),
		})
	}
	var b strings.Builder
	if len(sites) == 0 {
		return "nobody waited for the other side\n"
	}
	fmt.Fprintf(&b, "%s in %s at %s; %s of it was not needed\n\n", brief(waited), plural(trips, "round trip"), plural(len(sites), "place"), brief(owed))
	widths := columns(rows)
	for i, row := range rows {
		writeRow(&b, row, widths)
		if i > 0 && sites[i-1].Advice != "" {
			writeWrapped(&b, sites[i-1].Advice)
		}
	}
	return b.String()
}

// numbers is how many columns stand to the right of theirs.
const numbers = 6

func columns(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	return widths
}

func writeRow(b *strings.Builder, row []string, widths []int) {
	var line strings.Builder
	for i, cell := range row {
		pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if i < numbers {
			line.WriteString(pad + cell + "  ")
		} else {
			line.WriteString(cell + pad + "  ")
		}
	}
	b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
}

// writeWrapped writes advice in lines that can be read.
func writeWrapped(b *strings.Builder, text string) {
	const indent, width = "       ", 110
	line := indent + "→"
	for _, word := range strings.Fields(text) {
		if utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			b.WriteString(line + "\n")
			line = indent + " "
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}

// brief is a time in three digits.
func brief(d time.Duration) string {
	switch {
	case d == 0:
		return "–"
	case d < 10*time.Microsecond:
		return fmt.Sprintf("%d ns", d)
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.3g ms", float64(d)/1e6)
	case d < 10*time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

func bytesText(n int) string {
	switch {
	case n < 10_000:
		return fmt.Sprintf("%d B", n)
	case n < 10_000_000:
		return fmt.Sprintf("%d kB", n/1000)
	}
	return fmt.Sprintf("%d MB", n/1_000_000)
}
