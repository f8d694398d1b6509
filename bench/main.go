package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
)

// figure is a part of what is measured.
type figure struct {
	name  string
	print func(ctx context.Context, w *tabwriter.Writer, o options) error
}

type options struct {
	times  int    // how often a loop is run
	inputs int    // how many inputs the memory is measured with
	shell  string // the rgo-shell whose start is measured; built if it is empty
	out    string // the directory for all samples of peers and wrappers; none if it is empty
}

var figures = []figure{{"peers", peers}, {"wrappers", wrappers}, {"loops", loops}, {"start", start}, {"inputs", inputs}, {"memory", memory}, {"remote", remote}}

func main() {
	var o options
	flag.IntVar(&o.times, "times", 3, "how often each loop is run: the best time counts")
	flag.IntVar(&o.inputs, "inputs", 100_000, "how many inputs the memory is measured with")
	flag.StringVar(&o.shell, "shell", "", "the rgo-shell whose start is measured; by default it is built")
	flag.StringVar(&o.out, "out", "", "the directory to write all samples of peers and wrappers to")
	only := flag.String("only", "peers,wrappers", "measure only these, apart by commas: peers, wrappers, remote, loops, start, inputs, memory; or all")
	flag.Parse()
	for _, f := range figures {
		if *only != "all" && !strings.Contains(","+*only+",", ","+f.name+",") {
			continue
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		if err := f.print(context.Background(), w, o); err != nil {
			fmt.Fprintf(os.Stderr, "bench: %s: %v\n", f.name, err)
			os.Exit(1)
		}
		w.Flush()
		fmt.Println()
	}
}
