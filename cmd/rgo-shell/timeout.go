package main

import (
	"errors"
	"time"
)

// timeout is a flag: a duration that is more than nothing.
type timeout time.Duration

const defaultTimeout = timeout(10 * time.Second)

func (t *timeout) String() string { return time.Duration(*t).String() }

func (t *timeout) Set(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil {
		return errors.New("want a duration such as 500ms or 10s")
	}
	if d <= 0 {
		return errors.New("want more than nothing")
	}
	*t = timeout(d)
	return nil
}
