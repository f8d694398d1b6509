package main

import (
	"errors"
	"fmt"

	"github.com/rgo-project/rgo/conn"
	"github.com/rgo-project/rgo/interp"
)

// The exit statuses, as --help has them.
const (
	statusOK          = 0
	statusCode        = 1
	statusUsage       = 2
	statusLost        = 3
	statusInterrupted = 130
)

// status is the exit status that the end of a run asks for.
func status(err error) int {
	var exit *interp.ExitError
	var lost *conn.LostError
	switch {
	case err == nil:
		return statusOK
	case errors.As(err, &exit):
		return exit.Code
	case errors.As(err, &lost):
		return statusLost
	case errors.Is(err, interp.ErrInterrupted):
		return statusInterrupted
	}
	return statusCode
}

// complaint is what to tell about err, with which a run of p has ended; empty if there is nothing to tell.
func complaint(p peer, err error) string {
	var exit *interp.ExitError
	var lost *conn.LostError
	var panicked *interp.PanicError
	switch {
	case err == nil, errors.As(err, &exit):
		return ""
	case errors.As(err, &panicked):
		return panicked.Trace()
	case errors.Is(err, interp.ErrInterrupted):
		return "interrupted"
	case errors.As(err, &lost):
		fate := "The code was not sent, so it has not run."
		if lost.MayHaveRun {
			fate = "The code may have run, wholly or in part."
		}
		return fmt.Sprintf("The session is lost: %s.\n%s", p.why(), fate)
	}
	return err.Error()
}
