package main

import (
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/rgo-project/rgo/bench/internal/sample"
)

// plots draws what was measured: for each part the cost of calls, and the memory of each item.
func plots(dir string, g *growth) error {
	for _, p := range parts {
		m := g.Parts[p.name]
		if m == nil {
			continue
		}
		if err := p.drawCalls(m).save(filepath.Join(dir, p.name+"-calls.svg")); err != nil {
			return err
		}
		if p.exact == 0 {
			continue
		}
		if err := p.drawMemory(m).save(filepath.Join(dir, p.name+"-memory.svg")); err != nil {
			return err
		}
	}
	return nil
}

// picture is a plot under way.
type picture struct {
	*plot.Plot
	lines int
	top   float64 // the largest value
	sizes []int
}

// The colours are told apart by those who see some of them alike, too.
var (
	colours = []color.Color{color.RGBA{0, 114, 178, 255}, color.RGBA{213, 94, 0, 255}, color.RGBA{0, 158, 115, 255}, color.RGBA{120, 120, 120, 255}}
	shapes  = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.RingGlyph{}}
)

func (p part) picture(what, unit string) *picture {
	pic := &picture{Plot: plot.New(), sizes: p.sizes}
	pic.Title.Text = p.title + ": " + what
	pic.Title.TextStyle.Font.Size, pic.Title.Padding = 13, 8
	pic.X.Label.Text, pic.Y.Label.Text = "N: how many "+p.many, unit
	pic.X.Padding, pic.Y.Padding, pic.Y.Label.Padding, pic.X.Label.Padding = 4, 4, 6, 4
	pic.X.Scale, pic.X.Tick.Marker = plot.LogScale{}, plot.ConstantTicks(ticks(p.sizes))
	for _, axis := range []*plot.Axis{&pic.X, &pic.Y} {
		axis.Label.TextStyle.Font.Size, axis.Tick.Label.Font.Size = 11, 10
	}
	pic.Y.Min = 0
	grid := plotter.NewGrid()
	grid.Vertical.Color = nil
	grid.Horizontal.Color = color.Gray{220}
	pic.Add(grid)
	pic.Legend.Top, pic.Legend.Left = true, true
	pic.Legend.TextStyle.Font.Size = 10
	pic.Legend.ThumbnailWidth = 24
	pic.Legend.XOffs, pic.Legend.YOffs, pic.Legend.Padding = 8, -4, 2
	return pic
}

func ticks(sizes []int) (marks []plot.Tick) {
	for _, n := range sizes {
		marks = append(marks, plot.Tick{Value: float64(n), Label: short(n)})
	}
	return marks
}

// steps marks an axis at four to eight round numbers, up to the one that it is.
type steps float64

// Ticks returns them.
func (s steps) Ticks(low, _ float64) (marks []plot.Tick) {
	high := float64(s)
	step := math.Pow(10, math.Floor(math.Log10((high-low)/4)))
	for _, by := range []float64{5, 2} {
		if (high-low)/(step*by) >= 4 {
			step *= by
			break
		}
	}
	for i := math.Ceil(low / step); i*step <= high; i++ {
		marks = append(marks, plot.Tick{Value: i * step, Label: strconv.FormatFloat(i*step, 'g', 6, 64)})
	}
	return marks
}

func short(n int) string {
	switch {
	case n >= 1_000_000 && n%1_000_000 == 0:
		return fmt.Sprintf("%d M", n/1_000_000)
	case n >= 1000 && n%1000 == 0:
		return fmt.Sprintf("%d k", n/1000)
	}
	return fmt.Sprint(n)
}

// points are values with their quartiles.
type points struct {
	plotter.XYs
	plotter.YErrors
}

func (pic *picture) line(name string, pts points) error {
	look := pic.lines % len(colours)
	pic.lines++
	line, marks, err := plotter.NewLinePoints(pts.XYs)
	if err != nil {
		return err
	}
	line.Color, line.Width = colours[look], 1.6
	marks.Color, marks.Shape, marks.Radius = colours[look], shapes[look], 3
	if strings.Contains(name, "net/rpc") {
		line.Dashes = []vg.Length{5, 3}
	}
	if pts.YErrors != nil {
		bars, err := plotter.NewYErrorBars(pts)
		if err != nil {
			return err
		}
		bars.Color, bars.CapWidth = colours[look], 6
		pic.Add(bars)
	}
	pic.Add(line, marks)
	pic.Legend.Add(name, line, marks)
	for i, p := range pts.XYs {
		pic.top = max(pic.top, p.Y)
		if pts.YErrors != nil {
			pic.top = max(pic.top, p.Y+pts.YErrors[i].High)
		}
	}
	return nil
}

// save writes the plot, with room above the lines for the legend.
func (pic *picture) save(path string) error {
	const height = 330 // points, of which some 260 are for the lines
	pic.Y.Max = pic.top * 1.1 / (1 - 15*float64(pic.lines)/260)
	pic.Y.Tick.Marker = steps(pic.top * 1.1) // above are the legends
	pic.X.Min, pic.X.Max = float64(pic.sizes[0])*.7, float64(slices.Max(pic.sizes))*1.6
	paper := vgsvg.New(560, height)
	all := draw.New(paper)
	all.SetColor(color.White)
	all.Fill(all.Rectangle.Path())
	pic.Draw(draw.Crop(all, 6, -8, 6, -8))
	var b strings.Builder
	if _, err := paper.WriteTo(&b); err != nil {
		return err
	}
	// Whoever has not this font has one that looks like it.
	svg := strings.ReplaceAll(b.String(), "font-family:Liberation Serif", "font-family:Liberation Sans,Arial,Helvetica,sans-serif")
	return os.WriteFile(path, []byte(svg), 0o644)
}

func (p part) drawCalls(m *measured) *picture {
	pic := p.picture("cost of a call", "µs for each call (median, quartiles)")
	for _, name := range names(m) {
		var pts points
		for _, l := range m.Lines {
			if l.Name == name {
				low, mid, high := sample.Quartiles(l.P50)
				pts.XYs = append(pts.XYs, plotter.XY{X: float64(l.N), Y: mid})
				pts.YErrors = append(pts.YErrors, struct{ Low, High float64 }{mid - low, high - mid})
			}
		}
		if err := pic.line(name, pts); err != nil {
			panic(err) // there are points, and none of them is infinite
		}
	}
	return pic
}

// names are those of the lines, in order.
func names(m *measured) (all []string) {
	for _, l := range m.Lines {
		if !slices.Contains(all, l.Name) {
			all = append(all, l.Name)
		}
	}
	return all
}

func (p part) drawMemory(m *measured) *picture {
	unit, each := "bytes", 1.0
	if p.name == "conns" {
		unit, each = "KB", 1024.0
	}
	pic := p.picture("memory", unit+" in use for each "+p.item)
	for _, system := range p.systems {
		if system != "rgo" && p.item == "reference" {
			continue
		}
		for _, there := range []bool{false, true} {
			var pts points
			for _, it := range m.Items {
				if it.System != system || it.N < p.exact {
					continue
				}
				y := it.Here
				if there {
					y = it.There
				}
				pts.XYs = append(pts.XYs, plotter.XY{X: float64(it.N), Y: y / each})
			}
			if len(pts.XYs) == 0 {
				continue
			}
			if err := pic.line(title(system)+", "+side(p, there), pts); err != nil {
				panic(err) // as above
			}
		}
	}
	pic.sizes = slices.DeleteFunc(slices.Clone(p.sizes), func(n int) bool { return n < p.exact })
	return pic
}

func title(system string) string { return strings.Replace(system, "net-rpc", "net/rpc", 1) }

func side(p part, there bool) string {
	switch {
	case p.name == "ours" && there, p.name == "theirs" && !there:
		return "at the one who holds it"
	case p.name == "ours", p.name == "theirs":
		return "at the one whose object it is, with a small object"
	case p.name == "conns" && there:
		return "at the server"
	case p.name == "conns":
		return "at the client"
	case there:
		return "at the callee"
	}
	return "at the caller"
}
