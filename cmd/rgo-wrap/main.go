// Command rgo-wrap writes implementations of interfaces that are carried out by objects at the other side of a connection.
//
//	//go:generate go tool rgo-wrap -type Store,Watcher
//
// in a package writes, for its interfaces Store and Watcher, the file store_remote.go, with a type for each that calls the object over there, and with what registers it for
// netproxy.As and for everywhere else where a Store is wanted and an object of the other side arrives. (In a module: go get -tool
// github.com/rgo-project/rgo/cmd/rgo-wrap.) Interfaces of other packages are named with their import paths: -type io/fs.FS.
//
// Nobody needs it where netproxy can make types at run time, which is on amd64 and arm64; there it saves the making, and makes stacks readable. A generic
// interface Cache[K, V] gets a func RegisterRemoteCache, to be called for each of its instances.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

func main() { os.Exit(run(os.Args[1:], os.Stderr)) }

func run(args []string, stderr io.Writer) int {
	flags := flag.NewFlagSet("rgo-wrap", flag.ContinueOnError)
	flags.SetOutput(stderr)
	names := flags.String("type", "", "interfaces to implement, with commas between them")
	output := flags.String("output", "", "file to write (default: <first type>_remote.go)")
	flags.Usage = func() {
		_, _ = fmt.Fprint(stderr, "usage: rgo-wrap -type Interface[,Interface...] [-output file.go] [directory]\n")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if *names == "" || flags.NArg() > 1 {
		flags.Usage()
		return 2
	}
	dir := "."
	if flags.NArg() == 1 {
		dir = flags.Arg(0)
	}
	list := strings.Split(*names, ",")
	file := *output
	if file == "" {
		file = strings.ToLower(list[0][strings.LastIndexAny(list[0], "./")+1:]) + "_remote.go"
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	code, err := generate(dir, file, list)
	if err == nil {
		err = os.WriteFile(file, code, 0o644)
	}
	if err != nil {
		fmt.Fprintf(stderr, "rgo-wrap: %v\n", err)
		return 1
	}
	return 0
}
