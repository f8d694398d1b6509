// Package target says where the examples dial: the first argument, or else an rgo-server that is started for the occasion and
// speaks over its standard input and output.
package target

import "os"

// FromArgs returns the target to give to conn.Dial.
func FromArgs() string {
	if len(os.Args) > 1 {
		return os.Args[1]
	}
	return "exec:go run github.com/rgo-project/rgo/cmd/rgo-server --stdio"
}
