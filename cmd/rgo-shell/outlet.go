package main

import (
	"context"
	"io"
)

// outlet is an output of code that runs without a prompt. Output that cannot be written ends the code: what there is of it must not pass for all of it.
type outlet struct {
	name string
	w    io.Writer
	end  context.CancelCauseFunc
}

func (o *outlet) Write(b []byte) (int, error) {
	n, err := o.w.Write(b)
	if err != nil {
		o.end(&outputError{o.name, err})
	}
	return n, err
}

// outputError says that some of the output was lost.
type outputError struct {
	name string
	err  error
}

func (e *outputError) Error() string {
	return "the output is not whole: " + e.name + ": " + e.err.Error()
}
func (e *outputError) Unwrap() error { return e.err }
