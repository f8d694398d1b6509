// Command growth measures what calls cost, and how much memory things take, as there are more and more of them: references in both directions, kept results, connections, calls under way.
//
//	go run -C bench ./growth -out results               # all parts, some two minutes; writes growth.json and the plots there
//	go run -C bench ./growth -out results -only conns   # one part: the others stay in growth.json as they are
//	go run -C bench ./growth -out results -draw         # measures nothing, draws the plots of growth.json
//
// The server is one process and each client another, all pinned to one processor where the system can do that. For each size, all systems take turns in measuring, forwards and
// backwards, for 20 ms each time. Memory is what is in use after a collection (heap and stacks), less what was with none of the things, for each of them.
package main

import (
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rgo-project/rgo/bench/internal/child"
	"github.com/rgo-project/rgo/bench/internal/floor"
)

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1:]); err != nil {
		log.Fatal("growth: ", err)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "server":
		return server(args[1])
	case len(args) == 3 && args[0] == "client":
		return client(args[1], "127.0.0.1:"+args[2])
	}
	flags := flag.NewFlagSet("growth", flag.ContinueOnError)
	out := flags.String("out", "results", "the directory for growth.json and the plots")
	only := flags.String("only", "", "measure only these parts, apart by commas: "+strings.Join(partNames(), ", "))
	most := flags.Int("most", 1_000_000, "leave out sizes above this")
	draw := flags.Bool("draw", false, "measure nothing, draw the plots")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := os.MkdirAll(*out, 0o777); err != nil {
		return err
	}
	path := filepath.Join(*out, "growth.json")
	g, err := read(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, p := range parts {
		if *draw || *only != "" && !strings.Contains(","+*only+",", ","+p.name+",") {
			continue
		}
		measured, err := p.measure(*most)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		g.Parts[p.name] = measured
		p.print(os.Stdout, measured)
		if err := g.write(path); err != nil {
			return err
		}
	}
	return errors.Join(plots(*out, g), markdown(*out, g))
}

// server serves until its standard input ends.
func server(name string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() { // for as long as the process lives
		if name == "rgo" {
			log.Fatal(serve(l))
		}
		log.Fatal(floor.Serve(name, l))
	}()
	return child.Answer(strconv.Itoa(l.Addr().(*net.TCPAddr).Port), memory)
}
