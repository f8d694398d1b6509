package sessionproc

import "errors"

func open(opening) (link, error) { return nil, errors.New("not wired") }

// Main serves a session and returns its exit status, if this process was started by Start; ok is false in any other. Commands call
// it first, and end with code if ok.
func Main() (code int, ok bool) { return mainWith(open) }
