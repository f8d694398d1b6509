package main

import (
	"context"
	"io"

	"github.com/rgo-project/rgo/interp"
)

// peer is the session at the other end, as the shell needs it.
type peer interface {
	// run runs one input and returns what its last expression gave. It returns soon after ctx has ended.
	run(ctx context.Context, in input) ([]shown, error)
	// complete offers what could stand at pos of src.
	complete(ctx context.Context, src string, pos int) []candidate
	// lost is closed when the session can no longer be reached; why then says how that came about.
	lost() <-chan struct{}
	why() string
	// kill ends the session at once, whatever it is doing.
	kill()
	// close ends the session in an orderly way.
	close()
}

// input is one piece of code and what it runs with.
type input struct {
	name           string // in positions of errors
	source         string
	pkg            *interp.Package // in place of a source
	tests          *tested         // of pkg; without, it is run as a program
	args           []string
	strict         bool // a panic in any goroutine ends it
	stdin          io.Reader
	stdout, stderr io.Writer
}

// shown is a value as it is printed at the prompt.
type shown struct{ text, kind string }

// candidate is one completion: text replaces the word that begins at from.
type candidate struct {
	text string
	from int
}
