// Command report writes what was measured into RESULTS.md, between the marks that stand there for each section, and leaves the rest as it is.
//
//	go run -C bench . -out results                                      # writes results/peers.json, results/wrappers.json
//	go run -C bench ./growth -out results                               # writes results/growth.json, growth.md and the plots
//	go run -C bench ./report -keep results/all.json -peers x.json,results/peers.json
//
// The files of -peers are results of programs that measure children of the protocol of command peer. A figure is taken from the first file that has it for rgo. With -keep all of
// them together are written to that file, too, in the short form in which they belong into the repository. A section of which there is nothing stays as it is.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"strings"

	"github.com/rgo-project/rgo/bench/internal/results"
)

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1:]); err != nil {
		log.Fatal("report: ", err)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("report", flag.ContinueOnError)
	peers := flags.String("peers", "results/peers.json", "results of systems, apart by commas")
	wrappers := flags.String("wrappers", "results/wrappers.json", "results of the ways to call a method")
	growth := flags.String("growth", "results/growth.md", "the tables of growth")
	soak := flags.String("soak", "results/soak.txt", "what the soak has printed at its end")
	fuzz := flags.String("fuzz", "results/fuzz.txt", "how long each fuzz target has run, and what it has found")
	keep := flags.String("keep", "", "write all samples there, in short")
	file := flags.String("to", "RESULTS.md", "the file that the sections stand in")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var of runs
	for _, path := range append(strings.Split(*peers, ","), *wrappers) {
		r, err := results.Read(path)
		if errors.Is(err, os.ErrNotExist) && path == *wrappers {
			continue
		}
		if err != nil {
			return err
		}
		of = append(of, r)
	}
	all := results.Merge(of...)
	if *keep != "" {
		if err := all.Write(*keep); err != nil {
			return err
		}
	}
	sections := map[string]string{"machine": machine(all), "bars": of.bars(), "systems": all.Table(), "wrappers": of.wrappers()}
	for name, path := range map[string]string{"growth": *growth, "soak": *soak, "fuzz": *fuzz} {
		b, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		text := strings.TrimSpace(string(b))
		if text != "" && !strings.HasSuffix(path, ".md") {
			text = "```\n" + text + "\n```"
		}
		if text != "" {
			sections[name] = text + "\n"
		}
	}
	return rewrite(*file, sections)
}

// rewrite puts sections between their marks.
func rewrite(path string, sections map[string]string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text := string(b)
	for name, section := range sections {
		if section == "" {
			continue
		}
		begin, end := fmt.Sprintf("<!-- begin %s -->\n", name), fmt.Sprintf("<!-- end %s -->\n", name)
		before, rest, ok := strings.Cut(text, begin)
		_, after, closed := strings.Cut(rest, end)
		if !ok || !closed {
			return fmt.Errorf("%s has no marks for the section %s", path, name)
		}
		text = before + begin + section + end + after
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// machine tells what was measured on, and when.
func machine(r *results.Results) string {
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	version := strings.SplitN(strings.TrimSpace(string(kernel)), ".", 3)
	model := "unknown processor"
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%d cores (%s), %s %s/%s, Linux %s. %d rounds with slices of %s, from %s to %s; load %s at the start and %s at the end.\n",
		r.Cores, model, r.Go, runtime.GOOS, runtime.GOARCH, strings.Join(version[:min(2, len(version))], "."), r.Cycles, r.Slice, r.Start, r.End, r.LoadStart, r.LoadEnd)
}
