package main

import (
	"os"

	"golang.org/x/term"
)

// style decides how much colour a terminal gets.
type style struct{ colour bool }

func styleOf(f *os.File) style {
	return style{colour: term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

func (s style) dim(text string) string { return s.with("2", text) }
func (s style) red(text string) string { return s.with("31", text) }

func (s style) with(code, text string) string {
	if !s.colour || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
